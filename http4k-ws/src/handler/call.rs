//! A routed request before its handler is called.

use std::fmt;

use http::StatusCode;

use super::consumer::WsConsumer;
use super::position::{Outcome, Place};
use super::ws_response::WsResponse;
use crate::message::{
    FromPath, FromRequest, FromRest, KeptRequest, PathError, PathParams, PeerAddr, Rejection,
    Request, copy_of_head, plain, text_of,
};

/// A routed request before its handler is called. Generated code reads the arguments from it.
pub struct Call {
    pub(crate) request: Request,
    pub(crate) place: Place,
    /// The address of the peer, until the extensions have it.
    peer: Option<PeerAddr>,
    /// `true` once the extensions have the path parameters.
    shown: bool,
}

impl Call {
    /// Creates the call of a request that a router found at `place`.
    pub(crate) fn new(request: Request, place: Place) -> Self {
        Self {
            request,
            place,
            peer: None,
            shown: false,
        }
    }

    /// Adds the address of the peer, which the extensions of the request do not have yet.
    pub(crate) fn of_peer(self, peer: Option<PeerAddr>) -> Self {
        Self { peer, ..self }
    }

    /// Restores the call that a router started before `request` went through a filter.
    pub(crate) fn resumed(mut request: Request) -> Self {
        match request.extensions_mut().remove() {
            Some(place) => Self {
                request,
                place,
                peer: None,
                shown: true,
            },
            None => Self::new(request, Place::default()),
        }
    }

    /// Parses the path parameter `index` of the route.
    ///
    /// # Errors
    ///
    /// Returns a 404 with the reason if the segment does not parse.
    pub fn param<T: FromPath<Via>, Via>(&self, index: usize) -> Result<T, Rejection> {
        T::from_path(text_of(self.raw(index))).map_err(not_found)
    }

    /// Parses the path parameter `index` of the route, which is the rest of the path.
    ///
    /// # Errors
    ///
    /// Returns a 404 with the reason if the rest does not parse.
    pub fn rest<T: FromRest<Via>, Via>(&self, index: usize) -> Result<T, Rejection> {
        T::from_rest(self.raw(index)).map_err(not_found)
    }

    fn raw(&self, index: usize) -> &str {
        self.place.raw(self.request.uri().path(), index)
    }

    /// Reads the value of a `_` argument.
    ///
    /// # Errors
    ///
    /// Returns the response of the type to a request without such a value.
    pub async fn extract<T: FromRequest>(&mut self) -> Result<T, Rejection> {
        self.show();
        T::from_request(&mut self.request).await
    }

    /// Returns the request, with the path parameters among its extensions.
    pub fn into_request(mut self) -> Request {
        self.show();
        self.request
    }

    /// Takes the whole request out of the call.
    pub(super) fn whole_request(&mut self) -> Request {
        self.show();
        std::mem::take(&mut self.request)
    }

    /// Takes the request, for a consumer that also receives the socket. The socket has a copy of
    /// the head.
    pub fn take_request(&mut self) -> Request {
        self.show();
        let copy = copy_of_head(&self.request);
        std::mem::replace(&mut self.request, copy)
    }

    /// Accepts the upgrade. The request of the socket is this one, with the path parameters and all
    /// changes by filters.
    pub fn accept(mut self, mut consumer: WsConsumer) -> WsResponse {
        consumer.route = Some(self.place.template());
        let params = self.take_params();
        if self.peer.is_some() {
            // Neither a filter nor an argument has seen the request, so the copy that the server
            // has lacks the parameters only.
            consumer.params = params;
            return WsResponse::accept(consumer);
        }
        let request = self.request;
        WsResponse::accept(consumer.keeping(|| KeptRequest::of_call(request, None, params)))
    }

    /// Returns the request for a handler that is neither a router nor generated code, such as a
    /// filter.
    pub(super) fn into_plain_request(mut self) -> Request {
        self.show();
        let found = matches!(self.place.outcome, Outcome::Found);
        if !found || self.place.captured() > 0 || self.place.is_filtered {
            self.request.extensions_mut().insert(self.place);
        }
        self.request
    }

    /// Adds to the extensions what someone else may read there.
    fn show(&mut self) {
        if let Some(peer) = self.peer.take() {
            self.request.extensions_mut().insert(peer);
        }
        if let Some(params) = self.take_params() {
            self.request.extensions_mut().insert(params);
        }
    }

    /// Returns the path parameters, unless the request shows them.
    fn take_params(&mut self) -> Option<PathParams> {
        if self.place.captured() == 0 || self.shown {
            return None;
        }
        self.shown = true;
        Some(self.place.params(self.request.uri().path()))
    }
}

fn not_found(error: PathError) -> Rejection {
    Rejection::new(plain(StatusCode::NOT_FOUND, format!("{error}\n")))
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", self.request.method())
            .field("uri", self.request.uri())
            .finish_non_exhaustive()
    }
}
