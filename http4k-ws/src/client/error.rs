//! Why a client has no open socket.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

use crate::message::{Response, printable};
#[cfg(feature = "tls")]
use crate::tls::TlsError;

#[cfg(feature = "tls")]
const SCHEMES: &str = "`ws` or `wss`";
#[cfg(not(feature = "tls"))]
const SCHEMES: &str = "`ws` (`wss` needs the feature `tls`)";

/// Why a client has no open socket.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URI names no WebSocket (RFC 6455 §3); correct it.
    #[error("`{uri}` is no URI of a WebSocket: {reason}")]
    BadUri {
        /// The URI.
        uri: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Only `ws` can be connected to, and `wss` with the feature `tls`.
    #[error("the scheme `{scheme}` is not {SCHEMES}")]
    UnsupportedScheme {
        /// The scheme.
        scheme: String,
    },
    /// A field's name or value can't stand in a request, or a subprotocol is no token.
    #[error("the field `{name}` has a name or value that a request can't hold")]
    BadField {
        /// The name of the field.
        name: String,
    },
    /// The host has no address.
    #[error("the host `{host}` can't be resolved")]
    Unresolvable {
        /// The host.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// Nothing can be connected to at the address; of several, this is the last that was tried.
    #[error("{address} can't be connected to")]
    Unreachable {
        /// The address.
        address: SocketAddr,
        /// What the system said, such as connection refused.
        source: io::Error,
    },
    /// The connection can't be encrypted, or is not one to the host that was asked for.
    #[cfg(feature = "tls")]
    #[error("no connection to `{host}` can be trusted")]
    Tls {
        /// The host.
        host: String,
        /// What is wrong.
        source: TlsError,
    },
    /// The server did not open the socket in time.
    #[error("the socket was not open after {after:?}")]
    Timeout {
        /// The time it was given.
        after: Duration,
    },
    /// The server answered without switching protocols; the response says why.
    #[error("the server refused the upgrade with {}", response.status())]
    Refused {
        /// The answer, with up to 64 KiB of its body, and what came of that within a second.
        response: Box<Response<Bytes>>,
    },
    /// The server switched protocols, but broke a rule of RFC 6455 §4.1 doing so.
    #[error("the server's handshake is wrong: {rule} (RFC 6455 §4.1)")]
    BadHandshake {
        /// The rule.
        rule: &'static str,
    },
    /// The server did not prove that it read our key; it may be no WebSocket server, or a cache.
    #[error("`Sec-WebSocket-Accept` does not answer our key (RFC 6455 §4.1)")]
    WrongAcceptKey,
    /// The server chose a subprotocol that was not offered.
    #[error(
        "the server chose the subprotocol `{}`, which was not offered (RFC 6455 §4.1)",
        printable(subprotocol)
    )]
    UnofferedSubprotocol {
        /// The subprotocol.
        subprotocol: String,
    },
    /// The connection broke off, or what came is no HTTP.
    #[error("the opening handshake broke off")]
    Broken {
        /// What went wrong.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl ConnectError {
    /// Whether the same again may succeed later: the host or port could not be reached, the handshake broke off
    /// or took too long, or the server refused with 408, 425, 429 or a 5xx. What the server says for good,
    /// such as 401 or 404, and what is wrong with the URI or the server's handshake, stays.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unresolvable { .. }
            | Self::Unreachable { .. }
            | Self::Timeout { .. }
            | Self::Broken { .. } => true,
            Self::Refused { response } => {
                let status = response.status();
                status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429)
            }
            _ => false,
        }
    }

    pub(super) fn broken(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken {
            source: source.into(),
        }
    }
}

/// The refusal of an application in memory, by [`connect_ws`](crate::PolyHandler::connect_ws).
impl From<Response> for ConnectError {
    fn from(response: Response) -> Self {
        let response = response.map(|body| body.as_bytes().cloned().unwrap_or_default());
        Self::Refused {
            response: Box::new(response),
        }
    }
}
