//! What the opening handshake left.

use std::sync::LazyLock;

use http::HeaderMap;

use crate::message::Request;

/// What is known of the opening handshake.
#[derive(Debug)]
pub(crate) struct Handshake {
    pub(crate) request: Request,
    pub(crate) subprotocol: Option<String>,
    /// The template of the route that took the request.
    pub(crate) route: Option<Box<str>>,
    /// The fields of the response, except those of the handshake itself. `None` saves memory if
    /// there are none.
    pub(crate) response: Option<Box<HeaderMap>>,
}

/// Returns header fields of which there are none.
pub(crate) fn no_headers() -> &'static HeaderMap {
    static NONE: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);
    &NONE
}
