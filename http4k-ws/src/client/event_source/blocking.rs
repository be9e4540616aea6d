//! The event source with blocking calls.

use std::time::Duration;

use http::HeaderMap;
use tokio::runtime::Runtime;

use super::EventSource;
use super::error::EventSourceError;
use crate::client::background::{after, wait, wait_until};
use crate::sse::SseEnd;
use crate::sse::{NextEvent, SseClient};

/// An [`EventSource`] whose calls block.
/// [`EventSourceRequest::blocking`](super::EventSourceRequest::blocking) returns it.
///
/// It works in a plain function, in a test, and inside a runtime of either flavour. Inside a
/// runtime it blocks the current thread, so that a server on the same thread cannot respond
/// meanwhile. Between two calls it reads nothing, and does not reconnect.
///
/// As an [`SseClient`] it is closed only once no other connection will follow.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::EventSource;
/// use http4k_ws::testing::SseClient;
///
/// let app = |_request: Request| async {
///     Response::new(Body::from("id: 7\ndata: hello\n\n"))
///         .with_header("content-type", "text/event-stream")
/// };
/// let server = app.as_server("127.0.0.1:0").start()?;
/// let mut source = EventSource::to(format!("http://{}/", server.addr())).blocking()?;
/// assert_eq!(source.received().next().unwrap()?.data(), "hello");
/// assert_eq!(source.last_event_id(), "7");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BlockingEventSource {
    runtime: &'static Runtime,
    source: EventSource,
    patience: Duration,
    end: Option<SseEnd>,
    error: Option<EventSourceError>,
}

impl BlockingEventSource {
    pub(super) fn new(runtime: &'static Runtime, source: EventSource) -> Self {
        Self {
            runtime,
            source,
            patience: Duration::from_secs(30),
            end: None,
            error: None,
        }
    }

    /// Sets the time limit of [`next`](SseClient::next), [`received`](SseClient::received) and
    /// [`closed`](SseClient::closed). Default 30 s; with [`Duration::MAX`] they wait for ever.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # use std::time::Duration;
    /// # use http4k_ws::sse::{NextEvent, Sse, respond};
    /// # let send = |request| async {
    /// #     let stream = respond(request, async |sse: Sse| sse.closed().await);
    /// #     Ok::<_, EventSourceError>(stream)
    /// # };
    /// let news = EventSource::to("/news").over(send).with_reconnection(false).blocking()?;
    /// let mut news = news.with_patience(Duration::from_millis(20));
    /// assert_eq!(news.next(), NextEvent::Pending);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits until a stream is open, as [`EventSource::opened`] does. The limits are those of the
    /// policy.
    ///
    /// # Errors
    ///
    /// Returns the errors of that method.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut news = EventSource::to("/news").over(send).blocking()?;
    /// news.opened()?;
    /// assert_eq!(news.response_headers()["content-type"], "text/event-stream");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn opened(&mut self) -> Result<(), EventSourceError> {
        let _runtime = self.runtime.enter();
        wait(self.source.opened()).inspect_err(|error| {
            self.end.get_or_insert(error.end());
            self.error.get_or_insert(error.clone());
        })
    }

    /// Returns the error that ended the source; `None` if it is open, or was ended by its client or
    /// its server.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// let refused = |_request| async {
    ///     Ok::<_, EventSourceError>(StatusCode::FORBIDDEN.into_response())
    /// };
    /// let mut news = EventSource::to("/news").over(refused).blocking()?;
    /// assert!(news.error().is_none());
    /// assert!(news.received().next().unwrap().is_err());
    /// assert!(matches!(news.error(), Some(EventSourceError::Refused { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn error(&self) -> Option<&EventSourceError> {
        self.error.as_ref()
    }
}

impl SseClient for BlockingEventSource {
    fn next_within(&mut self, limit: Duration) -> NextEvent {
        if let Some(end) = &self.end {
            return NextEvent::Closed(end.clone());
        }
        let _runtime = self.runtime.enter();
        let end = match wait_until(after(limit), self.source.recv()) {
            None => return NextEvent::Pending,
            Some(Ok(Some(event))) => return NextEvent::Event(event),
            Some(Ok(None)) => SseEnd::Complete,
            Some(Err(error)) => {
                let end = error.end();
                self.error = Some(error);
                end
            }
        };
        NextEvent::Closed(self.end.insert(end).clone())
    }

    fn next(&mut self) -> NextEvent {
        self.next_within(self.patience)
    }

    /// Closes the source for good.
    fn close(&mut self) {
        let _runtime = self.runtime.enter();
        self.source.close();
        self.end.get_or_insert(SseEnd::Closed);
    }

    fn last_event_id(&self) -> &str {
        self.source.last_event_id()
    }

    fn comments(&self) -> u64 {
        self.source.comments()
    }

    fn response_headers(&self) -> &HeaderMap {
        self.source.response_headers()
    }
}
