//! How long a connection waits for the head of a request.
//!
//! hyper knows one limit, and starts a timer at every request. Here a silent connection may wait for
//! longer than one whose head has begun, and one timer serves all requests of a connection.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant as StdInstant};

use hyper::rt::{Sleep, Timer};
use tokio::time::Instant;

/// A time that is longer than this is as long as this: the end of others can't be told.
pub(super) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// hyper's timer, for one connection.
#[derive(Debug)]
pub(super) struct HeadTimer(Arc<Shared>);

struct Shared {
    /// Raised while a head has begun and not ended.
    in_head: Arc<AtomicBool>,
    /// A head was waited for already.
    used: AtomicBool,
    head_timeout: Duration,
    /// When the connection began.
    begun: Instant,
    /// Never contended: one task polls it.
    timer: Mutex<Pin<Box<tokio::time::Sleep>>>,
}

impl HeadTimer {
    /// Creates a timer for heads that take `head_timeout` at most, the first from `begun` on; `in_head`
    /// is raised while a head has begun and not ended.
    pub(super) fn new(head_timeout: Duration, begun: Instant, in_head: Arc<AtomicBool>) -> Self {
        let head_timeout = head_timeout.min(LONGEST);
        Self(Arc::new(Shared {
            in_head,
            used: AtomicBool::new(false),
            head_timeout,
            begun,
            timer: Mutex::new(Box::pin(tokio::time::sleep_until(begun + head_timeout))),
        }))
    }
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    /// Called when hyper begins to wait for a head, with the deadline of a silent connection.
    fn sleep_until(&self, deadline: StdInstant) -> Pin<Box<dyn Sleep>> {
        let first = !self.0.used.swap(true, Ordering::Relaxed);
        let head = first.then(|| self.0.begun + self.0.head_timeout);
        Box::pin(HeadSleep {
            shared: Arc::clone(&self.0),
            silent: deadline.into(),
            head,
        })
    }

    /// The runtime's clock, which tests may pause.
    fn now(&self) -> StdInstant {
        Instant::now().into_std()
    }
}

/// One wait for a head.
#[derive(Debug)]
struct HeadSleep {
    shared: Arc<Shared>,
    /// The deadline while nothing has come.
    silent: Instant,
    /// The deadline of a head that has begun.
    head: Option<Instant>,
}

impl Sleep for HeadSleep {}

impl Future for HeadSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.head.is_none() && self.shared.in_head.load(Ordering::Relaxed) {
            self.head = Some(Instant::now() + self.shared.head_timeout);
        }
        let deadline = self.head.unwrap_or(self.silent);
        let mut timer = self
            .shared
            .timer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // A timer that ends too early is only asked again; so it is seldom set.
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

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeadTimer")
            .field("head_timeout", &self.head_timeout)
            .finish_non_exhaustive()
    }
}
