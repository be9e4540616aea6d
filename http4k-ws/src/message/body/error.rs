//! Why the bytes of a body could not be had.

use std::time::Duration;

use http::StatusCode;

/// Why the bytes of a body could not be had.
///
/// As a response it is plain text, with the status of [`status`](Self::status).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The body is longer than the limit set for it; answered with 413.
    #[error("the body is longer than the limit of {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The peer paused in the middle of the body for longer than it may; answered with 408.
    #[error("no byte of the body came for {pause:?}")]
    Stalled {
        /// How long it may pause.
        pause: Duration,
    },
    /// The peer sent the body more slowly than it may; answered with 408.
    #[error("the body came more slowly than {rate} bytes a second")]
    TooSlow {
        /// The least rate, in bytes per second.
        rate: u64,
    },
    /// The bytes are not UTF-8, and text was asked for; answered with 400.
    #[error("the body is not UTF-8: byte {position} is invalid")]
    NotUtf8 {
        /// Where the first invalid byte stands, counted from zero.
        position: usize,
    },
    /// The stream behind the body failed; answered with 400.
    #[error("the body broke off")]
    Stream(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The body is that of another server's answer, and broke off, stalled, or is longer than the limit
    /// set for it; answered with 502.
    #[error("the body of another server's answer can't be read")]
    Upstream(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl BodyError {
    /// Returns the status for the client: 413 past a limit (RFC 9110 §15.5.14), 408 after a pause and for
    /// a slow body (§15.5.9), 502 for the body of another server's response (§15.6.3), else 400.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Stalled { .. } | Self::TooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::NotUtf8 { .. } | Self::Stream(_) => StatusCode::BAD_REQUEST,
            Self::Upstream(_) => StatusCode::BAD_GATEWAY,
        }
    }
}
