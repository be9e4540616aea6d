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
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::Backend;
    /// fn is_closed_to_others(backend: &impl Backend) {
    ///     let page = Request::get("/").header("origin", "https://evil.example.net");
    ///     assert!(backend.try_ws(page).is_err_and(|refusal| refusal.status() == 403));
    ///     assert!(backend.try_ws("/").is_ok());
    /// }
    ///
    /// is_closed_to_others(&InMemory::new(|ws: WebSocket| ws.try_send("hello")));
    /// ```
    #[track_caller]
    fn try_ws(&self, request: impl IntoRequest) -> Result<Self::Client, Response>;

    /// Opens a socket.
    ///
    /// # Panics
    ///
    /// Panics as [`try_ws`](Self::try_ws) does, and if the upgrade is refused.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::{Backend, OverDuplex};
    /// fn greets(backend: &impl Backend) {
    ///     let mut client = backend.ws("/");
    ///     assert_eq!(client.received().next().unwrap().unwrap(), "hello");
    ///     assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    /// }
    ///
    /// let app = |ws: WebSocket| ws.try_send("hello");
    /// greets(&InMemory::new(app));
    /// greets(&OverDuplex::new(app));
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::{Backend, OverDuplex};
    /// fn is_no_stream(backend: &impl Backend) {
    ///     assert!(backend.try_sse("/").is_err_and(|page| page.body() == "a page"));
    /// }
    ///
    /// let app = routes! { GET "/" => http(|| "a page") };
    /// is_no_stream(&InMemory::new(app.clone()));
    /// is_no_stream(&OverDuplex::new(app));
    /// ```
    #[track_caller]
    fn try_sse(&self, request: impl IntoRequest) -> Result<Self::Stream, Response>;

    /// Opens a stream of events.
    ///
    /// # Panics
    ///
    /// Panics as [`try_sse`](Self::try_sse) does, and if the response is not a stream.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseEnd};
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::{Backend, OverDuplex};
    /// fn forecasts(backend: &impl Backend) {
    ///     let mut client = backend.sse("/");
    ///     assert_eq!(client.received().next().unwrap().unwrap().data(), "rain");
    ///     assert_eq!(client.closed(), Some(SseEnd::Complete));
    /// }
    ///
    /// let app = routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) };
    /// forecasts(&InMemory::new(app.clone()));
    /// forecasts(&OverDuplex::new(app));
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::{Backend, OverDuplex};
    /// fn reports_length(backend: &impl Backend) {
    ///     let response = backend.http("/");
    ///     assert_eq!(response.body(), "hello");
    ///     assert_eq!(response.header("content-length"), Some("5"));
    /// }
    ///
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// reports_length(&InMemory::new(app.clone()));
    /// reports_length(&OverDuplex::new(app));
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::AsyncBackend;
    /// async fn is_closed_to_others(backend: &impl AsyncBackend) {
    ///     let page = Request::get("/").header("origin", "https://evil.example.net");
    ///     let refusal = backend.try_ws(page).await.unwrap_err();
    ///     assert_eq!(refusal.status(), 403);
    /// }
    ///
    /// is_closed_to_others(&InMemory::new(|ws: WebSocket| ws.try_send("hello"))).await;
    /// # Ok(())
    /// # }
    /// ```
    fn try_ws(
        &self,
        request: impl IntoRequest,
    ) -> impl Future<Output = Result<WebSocket, Response>>;

    /// Opens a socket.
    ///
    /// # Panics
    ///
    /// Panics as [`try_ws`](Self::try_ws) does, and if the upgrade is refused.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::AsyncBackend;
    /// async fn greets(backend: &impl AsyncBackend) {
    ///     let mut socket = backend.ws("/").await;
    ///     assert_eq!(socket.recv().await.unwrap().unwrap(), "hello");
    ///     assert_eq!(socket.closed().await, WsStatus::NORMAL);
    /// }
    ///
    /// greets(&InMemory::new(|ws: WebSocket| ws.try_send("hello"))).await;
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::AsyncBackend;
    /// async fn is_a_page(backend: &impl AsyncBackend) {
    ///     let page = backend.try_sse("/").await.unwrap_err();
    ///     assert_eq!(page.body(), "a page");
    /// }
    ///
    /// is_a_page(&InMemory::new(routes! { GET "/" => http(|| "a page") })).await;
    /// # Ok(())
    /// # }
    /// ```
    fn try_sse(
        &self,
        request: impl IntoRequest,
    ) -> impl Future<Output = Result<SseReader, Response>>;

    /// Opens a stream of events.
    ///
    /// # Panics
    ///
    /// Panics as [`try_sse`](Self::try_sse) does, and if the response is not a stream.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::AsyncBackend;
    /// async fn forecasts(backend: &impl AsyncBackend) {
    ///     let mut news = backend.sse("/").await;
    ///     assert_eq!(news.recv().await.unwrap().unwrap().data(), "rain");
    /// }
    ///
    /// let app = routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) };
    /// forecasts(&InMemory::new(app)).await;
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::AsyncBackend;
    /// async fn has_no_orders(backend: &impl AsyncBackend) {
    ///     assert_eq!(backend.http("/orders/7").await.status(), 404);
    /// }
    ///
    /// has_no_orders(&InMemory::new(routes! { GET "/" => http(|| "hello") })).await;
    /// # Ok(())
    /// # }
    /// ```
    fn http(&self, request: impl IntoRequest) -> impl Future<Output = Response>;
}
