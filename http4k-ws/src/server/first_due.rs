//! A timer that is due before those of new sockets.
//!
//! A runtime that sleeps until its first timer is due must be woken for one that is due earlier.
//! tokio does that by a system call, also from the thread that is awake, and compares with the
//! first timer at the time at which it slept last. If all sockets are new, the timer of each next
//! one would be the first. So the accept loop holds one that is earlier than theirs.
//!
//! 1. The timer is set once a connection was accepted, and again when it has fired if another one
//!    was accepted meanwhile. A server without new connections has no such timer.
//! 2. It is polled only when it is set, always by the same task.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use crate::timer::poll_registered;

/// Less than the shortest time that a socket waits for something, which is a second.
const PERIOD: Duration = Duration::from_millis(500);

/// The timer of an accept loop.
#[derive(Debug, Default)]
pub(super) struct FirstDue {
    timer: Option<Pin<Box<Sleep>>>,
    /// A connection was accepted since the timer was set.
    accepted: bool,
}

impl FirstDue {
    /// Waits until `accepting` returns a connection.
    pub(super) async fn while_waiting<T>(&mut self, accepting: impl Future<Output = T>) -> T {
        let mut accepting = pin!(accepting);
        let connection = poll_fn(|cx| {
            let accepted = accepting.as_mut().poll(cx);
            if accepted.is_pending() && self.accepted {
                self.set(cx);
            }
            accepted
        });
        let connection = connection.await;
        self.accepted = true;
        connection
    }

    /// Sets the timer, unless it has not fired yet.
    fn set(&mut self, cx: &mut Context<'_>) {
        let timer = match &mut self.timer {
            Some(timer) if !timer.is_elapsed() => return,
            Some(timer) => {
                timer.as_mut().reset(Instant::now() + PERIOD);
                timer
            }
            None => self.timer.insert(Box::pin(sleep(PERIOD))),
        };
        self.accepted = false;
        // It is polled for its registration.
        let _: Poll<()> = poll_registered(timer.as_mut(), cx);
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::time::timeout;

    use super::*;

    /// Waits for `time`, in which no connection arrives.
    async fn quiet(first_due: &mut FirstDue, time: Duration) {
        let waiting = first_due.while_waiting(pending::<()>());
        assert!(timeout(time, waiting).await.is_err());
    }

    fn is_set(first_due: &FirstDue) -> bool {
        let timer = first_due.timer.as_ref();
        timer.is_some_and(|timer| !timer.is_elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_timer_is_set_while_connections_arrive() {
        let mut first_due = FirstDue::default();
        for _ in 0..20 {
            first_due.while_waiting(ready(())).await;
            quiet(&mut first_due, PERIOD / 3).await;
            assert!(is_set(&first_due));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_timer_is_set_while_none_arrive() {
        let mut first_due = FirstDue::default();
        quiet(&mut first_due, PERIOD).await;
        assert!(first_due.timer.is_none());
        for _ in 0..3 {
            first_due.while_waiting(ready(())).await;
            quiet(&mut first_due, PERIOD + PERIOD / 10).await;
            assert!(!is_set(&first_due));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn connections_in_one_period_set_one_timer() {
        let mut first_due = FirstDue::default();
        let start = Instant::now();
        for _ in 0..100 {
            first_due.while_waiting(ready(())).await;
            quiet(&mut first_due, Duration::from_millis(1)).await;
        }
        let timer = first_due.timer.as_ref().expect("connections arrived");
        assert_eq!(timer.deadline(), start + PERIOD);
    }
}
