//! Where a request came from.

use std::net::SocketAddr;

/// The other end of the connection a request came by, among its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerAddr(pub(crate) SocketAddr);
