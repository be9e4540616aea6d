//! Lenses from outside, by subject. A test that holds a case of http4k's own suite names its number.

mod derives;
mod extractors;
mod failures;
mod faithful;
mod formats;
mod html;
mod laws;
mod linear;
mod messages;
mod places;
mod predicates;
mod serde_types;

use futures_util::FutureExt;
use http4k_ws::testing::{ReceiveError, WsClient};
use http4k_ws::{Body, Request, WsStatus};

/// The output of a future that waits for nothing. Each layer of a body that fails is polled once more.
#[track_caller]
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut polled = (0..4).map(|_| future.as_mut().now_or_never());
    polled
        .find_map(|polled| polled)
        .expect("nothing here waits")
}

/// A request with nothing in it.
fn blank() -> Request {
    Request::new(Body::empty())
}

/// The status that the socket was closed with, where it is not 1000.
#[track_caller]
fn closed(client: &mut impl WsClient) -> WsStatus {
    match client.received().next() {
        Some(Err(ReceiveError::Closed(status))) => status,
        other => panic!("the socket is not closed: {other:?}"),
    }
}
