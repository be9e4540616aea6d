//! The time for which a peer that has left is still served.
//!
//! 1. A peer that resets its connection is gone: everything for it is dropped at once.
//! 2. A peer that ended its side may still read. It has `half_close` for its responses, but only
//!    `stream_half_close` for a response that is a stream, because that may have no end.
//! 3. The end of the peer's bytes is noticed by reading, up to a bound, and beyond that by a
//!    [`PeerWatch`].

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

use super::io::ReadAhead;
use crate::server::ServerConfig;
use crate::server::config::LONGEST;
use crate::server::stream::{Departure, PeerWatch};

/// Decides when to drop a connection whose peer has left.
pub(super) struct Leaving {
    watch: Option<PeerWatch>,
    watching: Option<Pin<Box<dyn Future<Output = Departure> + Send>>>,
    /// The time at which the peer ended its side.
    since: Option<Instant>,
    /// The first time after that at which a response was a stream.
    streaming: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Leaving {
    /// Watches the peer of a connection. A socket of the system has a `watch`.
    pub(super) fn new(watch: Option<PeerWatch>) -> Self {
        Self {
            watch,
            watching: None,
            since: None,
            streaming: None,
            timer: None,
        }
    }

    /// Ready with the reason when the connection must be dropped.
    ///
    /// `arrival` is the result of reading ahead. `streaming` is `true` while the response is a
    /// stream.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        arrival: ReadAhead,
        streaming: bool,
        config: &ServerConfig,
    ) -> Poll<io::Error> {
        match arrival {
            ReadAhead::Left(Departure::Reset) => {
                return Poll::Ready(io::ErrorKind::ConnectionReset.into());
            }
            ReadAhead::Left(Departure::HalfClosed) => self.half_closed(),
            ReadAhead::More if self.since.is_none() => {
                if ready!(self.poll_watch(cx)) == Departure::Reset {
                    return Poll::Ready(io::ErrorKind::ConnectionReset.into());
                }
                self.half_closed();
            }
            ReadAhead::More | ReadAhead::Nothing => {}
        }
        let Some(since) = self.since else {
            return Poll::Pending;
        };
        if let Poll::Ready(Departure::Reset) = self.poll_watch(cx) {
            return Poll::Ready(io::ErrorKind::ConnectionReset.into());
        }
        let mut deadline = since + config.half_close.min(LONGEST);
        self.streaming = match streaming {
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
            // From now on only a reset matters.
            self.watching = None;
        }
    }

    fn poll_watch(&mut self, cx: &mut Context<'_>) -> Poll<Departure> {
        let Some(watch) = &self.watch else {
            return Poll::Pending;
        };
        let before = self.since.map(|_| Departure::HalfClosed);
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
