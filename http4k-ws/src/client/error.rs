//! The reasons why a client could not open a socket.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;

use super::dial::DialError;
use crate::message::{Response, printable};

#[cfg(feature = "tls")]
const SCHEMES: &str = "`ws` or `wss`";
#[cfg(not(feature = "tls"))]
const SCHEMES: &str = "`ws` (`wss` needs the feature `tls`)";

/// The reason why a client could not open a socket.
///
/// # Examples
///
/// ```
/// use http4k_ws::client::{ConnectError, WebSocketClient};
///
/// let error = WebSocketClient::blocking("ftp://localhost/").unwrap_err();
/// assert!(matches!(&error, ConnectError::UnsupportedScheme { scheme } if scheme == "ftp"));
/// assert!(!error.is_transient());
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URI does not name a WebSocket (RFC 6455 §3). Correct it.
    #[error("`{uri}` is not a WebSocket URI: {reason}")]
    BadUri {
        /// The URI, without its user information and query.
        uri: String,
        /// The rule that it breaks.
        reason: String,
    },
    /// The scheme is not `ws` or `http`, nor with the feature `tls` `wss` or `https`.
    #[error("unsupported scheme `{scheme}`: use {SCHEMES}")]
    UnsupportedScheme {
        /// The scheme.
        scheme: String,
    },
    /// A field has a name or value that a request cannot contain, or it would change the handshake.
    /// A subprotocol must be a token (RFC 9110 §5.6.2). Correct it.
    #[error("the field `{name}` has an invalid name or value")]
    BadField {
        /// The name of the field.
        name: String,
    },
    /// The server could not be reached, or TLS failed.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The server did not open the socket in time. A longer
    /// [`with_timeout`](super::OpeningHandshake::with_timeout) may help.
    #[error("the socket was not open after {after:?}")]
    Timeout {
        /// The limit that passed.
        after: Duration,
    },
    /// The server responded without switching protocols. The response has the reason.
    #[error("the server refused the upgrade with {}", response.status())]
    Refused {
        /// The response, with the part of its body that arrived within 1 s, at most 64 KiB.
        response: Box<Response<Bytes>>,
    },
    /// The server switched protocols, but its response breaks a rule of RFC 6455 §4.1.
    #[error("the server's handshake is invalid: {rule} (RFC 6455 §4.1)")]
    BadHandshake {
        /// The rule.
        rule: &'static str,
    },
    /// The server did not prove that it read the key of the request. It may be a cache, or may not
    /// speak WebSocket at all.
    #[error("`Sec-WebSocket-Accept` does not match the key of the request (RFC 6455 §4.1)")]
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
    /// The connection ended during the handshake, or the peer did not send HTTP.
    #[error("the opening handshake failed")]
    Broken {
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl ConnectError {
    /// Returns `true` if the same attempt may succeed later. This applies if the host or port could
    /// not be reached, if the handshake broke off or took too long, and if the server refused with
    /// 408, 425, 429 or a 5xx.
    ///
    /// Every other refusal is final, such as 401 or 404, and so is an error in the URI, in TLS, or
    /// in the server's handshake.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::ConnectError;
    /// async fn refusal(status: StatusCode) -> ConnectError {
    ///     let app = move |_request: Request| WsResponse::refuse(status);
    ///     app.connect_ws("/").await.unwrap_err().into()
    /// }
    ///
    /// assert!(refusal(StatusCode::SERVICE_UNAVAILABLE).await.is_transient());
    /// assert!(refusal(StatusCode::TOO_MANY_REQUESTS).await.is_transient());
    /// assert!(!refusal(StatusCode::UNAUTHORIZED).await.is_transient());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Dial(error) => error.is_transient(),
            Self::Timeout { .. } | Self::Broken { .. } => true,
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

/// The refusal of an in-memory application, from
/// [`connect_ws`](crate::PolyHandler::connect_ws).
impl From<Response> for ConnectError {
    fn from(response: Response) -> Self {
        let response = response.map(|body| body.as_bytes().cloned().unwrap_or_default());
        Self::Refused {
            response: Box::new(response),
        }
    }
}
