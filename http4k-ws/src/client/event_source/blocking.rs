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
    pub fn opened(&mut self) -> Result<(), EventSourceError> {
        let _runtime = self.runtime.enter();
        wait(self.source.opened()).inspect_err(|error| {
            self.end.get_or_insert(error.end());
            self.error.get_or_insert(error.clone());
        })
    }

    /// Returns the error that ended the source; `None` if it is open, or was ended by its client or
    /// its server.
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
