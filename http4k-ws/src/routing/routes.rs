//! The API without the macro: what is said is kept, and checked when the application is built.

use http::Method;

use super::endpoint::{self, Endpoint};
use super::filters::filter_before_both;
use super::table::Protocol;
use crate::handler::place::{SeesHttp, SeesUpgrades};
use crate::handler::{
    BoxPolyFilter, IntoHttpHandler, IntoPolyFilter, IntoPolyHandler, IntoWsHandler,
};

/// Routes, said by calls; what `routes!` says, checked when the program runs.
///
/// Templates, precedence and answers are those of `routes!`, and so is what is refused. A handler reads
/// its path parameters from the request:
/// [`path_param`](crate::message::RequestExt::path_param) gives the text.
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
    /// A name or a documentation that found no route.
    pub(super) stray: Option<String>,
}

/// What stands at one template.
pub(super) enum Entry {
    Route(Given),
    Under { prefix: String, routes: Routes },
}

/// A route or a mount, as it was given.
pub(super) struct Given {
    pub(super) protocol: Protocol,
    pub(super) methods: Vec<Method>,
    pub(super) template: String,
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) endpoint: Endpoint,
}

/// The methods of a route: one, several, or with [`Methods::every`] all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Methods(Vec<Method>);

impl Methods {
    /// Every method, also those that nobody has thought of yet.
    pub fn every() -> Self {
        Self(Vec::new())
    }
}

impl From<Method> for Methods {
    fn from(method: Method) -> Self {
        Self(vec![method])
    }
}

/// One of none takes [every](Methods::every) method.
impl<const N: usize> From<[Method; N]> for Methods {
    fn from(methods: [Method; N]) -> Self {
        Self(methods.into())
    }
}

/// One of none takes [every](Methods::every) method.
impl From<Vec<Method>> for Methods {
    fn from(methods: Vec<Method>) -> Self {
        Self(methods)
    }
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route for requests, such as `http(Method::GET, "/users/<id>", show)`.
    ///
    /// `methods` is one, an array of several, or [`Methods::every`]. HEAD falls to GET, and OPTIONS is
    /// answered with `Allow`, unless routed.
    pub fn http<M>(
        self,
        methods: impl Into<Methods>,
        template: impl Into<String>,
        handler: impl IntoHttpHandler<M>,
    ) -> Self {
        let endpoint = endpoint::http_handler(handler);
        self.route(Protocol::Http, methods.into(), template.into(), endpoint)
    }

    /// Adds a route for upgrades to WebSocket, such as `ws("/ws/<name>", talk)`.
    pub fn ws<M>(self, template: impl Into<String>, handler: impl IntoWsHandler<M>) -> Self {
        let endpoint = endpoint::ws_handler(handler);
        self.route(Protocol::Ws, Methods::every(), template.into(), endpoint)
    }

    /// Hands what is left of the path behind `prefix` to another application, which matches from there on;
    /// the request keeps its URI.
    ///
    /// The routes of an application that was built or written by routes are checked against these. Of any
    /// other, they are not known.
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

    /// Puts `filter` before every route here, and before the responses to requests that none of them
    /// takes. The first filter is the outermost.
    ///
    /// The filter sees the path's parameters. A filter that must run before routing, for example to
    /// change the path, goes around the application: [`PolyHandler::with`](crate::PolyHandler::with).
    ///
    /// Routes of both protocols can be added, so a function over one of them must be wrapped:
    /// [`guard`](crate::filter::guard) or [`poly`](crate::filter::poly) for every protocol,
    /// [`http_only`](crate::filter::http_only) or [`ws_only`](crate::filter::ws_only) for one.
    pub fn with<F, Kind>(mut self, filter: F) -> Self
    where
        F: IntoPolyFilter<Kind> + SeesHttp<Kind> + SeesUpgrades<Kind>,
    {
        self.filters.push(filter_before_both(filter));
        self
    }

    /// Answers requests to paths that no route here has, instead of the library's 404.
    ///
    /// 405, 426 and 400 stay the library's.
    pub fn fallback<M>(mut self, handler: impl IntoHttpHandler<M>) -> Self {
        let endpoint = endpoint::http_handler(handler);
        self.fallbacks.push((Protocol::Http, endpoint));
        self
    }

    /// Answers upgrades that no ws route here takes, instead of the library's 404.
    pub fn ws_fallback<M>(mut self, handler: impl IntoWsHandler<M>) -> Self {
        let endpoint = endpoint::ws_handler(handler);
        self.fallbacks.push((Protocol::Ws, endpoint));
        self
    }

    /// Names the route added last.
    pub fn named(self, name: impl Into<String>) -> Self {
        self.refined(name.into(), |route, name| route.name = name)
    }

    /// Documents the route added last; its first line is shown in [`PolyHandler::routes`](crate::PolyHandler::routes).
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
