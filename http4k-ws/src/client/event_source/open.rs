//! An open stream, and the limit of its silence.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use crate::sse::{SseEnd, SseEvent, SseReader};

/// An open stream.
pub(super) struct OpenStream {
    pub(super) reader: SseReader,
    since: Instant,
    /// An event has arrived.
    heard: bool,
    /// The end of the current wait for bytes.
    silence: Option<Pin<Box<Sleep>>>,
}

impl OpenStream {
    pub(super) fn new(reader: SseReader) -> Self {
        Self {
            reader,
            since: Instant::now(),
            heard: false,
            silence: None,
        }
    }

    /// Returns `true` if the server works: it has sent an event, even if it ends each stream soon,
    /// or the connection has lasted for `time`.
    pub(super) fn was_stable(&self, time: Duration) -> bool {
        self.heard || self.since.elapsed() >= time
    }

    /// Polls for the next event. Returns the end of the stream if there is none.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        limit: Option<Duration>,
    ) -> Poll<Result<SseEvent, SseEnd>> {
        let mut came = false;
        let polled = self.reader.poll_event(cx, &mut || came = true);
        if came {
            self.silence = None;
        }
        if let Poll::Ready(event) = polled {
            self.heard |= event.is_some();
            let end = || self.reader.end().cloned().unwrap_or(SseEnd::Complete);
            return Poll::Ready(event.ok_or_else(end));
        }
        let Some(after) = limit else {
            return Poll::Pending;
        };
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(after)));
        ready!(silence.as_mut().poll(cx));
        Poll::Ready(Err(SseEnd::Silent { after }))
    }
}
