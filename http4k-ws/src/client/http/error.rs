//! The reasons why a request got no response.

use std::error::Error;
use std::time::Duration;

use http::StatusCode;

use crate::client::dial::DialError;
use crate::message::{BodyError, IntoResponse, Response, plain};

#[cfg(feature = "tls")]
const SCHEMES: &str = "`http` or `https`";
#[cfg(not(feature = "tls"))]
const SCHEMES: &str = "`http` (`https` needs the feature `tls`)";

/// The reason why a request got no response.
///
/// An [`HttpClient`](super::HttpClient) that is called as a handler returns it as a response with
/// the status of [`status`](Self::status). That response contains no detail: the addresses and
/// errors behind a server are not for its own clients.
///
/// # Examples
///
/// ```
/// use http4k_ws::client::{HttpClient, HttpClientError};
///
/// let error = HttpClient::new().blocking().send("ftp://localhost/").unwrap_err();
/// assert!(matches!(error, HttpClientError::UnsupportedScheme { .. }), "{error}");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpClientError {
    /// The target does not name a host, or a client cannot request it. Correct it.
    #[error("invalid target `{target}`: {reason}")]
    BadTarget {
        /// The target, without its user information and query.
        target: String,
        /// The rule that it breaks.
        reason: String,
    },
    /// The scheme is not `http`, nor with the feature `tls` `https`.
    #[error("unsupported scheme `{scheme}`: use {SCHEMES}")]
    UnsupportedScheme {
        /// The scheme.
        scheme: String,
    },
    /// The server could not be reached, or TLS failed.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// Connecting took too long. A longer
    /// [`with_connect_timeout`](super::HttpClient::with_connect_timeout) may help.
    #[error("connecting timed out after {after:?}")]
    ConnectTimeout {
        /// The limit that passed.
        after: Duration,
    },
    /// The response did not arrive in time, or not completely. A longer
    /// [`with_timeout`](super::HttpClient::with_timeout) may help.
    #[error("the response timed out after {after:?}")]
    Timeout {
        /// The limit that passed.
        after: Duration,
    },
    /// The body of the response is longer than [`with_max_body`](super::HttpClient::with_max_body)
    /// allows.
    #[error("the response body is longer than the limit of {limit} bytes")]
    BodyTooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The body of the request could not be read, so that the request was not sent completely.
    #[error("could not send the request body")]
    RequestBody {
        /// The status to respond with, which is that of [`BodyError::status`]. The sender of the
        /// body is at fault.
        status: StatusCode,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The connection ended, the peer did not send HTTP, or the head of its response is too long.
    /// The server may or may not have processed the request.
    #[error("the exchange failed")]
    Broken {
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl HttpClientError {
    /// Returns the status with which a gateway responds to its own client: 504 for a time-out, 502
    /// if the other server is at fault (RFC 9110 §15.6), and 500 for an invalid target.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::HttpClientError;
    /// # use std::time::Duration;
    /// let timeout = HttpClientError::Timeout { after: Duration::from_secs(30) };
    /// assert_eq!(timeout.status(), 504);
    /// assert_eq!(HttpClientError::BodyTooLarge { limit: 1024 }.status(), 502);
    /// let target = HttpClientError::UnsupportedScheme { scheme: "ftp".to_owned() };
    /// assert_eq!(target.status(), 500);
    /// ```
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadTarget { .. } | Self::UnsupportedScheme { .. } => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::ConnectTimeout { .. } | Self::Timeout { .. } => StatusCode::GATEWAY_TIMEOUT,
            Self::RequestBody { status, .. } => *status,
            Self::Dial(_) | Self::BodyTooLarge { .. } | Self::Broken { .. } => {
                StatusCode::BAD_GATEWAY
            }
        }
    }

    pub(super) fn broken(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken {
            source: source.into(),
        }
    }
}

/// An error of the request's body becomes `RequestBody`. Every other error is one of the connection
/// or the peer.
impl From<hyper::Error> for HttpClientError {
    fn from(error: hyper::Error) -> Self {
        let body = error.source().and_then(|cause| cause.downcast_ref());
        match body.map(BodyError::status) {
            Some(status) if error.is_user() => Self::RequestBody {
                status,
                source: error.into(),
            },
            _ => Self::broken(error),
        }
    }
}

impl IntoResponse for HttpClientError {
    fn into_response(self) -> Response {
        let status = self.status();
        let reason = status.canonical_reason().unwrap_or("no response");
        plain(status, format!("{}\n", reason.to_lowercase()))
    }
}
