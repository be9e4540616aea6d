//! What a consumer may give back: a value now, or a future of one.

use std::future::{self, Future};

use super::when::{Later, Now};
use crate::session::IntoWsResult;

/// What a consumer may give back: `()` or a [`WsResult`](crate::WsResult), or a future of one.
///
/// Users never implement it. `When` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a WebSocket consumer gives back",
    label = "a consumer gives back `()` or `WsResult`, or a future of one",
    note = "a function that answers with a response belongs in `http(..)`"
)]
pub trait IntoConsumed<When> {
    /// What the socket ends with.
    type Given;
    /// When it is there.
    type Future: Future<Output = Self::Given>;

    /// The end of the consumer, as a future.
    fn into_consumed(self) -> Self::Future;
}

impl<T: IntoWsResult> IntoConsumed<Now> for T {
    type Given = T;
    type Future = future::Ready<T>;

    fn into_consumed(self) -> Self::Future {
        future::ready(self)
    }
}

impl<F: Future> IntoConsumed<Later> for F {
    type Given = F::Output;
    type Future = F;

    fn into_consumed(self) -> F {
        self
    }
}
