//! The bounds of a body that is not read yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

/// The bounds of one body. The body and the request that it belongs to share them, so that a filter
/// may set them until the body is read.
#[derive(Debug, Clone)]
pub(crate) struct BodyBounds(Arc<Shared>);

// Relaxed everywhere: no other memory is published by these.
#[derive(Debug)]
struct Shared {
    max: AtomicU64,
    /// The unit is a millisecond.
    stall: AtomicU64,
    /// The unit is a byte per second; 0 is no bound.
    min_rate: AtomicU64,
    stage: AtomicU8,
}

/// The progress of the reading of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Stage {
    /// No frame was polled.
    Unread,
    /// A frame was polled.
    Started,
    /// The body exceeded one of its bounds, or failed.
    Failed,
    /// The body was dropped before a frame was polled.
    Dropped,
}

impl BodyBounds {
    /// Creates bounds for a body of at most `max` bytes, which may pause for `stall`, without a
    /// minimum rate.
    pub(crate) fn new(max: u64, stall: Duration) -> Self {
        let bounds = Self(Arc::new(Shared {
            max: AtomicU64::new(max),
            stall: AtomicU64::new(0),
            min_rate: AtomicU64::new(0),
            stage: AtomicU8::new(Stage::Unread as u8),
        }));
        bounds.set_stall(stall);
        bounds
    }

    pub(crate) fn max(&self) -> u64 {
        self.0.max.load(Ordering::Relaxed)
    }

    pub(crate) fn set_max(&self, bytes: u64) {
        self.0.max.store(bytes, Ordering::Relaxed);
    }

    #[cfg(feature = "server")]
    pub(crate) fn stall(&self) -> Duration {
        Duration::from_millis(self.0.stall.load(Ordering::Relaxed))
    }

    pub(crate) fn set_stall(&self, pause: Duration) {
        let millis = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        self.0.stall.store(millis, Ordering::Relaxed);
    }

    #[cfg(feature = "server")]
    pub(crate) fn min_rate(&self) -> u64 {
        self.0.min_rate.load(Ordering::Relaxed)
    }

    pub(crate) fn set_min_rate(&self, bytes: u64) {
        self.0.min_rate.store(bytes, Ordering::Relaxed);
    }

    #[cfg(feature = "server")]
    pub(crate) fn stage(&self) -> Stage {
        match self.0.stage.load(Ordering::Relaxed) {
            0 => Stage::Unread,
            1 => Stage::Started,
            2 => Stage::Failed,
            _ => Stage::Dropped,
        }
    }

    pub(crate) fn set_stage(&self, stage: Stage) {
        self.0.stage.store(stage as u8, Ordering::Relaxed);
    }
}
