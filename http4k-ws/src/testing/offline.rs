//! The methods that call an application in memory.

use super::client::TestWsClient;
use super::in_memory::{InMemory, InMemoryConfig};
use super::stream::TestSseClient;
use crate::handler::{IntoPolyHandler, PolyHandler};
use crate::message::{IntoRequest, Response};
use crate::session::WebSocket;
use crate::sse::SseReader;

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
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// async fn greet(ws: WebSocket, name: String) -> WsResult {
    ///     Ok(ws.send(format!("hello {name}")).await?)
    /// }
    ///
    /// let app = routes! { "/ws/<name>" => ws(greet(ws, name)) };
    /// let mut client = app.test_ws("/ws/bob");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "hello bob");
    /// ```
    #[track_caller]
    pub fn test_ws(&self, request: impl IntoRequest) -> TestWsClient {
        InMemory::new(self.clone()).ws(request)
    }

    /// Opens a socket in memory, within `config`; see [`test_ws`](Self::test_ws).
    ///
    /// # Panics
    ///
    /// Panics as [`test_ws`](Self::test_ws) does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::SessionConfig;
    /// let discard = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// let app = routes! { "/" => ws(discard) };
    /// let mut client = app.test_ws_with("/", SessionConfig::default().with_max_message(5));
    /// client.send("too long").unwrap();
    /// assert_eq!(client.closed().unwrap().code(), 1009);
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let app = routes! { "/chat" => ws(|ws: WebSocket| ws.try_send("hello")) };
    /// assert!(app.try_test_ws("/chat").is_ok());
    /// let page = Request::get("/chat").header("origin", "https://evil.example.net");
    /// assert_eq!(app.try_test_ws(page).unwrap_err().status(), 403);
    /// ```
    #[track_caller]
    pub fn try_test_ws(&self, request: impl IntoRequest) -> Result<TestWsClient, Response> {
        InMemory::new(self.clone()).try_ws(request)
    }

    /// Sends a request in memory, waits for its response and reads the whole body.
    ///
    /// If the handler panics, the response has status 500, as on a server.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let app = routes! {
    ///     GET "/users/<id>" => http(|id: u64| format!("user {id}")),
    ///     GET "/broken"     => http(|| -> &'static str { panic!("out of tea") }),
    /// };
    /// assert_eq!(app.test_http("/users/7").body(), "user 7");
    /// assert_eq!(app.test_http("/users/seven").status(), 404);
    /// assert_eq!(app.test_http("/broken").status(), 500);
    /// ```
    #[track_caller]
    pub fn test_http(&self, request: impl IntoRequest) -> Response {
        InMemory::new(self.clone()).http(request)
    }

    /// Opens a stream of events in memory, from a plain function.
    ///
    /// The request has `Accept: text/event-stream`, unless it sets another `Accept`.
    ///
    /// # Panics
    ///
    /// Panics if the response is not a stream of events, or `request` is not a valid request. A
    /// test that expects another response calls [`try_test_sse`](Self::try_test_sse).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// let app = routes! { GET "/news" => sse(|sse: Sse| sse.try_send("rain")) };
    /// let mut client = app.test_sse("/news");
    /// assert_eq!(client.received().next().unwrap().unwrap().data(), "rain");
    /// ```
    #[track_caller]
    pub fn test_sse(&self, request: impl IntoRequest) -> TestSseClient {
        InMemory::new(self.clone()).sse(request)
    }

    /// Opens a stream of events in memory, or returns the response that is not one.
    ///
    /// # Errors
    ///
    /// Returns the response if its status is not 200, or its Content-Type is not
    /// `text/event-stream`. Its body is read.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// let app = routes! { GET "/news" => sse(|sse: Sse| sse.try_send("rain")) };
    /// assert!(app.try_test_sse("/news").is_ok());
    /// assert_eq!(app.try_test_sse("/olds").unwrap_err().status(), 404);
    /// ```
    #[track_caller]
    pub fn try_test_sse(&self, request: impl IntoRequest) -> Result<TestSseClient, Response> {
        InMemory::new(self.clone()).try_sse(request)
    }

    /// Opens a stream of events in memory, inside the current runtime: the asynchronous form of
    /// [`try_test_sse`](Self::try_test_sse). Its time is the runtime's.
    ///
    /// # Errors
    ///
    /// Returns the response if it is not a stream of events.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// let app = routes! { GET "/news" => sse(|sse: Sse| sse.try_send("rain")) };
    /// let mut news = app.connect_sse("/news").await.expect("a stream");
    /// assert_eq!(news.recv().await?, Some("rain".into()));
    /// assert_eq!(news.recv().await?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect_sse(&self, request: impl IntoRequest) -> Result<SseReader, Response> {
        InMemory::new(self.clone()).connect_sse(request).await
    }

    /// Sends a request in memory, inside the current runtime: the asynchronous form of
    /// [`test_http`](Self::test_http).
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// assert_eq!(app.send_http("/").await.body(), "hello");
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// let app = routes! { "/chat" => ws(|ws: WebSocket| ws.try_send("hello")) };
    /// let mut socket = app.connect_ws("/chat").await.expect("it accepts");
    /// assert_eq!(socket.recv().await?, Some("hello".into()));
    /// assert_eq!(app.connect_ws("/chatt").await.unwrap_err().status(), 404);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        InMemory::new(self.clone()).connect_ws(request).await
    }
}

/// In-memory clients for every application that is not a [`PolyHandler`](crate::PolyHandler): an
/// [`HttpHandler`](crate::HttpHandler), a [`WsHandler`](crate::WsHandler), a function over a
/// [`WebSocket`].
///
/// `Kind` is always inferred. The trait is implemented for every application; users never implement
/// it.
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
    /// Opens a socket, as [`PolyHandler::test_ws`](crate::PolyHandler::test_ws) does.
    ///
    /// # Panics
    ///
    /// Panics if the upgrade is refused, or `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let greet = |ws: WebSocket| ws.try_send("hello");
    /// assert_eq!(greet.test_ws("/").received().next().unwrap().unwrap(), "hello");
    /// ```
    #[track_caller]
    fn test_ws(&self, request: impl IntoRequest) -> TestWsClient {
        self.clone().into_poly_handler().test_ws(request)
    }

    /// Returns the in-memory clients within `config`, as
    /// [`PolyHandler::test_with`](crate::PolyHandler::test_with) does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::SessionConfig;
    /// let flood = |ws: WebSocket| while ws.try_send("news").is_ok() {};
    /// let two = SessionConfig::default().with_queue_messages(2);
    /// assert_eq!(flood.test_with(two).ws("/").received().count(), 2);
    /// ```
    fn test_with(&self, config: impl Into<InMemoryConfig>) -> InMemory {
        self.clone().into_poly_handler().test_with(config)
    }

    /// Opens a socket, as [`PolyHandler::try_test_ws`](crate::PolyHandler::try_test_ws) does.
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
    /// let closed = |_request: Request| WsResponse::refuse(StatusCode::FORBIDDEN);
    /// assert_eq!(closed.try_test_ws("/").unwrap_err().status(), 403);
    /// ```
    #[track_caller]
    fn try_test_ws(&self, request: impl IntoRequest) -> Result<TestWsClient, Response> {
        self.clone().into_poly_handler().try_test_ws(request)
    }

    /// Sends a request, as [`PolyHandler::test_http`](crate::PolyHandler::test_http) does.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// async fn greet(request: Request) -> String {
    ///     format!("hello {}", request.query("name").unwrap_or_default())
    /// }
    ///
    /// assert_eq!(greet.test_http("/?name=bob").body(), "hello bob");
    /// ```
    #[track_caller]
    fn test_http(&self, request: impl IntoRequest) -> Response {
        self.clone().into_poly_handler().test_http(request)
    }

    /// Opens a stream of events, as [`PolyHandler::test_sse`](crate::PolyHandler::test_sse) does.
    ///
    /// # Panics
    ///
    /// Panics if the response is not a stream of events, or `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, respond};
    /// let news = |request: Request| respond(request, async |sse: Sse| sse.send("rain").await);
    /// assert_eq!(news.test_sse("/").received().next().unwrap().unwrap().data(), "rain");
    /// ```
    #[track_caller]
    fn test_sse(&self, request: impl IntoRequest) -> TestSseClient {
        self.clone().into_poly_handler().test_sse(request)
    }

    /// Opens a stream of events, as
    /// [`PolyHandler::try_test_sse`](crate::PolyHandler::try_test_sse) does.
    ///
    /// # Errors
    ///
    /// Returns the response if it is not a stream of events.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// async fn page(_request: Request) -> &'static str {
    ///     "a page"
    /// }
    ///
    /// assert_eq!(page.try_test_sse("/").unwrap_err().body(), "a page");
    /// ```
    #[track_caller]
    fn try_test_sse(&self, request: impl IntoRequest) -> Result<TestSseClient, Response> {
        self.clone().into_poly_handler().try_test_sse(request)
    }

    /// Opens a stream of events inside the current runtime, as
    /// [`PolyHandler::connect_sse`](crate::PolyHandler::connect_sse) does.
    ///
    /// # Errors
    ///
    /// Returns the response if it is not a stream of events.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, respond};
    /// let news = |request: Request| respond(request, async |sse: Sse| sse.send("rain").await);
    /// let mut events = news.connect_sse("/").await.expect("a stream");
    /// assert_eq!(events.recv().await?, Some("rain".into()));
    /// # Ok(())
    /// # }
    /// ```
    fn connect_sse(
        &self,
        request: impl IntoRequest,
    ) -> impl Future<Output = Result<SseReader, Response>> {
        let app = self.clone().into_poly_handler();
        async move { app.connect_sse(request).await }
    }

    /// Opens a socket inside the current runtime, as
    /// [`PolyHandler::connect_ws`](crate::PolyHandler::connect_ws) does.
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// let greet = |ws: WebSocket| ws.try_send("hello");
    /// let mut socket = greet.connect_ws("/").await.expect("it accepts");
    /// assert_eq!(socket.recv().await?, Some("hello".into()));
    /// # Ok(())
    /// # }
    /// ```
    fn connect_ws(
        &self,
        request: impl IntoRequest,
    ) -> impl Future<Output = Result<WebSocket, Response>> {
        let app = self.clone().into_poly_handler();
        async move { app.connect_ws(request).await }
    }

    /// Sends a request inside the current runtime, as
    /// [`PolyHandler::send_http`](crate::PolyHandler::send_http) does.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// async fn greet(_request: Request) -> &'static str {
    ///     "hello"
    /// }
    ///
    /// assert_eq!(greet.send_http("/").await.body(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    fn send_http(&self, request: impl IntoRequest) -> impl Future<Output = Response> {
        let app = self.clone().into_poly_handler();
        async move { app.send_http(request).await }
    }
}

impl<A: IntoPolyHandler<Kind> + Clone, Kind> Offline<Kind> for A {}
