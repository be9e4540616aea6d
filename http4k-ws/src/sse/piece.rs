//! The items in the queue of a stream.

#[cfg(feature = "json")]
use std::sync::Arc;

#[cfg(feature = "json")]
use bytes::BytesMut;

use super::config::SseConfig;
use super::event::SseEvent;
use crate::session::{CoalesceKey, Outbound, Queued};

/// An event that is encoded once, for many streams.
#[cfg(feature = "json")]
#[derive(Debug, Clone)]
pub(crate) struct SharedEvent(Arc<(SseEvent, BytesMut)>);

#[cfg(feature = "json")]
impl SharedEvent {
    pub(crate) fn new(event: SseEvent) -> Self {
        let mut encoded = BytesMut::new();
        event.write_to(&mut encoded);
        Self(Arc::new((event, encoded)))
    }

    /// Returns the event in the format `text/event-stream`.
    pub(super) fn encoded(&self) -> &[u8] {
        &self.0.1
    }
}

/// An item of the queue.
#[derive(Debug)]
pub(super) enum Piece {
    Event(SseEvent),
    #[cfg(feature = "json")]
    Shared(SharedEvent),
    Comment(String),
}

impl Queued for Piece {
    type Keyed = SseEvent;

    fn size(&self) -> usize {
        match self {
            Self::Event(event) => event.size(),
            #[cfg(feature = "json")]
            Self::Shared(event) => event.encoded().len(),
            Self::Comment(text) => text.len(),
        }
    }

    fn key(&self, of: &CoalesceKey<SseEvent>) -> Option<u64> {
        match self {
            Self::Event(event) => of.of(event),
            #[cfg(feature = "json")]
            Self::Shared(event) => of.of(&event.0.0),
            Self::Comment(_) => None,
        }
    }
}

/// Creates the queue of a stream within `config`.
pub(super) fn queue(config: &SseConfig) -> Outbound<Piece> {
    let policy = config.slow_consumer.clone();
    Outbound::bounded(config.queue_events, config.queue_bytes, policy)
}
