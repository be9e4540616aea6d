//! An application with the configuration that its in-memory clients see.

use super::config::InMemoryConfig;
use super::target;
use super::{TestWsClient, accepted, connect, made, open_in_runtime, with_host};
use crate::handler::{IntoPolyHandler, PolyHandler, check_host};
use crate::message::{IntoRequest, Response, read_whole};
use crate::session::WebSocket;
use crate::testing::runtime::TestRuntime;

/// An application that is called in memory, within a configuration.
///
/// [`test_with`](crate::testing::Offline::test_with) makes one. It is also a [`Backend`](crate::testing::contract::Backend). With
/// feature `testing` its time is virtual.
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

impl InMemory {
    /// Wraps `app`, within the default configuration.
    ///
    /// # Panics
    ///
    /// Panics if a route reads a path parameter that its path lacks; see
    /// [`FromRequest::PARAMS`](crate::FromRequest::PARAMS).
    #[track_caller]
    pub fn new<Kind>(app: impl IntoPolyHandler<Kind>) -> Self {
        Self {
            app: app.into_poly_handler().complete(),
            config: InMemoryConfig::default(),
        }
    }

    /// Sets another configuration: an [`InMemoryConfig`], a `ServerConfig` or a
    /// [`SessionConfig`](crate::session::SessionConfig).
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
    #[track_caller]
    pub fn ws(&self, request: impl IntoRequest) -> TestWsClient {
        let request = made(request);
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
    #[track_caller]
    pub fn try_ws(&self, request: impl IntoRequest) -> Result<TestWsClient, Response> {
        open_in_runtime(self.app.clone(), made(request), self.config.clone())
    }

    /// Sends a request, as [`test_http`](crate::testing::Offline::test_http) does.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    #[track_caller]
    pub fn http(&self, request: impl IntoRequest) -> Response {
        let request = made(request);
        let this = self.clone();
        TestRuntime::of_this_thread().run(async move { this.send_http(request).await })
    }

    /// Opens a socket inside the current runtime, as [`connect_ws`](crate::testing::Offline::connect_ws)
    /// does.
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
    /// Dropping the future drops the handshake, and the application with it.
    pub async fn connect_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        let (app, config) = (self.app.clone(), self.config.clone());
        let (socket, _line) = connect(app, made(request), config).await?;
        Ok(socket)
    }

    /// Sends a request inside the current runtime, as [`send_http`](crate::testing::Offline::send_http)
    /// does.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the handler that responds.
    pub async fn send_http(&self, request: impl IntoRequest) -> Response {
        let request = made(request);
        if let Err(refusal) = target::check(&request) {
            return refusal;
        }
        if let Err(refused) = check_host(&self.config.hosts, None, &with_host(&request)) {
            log::warn!("{refused}");
            return refused.response();
        }
        read_whole(self.app.respond(request).await).await
    }
}
