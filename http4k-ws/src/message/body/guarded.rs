//! Wrappers of bodies that the application creates. A body that panics fails, and a body of a
//! declared length yields exactly that many bytes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::error::BodyError;
use crate::panics::guarded;

pin_project! {
    /// A body whose panic is an error. The message is aborted, and other messages of the connection
    /// continue.
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

    fn call<T>(&self, method: impl FnOnce(&B) -> T) -> Option<T> {
        let body = self.body.as_ref()?;
        guarded("a body", || method(body))
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
        // A connection drops its unwritten bytes when a body fails, and writes them when the body
        // is pending. One pending poll before the error lets the peer receive the bytes before it.
        *this.failed = true;
        *this.error = Some(error);
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        match self.failed {
            true => self.error.is_none(),
            // A body whose method panics is polled.
            false => self.call(B::is_end_stream).unwrap_or(false),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.call(B::size_hint).unwrap_or_default()
    }
}

/// A body that yields exactly as many bytes as its message declares.
///
/// Further bytes are not sent, since the peer would read them as the next message. Fewer are an
/// error, since the peer waits for the others.
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

    fn truncate(&mut self, mut data: Bytes) -> Bytes {
        if data.len() as u64 > self.left {
            log::error!(
                "a body is longer than its Content-Length; the remaining bytes are not sent"
            );
            // `left` is less than the length of `data`, and so fits into a `usize`.
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
                // All declared bytes have been sent.
                Some(Err(_)) | None if complete => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(Some(Err(self.too_short()))),
            };
            match frame.into_data() {
                Ok(data) if data.is_empty() => {}
                Ok(data) => {
                    let data = self.truncate(data);
                    if !data.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(data))));
                    }
                    // All bytes that follow are too many, and so are trailers behind them.
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

/// A body that was read until it failed: the bytes before the failure, and then the error.
pub(super) struct Broken {
    bytes: Option<Bytes>,
    error: Option<BodyError>,
}

impl Broken {
    pub(super) fn new(bytes: Bytes, error: BodyError) -> Self {
        Self {
            bytes: Some(bytes).filter(|bytes| !bytes.is_empty()),
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
        let bytes = self.bytes.take().map(|bytes| Ok(Frame::data(bytes)));
        Poll::Ready(bytes.or_else(|| self.error.take().map(Err)))
    }
}
