//! The one timer of a session: each phase has at most one deadline.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use super::SessionConfig;
use super::phase::Phase;

/// How long a connection that ends may take to be shut down in order.
const LINGER: Duration = Duration::from_secs(1);

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// The peer is to take more than these bytes.
    Take(u64),
    /// The peer is to answer our close frame.
    Answer,
    /// The connection is to be shut down.
    Shutdown,
    /// The consumer is to return.
    Return,
}

/// The deadline of the phase a session is in.
#[derive(Debug, Default)]
pub(super) struct Deadline(Option<(Purpose, Pin<Box<Sleep>>)>);

impl Deadline {
    /// Sets the timer for what is waited for now, and says whether its time has passed.
    pub(super) fn poll_passed(
        &mut self,
        cx: &mut Context<'_>,
        phase: &Phase,
        blocked: bool,
        taken: u64,
        config: &SessionConfig,
    ) -> bool {
        let (purpose, limit) = match phase {
            Phase::Open | Phase::Failing(_) if blocked => {
                (Purpose::Take(taken), config.write_stall)
            }
            Phase::Open | Phase::Failing(_) => {
                self.0 = None;
                return false;
            }
            Phase::Closing(_) => (Purpose::Answer, config.close_timeout),
            Phase::Ending => (Purpose::Shutdown, LINGER),
            Phase::Over => (Purpose::Return, config.consumer_grace),
        };
        if !self.0.as_ref().is_some_and(|(known, _)| *known == purpose) {
            self.0 = Some((purpose, Box::pin(sleep(limit))));
        }
        let passed = self
            .0
            .as_mut()
            .is_some_and(|(_, timer)| timer.as_mut().poll(cx) == Poll::Ready(()));
        if passed {
            self.0 = None;
        }
        passed
    }
}
