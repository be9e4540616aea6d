//! Whether the peer is still there.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use h2::{Ping, PingPong};
use tokio::time::{Instant, Sleep, sleep};

use super::Http2Config;
use crate::server::timer::LONGEST;
use crate::wire::Meter;

/// Asks the peer from time to time.
pub(super) struct Pings {
    frames: PingPong,
    meter: Meter,
    /// What had shown that the peer lives when it was last asked, while its answer is waited for.
    asked: Option<(u64, u64)>,
    /// When to ask, or to give up.
    timer: Pin<Box<Sleep>>,
}

impl Pings {
    pub(super) fn new(frames: PingPong, meter: Meter, config: &Http2Config) -> Self {
        Self {
            frames,
            meter,
            asked: None,
            timer: Box::pin(sleep(config.ping.min(LONGEST))),
        }
    }

    /// Ready where the peer is gone.
    pub(super) fn poll_lost(&mut self, cx: &mut Context<'_>, config: &Http2Config) -> Poll<()> {
        loop {
            if let Some(known) = self.asked {
                match self.frames.poll_pong(cx) {
                    Poll::Ready(Ok(_)) => {
                        self.asked = None;
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
                        // RouteQuery or answer are behind what is on its way.
                        self.asked = Some(signs);
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
            self.asked = Some(self.signs());
            self.set(config.ping_timeout);
        }
    }

    /// Returns what changes with every sign of life of the peer, in either direction.
    fn signs(&self) -> (u64, u64) {
        (self.meter.bytes_read(), self.meter.bytes_resumed())
    }

    fn set(&mut self, after: Duration) {
        let at = Instant::now() + after.min(LONGEST);
        self.timer.as_mut().reset(at);
    }
}
