//! The handle of a stream, which its consumer receives.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::error::SseSendError;
use super::event::SseEvent;
use super::into_event::IntoSseEvent;
use super::last_event_id::LAST_EVENT_ID;
use super::sender::SseSender;
use super::state::StreamState;
use crate::message::{Request, RequestExt};

/// An open stream of events to one client, which sends `Out`.
///
/// The stream ends once the consumer has returned and the `Sse` is dropped, after the queued events
/// are sent. So a consumer may hand its `Sse` to another task, and the stream outlives it. If the
/// client leaves or the server stops, the consumer is dropped.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseEvent, SseResult, respond};
///
/// /// Counts on from the last number that the client has received.
/// async fn count(sse: Sse) -> SseResult {
///     let last: u64 = sse.last_event_id().map_or(Ok(0), str::parse)?;
///     for number in last + 1..=3 {
///         sse.send(SseEvent::new(number.to_string()).with_id(number)).await?;
///     }
///     Ok(())
/// }
///
/// let app = |request: Request| respond(request, count);
/// let response = app.test_http(Request::get("/").header("last-event-id", "1"));
/// assert_eq!(response.header("content-type"), Some("text/event-stream"));
/// assert_eq!(response.body(), "data: 2\nid: 2\n\ndata: 3\nid: 3\n\n");
/// ```
///
/// A stream of messages, each of which is the data of an event:
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseResult, respond};
///
/// #[derive(Serialize, Deserialize, Message)]
/// struct Price {
///     symbol: String,
///     cents: u64,
/// }
///
/// async fn prices(sse: Sse<Price>) -> SseResult {
///     sse.send(Price { symbol: "AAPL".into(), cents: 18_720 }).await?;
///     Ok(())
/// }
///
/// let app = |request: Request| respond(request, prices);
/// let event = "data: {\"symbol\":\"AAPL\",\"cents\":18720}\n\n";
/// assert_eq!(app.test_http("/").body(), event);
/// ```
pub struct Sse<Out = SseEvent> {
    sender: SseSender<Out>,
    open: Open,
    request: Box<Request>,
}

/// Keeps the stream open until it is dropped.
struct Open(Arc<StreamState>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.handle_dropped();
    }
}

impl<Out: IntoSseEvent> Sse<Out> {
    pub(super) fn new(state: &Arc<StreamState>, request: Request) -> Self {
        Self {
            sender: SseSender::new(Arc::clone(state)),
            open: Open(Arc::clone(state)),
            request: Box::new(request),
        }
    }

    /// Returns the request without its body, with all changes by filters and with the path
    /// parameters of its route.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseResult};
    /// async fn greet(sse: Sse) -> SseResult {
    ///     let name = sse.request().query("name").unwrap_or("stranger".into());
    ///     Ok(sse.send(format!("hello {name}")).await?)
    /// }
    ///
    /// let app = routes! { GET "/" => sse(greet(sse)) };
    /// let mut client = app.test_sse("/?name=bob");
    /// assert_eq!(client.received().next().unwrap().unwrap().data(), "hello bob");
    /// ```
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Returns the id of the last event that the client has received before it reconnected, from
    /// the field `Last-Event-ID`. `None` if there is none, and if it is not UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseResult};
    /// async fn resume(sse: Sse) -> SseResult {
    ///     let from = sse.last_event_id().unwrap_or("the start").to_owned();
    ///     Ok(sse.send(format!("from {from}")).await?)
    /// }
    ///
    /// let app = routes! { GET "/" => sse(resume(sse)) };
    /// let again = Request::get("/").header("last-event-id", "7");
    /// assert_eq!(app.test_sse(again).received().next().unwrap().unwrap().data(), "from 7");
    /// let first = app.test_sse("/").received().next().unwrap().unwrap();
    /// assert_eq!(first.data(), "from the start");
    /// ```
    pub fn last_event_id(&self) -> Option<&str> {
        let id = self.request.header(LAST_EVENT_ID.as_str());
        id.filter(|id| !id.is_empty())
    }

    /// Queues `event`, waiting for queue space if necessary. Events that are queued between two
    /// waits leave in one write.
    ///
    /// # Errors
    ///
    /// Returns [`SseSendError::Closed`] if the stream is over, and [`SseSendError::Unencodable`] if
    /// the format cannot represent the value.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, the event was not sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseEvent, SseResult};
    /// async fn countdown(sse: Sse) -> SseResult {
    ///     for number in [2, 1] {
    ///         sse.send(number.to_string()).await?;
    ///     }
    ///     sse.send(SseEvent::new("go").named("start")).await?;
    ///     Ok(())
    /// }
    ///
    /// let app = routes! { GET "/" => sse(countdown(sse)) };
    /// let body = "data: 2\n\ndata: 1\n\nevent: start\ndata: go\n\n";
    /// assert_eq!(app.test_http("/").body(), body);
    /// ```
    pub async fn send(&self, event: impl Into<Out>) -> Result<(), SseSendError> {
        self.sender.send(event).await
    }

    /// Queues `event` without waiting.
    ///
    /// # Errors
    ///
    /// Returns [`SseSendError::Full`] if [`send`](Self::send) would wait, and otherwise the same
    /// errors.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::filter::sse_config;
    /// # use http4k_ws::sse::{Sse, SseConfig, SseSendError};
    /// let ticks = |sse: Sse| {
    ///     assert_eq!(sse.try_send("one"), Ok(()));
    ///     assert_eq!(sse.try_send("two"), Err(SseSendError::Full));
    /// };
    /// let short = |config: SseConfig| config.with_queue_events(1);
    /// let app = routes! { GET "/" with(sse_config(short)) => sse(ticks) };
    /// assert_eq!(app.test_http("/").body(), "data: one\n\n");
    /// ```
    pub fn try_send(&self, event: impl Into<Out>) -> Result<(), SseSendError> {
        self.sender.try_send(event)
    }

    /// Queues a comment, waiting for queue space if necessary. Clients ignore it.
    ///
    /// # Errors
    ///
    /// Returns [`SseSendError::Closed`] if the stream is over.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, the comment was not sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseResult};
    /// async fn quiet(sse: Sse) -> SseResult {
    ///     sse.comment("still here").await?;
    ///     Ok(sse.send("news").await?)
    /// }
    ///
    /// let app = routes! { GET "/" => sse(quiet(sse)) };
    /// assert_eq!(app.test_http("/").body(), ": still here\n\ndata: news\n\n");
    /// let mut client = app.test_sse("/");
    /// assert_eq!(client.received().next().unwrap().unwrap().data(), "news");
    /// assert_eq!(client.comments(), 1);
    /// ```
    pub async fn comment(&self, text: impl Into<String>) -> Result<(), SseSendError> {
        self.sender.comment(text).await
    }

    /// Returns a sender for other tasks, threads and callbacks. It does not keep the stream open.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseResult};
    /// async fn remind(sse: Sse) -> SseResult {
    ///     let sender = sse.sender();
    ///     tokio::spawn(async move { sender.send("your tea is ready").await });
    ///     // Keeps the stream open until the client has left.
    ///     Ok(sse.closed().await)
    /// }
    ///
    /// let app = routes! { GET "/" => sse(remind(sse)) };
    /// let mut client = app.test_sse("/");
    /// assert_eq!(client.received().next().unwrap().unwrap().data(), "your tea is ready");
    /// ```
    pub fn sender(&self) -> SseSender<Out> {
        self.sender.clone()
    }

    /// Returns the number of events that were dropped because the client is too slow
    /// ([`SlowConsumer`](crate::session::SlowConsumer)).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::filter::sse_config;
    /// # use http4k_ws::session::SlowConsumer;
    /// # use http4k_ws::sse::{Sse, SseConfig};
    /// let ticks = |sse: Sse| {
    ///     for tick in 1..=10 {
    ///         sse.try_send(tick.to_string()).unwrap();
    ///     }
    ///     assert_eq!(sse.dropped(), 9);
    /// };
    /// let latest = |config: SseConfig| {
    ///     config.with_queue_events(1).with_slow_consumer(SlowConsumer::DropOldest)
    /// };
    /// let app = routes! { GET "/" with(sse_config(latest)) => sse(ticks) };
    /// assert_eq!(app.test_http("/").body(), "data: 10\n\n");
    /// ```
    pub fn dropped(&self) -> u64 {
        self.sender.dropped()
    }

    /// Returns `true` if the stream is over.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// # use std::sync::mpsc::channel;
    /// let (give, take) = channel();
    /// let open = move |sse: Sse| give.send(sse).unwrap();
    /// let app = http4k_ws::routing::Routes::new().sse(Method::GET, "/", open).build().unwrap();
    /// let client = app.test_sse("/");
    /// let sse = take.recv().unwrap();
    /// assert!(!sse.is_closed());
    /// drop(client);
    /// assert!(sse.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Waits until the stream is over. The future does not keep the stream open.
    ///
    /// A consumer that waits for it keeps its stream open for senders in other tasks, and is
    /// dropped when the client leaves.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, nothing changes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseSender};
    /// # use std::sync::Mutex;
    /// static LISTENERS: Mutex<Vec<SseSender>> = Mutex::new(Vec::new());
    ///
    /// async fn listen(sse: Sse) {
    ///     LISTENERS.lock().unwrap().push(sse.sender());
    ///     sse.closed().await;
    /// }
    ///
    /// let app = routes! { GET "/" => sse(listen(sse)) };
    /// let mut client = app.test_sse("/");
    /// LISTENERS.lock().unwrap()[0].try_send("news").unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap().data(), "news");
    /// ```
    pub fn closed(&self) -> impl Future<Output = ()> + Send + use<Out> {
        self.sender.closed()
    }
}

impl<Out: IntoSseEvent> fmt::Debug for Sse<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sse")
            .field("uri", &self.request.uri())
            .field("stream", &self.open.0)
            .finish_non_exhaustive()
    }
}
