//! A request body that is still arriving, with a bound on how long the handler waits for it.
//!
//! 1. Only the time in which the handler waits for bytes counts: a slow handler is not a slow peer.
//! 2. Waiting runs up a debt. Bytes pay it back, one second for each `min_rate` of them.
//! 3. The body fails when the debt reaches `stall`. So a pause of `stall` fails it, and so does a
//!    peer that sends a byte from time to time. The debt is never below zero: a fast start does not
//!    pay for a slow end.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::BoxError;
use crate::message::{BodyBounds, BodyError};
use crate::server::config::LONGEST;

/// A body that fails if its peer pauses for too long, or sends too slowly for its bounds.
pub(super) struct Arriving<B> {
    body: B,
    bounds: BodyBounds,
    /// The time that the handler waited and that bytes have not paid for.
    debt: Duration,
    /// The start of the current wait.
    waiting: Option<Instant>,
    /// Bytes arrived since the debt was last zero.
    slow: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<B> Arriving<B> {
    pub(super) fn new(body: B, bounds: BodyBounds) -> Self {
        Self {
            body,
            bounds,
            debt: Duration::ZERO,
            waiting: None,
            slow: false,
            timer: None,
        }
    }

    /// Ends the current wait, which brought `length` bytes.
    fn pay(&mut self, length: usize) {
        if let Some(since) = self.waiting.take() {
            self.debt += since.elapsed();
        }
        if length == 0 {
            return;
        }
        let paid = match self.bounds.min_rate() {
            0 => self.debt,
            rate => Duration::from_nanos((length as u64).saturating_mul(1_000_000_000) / rate),
        };
        self.debt = self.debt.saturating_sub(paid);
        self.slow = !self.debt.is_zero();
    }

    /// Ready with the failure when the debt reaches the bound.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<BodyError> {
        let pause = self.bounds.stall();
        let since = *self.waiting.get_or_insert_with(Instant::now);
        let deadline = since + pause.saturating_sub(self.debt).min(LONGEST);
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx).map(|()| match self.slow {
            true => BodyError::TooSlow {
                rate: self.bounds.min_rate(),
            },
            false => BodyError::Stalled { pause },
        })
    }
}

impl<B> http_body::Body for Arriving<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            let data = frame.as_ref().and_then(|frame| frame.as_ref().ok());
            let length = data.and_then(Frame::data_ref).map_or(0, Bytes::len);
            this.pay(length);
            let broken = |error: B::Error| BodyError::Stream(error.into());
            return Poll::Ready(frame.map(|frame| frame.map_err(broken)));
        }
        this.poll_late(cx).map(|error| Some(Err(error)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
