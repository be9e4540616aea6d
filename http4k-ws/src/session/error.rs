//! Why a message was not sent, and why a consumer ended.

use std::error::Error;
use std::fmt;

use crate::lens::LensFailure;
use crate::message::{WsStatus, printable};

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The socket is closed, with this status; the message is lost.
    #[error("the socket is closed: {0}")]
    Closed(WsStatus),
    /// The queue to the peer is full; wait with `send`, or leave the message out.
    #[error("the queue to the peer is full")]
    Full,
    /// The value has no form in its format.
    #[error(transparent)]
    Unencodable(#[from] LensFailure),
}

/// What a consumer gives back: `Ok` closes the socket with 1000, an error with its status.
pub type WsResult = Result<(), WsError>;

/// Why a consumer failed, and the status its socket is closed with.
///
/// Every error becomes one with `?`, and so do text, `Box<dyn Error + Send + Sync>`, and error types
/// that can be boxed, such as `anyhow::Error`. A consumer may also return `Result<(), E>` with such
/// an `E`. A [`LensFailure`] closes with its [`ws_status`](LensFailure::ws_status), 1007 where
/// the peer's message is to blame, a [`SendError::Closed`] was
/// closed already, any other closes with 1011 and is logged; the peer does not see its text.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// async fn members_only(mut ws: WebSocket) -> WsResult {
///     match ws.recv().await? {
///         Some(message) if message.text() == "open sesame" => ws.send("come in").await?,
///         _ => return Err(WsError::closing(WsStatus::POLICY_VIOLATION)),
///     }
///     Ok(())
/// }
///
/// let mut client = members_only.test_ws("/");
/// client.send("knock knock").unwrap();
/// assert_eq!(client.closed(), Some(WsStatus::POLICY_VIOLATION));
/// ```
pub struct WsError {
    status: WsStatus,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl WsError {
    /// Ends the consumer and closes the socket with `status`.
    pub fn closing(status: WsStatus) -> Self {
        Self {
            status,
            cause: None,
        }
    }

    /// The status the socket is closed with.
    pub fn status(&self) -> &WsStatus {
        &self.status
    }

    /// The error behind it, which can be downcast.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

/// The status is that of the error, if it knows one. It is found in a box, too.
impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for WsError {
    fn from(error: E) -> Self {
        let cause = error.into();
        let status = if let Some(failure) = cause.downcast_ref::<LensFailure>() {
            failure.ws_status()
        } else {
            match cause.downcast_ref::<SendError>() {
                Some(SendError::Closed(status)) => status.clone(),
                Some(SendError::Full) => WsStatus::TRY_AGAIN_LATER,
                _ => WsStatus::INTERNAL_ERROR,
            }
        };
        Self {
            status,
            cause: Some(cause),
        }
    }
}

/// What a consumer or a callback gives back: `()` or a `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a WebSocket consumer",
    label = "a consumer returns `()` or `WsResult`, or a future of one; a callback returns `()` or a `Result`",
    note = "a function that returns a response belongs in `http(..)`"
)]
pub trait IntoWsResult {
    /// The result.
    fn into_ws_result(self) -> WsResult;
}

impl IntoWsResult for () {
    fn into_ws_result(self) -> WsResult {
        Ok(())
    }
}

impl<E: Into<WsError>> IntoWsResult for Result<(), E> {
    fn into_ws_result(self) -> WsResult {
        self.map_err(Into::into)
    }
}

impl fmt::Debug for WsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for WsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Some(cause) => write!(f, "{}", printable(cause)),
            None => write!(f, "the consumer closed the socket: {}", self.status),
        }
    }
}
