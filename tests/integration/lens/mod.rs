//! Lenses from outside, by subject. A test of a case of http4k's own suite has its number in the
//! name.

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

/// Returns the output of a future that never waits; a failing body is polled once more per layer.
#[track_caller]
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut polled = (0..4).map(|_| future.as_mut().now_or_never());
    polled
        .find_map(|polled| polled)
        .expect("nothing here waits")
}

/// Returns an empty request.
fn blank() -> Request {
    Request::new(Body::empty())
}

/// Returns the status that closed the socket, if it is not 1000.
#[track_caller]
fn closed(client: &mut impl WsClient) -> WsStatus {
    match client.received().next() {
        Some(Err(ReceiveError::Closed(status))) => status,
        other => panic!("the socket is not closed: {other:?}"),
    }
}
