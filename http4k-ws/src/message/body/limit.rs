//! A body that fails over a number of bytes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::bounds::{BodyBounds, Stage};
use super::error::BodyError;

/// A body that fails as soon as it yields more bytes than its bounds allow, and then ends.
pub(super) struct Limited<B> {
    body: B,
    bounds: BodyBounds,
    received: u64,
    stage: Stage,
}

impl<B> Limited<B> {
    pub(super) fn new(body: B, bounds: BodyBounds) -> Self {
        Self {
            body,
            bounds,
            received: 0,
            stage: Stage::Unread,
        }
    }

    fn left(&self) -> u64 {
        self.bounds.max().saturating_sub(self.received)
    }

    fn reach(&mut self, stage: Stage) {
        if self.stage != stage {
            self.stage = stage;
            self.bounds.set_stage(stage);
        }
    }

    fn fail(&mut self, error: BodyError) -> BodyError {
        self.reach(Stage::Failed);
        error
    }

    fn too_large(&mut self) -> BodyError {
        let limit = self.bounds.max();
        self.fail(BodyError::TooLarge { limit })
    }
}

impl<B: HttpBody<Data = Bytes, Error = BodyError> + Unpin> HttpBody for Limited<B> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.stage == Stage::Failed {
            return Poll::Ready(None);
        }
        self.reach(Stage::Started);
        // A known length over the limit is refused before any byte is read.
        if self.body.size_hint().lower() > self.left() {
            return Poll::Ready(Some(Err(self.too_large())));
        }
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Some(Err(self.fail(error)))),
            None => return Poll::Ready(None),
        };
        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
        if length > self.left() {
            return Poll::Ready(Some(Err(self.too_large())));
        }
        self.received += length;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.stage == Stage::Failed || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.body.size_hint();
        let left = self.left();
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().min(left));
        hint.set_upper(inner.upper().unwrap_or(left).min(left));
        hint
    }
}

impl<B> Drop for Limited<B> {
    fn drop(&mut self) {
        if self.stage == Stage::Unread {
            self.bounds.set_stage(Stage::Dropped);
        }
    }
}
