//! The guard of a call's future, as `HandlerFuture` is that of a handler's.
//!
//! A call's future is boxed together with what its socket does around it, so the guard is inside of
//! that box.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::handler::{AfterPanic, called};
use crate::panics::guarded;

pin_project! {
    /// The future of a call, whose panic becomes its result.
    pub(super) struct Caught<F> {
        // `None` once it is dropped.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Caught<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut future = this.project().future;
            guarded("the drop of a call", || future.set(None));
        }
    }
}

impl<F> Caught<F> {
    pub(super) fn new(future: F) -> Self {
        Self {
            future: Some(future),
        }
    }
}

impl<F: Future<Output: AfterPanic>> Future for Caught<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some(mut future) = self.project().future.as_pin_mut() else {
            return Poll::Pending;
        };
        called(|| future.as_mut().poll(cx))
            .unwrap_or_else(|panic| Poll::Ready(F::Output::after_panic(panic)))
    }
}
