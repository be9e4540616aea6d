//! Why a request got no answer.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http::StatusCode;

use crate::message::{BodyError, IntoResponse, Response, plain};
#[cfg(feature = "tls")]
use crate::tls::TlsError;

#[cfg(feature = "tls")]
const SCHEMES: &str = "`http` or `https`";
#[cfg(not(feature = "tls"))]
const SCHEMES: &str = "`http` (`https` needs the feature `tls`)";

/// Why a request got no answer.
///
/// As a response, which is what an [`HttpClient`](super::HttpClient) answers as a handler, it has the status of
/// [`status`](Self::status) and says no more: who is asked behind a server is nothing for its own clients.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpClientError {
    /// The request goes nowhere: its target names no host, or is none that a client can ask for. Correct it.
    #[error("`{target}` can't be asked for: {reason}")]
    BadTarget {
        /// The target.
        target: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Only `http` can be asked, and `https` with the feature `tls`.
    #[error("the scheme `{scheme}` is not {SCHEMES}")]
    UnsupportedScheme {
        /// The scheme.
        scheme: String,
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
    /// The connection can't be encrypted, or is not one to the host that was asked.
    #[cfg(feature = "tls")]
    #[error("no connection to `{host}` can be trusted")]
    Tls {
        /// The host.
        host: String,
        /// What is wrong.
        source: TlsError,
    },
    /// No connection stood in time; a longer [`with_connect_timeout`](super::HttpClient::with_connect_timeout) may help.
    #[error("no connection stood after {after:?}")]
    ConnectTimeout {
        /// The time it was given.
        after: Duration,
    },
    /// The answer was not there in time, or not all of it; a longer
    /// [`with_timeout`](super::HttpClient::with_timeout) may help.
    #[error("the answer was not there after {after:?}")]
    Timeout {
        /// The time it was given.
        after: Duration,
    },
    /// The body of the answer is longer than [`with_max_body`](super::HttpClient::with_max_body) allows.
    #[error("the body of the answer is longer than the limit of {limit} bytes")]
    BodyTooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The body of the request could not be read, so that it was not sent whole.
    #[error("the body of the request could not be sent")]
    RequestBody {
        /// What it is answered with: whoever sent the body is to blame, as [`BodyError::status`] says.
        status: StatusCode,
        /// What went wrong.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The connection broke off, or what came is no HTTP, or its head is too long. Whether the request
    /// was seen to is not known.
    #[error("the exchange broke off")]
    Broken {
        /// What went wrong.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl HttpClientError {
    /// What a server that asked on behalf of its own client answers: 504 where time ran out, 502 where
    /// the other server is to blame (RFC 9110 §15.6), 500 for a request that goes nowhere.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadTarget { .. } | Self::UnsupportedScheme { .. } => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::ConnectTimeout { .. } | Self::Timeout { .. } => StatusCode::GATEWAY_TIMEOUT,
            Self::RequestBody { status, .. } => *status,
            Self::Unresolvable { .. }
            | Self::Unreachable { .. }
            | Self::BodyTooLarge { .. }
            | Self::Broken { .. } => StatusCode::BAD_GATEWAY,
            #[cfg(feature = "tls")]
            Self::Tls { .. } => StatusCode::BAD_GATEWAY,
        }
    }

    pub(super) fn broken(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken {
            source: source.into(),
        }
    }
}

/// hyper hands an error of the request's body on; every other is the connection's or the peer's.
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
        let reason = status.canonical_reason().unwrap_or("no answer");
        plain(status, format!("{}\n", reason.to_lowercase()))
    }
}
