//! What the opening handshake left.

use crate::message::Request;
#[cfg(feature = "client")]
use crate::message::copy_of_head;

/// What is known of the opening handshake.
#[derive(Debug)]
pub(crate) struct Handshake {
    pub(crate) request: Request,
    pub(crate) subprotocol: Option<String>,
    /// The template of the route that took the request.
    pub(crate) route: Option<Box<str>>,
}

impl Handshake {
    #[cfg(feature = "client")]
    pub(super) fn copy(&self) -> Self {
        Self {
            request: copy_of_head(&self.request),
            subprotocol: self.subprotocol.clone(),
            route: self.route.clone(),
        }
    }
}
