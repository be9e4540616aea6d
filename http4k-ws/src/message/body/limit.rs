//! A body that fails past a number of bytes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::bounds::{BodyBounds, Stage};
use super::error::BodyError;

/// `body`, until it has given more bytes than its bounds allow; from then on it is over.
pub(super) struct Limited<B> {
    body: B,
    bounds: BodyBounds,
    given: u64,
    stage: Stage,
}

impl<B> Limited<B> {
    pub(super) fn new(body: B, bounds: BodyBounds) -> Self {
        Self {
            body,
            bounds,
            given: 0,
            stage: Stage::Unread,
        }
    }

    fn room(&self) -> u64 {
        self.bounds.max().saturating_sub(self.given)
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
        self.reach(Stage::Begun);
        // A length that is known beforehand is refused before anything is read.
        if self.body.size_hint().lower() > self.room() {
            return Poll::Ready(Some(Err(self.too_large())));
        }
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Some(Err(self.fail(error)))),
            None => return Poll::Ready(None),
        };
        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
        if length > self.room() {
            return Poll::Ready(Some(Err(self.too_large())));
        }
        self.given += length;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.stage == Stage::Failed || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.body.size_hint();
        let room = self.room();
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().min(room));
        hint.set_upper(inner.upper().unwrap_or(room).min(room));
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
