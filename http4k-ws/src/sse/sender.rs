//! The sending half of a stream, for other tasks.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::error::SseSendError;
use super::event::SseEvent;
use super::into_event::IntoSseEvent;
use super::piece::Piece;
use super::state::StreamState;
#[cfg(feature = "json")]
use super::{ending::Ending, piece::SharedEvent};

/// A sender to one stream, for any task, thread or callback.
///
/// It does not keep the stream open. A clone sends to the same stream. The events of one sender
/// arrive in order. A list of senders should have a guard that removes a sender again; see
/// [Joining and leaving](crate::session#joining-and-leaving).
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseSender, respond};
///
/// // The senders of all connected clients.
/// let members = Arc::new(Mutex::new(Vec::<SseSender>::new()));
/// let joining = Arc::clone(&members);
/// let app = move |request: Request| {
///     let members = Arc::clone(&joining);
///     respond(request, |sse: Sse| async move {
///         members.lock().unwrap().push(sse.sender());
///         for member in members.lock().unwrap().iter() {
///             let _ = member.try_send("another client joined");
///         }
///     })
/// };
/// assert_eq!(app.test_http("/").body(), "data: another client joined\n\n");
///
/// // The stream has ended with its consumer.
/// assert!(members.lock().unwrap()[0].is_closed());
/// ```
pub struct SseSender<Out = SseEvent> {
    state: Arc<StreamState>,
    out: PhantomData<fn(Out)>,
}

impl<Out: IntoSseEvent> SseSender<Out> {
    pub(super) fn new(state: Arc<StreamState>) -> Self {
        Self {
            state,
            out: PhantomData,
        }
    }

    /// Queues `event`, waiting for queue space if necessary.
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
    /// # use http4k_ws::filter::sse_config;
    /// # use http4k_ws::sse::{Sse, SseConfig, SseResult};
    /// async fn count(sse: Sse) -> SseResult {
    ///     let sender = sse.sender();
    ///     for number in 1..=5 {
    ///         sender.send(number.to_string()).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// // With space for one event in the queue, `send` waits, and nothing is lost.
    /// let short = |config: SseConfig| config.with_queue_events(1);
    /// let app = routes! { GET "/" with(sse_config(short)) => sse(count(sse)) };
    /// assert_eq!(app.test_sse("/").received().count(), 5);
    /// ```
    pub async fn send(&self, event: impl Into<Out>) -> Result<(), SseSendError> {
        let event = event.into().into_sse_event()?;
        self.state.send(Piece::Event(event)).await
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
    /// # use http4k_ws::sse::{Sse, SseSendError};
    /// # use std::sync::mpsc::channel;
    /// let (give, take) = channel();
    /// let open = move |sse: Sse| {
    ///     assert_eq!(sse.sender().try_send("hello"), Ok(()));
    ///     give.send(sse.sender()).unwrap();
    /// };
    /// let app = http4k_ws::routing::Routes::new().sse(Method::GET, "/", open).build().unwrap();
    /// assert_eq!(app.test_http("/").body(), "data: hello\n\n");
    /// assert_eq!(take.recv().unwrap().try_send("too late"), Err(SseSendError::Closed));
    /// ```
    pub fn try_send(&self, event: impl Into<Out>) -> Result<(), SseSendError> {
        let event = event.into().into_sse_event()?;
        self.state.try_send(Piece::Event(event))
    }

    /// Returns the number of the stream, which no socket has, either.
    #[cfg(feature = "json")]
    pub(crate) fn id(&self) -> u64 {
        self.state.id()
    }

    /// Queues an event that is encoded already, without waiting.
    #[cfg(feature = "json")]
    pub(crate) fn try_send_shared(&self, event: SharedEvent) -> Result<(), SseSendError> {
        self.state.try_send(Piece::Shared(event))
    }

    /// Queues an event that is encoded already, waiting for queue space if necessary.
    #[cfg(feature = "json")]
    pub(crate) async fn send_shared(&self, event: SharedEvent) -> Result<(), SseSendError> {
        self.state.send(Piece::Shared(event)).await
    }

    /// Breaks the stream off, after the queued events.
    #[cfg(feature = "json")]
    pub(crate) fn break_off(&self) {
        self.state.end(Ending::Failed);
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
    /// async fn search(sse: Sse) -> SseResult {
    ///     let sender = sse.sender();
    ///     sender.comment("searching").await?;
    ///     Ok(sender.send("3 results").await?)
    /// }
    ///
    /// let app = routes! { GET "/" => sse(search(sse)) };
    /// assert_eq!(app.test_http("/").body(), ": searching\n\ndata: 3 results\n\n");
    /// ```
    pub async fn comment(&self, text: impl Into<String>) -> Result<(), SseSendError> {
        self.state.send(Piece::Comment(text.into())).await
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
    ///     let sender = sse.sender();
    ///     ["1", "2", "3"].map(|tick| sender.try_send(tick).unwrap());
    ///     assert_eq!(sender.dropped(), 2);
    /// };
    /// let latest = |config: SseConfig| {
    ///     config.with_queue_events(1).with_slow_consumer(SlowConsumer::DropOldest)
    /// };
    /// let app = routes! { GET "/" with(sse_config(latest)) => sse(ticks) };
    /// assert_eq!(app.test_http("/").body(), "data: 3\n\n");
    /// ```
    pub fn dropped(&self) -> u64 {
        self.state.dropped()
    }

    /// Returns `true` if the stream is over.
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
    /// let (_ann, bob) = (app.test_sse("/"), app.test_sse("/"));
    /// drop(bob);
    /// LISTENERS.lock().unwrap().retain(|listener| !listener.is_closed());
    /// assert_eq!(LISTENERS.lock().unwrap().len(), 1);
    /// ```
    pub fn is_closed(&self) -> bool {
        self.state.is_over()
    }

    /// Waits until the stream is over, because the client has left, the consumer has returned or
    /// the server stops. The future does not keep the stream open.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, nothing changes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// # use std::sync::mpsc::channel;
    /// let (left, leaving) = channel();
    /// let open = move |sse: Sse| {
    ///     let (closed, left) = (sse.sender().closed(), left.clone());
    ///     tokio::spawn(async move {
    ///         closed.await;
    ///         left.send("the stream is over").unwrap();
    ///     });
    /// };
    /// let app = http4k_ws::routing::Routes::new().sse(Method::GET, "/", open).build().unwrap();
    /// drop(app.test_sse("/"));
    /// assert_eq!(leaving.recv(), Ok("the stream is over"));
    /// ```
    pub fn closed(&self) -> impl Future<Output = ()> + Send + use<Out> {
        let state = Arc::clone(&self.state);
        async move { state.over().await }
    }
}

impl<Out> Clone for SseSender<Out> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            out: PhantomData,
        }
    }
}

impl<Out> fmt::Debug for SseSender<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseSender")
            .field("stream", &self.state)
            .finish()
    }
}

/// Two senders are equal if they send to the same stream.
impl<Out> PartialEq for SseSender<Out> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.state, &other.state)
    }
}

impl<Out> Eq for SseSender<Out> {}
