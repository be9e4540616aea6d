//! The traits over which a contract is written.

use http::Uri;

use crate::message::{IntoRequest, Response};
use crate::session::WebSocket;
use crate::session::client::WsClient;
use crate::sse::{SseClient, SseReader};
use crate::testing::in_memory::{accepted, valid};
use crate::testing::stream::stream_of;

/// An application under test, reached by blocking calls. It is the same on every backend.
///
/// [`contract_test`] generates the tests from one function over a backend.
///
#[doc = crate::doc_link::contract_test!("contract_test")]
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::InMemory;
/// use http4k_ws::testing::contract::{Backend, OverDuplex};
///
/// fn greets(backend: &impl Backend) {
///     assert_eq!(backend.http("/").body(), "hello");
/// }
///
/// let app = routes! { GET "/" => http(|| "hello") };
/// greets(&InMemory::new(app.clone()));
/// greets(&OverDuplex::new(app));
/// ```
pub trait Backend {
    /// The client of a socket.
    type Client: WsClient;

    /// The client of a stream of events.
    type Stream: SseClient;

    /// Opens a socket, or returns the response that refuses it, with its body read.
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    #[track_caller]
    fn try_ws(&self, request: impl IntoRequest) -> Result<Self::Client, Response>;

    /// Opens a socket.
    ///
    /// # Panics
    ///
    /// Panics as [`try_ws`](Self::try_ws) does, and if the upgrade is refused.
    #[track_caller]
    fn ws(&self, request: impl IntoRequest) -> Self::Client {
        let request = valid(request);
        let target = request.uri().clone();
        accepted(self.try_ws(request), &target)
    }

    /// Opens a stream of events, or returns the response that is not one, with its body read.
    ///
    /// The request has `Accept: text/event-stream`, unless it sets another `Accept`.
    ///
    /// # Errors
    ///
    /// Returns the response if its status is not 200, or its Content-Type is not
    /// `text/event-stream`.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    #[track_caller]
    fn try_sse(&self, request: impl IntoRequest) -> Result<Self::Stream, Response>;

    /// Opens a stream of events.
    ///
    /// # Panics
    ///
    /// Panics as [`try_sse`](Self::try_sse) does, and if the response is not a stream.
    #[track_caller]
    fn sse(&self, request: impl IntoRequest) -> Self::Stream {
        let request = valid(request);
        let target = request.uri().clone();
        stream_of(self.try_sse(request), &target)
    }

    /// Sends a request, and waits for its response, with its body read.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    #[track_caller]
    fn http(&self, request: impl IntoRequest) -> Response;
}

/// An application under test, reached from async code. It is the same on every backend.
///
/// [`contract_test`] generates the tests from one `async fn` over a backend.
///
#[doc = crate::doc_link::contract_test!("contract_test")]
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::InMemory;
/// use http4k_ws::testing::contract::AsyncBackend;
///
/// async fn greets(backend: &impl AsyncBackend) {
///     assert_eq!(backend.http("/").await.body(), "hello");
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// greets(&InMemory::new(routes! { GET "/" => http(|| "hello") })).await;
/// # }
/// ```
pub trait AsyncBackend {
    /// Opens a socket, or returns the response that refuses it, with its body read.
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    fn try_ws(
        &self,
        request: impl IntoRequest,
    ) -> impl Future<Output = Result<WebSocket, Response>>;

    /// Opens a socket.
    ///
    /// # Panics
    ///
    /// Panics as [`try_ws`](Self::try_ws) does, and if the upgrade is refused.
    fn ws(&self, request: impl IntoRequest) -> impl Future<Output = WebSocket> {
        let request = valid(request);
        async move {
            let target: Uri = request.uri().clone();
            accepted(self.try_ws(request).await, &target)
        }
    }

    /// Opens a stream of events, or returns the response that is not one, with its body read.
    ///
    /// The request has `Accept: text/event-stream`, unless it sets another `Accept`.
    ///
    /// # Errors
    ///
    /// Returns the response if its status is not 200, or its Content-Type is not
    /// `text/event-stream`.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    fn try_sse(
        &self,
        request: impl IntoRequest,
    ) -> impl Future<Output = Result<SseReader, Response>>;

    /// Opens a stream of events.
    ///
    /// # Panics
    ///
    /// Panics as [`try_sse`](Self::try_sse) does, and if the response is not a stream.
    fn sse(&self, request: impl IntoRequest) -> impl Future<Output = SseReader> {
        let request = valid(request);
        async move {
            let target: Uri = request.uri().clone();
            stream_of(self.try_sse(request).await, &target)
        }
    }

    /// Sends a request, and waits for its response, with its body read.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    fn http(&self, request: impl IntoRequest) -> impl Future<Output = Response>;
}
