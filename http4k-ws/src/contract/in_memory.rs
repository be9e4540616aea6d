//! The world without a network.

use super::{AsyncWorld, World};
use crate::handler::{IntoPolyHandler, PolyHandler, SessionConfig, WebSocket};
use crate::message::{IntoRequest, Response};
use crate::testing::{TestWsClient, made};

/// An application called in memory; with feature `testing` its time is virtual.
#[derive(Debug, Clone)]
pub struct InMemory {
    app: PolyHandler,
    config: SessionConfig,
}

impl InMemory {
    /// The world of `app`.
    pub fn new<Kind>(app: impl IntoPolyHandler<Kind>) -> Self {
        Self {
            app: app.into_poly_handler(),
            config: SessionConfig::default(),
        }
    }

    /// The same world with other bounds at the application's end.
    #[must_use]
    pub fn with_config(self, config: SessionConfig) -> Self {
        Self { config, ..self }
    }
}

impl World for InMemory {
    type Client = TestWsClient;

    fn try_ws(&self, request: impl IntoRequest) -> Result<TestWsClient, Response> {
        self.app
            .try_test_ws_with(made(request), self.config.clone())
    }

    fn http(&self, request: impl IntoRequest) -> Response {
        self.app.test_http(request)
    }
}

impl AsyncWorld for InMemory {
    async fn try_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        let request = made(request);
        self.app.connect_ws_with(request, self.config.clone()).await
    }

    async fn http(&self, request: impl IntoRequest) -> Response {
        self.app.send_http(request).await
    }
}
