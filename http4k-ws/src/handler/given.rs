//! The closure of a route that describes its response itself.
//!
//! The response of most routes is described outside of the closure, by the type that it returns. A
//! response that may borrow from the call has no such type. Its closure is given no values when it
//! must describe the response, and returns one that carries the description.
#![allow(missing_docs)]

use futures_util::FutureExt;
use http::StatusCode;

use super::future::ResponseFuture;
use super::generated::Returned;
use crate::describe::RouteDescription;
use crate::describe::probe::Step;
use crate::message::{IntoResponse, Response};

/// Returns a response that carries a description, inside of [`later`](super::generated::later).
pub fn describing(step: Step) -> Response {
    let mut response = StatusCode::NOT_FOUND.into_response();
    response.extensions_mut().insert(step);
    response
}

/// Returns such a response for a closure that needs no waiting.
pub fn described<'a>(step: Step) -> Returned<'a> {
    Returned::at_once(describing(step))
}

/// Adds to `route` the description that the response carries, if it does.
pub(crate) fn describe(response: ResponseFuture<'_>, route: &mut RouteDescription) {
    // A closure that lends something to its function describes itself in a future.
    let response = response.now_or_never();
    if let Some(step) = response.as_ref().and_then(|r| r.extensions().get::<Step>()) {
        step.add(route);
    }
}
