//! The backend of real bytes without a port.

use tokio::io::{DuplexStream, duplex};

use super::over_network::{answered, opening};
use super::{AsyncBackend, Backend};
use crate::client::HttpClient;
use crate::handler::{IntoPolyHandler, PolyHandler};
use crate::message::{IntoRequest, Response, read_whole};
use crate::server::ServerConfig;
use crate::session::WebSocket;
use crate::testing::{self, DuplexWsClient, made};

/// So many bytes lie in a pipe: few, so that everything long is written in pieces.
const PIPE: usize = 4 * 1024;

/// Whom requests are for; nobody is asked where that is.
const AUTHORITY: &str = "localhost";

/// An application served over pipes in memory, by the real server to real clients: every byte that would
/// travel on a network is written and read, and there is no port.
///
/// With feature `testing` its time is virtual, as [in memory](crate::testing::InMemory), and so are the deadlines
/// of the server.
#[derive(Debug, Clone)]
pub struct OverDuplex {
    app: PolyHandler,
    config: ServerConfig,
    http: HttpClient,
}

impl OverDuplex {
    /// The backend of `app`.
    pub fn new<Kind>(app: impl IntoPolyHandler<Kind>) -> Self {
        Self::with_config(app, ServerConfig::default())
    }

    /// The backend of `app`, served within `config`.
    pub fn with_config<Kind>(app: impl IntoPolyHandler<Kind>, config: ServerConfig) -> Self {
        let http = HttpClient::new().streaming();
        let http = http.with_base(format!("http://{AUTHORITY}"));
        Self {
            app: app.into_poly_handler(),
            config,
            http: http.expect("the base is one"),
        }
    }

    /// A connection to the application, which lives in the current runtime.
    fn dial(self) -> DuplexStream {
        let (ours, theirs) = duplex(PIPE);
        testing::spawn(self.app.serve_connection(theirs, self.config));
        ours
    }
}

impl Backend for OverDuplex {
    type Client = DuplexWsClient;

    fn try_ws(&self, request: impl IntoRequest) -> Result<DuplexWsClient, Response> {
        let (backend, handshake) = (self.clone(), opening(AUTHORITY, &made(request)));
        let opened = DuplexWsClient::connect(async move {
            let io = backend.dial();
            handshake.connect_over(io).await
        });
        answered(opened)
    }

    fn http(&self, request: impl IntoRequest) -> Response {
        let (backend, request) = (self.clone(), made(request));
        testing::run(async move { AsyncBackend::http(&backend, request).await })
    }
}

impl AsyncBackend for OverDuplex {
    async fn try_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        let handshake = opening(AUTHORITY, &made(request));
        answered(handshake.connect_over(self.clone().dial()).await)
    }

    async fn http(&self, request: impl IntoRequest) -> Response {
        let sent = self
            .http
            .send_over(self.clone().dial(), made(request))
            .await;
        match sent {
            Ok(response) => read_whole(response).await,
            Err(error) => panic!("no response came: {error:?}"),
        }
    }
}
