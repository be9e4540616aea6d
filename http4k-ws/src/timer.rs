//! Timers that are polled once, and not again before they fire.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::task::unconstrained;
use tokio::time::Sleep;

/// Polls `timer`, so that it is registered and calls the waker of `cx`.
///
/// tokio bounds the work that a task does at a time, and a handler may have used that up. A timer
/// would only wake its task then, to be polled again. This one is polled in any case.
pub(crate) fn poll_registered(timer: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
    pin!(unconstrained(timer)).poll(cx)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use tokio::task::consume_budget;
    use tokio::time::{Instant, sleep, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_timer_fires_also_if_it_was_set_after_much_work() {
        let mut timer = pin!(sleep(Duration::from_secs(1)));
        let start = Instant::now();
        let mut is_set = false;
        let fired = poll_fn(|cx| {
            if is_set {
                return if timer.is_elapsed() {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                };
            }
            while pin!(consume_budget()).poll(cx).is_ready() {}
            is_set = true;
            poll_registered(timer.as_mut(), cx)
        });
        let in_time = timeout(Duration::from_secs(60), fired).await;
        assert!(in_time.is_ok());
        assert_eq!(start.elapsed().as_secs(), 1);
    }
}
