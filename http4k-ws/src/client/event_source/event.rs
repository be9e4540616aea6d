//! The events in the life of an event source.

use std::time::Duration;

use super::error::EventSourceError;
use crate::sse::SseEnd;

/// An event in the life of an [`EventSource`](super::EventSource), for the function of
/// [`observe`](super::EventSourceRequest::observe).
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::client::event_source::{EventSource, EventSourceError, SourceEvent};
/// use http4k_ws::prelude::*;
///
/// async fn greet(_request: Request) -> Response {
///     Response::new(Body::from("data: hello\n\n"))
///         .with_header("content-type", "text/event-stream")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (report, reported) = channel();
/// let mut source = EventSource::to("/")
///     .over(|request| async move { Ok::<_, EventSourceError>(greet.call(request).await) })
///     .with_reconnection(false)
///     .observe(move |event| report.send(event.clone()).unwrap())
///     .start::<String>();
/// assert_eq!(source.recv().await?.as_deref(), Some("hello"));
/// assert!(matches!(reported.try_recv()?, SourceEvent::Connected { attempt: 1 }));
/// assert_eq!(source.recv().await?, None);
/// assert!(matches!(reported.try_recv()?, SourceEvent::Disconnected { .. }));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SourceEvent {
    /// A stream is open.
    Connected {
        /// The number of the attempt, counted from 1 since the last stable connection.
        attempt: u32,
    },
    /// A stream ended.
    Disconnected {
        /// Its end.
        end: SseEnd,
    },
    /// An attempt failed.
    Failed {
        /// The number of the attempt.
        attempt: u32,
        /// The cause.
        error: EventSourceError,
    },
    /// Another attempt will follow.
    Reconnecting {
        /// The number of that attempt.
        attempt: u32,
        /// The delay before it.
        after: Duration,
    },
    /// No other attempt will follow, although the source was not closed. The last failure or end is
    /// final, or a limit of the policy is reached.
    GaveUp {
        /// The number of attempts since the last stable connection.
        attempts: u32,
    },
}
