//! Whether the peer is still there.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use h2::{Ping, PingPong};
use tokio::time::{Instant, Sleep, sleep};

use super::Http2Config;
use crate::server::timer::LONGEST;

/// Asks the peer from time to time.
pub(super) struct Pings {
    frames: PingPong,
    /// An answer is waited for.
    asked: bool,
    /// When to ask, or to give up.
    timer: Pin<Box<Sleep>>,
}

impl Pings {
    pub(super) fn new(frames: PingPong, config: &Http2Config) -> Self {
        Self {
            frames,
            asked: false,
            timer: Box::pin(sleep(config.ping.min(LONGEST))),
        }
    }

    /// Ready where the peer is gone.
    pub(super) fn poll_lost(&mut self, cx: &mut Context<'_>, config: &Http2Config) -> Poll<()> {
        loop {
            if self.asked {
                match self.frames.poll_pong(cx) {
                    Poll::Ready(Ok(_)) => {
                        self.asked = false;
                        let next = Instant::now() + config.ping.min(LONGEST);
                        self.timer.as_mut().reset(next);
                    }
                    Poll::Ready(Err(_)) => return Poll::Ready(()),
                    Poll::Pending => return self.timer.as_mut().poll(cx),
                }
            }
            if self.timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            if self.frames.send_ping(Ping::opaque()).is_err() {
                return Poll::Ready(());
            }
            self.asked = true;
            let end = Instant::now() + config.ping_timeout.min(LONGEST);
            self.timer.as_mut().reset(end);
        }
    }
}
