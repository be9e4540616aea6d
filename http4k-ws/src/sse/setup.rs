//! The configuration of a stream, which it receives before it starts.
//!
//! 1. The response of a stream carries its [`Setup`] in the extensions, so that requests for
//!    anything else cost nothing.
//! 2. Filters add functions that change the bounds. The function of an outer filter runs first.
//! 3. The server adds its own bounds, and the registry of streams that it stops. Without a server
//!    the default applies.
//! 4. Filters add functions that are called at the end. If the stream never starts, they are
//!    dropped.
//! 5. The body takes the result when it is first polled.

use std::fmt;
#[cfg(feature = "server")]
use std::sync::Weak;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Extensions;

use super::config::SseConfig;
use super::outcome::{OnEnd, SseSummary};
#[cfg(feature = "server")]
use super::stop::OpenStreams;
use crate::panics::guarded;
#[cfg(feature = "server")]
use crate::session::Budget;

/// A function that changes the bounds of a stream.
type Adjust = Box<dyn FnOnce(SseConfig) -> SseConfig + Send>;

/// The configuration of one stream, among the extensions of its response.
#[derive(Clone, Default)]
pub(crate) struct Setup(Arc<Mutex<Parts>>);

#[derive(Default)]
pub(super) struct Parts {
    adjust: Option<Adjust>,
    config: SseConfig,
    pub(super) on_end: Vec<OnEnd>,
    #[cfg(feature = "server")]
    pub(super) streams: Weak<OpenStreams>,
    #[cfg(feature = "server")]
    pub(super) budget: Option<Arc<Budget>>,
}

impl Parts {
    /// Returns the bounds of the stream. `None` if the function that changes them panics.
    pub(super) fn config(&mut self) -> Option<SseConfig> {
        let config = std::mem::take(&mut self.config);
        match self.adjust.take() {
            None => Some(config),
            Some(adjust) => guarded("a function that adjusts a stream", || adjust(config)),
        }
    }
}

impl Setup {
    fn lock(&self) -> MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self) -> Parts {
        std::mem::take(&mut *self.lock())
    }

    /// Adds a function that changes the bounds. Those that were added before run after it.
    pub(crate) fn adjust(&self, outer: impl FnOnce(SseConfig) -> SseConfig + Send + 'static) {
        let mut parts = self.lock();
        parts.adjust = Some(match parts.adjust.take() {
            None => Box::new(outer),
            Some(inner) => Box::new(move |config| inner(outer(config))),
        });
    }

    /// Adds a function that is called once, when the stream has ended. It is dropped without a call
    /// if the stream never starts, as in the response to HEAD.
    pub(crate) fn on_end(&self, call: impl FnOnce(SseSummary) + Send + 'static) {
        self.lock().on_end.push(Box::new(call));
    }

    /// Returns the setup of a stream, if a response with these extensions is one.
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// Sets the bounds of the server.
    pub(crate) fn configure(&self, config: &SseConfig) {
        self.lock().config.clone_from(config);
    }

    /// Sets the registry of the server, and its bound on the bytes in all sockets and streams.
    #[cfg(feature = "server")]
    pub(crate) fn register_in(&self, streams: &Arc<OpenStreams>, budget: Option<&Arc<Budget>>) {
        let mut parts = self.lock();
        parts.streams = Arc::downgrade(streams);
        parts.budget = budget.cloned();
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Setup")
    }
}
