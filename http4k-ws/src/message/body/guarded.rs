//! Bodies of the program, kept from doing harm: one that panics fails, and one of a declared length
//! yields exactly that many bytes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::error::BodyError;
use crate::panics::guarded;

pin_project! {
    /// A body whose panic is an error: the message breaks off, and its connection goes on.
    pub(super) struct Guarded<B> {
        // `None` once it is dropped.
        #[pin]
        body: Option<B>,
        failed: bool,
        error: Option<BodyError>,
    }

    impl<B> PinnedDrop for Guarded<B> {
        fn drop(this: Pin<&mut Self>) {
            let mut body = this.project().body;
            guarded("the drop of a body", || body.set(None));
        }
    }
}

impl<B> Guarded<B> {
    pub(super) fn new(body: B) -> Self {
        Self {
            body: Some(body),
            failed: false,
            error: None,
        }
    }

    fn ask<T>(&self, question: impl FnOnce(&B) -> T) -> Option<T> {
        let body = self.body.as_ref()?;
        guarded("a body", || question(body))
    }
}

impl<B: HttpBody<Data = Bytes, Error = BodyError>> HttpBody for Guarded<B> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.project();
        if *this.failed {
            return Poll::Ready(this.error.take().map(Err));
        }
        // The body is never polled again after its panic.
        let body = this.body.as_pin_mut();
        let polled = body.and_then(|body| guarded("the stream of a body", || body.poll_frame(cx)));
        let polled = polled.unwrap_or_else(|| {
            let error = BodyError::Stream("the stream of the body panicked".into());
            Poll::Ready(Some(Err(error)))
        });
        let Poll::Ready(Some(Err(error))) = polled else {
            return polled;
        };
        // A connection drops what it has not written when a body fails. It writes when the body has
        // nothing to yield, so that the peer gets what came before the error.
        *this.failed = true;
        *this.error = Some(error);
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        match self.failed {
            true => self.error.is_none(),
            // A body that cannot say so is polled.
            false => self.ask(B::is_end_stream).unwrap_or(false),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.ask(B::size_hint).unwrap_or_default()
    }
}

/// A body that yields exactly as many bytes as its message declares.
///
/// More bytes are cut off, since the peer would take them for the next message. Fewer are an error,
/// since the peer waits for the rest.
pub(super) struct Measured<B> {
    body: B,
    left: u64,
    failed: bool,
}

impl<B> Measured<B> {
    pub(super) fn new(body: B, length: u64) -> Self {
        Self {
            body,
            left: length,
            failed: false,
        }
    }

    fn too_short(&mut self) -> BodyError {
        self.failed = true;
        let left = self.left;
        log::error!("a body is {left} bytes shorter than its Content-Length");
        BodyError::Stream("the body is shorter than its Content-Length".into())
    }

    fn cut(&mut self, mut data: Bytes) -> Bytes {
        if data.len() as u64 > self.left {
            log::error!("a body is longer than its Content-Length: the rest is not sent");
            // It is shorter than `data`, whose length is a `usize`.
            data.truncate(self.left as usize);
        }
        self.left -= data.len() as u64;
        data
    }
}

impl<B: HttpBody<Data = Bytes, Error = BodyError> + Unpin> HttpBody for Measured<B> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.failed {
            return Poll::Ready(None);
        }
        loop {
            let complete = self.left == 0;
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                // All that was declared has been sent.
                Some(Err(_)) | None if complete => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(Some(Err(self.too_short()))),
            };
            match frame.into_data() {
                Ok(data) if data.is_empty() => {}
                Ok(data) => {
                    let data = self.cut(data);
                    if !data.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(data))));
                    }
                    // What follows is too much, and trailers behind it belong to nothing.
                    return Poll::Ready(None);
                }
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.failed || (self.left == 0 && self.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// A body that was read until it broke off: what came, and then the reason.
pub(super) struct Broken {
    came: Option<Bytes>,
    error: Option<BodyError>,
}

impl Broken {
    pub(super) fn new(came: Bytes, error: BodyError) -> Self {
        Self {
            came: Some(came).filter(|came| !came.is_empty()),
            error: Some(error),
        }
    }
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let came = self.came.take().map(|came| Ok(Frame::data(came)));
        Poll::Ready(came.or_else(|| self.error.take().map(Err)))
    }
}
