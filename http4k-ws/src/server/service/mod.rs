//! An application as a tower service, inside the server of another framework.

mod admit;
mod opening;
mod streaming;

use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request};
use hyper::upgrade::OnUpgrade;
use tokio::sync::{Notify, OnceCell};

use super::request::{self, BoxError};
use super::state::ServerState;
use super::{ServerConfig, ShutdownReport};
use crate::handler::{KeptTypes, PolyHandler};
use crate::message::{Body, Response};
use admit::{RequestForm, admit};
use opening::Opening;
use streaming::tracked;

/// An application as a `tower_service::Service`, for a server such as axum's.
///
/// [`PolyHandler::into_service`] creates it. Clones share the application and its sockets. It is
/// always ready, never fails, and accepts requests with any body. Calls must be made in a runtime
/// of tokio.
///
/// # The other server
///
/// The [`ServerConfig`] holds for requests, bodies and sockets: its bounds, Origin and Host policy,
/// metrics and [`max_connections`](ServerConfig::max_connections), of which each socket takes one.
/// Connections belong to the other server: their TLS, heads, deadlines, keep-alive and number. The
/// address of a peer is not known here; a layer of the other server can set it with
/// [`with_peer_addr`](crate::message::RequestExt::with_peer_addr), from axum's `ConnectInfo`.
/// Without it a peer has no address, and is trusted as a proxy only with
/// [`Networks::unix`](crate::message::Networks::unix).
///
/// Sockets are live over HTTP/1.1, and over HTTP/2 by extended CONNECT (RFC 8441) if the other
/// server enables it, as axum does with its feature `http2`. A server that offers no upgrade gets
/// 501 with the reason. An opening handshake that a layer of the other server refuses opens no
/// socket.
///
/// # Extensions
///
/// Handlers and filters see the extensions that the other server and its layers have set. They are
/// dropped when a socket opens, because some keep the whole read buffer of a request in memory. The
/// request of an open socket has the extensions of this library, and the types named with
/// [`keep`](Self::keep). An argument that is read with `_` is read before, and needs nothing.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::server::ServerConfig;
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = routes! { GET "/hello/<name>" => http(|name: String| format!("hello {name}")) };
/// let mut service = app.into_service(ServerConfig::default());
///
/// // A server does this; with axum: `Router::new().nest_service("/chat", service)`.
/// let request = http::Request::get("/hello/bob").header("host", "localhost");
/// let response = service.call(request.body(Body::empty()).unwrap()).await.unwrap();
/// assert_eq!(response.body(), "hello bob");
///
/// // At the shutdown of the other server.
/// let report = service.stop().await;
/// assert_eq!((report.sockets, report.cut), (0, 0));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct PolyService {
    server: Arc<ServerState>,
    kept: KeptTypes,
    stopped: Arc<OnceCell<ShutdownReport>>,
    /// Notified after the grace of a shutdown.
    cut: Arc<Notify>,
}

impl PolyHandler {
    /// Converts the application into a tower service within `config`, for a server such as axum's.
    ///
    /// # Panics
    ///
    /// Panics if a route reads a path parameter that its path lacks.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::server::ServerConfig;
    /// # use tower_service::Service;
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let mut service = app.into_service(ServerConfig::default());
    /// let request = Request::get("/").header("host", "localhost").body(Body::empty())?;
    /// assert_eq!(service.call(request).await?.body(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn into_service(self, config: ServerConfig) -> PolyService {
        PolyService {
            server: ServerState::new(self, config),
            kept: KeptTypes::default(),
            stopped: Arc::default(),
            cut: Arc::default(),
        }
    }
}

impl PolyService {
    /// Keeps extensions of the type `T` in the request of an open socket, such as the user that a
    /// layer of the other server has authenticated.
    ///
    /// Name also the types that filters of the application insert, if the consumer of a socket
    /// reads them from [`WebSocket::request`](crate::WebSocket::request).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::server::ServerConfig;
    /// # use http4k_ws::client::WebSocketClient;
    /// # use hyper::server::conn::http1;
    /// # use tower_service::Service;
    ///
    /// #[derive(Clone)]
    /// struct User(String);
    ///
    /// async fn talk(ws: WebSocket) -> WsResult {
    ///     let user = ws.request().extensions().get::<User>().map(|user| user.0.clone());
    ///     ws.send(user.unwrap_or_default()).await?;
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = routes! { "/ws" => ws(talk(ws)) };
    /// let service = app.into_service(ServerConfig::default()).keep::<User>();
    ///
    /// // A layer of the other server does this:
    /// let authenticated = move |mut request: http::Request<_>| {
    ///     request.extensions_mut().insert(User("ann".to_owned()));
    ///     service.clone().call(request)
    /// };
    /// # let (ours, theirs) = tokio::io::duplex(4096);
    /// # let theirs = hyper_util::rt::TokioIo::new(theirs);
    /// # let other = http1::Builder::new();
    /// # let other = other.serve_connection(theirs, hyper::service::service_fn(authenticated));
    /// # tokio::spawn(other.with_upgrades());
    /// # let mut socket = WebSocketClient::to("ws://localhost/ws").connect_over(ours).await?;
    /// assert_eq!(socket.recv().await?.unwrap(), "ann");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn keep<T: Clone + Send + Sync + 'static>(self) -> Self {
        Self {
            kept: self.kept.and::<T>(),
            ..self
        }
    }

    /// Closes all sockets with 1001 and ends all streams of events, as our own server does when it
    /// stops, and waits for their end.
    ///
    /// Another server does not know the sockets on its connections, and waits for streams without
    /// end. Call this in its shutdown, as in `axum::serve(..).with_graceful_shutdown(..)`. Sockets
    /// and streams are closed over [`shutdown_spread`](ServerConfig::shutdown_spread). Other
    /// responses without a known length may finish. What is left after
    /// [`shutdown_grace`](ServerConfig::shutdown_grace) is dropped. In the report, each response
    /// without a known length counts as a connection.
    ///
    /// From the first call on, opening handshakes are refused with 503, and new streams of events
    /// end at once. Other requests are still served, because their connections belong to the other
    /// server.
    ///
    /// Later calls, on this clone or another, wait for the same shutdown and return its report.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, handshakes are still refused. Another call continues with the
    /// sockets that are left, and a grace of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::server::ServerConfig;
    /// # use tower_service::Service;
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let mut service = app.into_service(ServerConfig::default());
    /// let report = service.stop().await;
    /// assert_eq!((report.sockets, report.cut), (0, 0));
    /// assert_eq!(service.clone().stop().await, report);
    /// // Requests without an upgrade are still served.
    /// let request = Request::get("/").header("host", "localhost").body(Body::empty())?;
    /// assert_eq!(service.call(request).await?.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stop(&self) -> ShutdownReport {
        let server = &self.server;
        let stopped = || async {
            let report = server.connections.end(&server.config, pending()).await;
            self.cut.notify_waiters();
            report
        };
        *self.stopped.get_or_init(stopped).await
    }

    async fn respond(&self, mut request: Request<Body>) -> Response {
        let server = &self.server;
        let form = RequestForm::of(&request);
        if form == RequestForm::Connect {
            // For the rules and the application it is an upgrade of HTTP/1.1.
            *request.method_mut() = Method::GET;
        }
        let mut request = match admit(server, request) {
            Ok(request) => request,
            Err(response) => return response,
        };
        let upgrade = request.extensions_mut().remove::<OnUpgrade>();
        if form == RequestForm::Plain {
            let response = request::respond_inside(server, request).await;
            return tracked(server, &self.cut, response);
        }
        let opening = match Opening::new(server, form, &request, upgrade) {
            Ok(opening) => opening,
            Err(refusal) => return refusal,
        };
        request.extensions_mut().insert(self.kept.clone());
        opening.respond(request).await
    }
}

impl<B> tower_service::Service<Request<B>> for PolyService
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        // One type for every body, so that the code below is compiled once.
        let request = request.map(Body::new);
        Box::pin(async move { Ok(service.respond(request).await) })
    }
}
