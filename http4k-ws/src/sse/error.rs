//! The errors of sending and of consumers, and the conversion of a consumer's result.

use std::error::Error;
use std::fmt;

use crate::lens::LensFailure;
use crate::message::never::Never;
use crate::message::printable;

/// The reason why an event was not sent.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::Routes;
/// use http4k_ws::sse::{Sse, SseSendError};
///
/// let (give, take) = channel();
/// let consumer = move |sse: Sse| give.send(sse.sender()).unwrap();
/// let app = Routes::new().sse(Method::GET, "/", consumer).build().unwrap();
/// assert_eq!(app.test_sse("/").received().count(), 0);
/// let sender = take.try_recv().unwrap();
/// assert_eq!(sender.try_send("too late"), Err(SseSendError::Closed));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SseSendError {
    /// The stream is over, because the client has left, the consumer has returned or the server
    /// stops. The event is lost.
    #[error("the stream of events is over")]
    Closed,
    /// The queue to the client is full. Wait with `send`, or drop the event.
    #[error("the queue of the stream is full")]
    Full,
    /// The format cannot represent the value as text.
    #[error(transparent)]
    Unencodable(#[from] LensFailure),
}

/// The result of a consumer of a stream. `Ok` ends the stream, and an error breaks it off.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseEnd, SseResult};
///
/// async fn news(sse: Sse) -> SseResult {
///     sse.send("rain").await?;
///     Err("no more news".into())
/// }
///
/// let app = routes! { GET "/news" => sse(news(sse)) };
/// let mut client = app.test_sse("/news");
/// assert_eq!(client.received().next().unwrap().unwrap().data(), "rain");
/// assert!(matches!(client.closed(), Some(SseEnd::Broken { .. })));
/// ```
pub type SseResult = Result<(), SseError>;

/// The error of a consumer, which breaks its stream off.
///
/// Every error becomes one with `?`, and so do text, `Box<dyn Error + Send + Sync>`, and error
/// types that can be boxed, such as `anyhow::Error`. A consumer may also return `Result<(), E>`
/// with such an `E`. The error is logged, unless it is [`SseSendError::Closed`]. The client does
/// not see its text, only that the response is incomplete.
///
/// # Examples
///
/// ```
/// use http4k_ws::sse::{SseError, SseSendError};
///
/// let error = SseError::from("no such topic");
/// assert_eq!(error.to_string(), "no such topic");
/// let error = SseError::from(SseSendError::Full);
/// assert!(error.cause().is::<SseSendError>());
/// ```
pub struct SseError(Box<dyn Error + Send + Sync>);

impl SseError {
    /// Returns the error behind this one, which can be downcast.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::num::ParseIntError;
    /// # use http4k_ws::sse::SseError;
    /// let error = SseError::from("many".parse::<u32>().unwrap_err());
    /// assert!(error.cause().is::<ParseIntError>());
    /// ```
    pub fn cause(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }

    /// Returns `true` if the consumer only noticed that its stream is over.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.0.downcast_ref(), Some(SseSendError::Closed))
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for SseError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for SseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", printable(&self.0))
    }
}

/// Values that the consumer of a stream may return: `()` or a `Result`.
///
/// Users never implement it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseEnd};
///
/// let app = routes! {
///     GET "/quiet"   => sse(|sse: Sse| ()),
///     GET "/failing" => sse(|sse: Sse| Err::<(), _>("out of tea")),
/// };
/// assert_eq!(app.test_sse("/quiet").closed(), Some(SseEnd::Complete));
/// assert!(matches!(app.test_sse("/failing").closed(), Some(SseEnd::Broken { .. })));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from the consumer of a stream",
    label = "a consumer returns `()` or `SseResult`, or a future of one",
    note = "a function that returns a response belongs in `http(..)`"
)]
pub trait IntoSseResult {
    /// Converts the value into the result of a consumer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::IntoSseResult;
    /// assert!(().into_sse_result().is_ok());
    /// let error = "many".parse::<u32>().map(drop).into_sse_result().unwrap_err();
    /// assert_eq!(error.to_string(), "invalid digit found in string");
    /// ```
    fn into_sse_result(self) -> SseResult;
}

impl IntoSseResult for () {
    fn into_sse_result(self) -> SseResult {
        Ok(())
    }
}

/// A consumer that never returns.
#[diagnostic::do_not_recommend]
impl IntoSseResult for Never {
    fn into_sse_result(self) -> SseResult {
        self
    }
}

impl<E: Into<SseError>> IntoSseResult for Result<(), E> {
    fn into_sse_result(self) -> SseResult {
        self.map_err(Into::into)
    }
}
