//! The time for which a peer that has left is still served.
//!
//! 1. A peer that resets its connection is gone: everything for it is dropped at once.
//! 2. One that ended its side may still read. It has `half_close` for its responses, and for a
//!    response
//!    that is a stream only `stream_half_close`: such a response may have no end.
//! 3. The end of the peer's bytes is seen by reading, up to a bound; beyond it by a [`Watch`].

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

use super::ServerConfig;
use super::io::Heard;
use super::tcp::{Left, Watch};
use super::timer::LONGEST;

/// Tells when to drop a connection whose peer has left.
pub(super) struct Leaving {
    watch: Option<Watch>,
    watching: Option<Pin<Box<dyn Future<Output = Left> + Send>>>,
    /// The time at which the peer ended its side.
    since: Option<Instant>,
    /// The first time after that at which a response was a stream.
    streaming: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Leaving {
    /// Watches the peer of a connection, with `watch` if it is one of TCP.
    pub(super) fn new(watch: Option<Watch>) -> Self {
        Self {
            watch,
            watching: None,
            since: None,
            streaming: None,
            timer: None,
        }
    }

    /// Ready with the reason when the connection must be dropped. `heard` is what reading found,
    /// and `streams` is `true` while the response is a stream.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        heard: Heard,
        streams: bool,
        config: &ServerConfig,
    ) -> Poll<io::Error> {
        match heard {
            Heard::Left(Left::Reset) => return Poll::Ready(io::ErrorKind::ConnectionReset.into()),
            Heard::Left(Left::HalfClosed) => self.half_closed(),
            Heard::More if self.since.is_none() => {
                if ready!(self.poll_watch(cx)) == Left::Reset {
                    return Poll::Ready(io::ErrorKind::ConnectionReset.into());
                }
                self.half_closed();
            }
            Heard::More | Heard::Nothing => {}
        }
        let Some(since) = self.since else {
            return Poll::Pending;
        };
        if let Poll::Ready(Left::Reset) = self.poll_watch(cx) {
            return Poll::Ready(io::ErrorKind::ConnectionReset.into());
        }
        let mut deadline = since + config.half_close.min(LONGEST);
        self.streaming = match streams {
            true => self.streaming.or_else(|| Some(Instant::now())),
            false => None,
        };
        if let Some(streaming) = self.streaming {
            deadline = deadline.min(streaming + config.stream_half_close.min(LONGEST));
        }
        ready!(self.poll_timer(cx, deadline));
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    fn half_closed(&mut self) {
        if self.since.is_none() {
            self.since = Some(Instant::now());
            // From now on only a reset is news.
            self.watching = None;
        }
    }

    fn poll_watch(&mut self, cx: &mut Context<'_>) -> Poll<Left> {
        let Some(watch) = &self.watch else {
            return Poll::Pending;
        };
        let before = self.since.map(|_| Left::HalfClosed);
        let watching = self
            .watching
            .get_or_insert_with(|| Box::pin(watch.clone().left(before)));
        watching.as_mut().poll(cx)
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    }
}
