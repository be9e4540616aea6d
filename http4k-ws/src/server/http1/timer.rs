//! The deadlines for the head of a request.
//!
//! hyper has one limit, and starts a timer at every request. Here a silent connection may wait for
//! longer than one whose head has started, and one timer serves all requests of a connection:
//!
//! 1. A wait starts when hyper waits for a head, and ends with the request. The clock is read once
//!    for each wait, and not at all between requests that arrive together.
//! 2. A timer that fires too early is set again, so that it is seldom reset.
//! 3. It is polled only if it has fired, or if another task polls the connection.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::server::ServerConfig;
use crate::server::config::LONGEST;
use crate::timer::poll_registered;

/// The timer of one connection.
#[derive(Debug)]
pub(super) struct HeadTimer {
    head_timeout: Duration,
    keep_alive: Duration,
    /// The deadline of the first head, until the wait for it starts.
    first: Option<Instant>,
    wait: Option<Wait>,
    timer: Pin<Box<Sleep>>,
    /// The task that the timer wakes.
    waker: Option<Waker>,
}

/// One wait for a head.
#[derive(Debug, Clone, Copy)]
struct Wait {
    deadline: Instant,
    /// The deadline is that of a head that has started.
    in_head: bool,
}

/// The bytes that a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaited {
    /// The head of a request, of which no byte has arrived.
    Head,
    /// The rest of a head.
    RestOfHead,
    /// Others, or none.
    Other,
}

impl HeadTimer {
    /// Creates the timer of a connection that started at `started`. The first head must be complete
    /// within its deadline from then on.
    pub(super) fn new(started: Instant, config: &ServerConfig) -> Self {
        let head_timeout = config.head_timeout.min(LONGEST);
        let first = started + head_timeout;
        Self {
            head_timeout,
            keep_alive: config.keep_alive.min(LONGEST),
            first: Some(first),
            wait: None,
            timer: Box::pin(sleep_until(first)),
            waker: None,
        }
    }

    /// Ready if the head is late. `arrived` states that a request has arrived since the last call.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        (awaited, arrived): (Awaited, bool),
    ) -> Poll<()> {
        if arrived || awaited == Awaited::Other {
            self.first = None;
            self.wait = None;
        }
        if awaited == Awaited::Other {
            return Poll::Pending;
        }
        let deadline = self.deadline(awaited == Awaited::RestOfHead);
        let is_set = self.timer.deadline() <= deadline && !self.timer.is_elapsed();
        let wakes = |waker: &Waker| waker.will_wake(cx.waker());
        if is_set && self.waker.as_ref().is_some_and(wakes) {
            return Poll::Pending;
        }
        self.waker = Some(cx.waker().clone());
        self.poll_timer(cx, deadline)
    }

    /// Returns the deadline of the current wait, and starts it if there is none.
    fn deadline(&mut self, started: bool) -> Instant {
        let wait = match self.wait {
            Some(wait) if wait.in_head || !started => return wait.deadline,
            _ => match self.first.take() {
                Some(deadline) => Wait {
                    deadline,
                    in_head: true,
                },
                None if started => Wait {
                    deadline: Instant::now() + self.head_timeout,
                    in_head: true,
                },
                None => Wait {
                    deadline: Instant::now() + self.keep_alive,
                    in_head: false,
                },
            },
        };
        self.wait = Some(wait);
        wait.deadline
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        if self.timer.deadline() > deadline {
            self.timer.as_mut().reset(deadline);
        }
        while poll_registered(self.timer.as_mut(), cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const HEAD: Duration = Duration::from_secs(10);
    const SILENT: Duration = Duration::from_secs(60);

    fn timer() -> HeadTimer {
        let config = ServerConfig::default()
            .with_head_timeout(HEAD)
            .with_keep_alive(SILENT);
        HeadTimer::new(Instant::now(), &config)
    }

    /// Returns the time until the timer is ready.
    async fn late(timer: &mut HeadTimer, awaited: Awaited) -> Duration {
        let start = Instant::now();
        poll_fn(|cx| timer.poll(cx, (awaited, false))).await;
        start.elapsed()
    }

    /// Polls the timer once. It must not be ready.
    async fn awaits(timer: &mut HeadTimer, awaited: Awaited) {
        awaits_after(timer, awaited, false).await;
    }

    async fn awaits_after(timer: &mut HeadTimer, awaited: Awaited, arrived: bool) {
        let polled = poll_fn(|cx| Poll::Ready(timer.poll(cx, (awaited, arrived)))).await;
        assert!(polled.is_pending(), "{awaited:?}");
    }

    /// Returns true if `late` is `expected`, up to the granularity of the timer.
    fn is_about(late: Duration, expected: Duration) -> bool {
        late >= expected && late <= expected + Duration::from_millis(2)
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_head_counts_from_the_start_of_the_connection() {
        for awaited in [Awaited::Head, Awaited::RestOfHead] {
            let mut timer = timer();
            tokio::time::advance(Duration::from_secs(4)).await;
            let late = late(&mut timer, awaited).await;
            assert!(is_about(late, Duration::from_secs(6)), "{late:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_head_counts_from_its_first_byte() {
        let mut timer = timer();
        awaits(&mut timer, Awaited::Other).await;
        awaits(&mut timer, Awaited::Head).await;
        tokio::time::advance(Duration::from_secs(50)).await;
        awaits(&mut timer, Awaited::Head).await;
        awaits(&mut timer, Awaited::RestOfHead).await;
        tokio::time::advance(Duration::from_secs(3)).await;
        let late = late(&mut timer, Awaited::RestOfHead).await;
        assert!(is_about(late, Duration::from_secs(7)), "{late:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn each_request_starts_the_silence_again() {
        let mut timer = timer();
        for _ in 0..5 {
            awaits_after(&mut timer, Awaited::Head, true).await;
            tokio::time::advance(Duration::from_secs(59)).await;
            awaits(&mut timer, Awaited::Head).await;
        }
        awaits_after(&mut timer, Awaited::Head, true).await;
        let late = late(&mut timer, Awaited::Head).await;
        assert!(is_about(late, SILENT), "{late:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_request_is_not_late() {
        let mut timer = timer();
        for _ in 0..3 {
            awaits(&mut timer, Awaited::Other).await;
            tokio::time::advance(SILENT * 2).await;
        }
        let late = late(&mut timer, Awaited::Head).await;
        assert!(is_about(late, SILENT), "{late:?}");
    }
}
