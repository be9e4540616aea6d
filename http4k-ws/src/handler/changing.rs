//! Stock filters that change the response to an opening handshake, and read no more than its
//! fields.
//!
//! A filter of the user receives a whole request, in whose extensions the router puts what it
//! found. For these filters the request stays in its [`Call`], as if they were not there. Without a
//! change they add nothing to a handshake.

use std::sync::Arc;

use http::HeaderMap;

use super::box_poly_filter::BoxPolyFilter;
use super::call::Call;
use super::caught::{AfterPanic, HandlerPanic, called};
use super::future::WsResponseFuture;
use super::poly_filter::PolyFilter;
use super::ws::{BoxWsHandler, ErasedWsHandler};
use super::ws_response::WsResponse;
use crate::message::{PeerAddr, Request};

/// A change of the response to one handshake.
pub(crate) type Change = Box<dyn FnOnce(WsResponse) -> WsResponse + Send>;

/// A function from the fields of a handshake to the change of its response. `None` if it stays.
type Look = dyn Fn(&HeaderMap) -> Option<Change> + Send + Sync;

/// Creates the stock filter `name`, which changes the responses to handshakes.
pub(crate) fn changing_ws(
    name: &str,
    look: impl Fn(&HeaderMap) -> Option<Change> + Send + Sync + 'static,
) -> BoxPolyFilter {
    BoxPolyFilter::named(name, Changing(Arc::new(look)))
}

/// A filter that HTTP requests pass unseen.
struct Changing(Arc<Look>);

impl PolyFilter for Changing {
    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let look = Arc::clone(&self.0);
        BoxWsHandler::erased(Arc::new(Changed { look, next }))
    }
}

/// A handler behind such a filter.
struct Changed {
    look: Arc<Look>,
    next: BoxWsHandler,
}

impl Changed {
    /// Returns the change of the response to `request`. The function may clone values of the user,
    /// which may panic.
    fn change(&self, request: &Request) -> Result<Option<Change>, HandlerPanic> {
        called(|| (self.look)(request.headers()))
    }
}

impl ErasedWsHandler for Changed {
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        let change = self.change(&request);
        changed(change, || self.next.call_erased(request))
    }

    fn received(&self, request: Request, peer: Option<PeerAddr>) -> WsResponseFuture<'_> {
        let change = self.change(&request);
        changed(change, || self.next.received(request, peer))
    }

    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        let change = self.change(&call.request);
        changed(change, || self.next.routed(call))
    }
}

/// Returns the response of the next handler after `change`.
fn changed<'a>(
    change: Result<Option<Change>, HandlerPanic>,
    respond: impl FnOnce() -> WsResponseFuture<'a>,
) -> WsResponseFuture<'a> {
    match change {
        Ok(None) => respond(),
        Ok(Some(change)) => {
            let response = respond();
            WsResponseFuture::new(async move { change(response.await) })
        }
        Err(panic) => WsResponseFuture::ready(WsResponse::after_panic(panic)),
    }
}
