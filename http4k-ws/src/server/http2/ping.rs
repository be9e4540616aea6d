//! The pings of a connection, which find out that the peer is gone.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use h2::{Ping, PingPong};
use tokio::time::{Instant, Sleep, sleep};

use super::Http2Config;
use crate::server::config::LONGEST;
use crate::wire::Meter;

/// Sends pings, and waits for signs of life.
pub(super) struct Pings {
    frames: PingPong,
    meter: Meter,
    /// The signs of life at the last ping, while its response is awaited.
    awaited: Option<(u64, u64)>,
    /// The time of the next ping, or of the end.
    timer: Pin<Box<Sleep>>,
}

impl Pings {
    pub(super) fn new(frames: PingPong, meter: Meter, config: &Http2Config) -> Self {
        Self {
            frames,
            meter,
            awaited: None,
            timer: Box::pin(sleep(config.ping.min(LONGEST))),
        }
    }

    /// Ready if the peer is gone.
    pub(super) fn poll_lost(&mut self, cx: &mut Context<'_>, config: &Http2Config) -> Poll<()> {
        loop {
            if let Some(known) = self.awaited {
                match self.frames.poll_pong(cx) {
                    Poll::Ready(Ok(_)) => {
                        self.awaited = None;
                        self.set(config.ping);
                    }
                    Poll::Ready(Err(_)) => return Poll::Ready(()),
                    Poll::Pending if self.timer.as_mut().poll(cx).is_pending() => {
                        return Poll::Pending;
                    }
                    Poll::Pending => {
                        let signs = self.signs();
                        if signs == known {
                            return Poll::Ready(());
                        }
                        // The ping or its response may be behind the bytes that are moving.
                        self.awaited = Some(signs);
                        self.set(config.ping_timeout);
                    }
                }
                continue;
            }
            if self.timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            if self.frames.send_ping(Ping::opaque()).is_err() {
                return Poll::Ready(());
            }
            self.awaited = Some(self.signs());
            self.set(config.ping_timeout);
        }
    }

    /// Returns counts that change with every sign of life of the peer, in either direction.
    fn signs(&self) -> (u64, u64) {
        (self.meter.bytes_read(), self.meter.bytes_resumed())
    }

    fn set(&mut self, after: Duration) {
        let at = Instant::now() + after.min(LONGEST);
        self.timer.as_mut().reset(at);
    }
}
