//! A layer of tower as a filter.

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tower_layer::Layer;
use tower_service::Service;

use super::call::{BoxError, Shared};
use crate::handler::over_upgrades::{as_http, as_ws};
use crate::handler::{
    BoxHttpHandler, BoxPolyFilter, BoxWsHandler, HttpHandler, IntoHttpHandler, PolyFilter,
    short_name,
};
use crate::message::{Request, Response};

/// Converts a tower layer into a filter over requests, streams and opening handshakes.
///
/// For an accepted handshake, the layer sees a 101 without a body. Header fields that it adds reach
/// the client. Those that the handshake reserves are dropped, with a warning in the log. If the
/// layer responds itself, its response refuses the socket, which is never opened. A layer sees the
/// handshake and not the messages, so a timeout applies to the handshake only.
///
/// The layer is applied once to each side of each route behind it. Each side is a service of its
/// own: a layer that counts requests must share its count, as tower's `GlobalConcurrencyLimitLayer`
/// does and `ConcurrencyLimitLayer` does not. Errors of the service are logged and become 500.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::tower::{NextService, layer};
/// # use std::{future::Future, pin::Pin, task::{Context, Poll}};
/// # use tower_service::Service;
/// # /// Sets a field of every response.
/// # #[derive(Clone)]
/// # struct SetServer;
/// # #[derive(Clone)]
/// # struct Set<S>(S);
/// # impl<S> tower_layer::Layer<S> for SetServer {
/// #     type Service = Set<S>;
/// #     fn layer(&self, next: S) -> Set<S> {
/// #         Set(next)
/// #     }
/// # }
/// # impl Service<Request> for Set<NextService> {
/// #     type Response = Response;
/// #     type Error = std::convert::Infallible;
/// #     type Future = Pin<Box<dyn Future<Output = Result<Response, Self::Error>> + Send>>;
/// #     fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
/// #         self.0.poll_ready(cx)
/// #     }
/// #     fn call(&mut self, request: Request) -> Self::Future {
/// #         let response = self.0.call(request);
/// #         Box::pin(async { Ok(response.await?.with_header("server", "ours")) })
/// #     }
/// # }
///
/// let app = routes! {
///     GET "/" => http(|| "hello"),
///     "/ws"   => ws(|ws: WebSocket| ws.try_send("hi")),
/// };
/// let app = app.with(layer(SetServer));    // a layer of tower-http, for example
/// assert_eq!(app.test_http("/").header("server"), Some("ours"));
/// assert_eq!(app.test_ws("/ws").response_headers()["server"], "ours");
/// ```
pub fn layer<L, B>(layer: L) -> BoxPolyFilter
where
    L: Layer<NextService> + Send + Sync + 'static,
    L::Service: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    BoxPolyFilter::new(Layered {
        layer,
        body: PhantomData::<fn() -> B>,
    })
}

/// A layer, whose responses have a body of type `B`.
struct Layered<L, B> {
    layer: L,
    body: PhantomData<fn() -> B>,
}

impl<L, B> PolyFilter for Layered<L, B>
where
    L: Layer<NextService> + Send + Sync + 'static,
    L::Service: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let service = Shared::new(self.layer.layer(NextService(next)));
        (move |request: Request| service.call(request)).into_http_handler()
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        as_ws(self.http(as_http(next)))
    }

    fn name(&self) -> String {
        format!("layer({})", short_name::<L>())
    }
}

/// The rest of the chain behind a [`layer`], as a tower service.
///
/// It is always ready, and never fails.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::tower::{NextService, layer};
///
/// // The layer of tower that changes nothing.
/// let unchanged = layer(tower_layer::layer_fn(|next: NextService| next));
/// let app = routes! { GET "/" => http(|| "hello") }.with(unchanged);
/// assert_eq!(app.test_http("/").body(), "hello");
/// ```
#[derive(Debug, Clone)]
pub struct NextService(BoxHttpHandler);

impl Service<Request> for NextService {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let next = self.0.clone();
        Box::pin(async move { Ok(HttpHandler::call(&next, request).await) })
    }
}
