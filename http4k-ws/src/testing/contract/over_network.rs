//! The backend of real ports.

use super::{AsyncBackend, Backend};
use crate::client::{
    BlockingWebSocket, ConnectError, HttpClient, OpeningHandshake, WebSocketClient,
};
use crate::handler::IntoPolyHandler;
use crate::message::{Body, HostPolicy, IntoRequest, Request, Response, read_whole};
use crate::server::{RunningServer, Serve, ServerConfig};
use crate::session::WebSocket;
use crate::testing::made;

/// An application served at a port that was free, on a thread of its own, and real clients.
///
/// Dropping it stops the server: its sockets are closed with 1001.
#[derive(Debug)]
pub struct OverNetwork {
    server: RunningServer,
    http: HttpClient,
}

impl OverNetwork {
    /// The backend of `app`.
    ///
    /// # Panics
    ///
    /// When no port is to be had.
    #[track_caller]
    pub fn new<Kind>(app: impl IntoPolyHandler<Kind>) -> Self {
        Self::with_config(app, ServerConfig::default())
    }

    /// The backend of `app`, served within `config`.
    ///
    /// It is bound to a loopback address only since it needs one. So
    /// [`HostPolicy::by_address`](crate::message::HostPolicy::by_address) allows every host here, as it does
    /// in the other backends.
    ///
    /// # Panics
    ///
    /// When no port is to be had.
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
            // One would be a runtime without `block_in_place`.
            .with_threads(2);
        let server = server
            .start()
            .unwrap_or_else(|error| panic!("no server could be started: {error}"));
        let base = format!("http://{}", server.addr());
        let http = HttpClient::new().streaming().with_base(base);
        Self {
            server,
            http: http.expect("the address of a server can be asked"),
        }
    }

    fn opening(&self, request: &Request) -> OpeningHandshake {
        opening(&self.server.addr().to_string(), request)
    }
}

/// The opening handshake that `request` stands for, with `authority`.
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
                .unwrap_or_else(|_| panic!("the value of the field `{name}` is no text"));
            handshake.with_header(name.as_str(), value)
        })
}

/// The socket, or the response that refuses it.
///
/// # Panics
///
/// With any other reason why there is none.
#[track_caller]
pub(super) fn answered<S>(opened: Result<S, ConnectError>) -> Result<S, Response> {
    opened.map_err(|error| match error {
        ConnectError::Refused { response } => response.map(Body::from),
        error => panic!("no socket could be opened: {error:?}"),
    })
}

impl Backend for OverNetwork {
    type Client = BlockingWebSocket;

    fn try_ws(&self, request: impl IntoRequest) -> Result<BlockingWebSocket, Response> {
        answered(self.opening(&made(request)).blocking())
    }

    fn http(&self, request: impl IntoRequest) -> Response {
        let sent = self.http.clone().blocking().read(made(request));
        sent.unwrap_or_else(|error| panic!("no response came: {error:?}"))
    }
}

impl AsyncBackend for OverNetwork {
    async fn try_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        answered(self.opening(&made(request)).connect().await)
    }

    async fn http(&self, request: impl IntoRequest) -> Response {
        match self.http.send(made(request)).await {
            Ok(response) => read_whole(response).await,
            Err(error) => panic!("no response came: {error:?}"),
        }
    }
}
