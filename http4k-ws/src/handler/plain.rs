//! The library's own answers.

use http::StatusCode;

use crate::message::{IntoResponse, Response, ResponseExt};

/// One of the library's own answers: a line that says what is wrong.
pub(crate) fn plain(status: StatusCode, line: String) -> Response {
    line.into_response().with_status(status)
}
