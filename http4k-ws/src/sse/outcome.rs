//! The end of a stream, as its server sees it.

use super::ending::Ending;

/// The end of a stream of events, as its server sees it.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::filter::{SseTransaction, report_streams};
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseOutcome};
///
/// let (report, reported) = channel();
/// let report = report_streams(move |stream: SseTransaction| report.send(stream.outcome).unwrap());
/// let app = routes! { GET "/" => sse(|sse: Sse| Err::<(), _>("out of tea")) }.with(report);
/// app.test_sse("/").closed();
/// assert_eq!(reported.try_recv(), Ok(SseOutcome::Failed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SseOutcome {
    /// The consumer returned, and all its events were passed to the connection.
    Complete,
    /// The client left, or the connection was lost or dropped.
    Disconnected,
    /// The consumer failed or panicked, and the stream was broken off.
    Failed,
    /// The client read too slowly, and the stream was broken off. See
    /// [`SseConfig::slow_consumer`](crate::sse::SseConfig::slow_consumer).
    TooSlow,
    /// The server stopped, and sent a time after which the client may reconnect.
    Stopped,
    /// Too many bytes waited for all clients of the server, and the stream was broken off. See
    /// `ServerConfig::max_queued`.
    Overloaded,
}

impl From<Ending> for SseOutcome {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Complete => Self::Complete,
            Ending::Gone => Self::Disconnected,
            Ending::Failed => Self::Failed,
            Ending::TooSlow => Self::TooSlow,
            Ending::Stopped(_) => Self::Stopped,
            Ending::Shed => Self::Overloaded,
        }
    }
}

/// The result of a stream, for the functions that wait for its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SseSummary {
    pub(crate) outcome: SseOutcome,
    /// The number of events that were passed to the connection.
    pub(crate) events: u64,
    /// The number of bytes of the body, comments included.
    pub(crate) bytes: u64,
}

/// A function that is called once, at the end of a stream.
pub(crate) type OnEnd = Box<dyn FnOnce(SseSummary) + Send>;
