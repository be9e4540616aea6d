//! A request body that is on its way, and is not waited for for ever.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;

use super::stall::Stall;
use crate::message::{BodyBounds, BodyError};

/// A body that fails when nothing of it comes for longer than its bounds allow.
pub(super) struct Arriving {
    body: Incoming,
    bounds: BodyBounds,
    frames: u64,
    stall: Stall,
}

impl Arriving {
    pub(super) fn new(body: Incoming, bounds: BodyBounds) -> Self {
        Self {
            body,
            bounds,
            frames: 0,
            stall: Stall::default(),
        }
    }
}

impl http_body::Body for Arriving {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.frames += 1;
            let broken = |error: hyper::Error| BodyError::Stream(Box::new(error));
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
