//! A request body that the peer holds back until it is invited: `Expect: 100-continue` (RFC 9110
//! §10.1.1).
//!
//! 1. hyper and h2 send 100 when the body is first polled, and only before the final response.
//! 2. A handler may respond before anything polls the body: with a response that streams it, or
//!    with one whose stream starts with something else. Then 100 would never be sent, and both
//!    sides would wait. A body that is still held when the response is complete is therefore polled
//!    once, before the response is sent. A body that was dropped is not.
//! 3. The result of that poll is kept for the handler.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// A body that the handler and the server share until the response is complete.
pub(super) struct Expected<B: Body>(Arc<Mutex<HeldBody<B>>>);

struct HeldBody<B: Body> {
    body: B,
    polled: bool,
    /// The result of the server's poll.
    early: Option<Option<Result<Frame<Bytes>, B::Error>>>,
}

impl<B: Body<Data = Bytes> + Unpin> Expected<B> {
    pub(super) fn new(body: B) -> Self {
        Self(Arc::new(Mutex::new(HeldBody {
            body,
            polled: false,
            early: None,
        })))
    }

    /// Returns a second handle to the same body.
    pub(super) fn clone_handle(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// Makes the peer send the body, unless this handle is the only one left.
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
            let mut held = self.lock();
            if !held.polled {
                held.polled = true;
                if let Poll::Ready(frame) = Pin::new(&mut held.body).poll_frame(cx) {
                    held.early = Some(frame);
                }
            }
            // The connection sends 100 before it polls the response again.
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, HeldBody<B>> {
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
        let mut held = self.lock();
        held.polled = true;
        match held.early.take() {
            Some(early) => Poll::Ready(early),
            None => Pin::new(&mut held.body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        let held = self.lock();
        held.early.is_none() && held.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.lock();
        let mut hint = held.body.size_hint();
        let early = held.early.as_ref().and_then(Option::as_ref);
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
