//! A request body that is on its way, and is not waited for for ever.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::stall::Stall;
use crate::message::{BodyBounds, BodyError};

type Failure = Box<dyn Error + Send + Sync>;

/// A body that fails when nothing of it comes for longer than its bounds allow.
pub(super) struct Arriving<B> {
    body: B,
    bounds: BodyBounds,
    frames: u64,
    stall: Stall,
}

impl<B> Arriving<B> {
    pub(super) fn new(body: B, bounds: BodyBounds) -> Self {
        Self {
            body,
            bounds,
            frames: 0,
            stall: Stall::default(),
        }
    }
}

impl<B> http_body::Body for Arriving<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<Failure>> + Unpin,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.frames += 1;
            let broken = |error: B::Error| BodyError::Stream(error.into());
            return Poll::Ready(frame.map(|frame| frame.map_err(broken)));
        }
        let pause = this.bounds.stall();
        let stalled = this.stall.poll(cx, Some(this.frames), pause);
        stalled.map(|()| Some(Err(BodyError::Stalled { pause })))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
