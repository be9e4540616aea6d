//! The deadlines for the head of a request.
//!
//! hyper has one limit, and starts a timer at every request. Here a silent connection may wait for
//! longer than one whose head has started, and one timer serves all requests of a connection.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant as StdInstant};

use hyper::rt::{Sleep, Timer};
use tokio::time::Instant;

use crate::server::config::LONGEST;

/// The timer of one connection, as hyper uses it.
#[derive(Debug)]
pub(super) struct HeadTimer(Arc<TimerState>);

struct TimerState {
    /// Set while a head has started and not ended.
    in_head: Arc<AtomicBool>,
    /// hyper has waited for a head before.
    used: AtomicBool,
    head_timeout: Duration,
    /// The time at which the connection started.
    started: Instant,
    /// Never contended: one task polls it.
    timer: Mutex<Pin<Box<tokio::time::Sleep>>>,
}

impl HeadTimer {
    /// Creates a timer for heads that take at most `head_timeout`, the first one from `started` on.
    /// `in_head` is set while a head has started and not ended.
    pub(super) fn new(head_timeout: Duration, started: Instant, in_head: Arc<AtomicBool>) -> Self {
        let head_timeout = head_timeout.min(LONGEST);
        Self(Arc::new(TimerState {
            in_head,
            used: AtomicBool::new(false),
            head_timeout,
            started,
            timer: Mutex::new(Box::pin(tokio::time::sleep_until(started + head_timeout))),
        }))
    }
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    /// Called when hyper starts to wait for a head, with the deadline of a silent connection.
    fn sleep_until(&self, deadline: StdInstant) -> Pin<Box<dyn Sleep>> {
        let first = !self.0.used.swap(true, Ordering::Relaxed);
        let head = first.then(|| self.0.started + self.0.head_timeout);
        Box::pin(HeadSleep {
            state: Arc::clone(&self.0),
            silent: deadline.into(),
            head,
        })
    }

    /// Returns the time of the runtime's clock, which tests may pause.
    fn now(&self) -> StdInstant {
        Instant::now().into_std()
    }
}

/// One wait for a head.
#[derive(Debug)]
struct HeadSleep {
    state: Arc<TimerState>,
    /// The deadline before the first byte.
    silent: Instant,
    /// The deadline of a head that has started.
    head: Option<Instant>,
}

impl Sleep for HeadSleep {}

impl Future for HeadSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.head.is_none() && self.state.in_head.load(Ordering::Relaxed) {
            self.head = Some(Instant::now() + self.state.head_timeout);
        }
        let deadline = self.head.unwrap_or(self.silent);
        let mut timer = self
            .state
            .timer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // A timer that fires too early is polled again, so it is seldom reset.
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

impl fmt::Debug for TimerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeadTimer")
            .field("head_timeout", &self.head_timeout)
            .finish_non_exhaustive()
    }
}
