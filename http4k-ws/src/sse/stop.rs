//! The open streams of a server, which end when it stops.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::state::StreamState;
use crate::ids::IdMap;
use crate::random::Random;

/// The shortest reconnection time that a stopping server sends.
const SOONEST: Duration = Duration::from_millis(500);

/// The range of reconnection times above [`SOONEST`].
const SPREAD: Duration = Duration::from_secs(3);

/// The open streams of one server.
#[derive(Debug, Default)]
pub(crate) struct OpenStreams {
    stopping: AtomicBool,
    registry: Mutex<Registry>,
}

#[derive(Debug, Default)]
struct Registry {
    next: u64,
    open: IdMap<Weak<StreamState>>,
    /// Counted from the start of the shutdown.
    ended: usize,
}

/// Ends one stream when its server stops.
#[derive(Debug)]
pub(crate) struct StopSignal(Weak<StreamState>);

impl StopSignal {
    /// Ends the stream, unless it should finish. Its client reconnects after a random time.
    pub(crate) fn stop(&self) {
        if let Some(stream) = self.0.upgrade() {
            stream.stop(SOONEST + SPREAD.mul_f64(Random::new().fraction()));
        }
    }
}

/// The registration of an open stream. Dropping it unregisters the stream.
#[derive(Debug)]
pub(super) struct StreamGuard {
    streams: Arc<OpenStreams>,
    id: u64,
}

impl OpenStreams {
    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a stream that starts.
    pub(super) fn enter(self: Arc<Self>, stream: &Arc<StreamState>) -> StreamGuard {
        let mut registry = self.lock();
        let id = registry.next;
        registry.next += 1;
        registry.open.insert(id, Arc::downgrade(stream));
        drop(registry);
        // Checked after the registration, so that either this or the shutdown ends it.
        if self.stopping.load(Ordering::Acquire) {
            StopSignal(Arc::downgrade(stream)).stop();
        }
        StreamGuard { streams: self, id }
    }

    /// Starts the shutdown, and returns the signals of the open streams.
    pub(crate) fn stop(&self) -> Vec<StopSignal> {
        self.stopping.store(true, Ordering::Release);
        let registry = self.lock();
        registry.open.values().cloned().map(StopSignal).collect()
    }

    /// Returns the number of streams that have ended since the start of the shutdown.
    pub(crate) fn ended(&self) -> usize {
        self.lock().ended
    }
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        let mut registry = self.streams.lock();
        registry.open.remove(&self.id);
        if self.streams.stopping.load(Ordering::Acquire) {
            registry.ended += 1;
        }
    }
}
