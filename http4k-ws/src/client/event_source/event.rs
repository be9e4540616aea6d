//! The events in the life of an event source.

use std::time::Duration;

use super::error::EventSourceError;
use crate::sse::SseEnd;

/// An event in the life of an [`EventSource`](super::EventSource), for the function of
/// [`observe`](super::EventSourceRequest::observe).
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
