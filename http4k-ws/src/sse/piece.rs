//! The items in the queue of a stream.

use super::config::SseConfig;
use super::event::SseEvent;
use crate::session::{CoalesceKey, Outbound, Queued};

/// An item of the queue.
#[derive(Debug)]
pub(super) enum Piece {
    Event(SseEvent),
    Comment(String),
}

impl Queued for Piece {
    type Keyed = SseEvent;

    fn size(&self) -> usize {
        match self {
            Self::Event(event) => event.size(),
            Self::Comment(text) => text.len(),
        }
    }

    fn key(&self, of: &CoalesceKey<SseEvent>) -> Option<u64> {
        match self {
            Self::Event(event) => of.of(event),
            Self::Comment(_) => None,
        }
    }
}

/// Creates the queue of a stream within `config`.
pub(super) fn queue(config: &SseConfig) -> Outbound<Piece> {
    let policy = config.slow_consumer.clone();
    Outbound::bounded(config.queue_events, config.queue_bytes, policy)
}
