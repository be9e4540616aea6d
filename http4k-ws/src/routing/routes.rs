//! The builder of a route table, for routes that are known at run time.

use http::Method;

use super::endpoint::{self, Endpoint};
use super::filters::filter_before_both;
use super::table::Protocol;
use crate::handler::place::{SeesHttp, SeesUpgrades};
use crate::handler::{
    BoxPolyFilter, IntoHttpHandler, IntoPolyFilter, IntoPolyHandler, IntoSseHandler, IntoWsHandler,
};

/// A builder for a route table, checked when the application is built.
///
/// Templates, precedence and responses are those of `routes!`, and the same mistakes are rejected.
/// A handler reads the text of a path parameter with
/// [`path_param`](crate::message::RequestExt::path_param).
///
/// # Examples
///
/// ```
/// use http4k_ws::{Method, PolyHandler, Request};
/// use http4k_ws::message::RequestExt;
/// use http4k_ws::routing::{RouteError, Routes};
/// use http4k_ws::{WebSocket, WsConsumer, WsMessage, WsResult};
///
/// async fn home(_request: Request) -> &'static str {
///     "hiya world"
/// }
///
/// async fn user(request: Request) -> Option<String> {
///     let id: u64 = request.path_param("id")?.parse().ok()?;
///     Some(format!("user {id}"))
/// }
///
/// fn talk(request: Request) -> WsConsumer {
///     let name = request.path_param("name").unwrap_or_default().to_owned();
///     WsConsumer::new(async move |ws: WebSocket| -> WsResult {
///         ws.send(WsMessage::new_text(name)).await?;
///         Ok(())
///     })
/// }
///
/// fn app() -> Result<PolyHandler, RouteError> {
///     Routes::new()
///         .http(Method::GET, "/", home)
///         .under("/users", |users| users.http(Method::GET, "/<id>", user).named("user"))
///         .ws("/ws/<name>", talk)
///         .build()
/// }
///
/// # fn main() -> Result<(), RouteError> {
/// assert_eq!(app()?.test_http("/users/7").body(), "user 7");
/// assert_eq!(app()?.test_http("/users/seven").status(), 404);
///
/// let twice = Routes::new()
///     .http(Method::GET, "/users/<id>", user)
///     .http(Method::GET, "/users/<name>", home)
///     .build();
/// assert_eq!(
///     twice.unwrap_err().to_string(),
///     "`GET /users/<name>` matches the same requests as `GET /users/<id>`",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "routes do nothing until they are built"]
pub struct Routes {
    pub(super) entries: Vec<Entry>,
    pub(super) filters: Vec<BoxPolyFilter>,
    pub(super) fallbacks: Vec<(Protocol, Endpoint)>,
    /// A name or a documentation without a route.
    pub(super) stray: Option<String>,
}

/// A route, or a block of routes.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are routes, and each is there once"
)]
pub(super) enum Entry {
    Route(Given),
    Under { prefix: String, routes: Routes },
}

/// A route or a mount as declared.
pub(super) struct Given {
    pub(super) protocol: Protocol,
    pub(super) methods: Vec<Method>,
    pub(super) template: String,
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) endpoint: Endpoint,
}

/// The methods of a route: one, several, or every method with [`Methods::every`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::{Methods, Routes};
///
/// let app = Routes::new()
///     .http([Method::GET, Method::POST], "/form", |_request: Request| "a form")
///     .http(Methods::every(), "/echo", |request: Request| request.method().to_string())
///     .build()?;
/// assert_eq!(app.test_http((Method::POST, "/form")).body(), "a form");
/// assert_eq!(app.test_http((Method::PUT, "/form")).status(), 405);
/// assert_eq!(app.test_http((Method::PUT, "/echo")).body(), "PUT");
/// # Ok::<(), http4k_ws::routing::RouteError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Methods(Vec<Method>);

impl Methods {
    /// Returns every method, including unregistered ones.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::{Methods, Routes};
    ///
    /// let echo = |request: Request| request.method().to_string();
    /// let app = Routes::new().http(Methods::every(), "/", echo).build().unwrap();
    /// assert_eq!(app.test_http((Method::from_bytes(b"PURGE").unwrap(), "/")).body(), "PURGE");
    /// ```
    pub fn every() -> Self {
        Self(Vec::new())
    }
}

impl From<Method> for Methods {
    fn from(method: Method) -> Self {
        Self(vec![method])
    }
}

/// An empty list stands for [every](Methods::every) method.
impl<const N: usize> From<[Method; N]> for Methods {
    fn from(methods: [Method; N]) -> Self {
        Self(methods.into())
    }
}

/// An empty list stands for [every](Methods::every) method.
impl From<Vec<Method>> for Methods {
    fn from(methods: Vec<Method>) -> Self {
        Self(methods)
    }
}

impl Routes {
    /// Creates an empty table.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::routing::Routes;
    ///
    /// let app = Routes::new().build().unwrap();
    /// assert_eq!(app.test_http("/").status(), 404);
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an HTTP route, such as `http(Method::GET, "/users/<id>", show)`.
    ///
    /// `methods` is one method, an array of several, or [`Methods::every`]. Unless they have routes
    /// of their own, HEAD is served by GET, and OPTIONS is responded to with `Allow`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let show = |request: Request| format!("user {}", request.path_param("id").unwrap());
    /// let app = Routes::new().http(Method::GET, "/users/<id>", show).build().unwrap();
    /// assert_eq!(app.test_http("/users/7").body(), "user 7");
    /// assert_eq!(app.test_http((Method::HEAD, "/users/7")).status(), 200);
    /// assert!(app.test_http((Method::OPTIONS, "/users/7")).header("allow").is_some());
    /// ```
    pub fn http<M>(
        self,
        methods: impl Into<Methods>,
        template: impl Into<String>,
        handler: impl IntoHttpHandler<M>,
    ) -> Self {
        let endpoint = endpoint::http_handler(handler);
        self.route(Protocol::Http, methods.into(), template.into(), endpoint)
    }

    /// Adds a route to a stream of events, such as `sse(Method::GET, "/feed/<topic>", feed)`.
    ///
    /// `handler` is a function over an [`Sse`](crate::sse::Sse), whose
    /// [`request`](crate::sse::Sse::request) has the parameters of the path. HEAD is served by GET,
    /// and does not call it. A stream and a page may have one path: the `Accept` field of the
    /// request decides, as the rules of [this module](crate::routing#streams-of-events) state.
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::message::RequestExt;
    /// use http4k_ws::routing::Routes;
    /// use http4k_ws::sse::{Sse, SseResult};
    ///
    /// async fn feed(sse: Sse) -> SseResult {
    ///     let topic = sse.request().path_param("topic").unwrap_or_default().to_owned();
    ///     sse.send(format!("news of {topic}")).await?;
    ///     Ok(())
    /// }
    ///
    /// # fn main() -> Result<(), http4k_ws::routing::RouteError> {
    /// let app = Routes::new()
    ///     .http(Method::GET, "/topics/<topic>", |_: Request| "a page")
    ///     .sse(Method::GET, "/topics/<topic>", feed)
    ///     .build()?;
    /// assert_eq!(app.test_http("/topics/tea").body(), "a page");
    ///
    /// let request = Request::get("/topics/tea").header("accept", "text/event-stream");
    /// assert_eq!(app.test_http(request).body(), "data: news of tea\n\n");
    /// # Ok(())
    /// # }
    /// ```
    pub fn sse<M>(
        self,
        methods: impl Into<Methods>,
        template: impl Into<String>,
        handler: impl IntoSseHandler<M>,
    ) -> Self {
        let endpoint = endpoint::sse_handler(handler);
        self.route(Protocol::Sse, methods.into(), template.into(), endpoint)
    }

    /// Adds a WebSocket route, such as `ws("/ws/<name>", talk)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let greet = |request: Request| {
    ///     let name = request.path_param("name").unwrap_or_default().to_owned();
    ///     WsConsumer::new(move |ws: WebSocket| ws.try_send(format!("hello {name}")))
    /// };
    /// let app = Routes::new().ws("/ws/<name>", greet).build().unwrap();
    /// assert_eq!(app.test_ws("/ws/bob").received().next().unwrap().unwrap(), "hello bob");
    /// ```
    pub fn ws<M>(self, template: impl Into<String>, handler: impl IntoWsHandler<M>) -> Self {
        let endpoint = endpoint::ws_handler(handler);
        self.route(Protocol::Ws, Methods::every(), template.into(), endpoint)
    }

    /// Mounts another application at `prefix`. It matches the rest of the path, and the URI of the
    /// request stays complete.
    ///
    /// The routes of an application from `routes!` or this builder are checked against the routes
    /// here. Those of any other application are unknown.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let path = |request: Request| request.uri().path().to_owned();
    /// let users = Routes::new().http(Method::GET, "/<id>", path).build()?;
    /// let app = Routes::new().mount("/users", users.clone()).build()?;
    /// assert_eq!(app.test_http("/users/7").body(), "/users/7");
    ///
    /// let clash = Routes::new().http(Method::GET, "/users/<name>", path).mount("/users", users);
    /// assert!(clash.build().is_err());
    /// # Ok::<(), http4k_ws::routing::RouteError>(())
    /// ```
    pub fn mount<K>(self, prefix: impl Into<String>, app: impl IntoPolyHandler<K>) -> Self {
        let endpoint = endpoint::mount(app.into_poly_handler());
        self.route(Protocol::Mount, Methods::every(), prefix.into(), endpoint)
    }

    /// Adds routes below `prefix`, with filters and a fallback of their own.
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::http_only;
    /// use http4k_ws::routing::Routes;
    ///
    /// async fn stamped(request: Request, next: Next) -> Response {
    ///     next.call(request).await.with_header("x-api", "1")
    /// }
    ///
    /// # fn main() -> Result<(), http4k_ws::routing::RouteError> {
    /// let app = Routes::new()
    ///     .http(Method::GET, "/", |_req: Request| "home")
    ///     .under("/api", |api| {
    ///         api.with(http_only(stamped)).http(Method::GET, "/health", |_req: Request| "well")
    ///     })
    ///     .build()?;
    ///
    /// assert_eq!(app.test_http("/api/health").headers()["x-api"], "1");
    /// assert_eq!(app.test_http("/api/nothing").headers()["x-api"], "1");
    /// assert!(!app.test_http("/").headers().contains_key("x-api"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn under(
        mut self,
        prefix: impl Into<String>,
        routes: impl FnOnce(Routes) -> Routes,
    ) -> Self {
        self.entries.push(Entry::Under {
            prefix: prefix.into(),
            routes: routes(Self::new()),
        });
        self
    }

    /// Puts `filter` before every route here, and before the responses to requests that none of
    /// them matches. The first filter is the outermost.
    ///
    /// The filter sees the parameters of the path. A filter that must run before routing, for
    /// example to change the path, goes around the application:
    /// [`PolyHandler::with`](crate::PolyHandler::with).
    ///
    /// Routes of every protocol can be added, so a function over one of them must be wrapped:
    /// [`guard`](crate::filter::guard) or [`poly`](crate::filter::poly) for every protocol,
    /// [`http_only`](crate::filter::http_only) or [`ws_only`](crate::filter::ws_only) for one.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::security_headers;
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let app = Routes::new()
    ///     .with(security_headers())
    ///     .http(Method::GET, "/", |_request: Request| "hello")
    ///     .build()?;
    /// assert_eq!(app.test_http("/").header("x-frame-options"), Some("DENY"));
    /// assert_eq!(app.test_http("/other").header("x-frame-options"), Some("DENY"));
    /// # Ok::<(), http4k_ws::routing::RouteError>(())
    /// ```
    pub fn with<F, Kind>(mut self, filter: F) -> Self
    where
        F: IntoPolyFilter<Kind> + SeesHttp<Kind> + SeesUpgrades<Kind>,
    {
        self.filters.push(filter_before_both(filter));
        self
    }

    /// Responds to HTTP requests for paths without a route, instead of the library's 404.
    ///
    /// The responses 405, 426 and 400 stay the library's.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let app = Routes::new()
    ///     .http(Method::GET, "/", |_request: Request| "hello")
    ///     .fallback(|_request: Request| (StatusCode::NOT_FOUND, "no such page"))
    ///     .build()?;
    /// assert_eq!(app.test_http("/other").body(), "no such page");
    /// assert_eq!(app.test_http((Method::PUT, "/")).status(), 405);
    /// # Ok::<(), http4k_ws::routing::RouteError>(())
    /// ```
    pub fn fallback<M>(mut self, handler: impl IntoHttpHandler<M>) -> Self {
        let endpoint = endpoint::http_handler(handler);
        self.fallbacks.push((Protocol::Http, endpoint));
        self
    }

    /// Responds to upgrades that no WebSocket route here matches, instead of the library's 404.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let moved = |_request: Request| WsResponse::refuse(StatusCode::GONE);
    /// let app = Routes::new().ws_fallback(moved).build().unwrap();
    /// assert_eq!(app.try_test_ws("/old").unwrap_err().status(), 410);
    /// ```
    pub fn ws_fallback<M>(mut self, handler: impl IntoWsHandler<M>) -> Self {
        let endpoint = endpoint::ws_handler(handler);
        self.fallbacks.push((Protocol::Ws, endpoint));
        self
    }

    /// Names the last route.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let home = |_request: Request| "hello";
    /// let app = Routes::new().http(Method::GET, "/", home).named("home").build().unwrap();
    /// assert_eq!(app.routes().into_iter().next().unwrap().name(), "home");
    /// ```
    pub fn named(self, name: impl Into<String>) -> Self {
        self.refined(name.into(), |route, name| route.name = name)
    }

    /// Documents the last route. The first line is shown by
    /// [`PolyHandler::routes`](crate::PolyHandler::routes).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let home = |_request: Request| "hello";
    /// let table = Routes::new().http(Method::GET, "/", home).documented("The first page.");
    /// let app = table.build().unwrap();
    /// assert!(app.routes().to_string().contains("The first page."));
    /// ```
    pub fn documented(self, docs: impl Into<String>) -> Self {
        self.refined(docs.into(), |route, docs| route.docs = docs)
    }

    fn route(
        mut self,
        protocol: Protocol,
        methods: Methods,
        template: String,
        endpoint: Endpoint,
    ) -> Self {
        let mut distinct = Vec::new();
        for method in methods.0 {
            if !distinct.contains(&method) {
                distinct.push(method);
            }
        }
        self.entries.push(Entry::Route(Given {
            protocol,
            methods: distinct,
            template,
            name: String::new(),
            docs: String::new(),
            endpoint,
        }));
        self
    }

    fn refined(mut self, text: String, refine: impl FnOnce(&mut Given, String)) -> Self {
        match self.entries.last_mut() {
            Some(Entry::Route(route)) => refine(route, text),
            _ => self.stray = Some(text),
        }
        self
    }
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut list = f.debug_list();
        for entry in &self.entries {
            match entry {
                Entry::Route(route) => list.entry(&route.template),
                Entry::Under { prefix, routes } => list.entry(&(prefix, routes)),
            };
        }
        list.finish()
    }
}
