//! The errors of sending and of consumers, and the conversion of a consumer's result.

use std::error::Error;
use std::fmt;

use crate::lens::LensFailure;
use crate::message::never::Never;
use crate::message::{WsStatus, printable};

/// The reason why a message was not sent.
///
/// # Examples
///
/// ```
/// use http4k_ws::SendError;
/// use http4k_ws::prelude::*;
///
/// async fn late(ws: WebSocket) -> WsResult {
///     ws.close(WsStatus::NORMAL);
///     assert_eq!(ws.send("too late").await, Err(SendError::Closed(WsStatus::NORMAL)));
///     Ok(())
/// }
///
/// assert_eq!(late.test_ws("/").closed(), Some(WsStatus::NORMAL));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The socket is closed with this status. The message is lost.
    #[error("the socket is closed: {0}")]
    Closed(WsStatus),
    /// The queue to the peer is full. Wait with `send`, or drop the message.
    #[error("the queue to the peer is full")]
    Full,
    /// The format cannot represent the value.
    #[error(transparent)]
    Unencodable(#[from] LensFailure),
}

/// The status that a consumer closes with if it returns an error which has this one as its source.
///
/// Errors of the library outside this module name their status by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("closes with {0}")]
pub struct ClosesWith(pub(crate) WsStatus);

/// The result of a consumer. `Ok` closes the socket with 1000, and an error with its status.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// async fn double(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         let number: u32 = message.text().parse()?;
///         ws.send((number * 2).to_string()).await?;
///     }
///     Ok(())
/// }
///
/// let mut client = double.test_ws("/");
/// client.send("21").unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap(), "42");
/// client.send("many").unwrap();
/// assert_eq!(client.closed(), Some(WsStatus::INTERNAL_ERROR));
/// ```
pub type WsResult = Result<(), WsError>;

/// The error of a consumer, with the status that its socket is closed with.
///
/// Every error becomes one with `?`, and so do text, `Box<dyn Error + Send + Sync>`, and error
/// types that can be boxed, such as `anyhow::Error`. A consumer may also return `Result<(), E>`
/// with such an `E`. The status depends on the error:
///
/// | error | status |
/// |---|---|
/// | [`LensFailure`] | its [`ws_status`](LensFailure::ws_status), which is 1007 for a bad message |
/// | [`SendError::Closed`] | the status that the socket was closed with |
/// | [`SendError::Full`] | 1013 |
/// | any other | 1011. The error is logged, and the peer does not see its text |
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
    /// Creates an error that closes the socket with `status`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let refuse = |_ws: WebSocket| WsResult::Err(WsError::closing(WsStatus::TRY_AGAIN_LATER));
    /// assert_eq!(refuse.test_ws("/").closed(), Some(WsStatus::TRY_AGAIN_LATER));
    /// ```
    pub fn closing(status: WsStatus) -> Self {
        Self {
            status,
            cause: None,
        }
    }

    /// Returns the status that the socket is closed with.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::SendError;
    /// let full = WsError::from(SendError::Full);
    /// assert_eq!(full.status(), &WsStatus::TRY_AGAIN_LATER);
    /// let other = WsError::from(std::io::Error::other("disk full"));
    /// assert_eq!(other.status(), &WsStatus::INTERNAL_ERROR);
    /// ```
    pub fn status(&self) -> &WsStatus {
        &self.status
    }

    /// Returns the error behind this one, which can be downcast.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::num::ParseIntError;
    /// let error = WsError::from("many".parse::<u32>().unwrap_err());
    /// assert!(error.cause().unwrap().is::<ParseIntError>());
    /// assert!(WsError::closing(WsStatus::NORMAL).cause().is_none());
    /// ```
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

/// Converts an error. A [`LensFailure`] and a [`SendError`] keep their status, even inside a box.
impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for WsError {
    fn from(error: E) -> Self {
        let cause = error.into();
        let status = if let Some(failure) = cause.downcast_ref::<LensFailure>() {
            failure.ws_status()
        } else {
            match cause.downcast_ref::<SendError>() {
                Some(SendError::Closed(status)) => status.clone(),
                Some(SendError::Full) => WsStatus::TRY_AGAIN_LATER,
                _ => match cause.source().and_then(|source| source.downcast_ref()) {
                    Some(ClosesWith(status)) => status.clone(),
                    None => WsStatus::INTERNAL_ERROR,
                },
            }
        };
        Self {
            status,
            cause: Some(cause),
        }
    }
}

/// Values that a consumer or a callback may return: `()` or a `Result`.
///
/// Users never implement it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// let quiet = |_ws: WebSocket| ();
/// assert_eq!(quiet.test_ws("/").closed(), Some(WsStatus::NORMAL));
///
/// let failing = |_ws: WebSocket| Err::<(), _>("out of tea");
/// assert_eq!(failing.test_ws("/").closed(), Some(WsStatus::INTERNAL_ERROR));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a WebSocket consumer",
    label = "a consumer returns `()` or `WsResult`, or a future of one; a callback returns `()` or a `Result`",
    note = "a function that returns a response belongs in `http(..)`"
)]
pub trait IntoWsResult {
    /// Converts the value into the result of a consumer.
    fn into_ws_result(self) -> WsResult;
}

impl IntoWsResult for () {
    fn into_ws_result(self) -> WsResult {
        Ok(())
    }
}

/// A consumer that never returns.
#[diagnostic::do_not_recommend]
impl IntoWsResult for Never {
    fn into_ws_result(self) -> WsResult {
        self
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
