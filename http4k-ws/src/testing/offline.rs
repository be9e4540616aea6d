//! The clients of what is an application without being a [`PolyHandler`](crate::PolyHandler).

use super::{InMemory, InMemoryConfig, TestWsClient};
use crate::handler::IntoPolyHandler;
use crate::message::{IntoRequest, Response};
use crate::session::WebSocket;

/// In-memory clients for everything that is an application without being a
/// [`PolyHandler`](crate::PolyHandler): an [`HttpHandler`](crate::HttpHandler), a
/// [`WsHandler`](crate::WsHandler), a function over a [`WebSocket`].
///
/// `Kind` is always inferred.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// async fn shout(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         ws.send(message.text().to_uppercase()).await?;
///     }
///     Ok(())
/// }
///
/// let mut client = shout.test_ws("/");
/// client.send("hey").unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap().text(), "HEY");
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(async {
/// // The same from async code.
/// let mut client = shout.connect_ws("/").await.unwrap();
/// client.send("hey").await.unwrap();
/// assert_eq!(client.recv().await.unwrap().unwrap().text(), "HEY");
/// # });
/// ```
pub trait Offline<Kind>: IntoPolyHandler<Kind> + Clone {
    /// As [`PolyHandler::test_ws`](crate::PolyHandler::test_ws).
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    fn test_ws(&self, request: impl IntoRequest) -> TestWsClient {
        self.clone().into_poly_handler().test_ws(request)
    }

    /// As [`PolyHandler::test_with`](crate::PolyHandler::test_with).
    fn test_with(&self, config: impl Into<InMemoryConfig>) -> InMemory {
        self.clone().into_poly_handler().test_with(config)
    }

    /// As [`PolyHandler::try_test_ws`](crate::PolyHandler::try_test_ws).
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    fn try_test_ws(&self, request: impl IntoRequest) -> Result<TestWsClient, Response> {
        self.clone().into_poly_handler().try_test_ws(request)
    }

    /// As [`PolyHandler::test_http`](crate::PolyHandler::test_http).
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    fn test_http(&self, request: impl IntoRequest) -> Response {
        self.clone().into_poly_handler().test_http(request)
    }

    /// As [`PolyHandler::connect_ws`](crate::PolyHandler::connect_ws).
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    fn connect_ws(
        &self,
        request: impl IntoRequest,
    ) -> impl Future<Output = Result<WebSocket, Response>> {
        let app = self.clone().into_poly_handler();
        async move { app.connect_ws(request).await }
    }

    /// As [`PolyHandler::send_http`](crate::PolyHandler::send_http).
    ///
    /// # Panics
    ///
    /// As there.
    fn send_http(&self, request: impl IntoRequest) -> impl Future<Output = Response> {
        let app = self.clone().into_poly_handler();
        async move { app.send_http(request).await }
    }
}

impl<A: IntoPolyHandler<Kind> + Clone, Kind> Offline<Kind> for A {}
