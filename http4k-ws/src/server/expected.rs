//! A request body that the peer holds back until it is asked for: `Expect: 100-continue`
//! (RFC 9110 §10.1.1).
//!
//! 1. The version of HTTP below sends 100 when the body is first polled, and only before the final
//!    response.
//! 2. A handler may respond before anything polls the body: with a response that streams it, or with
//!    one whose stream starts with something else. Then 100 would never be sent, and both sides would
//!    wait. So a body that is still held when the response is there is polled once, before the response
//!    is sent. A body that was dropped is not.
//! 3. What that poll brings is kept for the handler.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// A body that the handler and the server share until the response is there.
pub(super) struct Expected<B: Body>(Arc<Mutex<Shared<B>>>);

struct Shared<B: Body> {
    body: B,
    polled: bool,
    /// The result of the server's poll.
    early: Option<Option<Result<Frame<Bytes>, B::Error>>>,
}

impl<B: Body<Data = Bytes> + Unpin> Expected<B> {
    pub(super) fn new(body: B) -> Self {
        Self(Arc::new(Mutex::new(Shared {
            body,
            polled: false,
            early: None,
        })))
    }

    /// Returns a second handle to the same body.
    pub(super) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// Has the peer send the body, if anything but this handle still holds it.
    pub(super) async fn invite(self) {
        if Arc::strong_count(&self.0) == 1 {
            return;
        }
        let mut invited = false;
        poll_fn(|cx| {
            if invited {
                return Poll::Ready(());
            }
            invited = true;
            let mut shared = self.lock();
            if !shared.polled {
                shared.polled = true;
                if let Poll::Ready(frame) = Pin::new(&mut shared.body).poll_frame(cx) {
                    shared.early = Some(frame);
                }
            }
            // The connection sends 100 before it polls the response again.
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, Shared<B>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Expected<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut shared = self.lock();
        shared.polled = true;
        match shared.early.take() {
            Some(early) => Poll::Ready(early),
            None => Pin::new(&mut shared.body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        let shared = self.lock();
        shared.early.is_none() && shared.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let shared = self.lock();
        let mut hint = shared.body.size_hint();
        let early = shared.early.as_ref().and_then(Option::as_ref);
        let early = early.and_then(|frame| frame.as_ref().ok()?.data_ref());
        if let Some(early) = early.map(|data| data.len() as u64) {
            if let Some(upper) = hint.upper() {
                hint.set_upper(upper + early);
            }
            hint.set_lower(hint.lower() + early);
        }
        hint
    }
}
