//! A body that fails past a number of bytes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::{Body, BodyError};

/// `body`, until it has given more than `limit` bytes; from then on it is over.
pub(super) struct Limited {
    body: Body,
    limit: u64,
    room: u64,
    failed: bool,
}

impl Limited {
    pub(super) fn new(body: Body, limit: u64) -> Self {
        Self {
            body,
            limit,
            room: limit,
            failed: false,
        }
    }

    fn fail(&mut self) -> BodyError {
        self.failed = true;
        BodyError::TooLarge { limit: self.limit }
    }
}

impl http_body::Body for Limited {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.failed {
            return Poll::Ready(None);
        }
        // A length that is known beforehand is refused before anything is read.
        if self.body.size_hint().lower() > self.room {
            return Poll::Ready(Some(Err(self.fail())));
        }
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            end => return Poll::Ready(end),
        };
        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
        match self.room.checked_sub(length) {
            Some(room) => self.room = room,
            None => return Poll::Ready(Some(Err(self.fail()))),
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.failed || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().min(self.room));
        hint.set_upper(inner.upper().unwrap_or(self.room).min(self.room));
        hint
    }
}
