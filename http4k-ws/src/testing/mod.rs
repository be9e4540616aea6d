//! The clients of an application in memory, without a network.
//!
//! With feature `testing`, time is virtual: the clock stands still while the application has work to
//! do, and moves on to the next timer when it has none. It also stands still while work is under way
//! that the runtime cannot see: a closure of `spawn_blocking`, and on Linux a socket to a real peer
//! or a thread that the application started without giving it a name. After five seconds in which
//! nothing of that changed, it moves on. [`with_real_time`] chooses real time for a test. Without
//! the feature, time is always real: a time-out takes as long as it says, and `advance` does not
//! compile.
//!
//! The application runs on one thread. `block_in_place` works in handlers, filters, consumers and
//! bodies, as on a server, and stops that thread meanwhile. It does not work in a task that the
//! application spawns itself, unless time is real.

mod client;
mod config;
pub mod contract;
mod driver;
#[cfg(all(feature = "server", feature = "client"))]
mod duplex;
mod engine;
mod idle;
mod in_memory;
mod offline;
#[cfg(feature = "testing")]
mod outside;
mod pipe;
mod real_time;
mod runtime;
mod seed;
mod target;
mod tasks;
pub mod transcript;

pub use client::TestWsClient;
pub use config::InMemoryConfig;
#[cfg(all(feature = "server", feature = "client"))]
pub use duplex::DuplexWsClient;
pub use in_memory::InMemory;
pub use offline::Offline;
pub use real_time::with_real_time;
pub use seed::with_seed;

pub use crate::session::client::{NextMessage, ReceiveError, Received, WsClient};

use futures_util::FutureExt;
use http::Uri;
use http::header::{HOST, HeaderValue};

use crate::handler::{PolyHandler, check_host, check_origin};
use crate::message::{IntoRequest, Request, Response, copy_of_head, hide_secrets, read_whole};
use crate::session::{Handshake, Role, SessionConfig, WebSocket, open};
#[cfg(all(feature = "server", feature = "client"))]
pub(crate) use engine::spawn;
use engine::{reporting, spawn_session};
use pipe::Line;
use runtime::TestRuntime;
#[cfg(all(feature = "server", feature = "client"))]
pub(crate) use runtime::block_on;

impl PolyHandler {
    /// Opens a socket in memory, from a plain function.
    ///
    /// The rules of the default [`InMemoryConfig`] apply, as those of the default `ServerConfig` do
    /// on a server: a page of another origin may not open a socket.
    /// [`test_with`](Self::test_with) sets others.
    ///
    /// # Panics
    ///
    /// Panics if the upgrade is refused, or `request` is not a valid request. A test that expects a
    /// refusal calls [`try_test_ws`](Self::try_test_ws).
    #[track_caller]
    pub fn test_ws(&self, request: impl IntoRequest) -> TestWsClient {
        InMemory::new(self.clone()).ws(request)
    }

    /// Opens a socket in memory, within `config`; see [`test_ws`](Self::test_ws).
    ///
    /// # Panics
    ///
    /// Panics as [`test_ws`](Self::test_ws) does.
    #[track_caller]
    pub fn test_ws_with(
        &self,
        request: impl IntoRequest,
        config: impl Into<InMemoryConfig>,
    ) -> TestWsClient {
        self.test_with(config).ws(request)
    }

    /// Returns the in-memory clients of this application within `config`: a `ServerConfig`, an
    /// [`InMemoryConfig`] or a [`SessionConfig`](crate::session::SessionConfig).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::message::OriginPolicy;
    /// use http4k_ws::testing::InMemoryConfig;
    ///
    /// let app = routes! { "/ws" => ws(|ws: WebSocket| ws.try_send("hello")) };
    /// let page = Request::get("/ws").header("origin", "https://www.example.com");
    /// let public = InMemoryConfig::default().with_origins(OriginPolicy::any());
    /// let mut client = app.test_with(public).ws(page);
    /// assert_eq!(client.received().next().unwrap().unwrap().text(), "hello");
    /// ```
    pub fn test_with(&self, config: impl Into<InMemoryConfig>) -> InMemory {
        InMemory::new(self.clone()).with_config(config)
    }

    /// Opens a socket in memory, or returns the response that refuses it.
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade: the application's, or the 403 of
    /// [`InMemoryConfig::origins`].
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    #[track_caller]
    pub fn try_test_ws(&self, request: impl IntoRequest) -> Result<TestWsClient, Response> {
        InMemory::new(self.clone()).try_ws(request)
    }

    /// Sends a request in memory, and waits for its response, whose body is read whole.
    ///
    /// A panic of the handler is a response with status 500, as on a server.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    #[track_caller]
    pub fn test_http(&self, request: impl IntoRequest) -> Response {
        InMemory::new(self.clone()).http(request)
    }

    /// Sends a request in memory, inside the current runtime: the asynchronous form of
    /// [`test_http`](Self::test_http).
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    pub async fn send_http(&self, request: impl IntoRequest) -> Response {
        InMemory::new(self.clone()).send_http(request).await
    }

    /// Opens a socket in memory, inside the current runtime: the asynchronous form of
    /// [`test_ws`](Self::test_ws). Its time is the runtime's, so `tokio::time::pause` makes it
    /// virtual.
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or outside a tokio runtime.
    pub async fn connect_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        InMemory::new(self.clone()).connect_ws(request).await
    }
}

/// Runs `work` in the runtime of this thread.
#[cfg(all(feature = "server", feature = "client"))]
pub(crate) fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    TestRuntime::of_this_thread().run(work)
}

#[track_caller]
pub(crate) fn made(request: impl IntoRequest) -> Request {
    match request.into_request() {
        Ok(mut request) => {
            hide_secrets(request.headers_mut());
            request
        }
        Err(error) => panic!("this is not a request: {error}"),
    }
}

/// The socket, where there is one.
///
/// # Panics
///
/// With the response that refuses it.
#[track_caller]
pub(crate) fn accepted<S>(opened: Result<S, Response>, target: &Uri) -> S {
    match opened {
        Ok(socket) => socket,
        Err(response) => {
            let text = response
                .body()
                .as_bytes()
                .map(|bytes| String::from_utf8_lossy(bytes));
            panic!(
                "the upgrade of {target} was refused: {} {}",
                response.status(),
                text.unwrap_or_default()
            )
        }
    }
}

fn open_in_runtime(
    app: PolyHandler,
    request: Request,
    config: InMemoryConfig,
) -> Result<TestWsClient, Response> {
    let runtime = TestRuntime::of_this_thread();
    let opened = runtime.run(async move {
        match connect(app, request, config).await {
            Ok(opened) => Ok(opened),
            Err(response) => Err(read_whole(response).await),
        }
    });
    opened.map(|(socket, line)| TestWsClient::new(runtime, socket, line))
}

/// Does in memory what the server does with an upgrade, and plays the client too.
async fn connect(
    app: PolyHandler,
    request: Request,
    config: InMemoryConfig,
) -> Result<(WebSocket, Line), Response> {
    target::check(&request)?;
    admit(&request, &config)?;
    let clients = copy_of_head(&request);
    let (handshake, mut consumer) = app.upgrade(request, &config.session).await?;
    let config = consumer.session(config.session);
    let clients_config = SessionConfig::default();
    let subprotocol = handshake.subprotocol.clone();
    let response = handshake.response.clone();
    let (client_end, server_end) = pipe::pair(clients_config.max_message, config.max_message);
    let line = client_end.line();

    let (socket, session) = open(server_end, Role::Server, handshake, config);
    let consumer = consumer.around(reporting);
    spawn_session(session.with_consumer(consumer.start(socket)).map(drop));

    let handshake = Handshake {
        request: clients,
        subprotocol,
        route: None,
        response,
    };
    let (socket, session) = open(client_end, Role::Client, handshake, clients_config);
    spawn_session(session.map(drop));
    Ok((socket, line))
}

/// Checks an opening handshake by the rules of a server.
fn admit(request: &Request, config: &InMemoryConfig) -> Result<(), Response> {
    let seen = with_host(request);
    check_host(&config.hosts, None, &seen).map_err(|refused| {
        log::warn!("{refused}");
        refused.response()
    })?;
    check_origin(&config.origins, &seen).map_err(|refused| {
        log::warn!("{refused}");
        let response = refused.response();
        config.session.metrics.refused(&seen, response.status());
        response
    })
}

/// The head of a request as a server would get it. Without a host it is for `localhost`, as over
/// pipes of bytes.
fn with_host(request: &Request) -> Request {
    let mut seen = copy_of_head(request);
    if seen.uri().host().is_none() {
        let localhost = HeaderValue::from_static("localhost");
        seen.headers_mut().entry(HOST).or_insert(localhost);
    }
    seen
}
