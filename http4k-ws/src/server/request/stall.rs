//! A deadline for a peer that makes no progress.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// A timer that restarts with every progress.
#[derive(Debug, Default)]
pub(in crate::server) struct Stall {
    /// The progress when the timer was set.
    progress: Option<u64>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Stall {
    /// Ready after `limit` without a change of `progress`. `None` means that nothing is awaited,
    /// and is never ready.
    pub(in crate::server) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        progress: Option<u64>,
        limit: Duration,
    ) -> Poll<()> {
        let before = std::mem::replace(&mut self.progress, progress);
        if progress.is_none() {
            return Poll::Pending;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(limit)));
        if before != progress {
            timer.set(sleep(limit));
        }
        timer.as_mut().poll(cx)
    }
}
