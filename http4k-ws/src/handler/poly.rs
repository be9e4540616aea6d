//! An application, which is one handler for each protocol.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::filter_names::{Contribution, FilterNames};
use super::http::{BoxHttpHandler, IntoHttpHandler};
use super::ws::{BoxWsHandler, IntoWsHandler};
use super::ws_response::WsResponse;
use crate::message::{Request, Response, plain};

/// An application: a handler for HTTP and a handler for WebSocket upgrades, on one port.
///
/// Upgrade requests go to the ws side, and all others to the http side. A clone shares both.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// async fn echo(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Ok(())
/// }
///
/// let app = PolyHandler::new(|_request: Request| "hello", echo);
/// assert_eq!(app.test_http("/").body(), "hello");
/// let mut client = app.test_ws("/");
/// client.send("hi").unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap(), "hi");
/// ```
#[derive(Clone)]
pub struct PolyHandler {
    http: BoxHttpHandler,
    ws: BoxWsHandler,
    /// The router of both sides, if there is one. Only the folder `routing` knows its type.
    router: Option<Arc<dyn Any + Send + Sync>>,
    filters: FilterNames,
    /// The reason why a route can never respond, unless this is mounted at a prefix with the
    /// parameter that it reads.
    incomplete: Option<Arc<str>>,
    /// The values that routes need and that no filter provides so far.
    unprovided: Vec<Unprovided>,
}

/// A value that a route needs and that no filter provides.
#[derive(Debug, Clone)]
pub(crate) struct Unprovided {
    pub(crate) id: TypeId,
    pub(crate) over_ws: bool,
    /// The sentence that names the route and the filter to add.
    pub(crate) reason: String,
}

impl PolyHandler {
    /// Joins a handler of each protocol.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = PolyHandler::new(|_request: Request| "hello", |ws: WebSocket| ws.try_send("hi"));
    /// assert_eq!(app.test_http("/any/path").body(), "hello");
    /// assert_eq!(app.test_ws("/any/path").received().next().unwrap().unwrap(), "hi");
    /// ```
    pub fn new<H, W>(http: impl IntoHttpHandler<H>, ws: impl IntoWsHandler<W>) -> Self {
        Self {
            http: http.into_http_handler(),
            ws: ws.into_ws_handler(),
            router: None,
            filters: FilterNames::default(),
            incomplete: None,
            unprovided: Vec::new(),
        }
    }

    pub(crate) fn with_router(self, router: Arc<dyn Any + Send + Sync>) -> Self {
        Self {
            router: Some(router),
            ..self
        }
    }

    /// Sets the reason why a route can never respond, if there is one.
    pub(crate) fn incomplete(self, reason: Option<String>) -> Self {
        Self {
            incomplete: reason.map(Arc::from),
            ..self
        }
    }

    /// Sets the values that routes need and that no filter provides so far.
    pub(crate) fn unprovided(self, unprovided: Vec<Unprovided>) -> Self {
        Self { unprovided, ..self }
    }

    /// Returns this application, checked for a server or a test to call.
    ///
    /// # Panics
    ///
    /// Panics if a route reads a path parameter that its path lacks, or a value that no filter
    /// before it provides.
    #[track_caller]
    pub(crate) fn complete(self) -> Self {
        if let Some(reason) = &self.incomplete {
            panic!("{reason}");
        }
        let mut lacks = self.unprovided.iter().map(|value| value.reason.as_str());
        if let Some(first) = lacks.next() {
            panic!(
                "{}",
                lacks.fold(first.to_owned(), |all, next| all + "\n" + next)
            );
        }
        self
    }

    pub(crate) fn router(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.router.as_deref()
    }

    /// Returns the handler for HTTP.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let response = app.http().call("/".into_request().unwrap()).await;
    /// assert_eq!(response.body(), "hello");
    /// # }
    /// ```
    pub fn http(&self) -> &BoxHttpHandler {
        &self.http
    }

    /// Returns the handler for upgrades.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let app = routes! { "/chat" => ws(|ws: WebSocket| ws.try_send("hi")) };
    /// let response = app.ws().call("/other".into_request().unwrap()).await;
    /// assert_eq!(response.refusal().unwrap().status(), 404);
    /// # }
    /// ```
    pub fn ws(&self) -> &BoxWsHandler {
        &self.ws
    }

    /// Returns the filters in front of the routes.
    pub(crate) fn filters(&self) -> &FilterNames {
        &self.filters
    }

    /// Puts the filter `name` in front of the same routes.
    pub(super) fn behind(
        mut self,
        name: &str,
        provides: &[TypeId],
        description: &Contribution,
        http: BoxHttpHandler,
        ws: BoxWsHandler,
    ) -> Self {
        let sees = (!http.is(&self.http), !ws.is(&self.ws));
        let filters = &mut self.filters;
        filters.put_before(&name.into(), &provides.into(), description, sees);
        let filters = &self.filters;
        let unprovided = &mut self.unprovided;
        unprovided.retain(|value| !filters.provide(value.id, value.over_ws));
        Self { http, ws, ..self }
    }
}

impl fmt::Debug for PolyHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolyHandler")
            .field("http", &self.http)
            .field("ws", &self.ws)
            .finish()
    }
}

/// Values that can be served or tested: a [`PolyHandler`], or a handler of one protocol.
///
/// Without an http side, HTTP requests receive 426 with `Upgrade: websocket`. Without a ws side,
/// upgrades receive 404. Users never implement it. `Kind` is always inferred.
///
/// # Examples
///
/// ```
/// use http4k_ws::handler::IntoPolyHandler;
/// use http4k_ws::prelude::*;
///
/// fn application<Kind>(value: impl IntoPolyHandler<Kind>) -> PolyHandler {
///     value.into_poly_handler()
/// }
///
/// let app = application(|_request: Request| "hello");
/// assert_eq!(app.test_http("/").body(), "hello");
/// assert_eq!(app.try_test_ws("/").unwrap_err().status(), 404);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an application",
    label = "an application is a `PolyHandler`, a handler, or a function over a `Request` or a `WebSocket`"
)]
pub trait IntoPolyHandler<Kind> {
    /// Converts the value into an application.
    fn into_poly_handler(self) -> PolyHandler;
}

impl IntoPolyHandler<()> for PolyHandler {
    fn into_poly_handler(self) -> PolyHandler {
        self
    }
}

/// Marks a handler for HTTP.
#[derive(Debug)]
pub struct OverHttp<M>(std::marker::PhantomData<M>);

/// Marks a handler for upgrades.
#[derive(Debug)]
pub struct OverWs<M>(std::marker::PhantomData<M>);

impl<H: IntoHttpHandler<M>, M> IntoPolyHandler<OverHttp<M>> for H {
    fn into_poly_handler(self) -> PolyHandler {
        PolyHandler::new(self, |_request: Request| {
            WsResponse::refuse(StatusCode::NOT_FOUND)
        })
    }
}

impl<W: IntoWsHandler<M>, M> IntoPolyHandler<OverWs<M>> for W {
    fn into_poly_handler(self) -> PolyHandler {
        PolyHandler::new(|request: Request| upgrade_required(&request), self)
    }
}

/// Returns a 426 with the protocol to use (RFC 9110 §15.5.22).
pub(crate) fn upgrade_required(request: &Request) -> Response {
    let path = request.uri().path();
    let line = format!("`{path}` is a WebSocket route: send an upgrade request\n");
    let mut response = plain(StatusCode::UPGRADE_REQUIRED, line);
    let headers = response.headers_mut();
    headers.insert(
        http::header::UPGRADE,
        http::HeaderValue::from_static("websocket"),
    );
    headers.insert(
        http::header::CONNECTION,
        http::HeaderValue::from_static("upgrade"),
    );
    response
}
