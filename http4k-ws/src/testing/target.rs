//! The targets of requests in memory.

use http::StatusCode;

use crate::message::{Request, Response, check_encoded, plain};

/// Refuses a target that a server would refuse.
pub(super) fn check(request: &Request) -> Result<(), Response> {
    check_encoded(request.uri())
        .map_err(|error| plain(StatusCode::BAD_REQUEST, format!("{error}\n")))
}
