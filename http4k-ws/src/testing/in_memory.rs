//! An application with the configuration that its in-memory clients see.

use std::sync::Arc;

use futures_util::FutureExt;
use http::header::{HOST, HeaderValue};
use http::{StatusCode, Uri};

use super::client::TestWsClient;
use super::current::{reporting, spawn_session};
use super::pipe::{self, Line};
use super::runtime::TestRuntime;
use crate::handler::{IntoPolyHandler, PolyHandler, check_host, check_origin};
use crate::message::{
    HostPolicy, HostSource, IntoRequest, OriginPolicy, Proxies, Request, Response, check_encoded,
    copy_of_head, hide_secrets, plain, read_whole, resolve_proxies,
};
use crate::session::{Handshake, Role, SessionConfig, WebSocket, open};
use crate::setters::{optional_setters, setters};
use crate::sse::{Setup, SseConfig};

/// An application that is called in memory, within a configuration.
///
/// [`test_with`](crate::testing::Offline::test_with) returns one. It is also a
/// [`Backend`](crate::testing::contract::Backend) of contract tests. With feature `testing` its
/// time is virtual.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "server")] {
/// use http4k_ws::prelude::*;
/// use http4k_ws::message::OriginPolicy;
/// use http4k_ws::server::ServerConfig;
///
/// let config = ServerConfig::default().with_origins(OriginPolicy::any());
/// let app = (|ws: WebSocket| ws.try_send("hello")).test_with(config);
/// let request = Request::get("/").header("origin", "https://www.example.com");
/// assert_eq!(app.ws(request).received().next().unwrap().unwrap().text(), "hello");
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct InMemory {
    app: PolyHandler,
    config: InMemoryConfig,
}

/// The part of a server's configuration that also applies in memory.
///
/// A function that takes an `InMemoryConfig` also takes a `ServerConfig` and a [`SessionConfig`].
/// A test can therefore use the configuration that the program serves with, or change only the
/// bounds of sockets. The default is that of `ServerConfig`.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::message::OriginPolicy;
/// use http4k_ws::testing::InMemoryConfig;
///
/// # fn main() -> Result<(), http4k_ws::message::OriginError> {
/// let app = |ws: WebSocket| ws.try_send("hello");
/// let from_page = || Request::get("/").header("origin", "https://www.example.com");
///
/// // As on a server, pages of other origins may not open a socket.
/// assert_eq!(app.try_test_ws(from_page()).unwrap_err().status(), 403);
///
/// let origins = OriginPolicy::own().and("https://www.example.com".parse()?);
/// let config = InMemoryConfig::default().with_origins(origins);
/// let mut client = app.test_with(config).ws(from_page());
/// assert_eq!(client.received().next().unwrap().unwrap().text(), "hello");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InMemoryConfig {
    /// The pages that may open a socket; others receive 403 (RFC 6455 §10.2). Only a request with
    /// the field `Origin` is checked. Default: pages of the host that the request is for. A request
    /// without a host counts as one for `localhost`.
    pub origins: OriginPolicy,
    /// The hosts that the application is for; a request for another one receives 421. A request
    /// without a host counts as one for `localhost`. Default: every host.
    pub hosts: HostPolicy,
    /// The proxies that state the client, scheme and host of a request. The address of the peer is
    /// that of the request, and a request without one is that of a Unix socket. `None` trusts no
    /// peer: `Forwarded`, `X-Forwarded-*` and `X-Real-IP` are removed, as on a server. Default
    /// `None`.
    pub proxies: Option<Proxies>,
    /// The bounds of each socket, at the application's end.
    pub session: SessionConfig,
    /// The bounds of each stream of events.
    pub sse: SseConfig,
}

impl InMemoryConfig {
    setters! {
        InMemoryConfig: "http4k_ws::testing::InMemoryConfig";
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::message::OriginPolicy;
        /// # use http4k_ws::testing::InMemoryConfig;
        /// let app = |ws: WebSocket| ws.try_send("hello");
        /// let from_page = || Request::get("/").header("origin", "https://www.example.com");
        /// let config = InMemoryConfig::default();
        /// let refusal = app.test_with(config.clone()).try_ws(from_page()).unwrap_err();
        /// assert_eq!(refusal.status(), 403);
        /// let open = config.with_origins(OriginPolicy::any());
        /// assert!(app.test_with(open).try_ws(from_page()).is_ok());
        /// ```
        with_origins, origins: OriginPolicy;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::message::HostPolicy;
        /// # use http4k_ws::testing::InMemoryConfig;
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let app = routes! { GET "/" => http(|| "hello") };
        /// let hosts = HostPolicy::only(["chat.example.com".parse()?]);
        /// let app = app.test_with(InMemoryConfig::default().with_hosts(hosts));
        /// assert_eq!(app.http("http://chat.example.com/").status(), 200);
        /// assert_eq!(app.http("http://evil.example.net/").status(), 421);
        /// # Ok(())
        /// # }
        /// ```
        with_hosts, hosts: HostPolicy;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::session::SessionConfig;
        /// # use http4k_ws::testing::InMemoryConfig;
        /// let session = SessionConfig::default().with_max_message(5);
        /// let config = InMemoryConfig::default().with_session(session);
        /// let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
        /// let mut client = app.test_with(config).ws("/");
        /// client.send("too long").unwrap();
        /// assert_eq!(client.closed().unwrap().code(), 1009);
        /// ```
        with_session, session: SessionConfig;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::sse::{Sse, SseConfig};
        /// # use http4k_ws::testing::InMemoryConfig;
        /// # use std::time::Duration;
        /// let app = routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) };
        /// let events = SseConfig::default().with_retry(Duration::from_secs(5));
        /// let app = app.test_with(InMemoryConfig::default().with_sse(events));
        /// assert_eq!(app.http("/").body(), "retry: 5000\n\ndata: rain\n\n");
        /// ```
        with_sse, sse: SseConfig;
    }

    optional_setters! {
        InMemoryConfig: "http4k_ws::testing::InMemoryConfig";
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::message::Proxies;
        /// # use http4k_ws::testing::InMemoryConfig;
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let app = |request: Request| async move {
        ///     let client = request.peer_addr().map(|client| client.ip().to_string());
        ///     client.unwrap_or_default()
        /// };
        /// let proxies = Proxies::unix().x_forwarded();
        /// let app = app.test_with(InMemoryConfig::default().with_proxies(proxies));
        /// let request = Request::get("/").header("x-forwarded-for", "203.0.113.7");
        /// assert_eq!(app.http(request).body(), "203.0.113.7");
        /// # Ok(())
        /// # }
        /// ```
        with_proxies, proxies: Proxies;
    }
}

impl From<SessionConfig> for InMemoryConfig {
    fn from(session: SessionConfig) -> Self {
        Self::default().with_session(session)
    }
}

impl InMemory {
    /// Wraps `app`, within the default configuration.
    ///
    /// # Panics
    ///
    /// Panics if a route reads a path parameter that its path lacks, or a value that no filter
    /// before it provides; see [`FromRequest::PARAMS`](crate::FromRequest::PARAMS) and
    /// [`FromRequest::NEEDS`](crate::FromRequest::NEEDS).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// let app = InMemory::new(routes! { GET "/" => http(|| "hello") });
    /// assert_eq!(app.http("/").body(), "hello");
    /// ```
    #[track_caller]
    pub fn new<Kind>(app: impl IntoPolyHandler<Kind>) -> Self {
        Self {
            app: app.into_poly_handler().complete(),
            config: InMemoryConfig::default(),
        }
    }

    /// Sets another configuration: an [`InMemoryConfig`], a `ServerConfig` or a
    /// [`SessionConfig`](crate::session::SessionConfig).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::SessionConfig;
    /// # use http4k_ws::testing::InMemory;
    /// let app = InMemory::new(|ws: WebSocket| ws.on_message(|_message: WsMessage| ()))
    ///     .with_config(SessionConfig::default().with_max_message(5));
    /// let mut client = app.ws("/");
    /// client.send("too long").unwrap();
    /// assert_eq!(client.closed().unwrap().code(), 1009);
    /// ```
    #[must_use]
    pub fn with_config(self, config: impl Into<InMemoryConfig>) -> Self {
        Self {
            config: config.into(),
            ..self
        }
    }

    /// Opens a socket, as [`test_ws`](crate::testing::Offline::test_ws) does.
    ///
    /// # Panics
    ///
    /// Panics if the upgrade is refused or `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// let app = InMemory::new(|ws: WebSocket| ws.try_send("hello"));
    /// let mut client = app.ws("/");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "hello");
    /// ```
    #[track_caller]
    pub fn ws(&self, request: impl IntoRequest) -> TestWsClient {
        let request = valid(request);
        let target = request.uri().clone();
        accepted(self.try_ws(request), &target)
    }

    /// Opens a socket, as [`try_test_ws`](crate::testing::Offline::try_test_ws) does.
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// let app = InMemory::new(routes! { "/chat" => ws(|ws: WebSocket| ws.try_send("hello")) });
    /// assert!(app.try_ws("/chat").is_ok());
    /// assert_eq!(app.try_ws("/chatt").unwrap_err().status(), 404);
    /// ```
    #[track_caller]
    pub fn try_ws(&self, request: impl IntoRequest) -> Result<TestWsClient, Response> {
        let (this, request) = (self.clone(), valid(request));
        let runtime = TestRuntime::of_this_thread();
        let opened = runtime.run(async move {
            match this.connect(request).await {
                Ok(opened) => Ok(opened),
                Err(response) => Err(read_whole(response).await),
            }
        });
        opened.map(|(socket, line)| TestWsClient::new(runtime, socket, line))
    }

    /// Sends a request, as [`test_http`](crate::testing::Offline::test_http) does.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// let app = routes! { GET "/users/<id>" => http(|id: u64| format!("user {id}")) };
    /// let app = InMemory::new(app);
    /// assert_eq!(app.http("/users/7").body(), "user 7");
    /// assert_eq!(app.http(Request::post("/users/7")).status(), 405);
    /// ```
    #[track_caller]
    pub fn http(&self, request: impl IntoRequest) -> Response {
        let (this, request) = (self.clone(), valid(request));
        TestRuntime::of_this_thread().run(async move { this.send_http(request).await })
    }

    /// Opens a socket inside the current tokio runtime, as
    /// [`connect_ws`](crate::testing::Offline::connect_ws) does.
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or outside a tokio runtime.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the handshake, and the application's handler with it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// let app = InMemory::new(routes! { "/chat" => ws(|ws: WebSocket| ws.try_send("hello")) });
    /// let mut socket = app.connect_ws("/chat").await.expect("it accepts");
    /// assert_eq!(socket.recv().await?, Some("hello".into()));
    /// assert_eq!(app.connect_ws("/chatt").await.unwrap_err().status(), 404);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        let (socket, _line) = self.connect(valid(request)).await?;
        Ok(socket)
    }

    /// Sends a request inside the current tokio runtime, as
    /// [`send_http`](crate::testing::Offline::send_http) does.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the handler that responds.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// let app = InMemory::new(routes! { GET "/" => http(|| "hello") });
    /// assert_eq!(app.send_http("/").await.body(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_http(&self, request: impl IntoRequest) -> Response {
        read_whole(self.respond(valid(request)).await).await
    }

    /// Returns the response of the application, with its body unread.
    pub(super) async fn respond(&self, mut request: Request) -> Response {
        let host = match self.check(&mut request) {
            Ok(host) => host,
            Err(refusal) => return refusal,
        };
        if let Err(refused) = check_host(&self.config.hosts, None, host, &with_host(&request)) {
            log::warn!("{refused}");
            return refused.response();
        }
        let response = self.app.respond(request).await;
        if let Some(setup) = Setup::of(response.extensions()) {
            setup.configure(&self.config.sse);
        }
        response
    }

    /// Performs both sides of an opening handshake, as a server and its client do.
    async fn connect(&self, mut request: Request) -> Result<(WebSocket, Line), Response> {
        let sent = copy_of_head(&request);
        let host = self.check(&mut request)?;
        self.admit(&request, host)?;
        let session_config = &self.config.session;
        let (handshake, mut consumer) = self.app.upgrade(request, None, session_config).await?;
        let config = consumer.session(&Arc::new(session_config.clone()));
        let client_config = SessionConfig::default();
        let subprotocol = handshake.subprotocol.clone();
        let response = handshake.response.clone();
        let (client_end, server_end) = pipe::pair(client_config.max_message, config.max_message);
        let line = client_end.line();

        let (socket, session) = open(server_end, Role::Server, handshake, config);
        let consumer = consumer.around(reporting);
        spawn_session(session.with_consumer(consumer.start(socket)).map(drop));

        let handshake = Handshake {
            request: sent.into(),
            subprotocol,
            route: None,
            response,
        };
        let (socket, session) = open(client_end, Role::Client, handshake, Arc::new(client_config));
        spawn_session(session.map(drop));
        Ok((socket, line))
    }

    /// Checks the target of a request, and applies what trusted proxies state, as a server does.
    fn check(&self, request: &mut Request) -> Result<HostSource, Response> {
        check_target(request)?;
        resolve_proxies(self.config.proxies.as_ref(), request).map_err(|error| {
            log::warn!("{error}");
            plain(StatusCode::BAD_REQUEST, format!("{error}\n"))
        })
    }

    /// Checks the host and the origin of an opening handshake, as a server does.
    fn admit(&self, request: &Request, host: HostSource) -> Result<(), Response> {
        let seen = with_host(request);
        check_host(&self.config.hosts, None, host, &seen).map_err(|refused| {
            log::warn!("{refused}");
            refused.response()
        })?;
        check_origin(&self.config.origins, &seen).map_err(|refused| {
            log::warn!("{refused}");
            let response = refused.response();
            let metrics = &self.config.session.metrics;
            metrics.refused(&seen, response.status());
            response
        })
    }
}

/// Refuses a target that a server refuses.
fn check_target(request: &Request) -> Result<(), Response> {
    check_encoded(request.uri())
        .map_err(|error| plain(StatusCode::BAD_REQUEST, format!("{error}\n")))
}

/// Returns the head of a request as a server receives it. A request without a host is for
/// `localhost`, as over a pipe of bytes.
fn with_host(request: &Request) -> Request {
    let mut seen = copy_of_head(request);
    if seen.uri().host().is_none() {
        let localhost = HeaderValue::from_static("localhost");
        seen.headers_mut().entry(HOST).or_insert(localhost);
    }
    seen
}

/// Returns the request, with secrets in its header marked as sensitive.
///
/// # Panics
///
/// Panics if `request` is not a valid request.
#[track_caller]
pub(super) fn valid(request: impl IntoRequest) -> Request {
    match request.into_request() {
        Ok(mut request) => {
            hide_secrets(request.headers_mut());
            request
        }
        Err(error) => panic!("invalid request: {error}"),
    }
}

/// Returns the socket that was opened at `target`.
///
/// # Panics
///
/// Panics with the response if the upgrade was refused.
#[track_caller]
pub(super) fn accepted<S>(opened: Result<S, Response>, target: &Uri) -> S {
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
