//! The backend that serves at a real port.

use std::time::Duration;

use super::backend::{AsyncBackend, Backend};
use crate::client::{
    BlockingEventSource, BlockingWebSocket, ConnectError, EventSource, EventSourceError,
    HttpClient, OpeningHandshake, WebSocketClient,
};
use crate::handler::IntoPolyHandler;
use crate::message::{Body, HostPolicy, IntoRequest, Request, RequestExt, Response, read_whole};
use crate::server::{RunningServer, Serve, ServerConfig};
use crate::session::WebSocket;
use crate::sse::SseReader;
use crate::testing::in_memory::valid;
use crate::testing::stream::accepting_events;

/// An application served at a free port, on threads of its own, with real clients.
///
/// Dropping the backend stops the server, which closes its sockets with 1001.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::contract::{Backend, OverNetwork};
///
/// let backend = OverNetwork::new(|ws: WebSocket| ws.try_send("hello"));
/// let mut client = backend.ws("/");
/// assert_eq!(client.received().next().unwrap().unwrap(), "hello");
/// ```
#[derive(Debug)]
pub struct OverNetwork {
    server: RunningServer,
    http: HttpClient,
}

impl OverNetwork {
    /// Serves `app` within the default configuration.
    ///
    /// # Panics
    ///
    /// Panics if no port is available.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::contract::{Backend, OverNetwork};
    /// let peer = |request: Request| request.peer_addr().unwrap().ip().to_string();
    /// let backend = OverNetwork::new(peer);
    /// assert_eq!(backend.http("/").body(), "127.0.0.1");
    /// ```
    #[track_caller]
    pub fn new<Kind>(app: impl IntoPolyHandler<Kind>) -> Self {
        Self::with_config(app, ServerConfig::default())
    }

    /// Serves `app` within `config`.
    ///
    /// The loopback address of the server is a detail of the test. So
    /// [`HostPolicy::by_address`](crate::message::HostPolicy::by_address) allows every host here,
    /// as it does on the other backends.
    ///
    /// # Panics
    ///
    /// Panics if no port is available.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::server::ServerConfig;
    /// # use http4k_ws::testing::contract::{Backend, OverNetwork};
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let backend = OverNetwork::with_config(app, ServerConfig::default().with_max_target(10));
    /// assert_eq!(backend.http("/a/longer/path").status(), 414);
    /// // A server at a loopback address would respond with 421.
    /// assert_eq!(backend.http(Request::get("/").header("host", "example.com")).status(), 200);
    /// ```
    #[track_caller]
    pub fn with_config<Kind>(app: impl IntoPolyHandler<Kind>, config: ServerConfig) -> Self {
        let hosts = match config.hosts {
            ref hosts if *hosts == HostPolicy::by_address() => HostPolicy::any(),
            ref hosts => hosts.clone(),
        };
        let config = config.with_hosts(hosts);
        let server = app
            .as_server("127.0.0.1:0")
            .with_config(config)
            // `block_in_place` does not work in a runtime of one thread.
            .with_threads(2);
        let server = server
            .start()
            .unwrap_or_else(|error| panic!("could not start the server: {error}"));
        let base = format!("http://{}", server.addr());
        let http = HttpClient::new().streaming().with_base(base);
        Self {
            server,
            http: http.expect("the address of a server is a valid base"),
        }
    }

    /// Returns the request with the server in its target.
    fn absolute(&self, request: Request) -> Request {
        let target = request.uri().path_and_query();
        let target = target.map_or("/", |target| target.as_str());
        let uri = format!("http://{}{target}", self.server.addr()).parse();
        request.with_uri(uri.expect("the target was valid without the server"))
    }

    fn opening(&self, request: &Request) -> OpeningHandshake {
        opening(&self.server.addr().to_string(), request)
    }
}

/// Returns a reader of the events in `response`, or the response with its body read.
pub(super) async fn read_stream(response: Response) -> Result<SseReader, Response> {
    match SseReader::new(response) {
        Ok(reader) => Ok(reader),
        Err(response) => Err(read_whole(*response).await),
    }
}

/// Returns the opening handshake of `request`, sent to `authority`.
pub(super) fn opening(authority: &str, request: &Request) -> OpeningHandshake {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let handshake = WebSocketClient::to(format!("ws://{authority}{target}"));
    request
        .headers()
        .iter()
        .fold(handshake, |handshake, (name, value)| {
            let value = value
                .to_str()
                .unwrap_or_else(|_| panic!("the value of the field `{name}` is not text"));
            handshake.with_header(name.as_str(), value)
        })
}

/// Returns the socket, or the response that refuses it.
///
/// # Panics
///
/// Panics if the handshake failed for another reason.
#[track_caller]
pub(super) fn opened<S>(outcome: Result<S, ConnectError>) -> Result<S, Response> {
    outcome.map_err(|error| match error {
        ConnectError::Refused { response } => response.map(Body::from),
        error => panic!("the opening handshake failed: {error:?}"),
    })
}

impl Backend for OverNetwork {
    type Client = BlockingWebSocket;
    type Stream = BlockingEventSource;

    fn try_ws(&self, request: impl IntoRequest) -> Result<BlockingWebSocket, Response> {
        opened(self.opening(&valid(request)).blocking())
    }

    fn try_sse(&self, request: impl IntoRequest) -> Result<BlockingEventSource, Response> {
        let request = self.absolute(valid(request));
        // As the other backends: one connection, and any response is returned.
        let source = EventSource::to(request).with_reconnection(false);
        let source = source.with_max_redirects(0).blocking();
        let mut source = source.expect("the runtime of the clients can be started");
        match source.opened() {
            Ok(()) => Ok(source),
            Err(EventSourceError::Refused { response }) => Err(response.map(Body::from)),
            Err(error) => panic!("the request failed: {error:?}"),
        }
    }

    fn http(&self, request: impl IntoRequest) -> Response {
        let sent = self.http.clone().blocking().read(valid(request));
        sent.unwrap_or_else(|error| panic!("the request failed: {error:?}"))
    }
}

impl AsyncBackend for OverNetwork {
    async fn try_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        opened(self.opening(&valid(request)).connect().await)
    }

    async fn try_sse(&self, request: impl IntoRequest) -> Result<SseReader, Response> {
        let http = self.http.clone().with_max_body(u64::MAX);
        let sent = http.with_timeout(Duration::MAX);
        let sent = sent.send(accepting_events(valid(request))).await;
        read_stream(sent.unwrap_or_else(|error| panic!("the request failed: {error:?}"))).await
    }

    async fn http(&self, request: impl IntoRequest) -> Response {
        match self.http.send(valid(request)).await {
            Ok(response) => read_whole(response).await,
            Err(error) => panic!("the request failed: {error:?}"),
        }
    }
}
