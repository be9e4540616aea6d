//! The backend that calls the application directly.

use super::backend::{AsyncBackend, Backend};
use crate::message::{IntoRequest, Response};
#[cfg(feature = "server")]
use crate::server::ServerConfig;
use crate::session::WebSocket;
use crate::sse::SseReader;
use crate::testing::client::TestWsClient;
use crate::testing::in_memory::InMemory;
#[cfg(feature = "server")]
use crate::testing::in_memory::InMemoryConfig;
use crate::testing::stream::TestSseClient;

impl Backend for InMemory {
    type Client = TestWsClient;
    type Stream = TestSseClient;

    fn try_ws(&self, request: impl IntoRequest) -> Result<TestWsClient, Response> {
        self.try_ws(request)
    }

    fn try_sse(&self, request: impl IntoRequest) -> Result<TestSseClient, Response> {
        self.try_sse(request)
    }

    fn http(&self, request: impl IntoRequest) -> Response {
        self.http(request)
    }
}

impl AsyncBackend for InMemory {
    async fn try_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        self.connect_ws(request).await
    }

    async fn try_sse(&self, request: impl IntoRequest) -> Result<SseReader, Response> {
        self.connect_sse(request).await
    }

    async fn http(&self, request: impl IntoRequest) -> Response {
        self.send_http(request).await
    }
}

/// Keeps the settings that also apply in memory: the bounds of sockets and streams, the origins,
/// the hosts and the proxies.
#[cfg(feature = "server")]
impl From<ServerConfig> for InMemoryConfig {
    fn from(config: ServerConfig) -> Self {
        Self::default()
            .with_origins(config.origins)
            .with_hosts(config.hosts)
            .with_proxies(config.proxies)
            .with_session(config.session)
            .with_sse(config.sse)
    }
}
