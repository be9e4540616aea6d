//! The backend that serves at a real port.

use super::backend::{AsyncBackend, Backend};
use crate::client::{
    BlockingWebSocket, ConnectError, HttpClient, OpeningHandshake, WebSocketClient,
};
use crate::handler::IntoPolyHandler;
use crate::message::{Body, HostPolicy, IntoRequest, Request, Response, read_whole};
use crate::server::{RunningServer, Serve, ServerConfig};
use crate::session::WebSocket;
use crate::testing::in_memory::valid;

/// An application served at a free port, on threads of its own, with real clients.
///
/// Dropping the backend stops the server, which closes its sockets with 1001.
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

    fn opening(&self, request: &Request) -> OpeningHandshake {
        opening(&self.server.addr().to_string(), request)
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

    fn try_ws(&self, request: impl IntoRequest) -> Result<BlockingWebSocket, Response> {
        opened(self.opening(&valid(request)).blocking())
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

    async fn http(&self, request: impl IntoRequest) -> Response {
        match self.http.send(valid(request)).await {
            Ok(response) => read_whole(response).await,
            Err(error) => panic!("the request failed: {error:?}"),
        }
    }
}
