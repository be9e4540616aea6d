//! A peer that takes or gives nothing, and is waited for only so long.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// A timer that runs while nothing moves.
#[derive(Debug, Default)]
pub(super) struct Stall {
    /// How much had moved when the timer was set.
    moved: Option<u64>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Stall {
    /// Ready where the peer has been waited for for `limit`: while `moved` is always the same number, and
    /// never `None`, which is that nothing is waited for.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        moved: Option<u64>,
        limit: Duration,
    ) -> Poll<()> {
        let begun = std::mem::replace(&mut self.moved, moved);
        if moved.is_none() {
            return Poll::Pending;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(limit)));
        if begun != moved {
            timer.set(sleep(limit));
        }
        timer.as_mut().poll(cx)
    }
}
