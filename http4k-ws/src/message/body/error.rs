//! Failures to read a body.

use std::time::Duration;

use http::StatusCode;

/// A failure to read the bytes of a body.
///
/// As a response it is plain text, with the status that [`status`](Self::status) returns.
///
/// # Examples
///
/// ```
/// use http4k_ws::Body;
/// use http4k_ws::message::BodyError;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = Body::from(&b"caf\xe9"[..]).text().await.unwrap_err();
/// assert!(matches!(error, BodyError::NotUtf8 { position: 3 }));
/// assert_eq!(error.status(), 400);
/// assert_eq!(BodyError::TooLarge { limit: 4 }.status(), 413);
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The body is longer than its limit; the status is 413.
    #[error("the body is longer than the limit of {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The peer paused inside the body for longer than allowed; the status is 408.
    #[error("no byte of the body was received for {pause:?}")]
    Stalled {
        /// The longest pause allowed.
        pause: Duration,
    },
    /// The peer sent the body more slowly than allowed; the status is 408.
    #[error("the body was received more slowly than {rate} bytes per second")]
    TooSlow {
        /// The lowest rate allowed, in bytes per second.
        rate: u64,
    },
    /// The bytes were read as text and are not UTF-8; the status is 400.
    #[error("the body is not UTF-8: byte {position} is invalid")]
    NotUtf8 {
        /// The position of the first invalid byte, counted from zero.
        position: usize,
    },
    /// The stream behind the body failed; the status is 400.
    #[error("the body is incomplete")]
    Stream(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The body of another server's response is incomplete, stalled, or longer than its limit; the
    /// status is 502.
    #[error("the body of another server's response can't be read")]
    Upstream(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl BodyError {
    /// Returns the status for the client: 413 over a limit (RFC 9110 §15.5.14), 408 after a pause
    /// and for a slow body (§15.5.9), 502 for the body of another server's response (§15.6.3), else
    /// 400.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// async fn read(request: Request) -> impl IntoResponse {
    ///     request.into_body().limit(4).text().await
    /// }
    ///
    /// assert_eq!(read.test_http((Method::POST, "/", "hello")).status(), 413);
    /// assert_eq!(read.test_http((Method::POST, "/", &b"\xff"[..])).status(), 400);
    /// ```
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Stalled { .. } | Self::TooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::NotUtf8 { .. } | Self::Stream(_) => StatusCode::BAD_REQUEST,
            Self::Upstream(_) => StatusCode::BAD_GATEWAY,
        }
    }
}
