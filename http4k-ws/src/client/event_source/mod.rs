//! A client of server-sent events that reconnects.
//!
//! An [`EventSource`] does what that of browsers does (WHATWG HTML §9.2), and adds what a program
//! needs: typed events, any method, bounds, jitter, and an end for a connection that is silent.
//!
//! ```no_run
//! use http4k_ws::client::EventSource;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut prices = EventSource::to("http://localhost:9000/prices").start::<String>();
//! while let Some(price) = prices.recv().await? {
//!     println!("{price}");
//! }
//! # Ok(())
//! # }
//! ```
#![doc = include_str!("../../docs/event_source.md")]

mod attempt;
mod blocking;
mod error;
mod event;
mod open;
mod prepared;
mod redirect;
mod request;
mod source;

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::Stream;
use http::HeaderMap;

pub use blocking::BlockingEventSource;
pub use error::EventSourceError;
pub use event::SourceEvent;
pub use request::EventSourceRequest;
use source::Source;

use crate::message::IntoRequest;
use crate::sse::FromSseEvent;
use crate::sse::SseEvent;

/// A stream of events over one connection after another (WHATWG HTML §9.2).
///
/// If a stream ends, or cannot be opened, the source waits and connects again, by the
/// [`ReconnectPolicy`](crate::client::reconnect::ReconnectPolicy). It then sends the id of the last
/// event as `Last-Event-ID`. The server ends it for good with 204, or with any other response that
/// is not a stream.
///
/// It needs no task: it connects and reads while [`recv`](Self::recv) is called. A slow reader
/// therefore slows the server down. Dropping it closes the connection.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::EventSource;
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
/// struct Price {
///     cents: u64,
/// }
///
/// /// Sends one price, then the next over another connection, and then no more.
/// async fn prices(request: Request) -> Response {
///     let next = match request.header("last-event-id") {
///         None => "id: 1\nretry: 0\ndata: {\"cents\":10}\n\n",
///         Some("1") => "id: 2\ndata: {\"cents\":20}\n\n",
///         Some(_) => return StatusCode::NO_CONTENT.into_response(),
///     };
///     Response::new(Body::from(next)).with_header("content-type", "text/event-stream")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use http4k_ws::client::reconnect::ReconnectPolicy;
/// # let policy = ReconnectPolicy::default().with_retry_after_spread(std::time::Duration::ZERO);
/// # let policy = policy.with_base(std::time::Duration::ZERO);
/// let server = prices.as_server("127.0.0.1:0").start()?;
/// let mut source = EventSource::to(format!("http://{}/", server.addr()))
/// #   .with_policy(policy)
///     .start::<Price>();
/// assert_eq!(source.recv().await?, Some(Price { cents: 10 }));
/// assert_eq!(source.recv().await?, Some(Price { cents: 20 }));
/// assert_eq!(source.recv().await?, None);
/// assert_eq!(source.last_event_id(), "2");
/// # Ok(())
/// # }
/// ```
pub struct EventSource<T = SseEvent> {
    source: Box<Source>,
    types: PhantomData<fn() -> T>,
}

impl EventSource {
    /// Returns the request of an event source, which can be configured before it is sent. It is a
    /// URI, or a request with a method, fields and a body in memory.
    ///
    /// The scheme is `http`, or with the feature `tls` also `https`. User information in the URI is
    /// sent as `Authorization: Basic` (RFC 7617).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn app(request: Request) -> Response {
    /// #     let length = request.into_body().bytes().await.unwrap().len();
    /// #     Response::new(Body::from(format!("data: {length} bytes\n\n")))
    /// #         .with_header("content-type", "text/event-stream")
    /// # }
    /// let question = Request::post("/answers").body("how are you?")?;
    /// let mut answers = EventSource::to(question)
    ///     .over(|request| async { Ok::<_, EventSourceError>(app(request).await) })
    ///     .start::<String>();
    /// assert_eq!(answers.recv().await?.as_deref(), Some("12 bytes"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn to(request: impl IntoRequest) -> EventSourceRequest {
        EventSourceRequest::new(request)
    }
}

impl<T> EventSource<T> {
    fn new(source: Source) -> Self {
        Self {
            source: Box::new(source),
            types: PhantomData,
        }
    }

    /// Waits until a stream is open. It need not be called before [`recv`](Self::recv).
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, the attempt goes on with the next call.
    ///
    /// # Errors
    ///
    /// Returns the error that closes the source, also for 204, and [`EventSourceError::Closed`] if
    /// it was closed before.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime with I/O and time.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut news = EventSource::to("/news").over(send).start::<String>();
    /// news.opened().await?;
    /// assert!(news.is_connected());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn opened(&mut self) -> Result<(), EventSourceError> {
        poll_fn(|cx| self.source.poll_open(cx)).await
    }

    /// Closes the source for good. Events that were not received are lost. Calling it again has no
    /// effect.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut news = EventSource::to("/news").over(send).start::<String>();
    /// assert_eq!(news.recv().await?.as_deref(), Some("rain"));
    /// news.close();
    /// assert_eq!(news.recv().await?, None);
    /// assert!(matches!(news.opened().await, Err(EventSourceError::Closed)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(&mut self) {
        self.source.close();
    }

    /// Returns `true` once no other event and no other connection will follow.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// #
    /// // 204 ends a source for good.
    /// let done = |_request| async {
    ///     Ok::<_, EventSourceError>(StatusCode::NO_CONTENT.into_response())
    /// };
    /// let mut news = EventSource::to("/news").over(done).start::<String>();
    /// assert!(!news.is_closed());
    /// assert_eq!(news.recv().await?, None);
    /// assert!(news.is_closed());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_closed(&self) -> bool {
        self.source.is_closed()
    }

    /// Returns `true` if a stream is open, as far as this side has read it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let source = EventSource::to("/news").over(send).with_reconnection(false);
    /// let mut news = source.start::<String>();
    /// assert!(!news.is_connected());
    /// news.recv().await?;
    /// assert!(news.is_connected());
    /// assert_eq!(news.recv().await?, None);
    /// assert!(!news.is_connected());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_connected(&self) -> bool {
        self.source.is_connected()
    }

    /// Returns the id that the next connection sends as `Last-Event-ID`; empty if there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("id: 7\ndata: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut news = EventSource::to("/news").over(send).start::<String>();
    /// assert_eq!(news.last_event_id(), "");
    /// news.recv().await?;
    /// assert_eq!(news.last_event_id(), "7");
    /// # Ok(())
    /// # }
    /// ```
    pub fn last_event_id(&self) -> &str {
        self.source.last_event_id()
    }

    /// Returns the delay before a reconnection that the server requested last; `None` if it did
    /// not.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # use std::time::Duration;
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("retry: 5000\ndata: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut news = EventSource::to("/news").over(send).start::<String>();
    /// assert_eq!(news.retry(), None);
    /// news.recv().await?;
    /// assert_eq!(news.retry(), Some(Duration::from_secs(5)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn retry(&self) -> Option<Duration> {
        self.source.retry()
    }

    /// Returns the number of comments that were read, over all connections.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from(": still here\n\ndata: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut news = EventSource::to("/news").over(send).start::<String>();
    /// news.recv().await?;
    /// assert_eq!(news.comments(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn comments(&self) -> u64 {
        self.source.comments()
    }

    /// Returns the header fields of the response of the current connection. Empty without one.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut news = EventSource::to("/news").over(send).start::<String>();
    /// assert!(news.response_headers().is_empty());
    /// news.opened().await?;
    /// assert_eq!(news.response_headers()["content-type"], "text/event-stream");
    /// # Ok(())
    /// # }
    /// ```
    pub fn response_headers(&self) -> &HeaderMap {
        self.source.response_headers()
    }
}

impl<T: FromSseEvent> EventSource<T> {
    /// Returns the same source for values of another type, for example to read the next event
    /// itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: rain\n\ndata: 21\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut events = EventSource::to("/weather").over(send).start::<String>();
    /// assert_eq!(events.recv().await?.as_deref(), Some("rain"));
    /// let mut degrees = events.typed::<Json<i32>>();
    /// assert_eq!(degrees.recv().await?, Some(Json(21)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn typed<U: FromSseEvent>(self) -> EventSource<U> {
        EventSource {
            source: self.source,
            types: PhantomData,
        }
    }

    /// Waits for the next event, over as many connections as necessary. Returns `None` once no
    /// other event will follow: the server responded with 204, [`close`](Self::close) was called,
    /// or the server ended the stream and reconnection is off.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, no event is lost, and no attempt is started
    /// anew.
    ///
    /// # Errors
    ///
    /// Returns [`EventSourceError::Unreadable`] if the data is not a `T`; the next event can be
    /// received. Any other error is final, and further calls return `None`.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime with I/O and time.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: warm\n\ndata: 21\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut degrees = EventSource::to("/degrees")
    ///     .over(send)
    ///     .with_reconnection(false)
    ///     .start::<Json<i32>>();
    /// assert!(matches!(degrees.recv().await, Err(EventSourceError::Unreadable(_))));
    /// assert_eq!(degrees.recv().await?, Some(Json(21)));
    /// assert_eq!(degrees.recv().await?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recv(&mut self) -> Result<Option<T>, EventSourceError> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<T>, EventSourceError>> {
        let event = ready!(self.source.poll_event(cx))?;
        Poll::Ready(match event {
            Some(event) => Ok(Some(T::from_sse_event(event)?)),
            None => Ok(None),
        })
    }
}

/// Yields each value, or the failure to read it. A final error is the last item.
impl<T: FromSseEvent> Stream for EventSource<T> {
    type Item = Result<T, EventSourceError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(ready!(self.poll_recv(cx)).transpose())
    }
}

impl<T> fmt::Debug for EventSource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventSource").field(&self.source).finish()
    }
}
