//! The backend that serves over pipes of bytes, without a port.

use std::time::Duration;

use tokio::io::{DuplexStream, duplex};

use super::backend::{AsyncBackend, Backend};
use super::over_network::{opened, opening, read_stream};
use crate::client::HttpClient;
use crate::handler::{IntoPolyHandler, PolyHandler};
use crate::message::{IntoRequest, Request, Response, read_whole};
use crate::server::ServerConfig;
use crate::session::WebSocket;
use crate::sse::SseReader;
use crate::testing::client::DuplexWsClient;
use crate::testing::current::spawn;
use crate::testing::in_memory::valid;
use crate::testing::runtime::TestRuntime;
use crate::testing::stream::{TestSseClient, accepting_events};

/// The size of a pipe in bytes. It is small, so that long messages are written in pieces.
const PIPE: usize = 4 * 1024;

/// The host of every request. It is never resolved.
const AUTHORITY: &str = "localhost";

/// An application served over pipes in memory, by the real server to real clients.
///
/// Every byte of a network connection is written and read, without a port. With feature `testing`
/// time is virtual, as [in memory](crate::testing::InMemory), and so are the deadlines of the
/// server.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::contract::{Backend, OverDuplex};
///
/// let backend = OverDuplex::new(|ws: WebSocket| ws.try_send("hello"));
/// let mut client = backend.ws("/");
/// assert_eq!(client.received().next().unwrap().unwrap(), "hello");
/// ```
#[derive(Debug, Clone)]
pub struct OverDuplex {
    app: PolyHandler,
    config: ServerConfig,
    http: HttpClient,
}

impl OverDuplex {
    /// Serves `app` within the default configuration.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::contract::{Backend, OverDuplex};
    /// let backend = OverDuplex::new(routes! { GET "/" => http(|| "hello") });
    /// // The field is added when the response is written.
    /// assert!(backend.http("/").header("date").is_some());
    /// ```
    pub fn new<Kind>(app: impl IntoPolyHandler<Kind>) -> Self {
        Self::with_config(app, ServerConfig::default())
    }

    /// Serves `app` within `config`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::server::ServerConfig;
    /// # use http4k_ws::testing::contract::{Backend, OverDuplex};
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let backend = OverDuplex::with_config(app, ServerConfig::default().with_max_target(10));
    /// assert_eq!(backend.http("/").status(), 200);
    /// assert_eq!(backend.http("/a/longer/path").status(), 414);
    /// ```
    pub fn with_config<Kind>(app: impl IntoPolyHandler<Kind>, config: ServerConfig) -> Self {
        let http = HttpClient::new().streaming();
        let http = http.with_base(format!("http://{AUTHORITY}"));
        Self {
            app: app.into_poly_handler(),
            config,
            http: http.expect("the base is a valid URI"),
        }
    }

    /// Sends a request over a connection of its own. Returns the response with its body unread.
    async fn send(self, request: Request) -> Response {
        let sent = self.http.send_over(self.clone().dial(), request).await;
        sent.unwrap_or_else(|error| panic!("the request failed: {error:?}"))
    }

    /// Returns a backend whose clients wait for a body without a limit, as streams need it.
    fn for_streams(&self) -> Self {
        let http = self.http.clone();
        Self {
            http: http.with_timeout(Duration::MAX).with_max_body(u64::MAX),
            ..self.clone()
        }
    }

    /// Connects to the application, which runs in the current runtime.
    fn dial(self) -> DuplexStream {
        let (ours, theirs) = duplex(PIPE);
        spawn(self.app.serve_connection(theirs, self.config));
        ours
    }
}

impl Backend for OverDuplex {
    type Client = DuplexWsClient;
    type Stream = TestSseClient;

    fn try_ws(&self, request: impl IntoRequest) -> Result<DuplexWsClient, Response> {
        let (backend, handshake) = (self.clone(), opening(AUTHORITY, &valid(request)));
        let outcome = DuplexWsClient::connect(async move {
            let io = backend.dial();
            handshake.connect_over(io).await
        });
        opened(outcome)
    }

    fn try_sse(&self, request: impl IntoRequest) -> Result<TestSseClient, Response> {
        let request = accepting_events(valid(request));
        TestSseClient::open(self.for_streams().send(request))
    }

    fn http(&self, request: impl IntoRequest) -> Response {
        let (backend, request) = (self.clone(), valid(request));
        TestRuntime::of_this_thread()
            .run(async move { AsyncBackend::http(&backend, request).await })
    }
}

impl AsyncBackend for OverDuplex {
    async fn try_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        let handshake = opening(AUTHORITY, &valid(request));
        opened(handshake.connect_over(self.clone().dial()).await)
    }

    async fn try_sse(&self, request: impl IntoRequest) -> Result<SseReader, Response> {
        let request = accepting_events(valid(request));
        read_stream(self.for_streams().send(request).await).await
    }

    async fn http(&self, request: impl IntoRequest) -> Response {
        read_whole(self.clone().send(valid(request)).await).await
    }
}
