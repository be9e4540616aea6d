//! The routes of an application as a list.

use std::fmt;
use std::ops::Deref;

use http::Method;
use http4k_ws_grammar::Pattern;

use super::described::Described;
use super::method_set::MethodSet;
use super::table::{Protocol, RouteMeta};
use crate::handler::{FilterNames, PolyHandler};

/// One route of an application, with its methods, path, name and filters.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::Protocol;
///
/// let app = routes! {
///     GET "/users/<id>" as user => http(|id: u64| id.to_string()),
///     "/live"                   => ws(|ws: WebSocket| ws.try_send("hi")),
/// };
/// let routes: Vec<_> = app.routes().into_iter().collect();
/// assert_eq!((routes[0].template(), routes[0].name()), ("/users/<id>", "user"));
/// assert_eq!(routes[0].methods(), [Method::GET]);
/// assert_eq!(routes[1].protocol(), Protocol::Ws);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub(super) protocol: Protocol,
    pub(super) methods: Vec<Method>,
    pub(super) template: String,
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) filters: FilterNames,
    pub(super) described: Described,
}

impl Route {
    pub(super) fn from_static(route: &RouteMeta) -> Self {
        Self {
            protocol: route.protocol,
            methods: route.methods(),
            template: route.path.template.into(),
            name: route.name.into(),
            docs: route.docs.into(),
            filters: FilterNames::default(),
            described: Described::default(),
        }
    }

    pub(super) fn method_set(&self) -> MethodSet {
        MethodSet::new(self.protocol, &self.methods)
    }

    /// Returns the paths of this route.
    pub(super) fn pattern(&self) -> Pattern<'_> {
        Pattern {
            template: &self.template,
            is_mount: self.protocol == Protocol::Mount,
        }
    }

    /// Adds the prefix and the filters of `mount`, in whose application this is a route.
    pub(super) fn in_mount(mut self, mount: &Self) -> Self {
        self.filters.put_behind(&mount.filters);
        self.under(&mount.template)
    }

    /// Adds the filters around `app`, which has this route.
    pub(super) fn behind(mut self, app: &PolyHandler) -> Self {
        self.filters.put_behind(app.filters());
        self
    }

    /// Adds `prefix` to the path.
    pub(super) fn under(self, prefix: &str) -> Self {
        Self {
            template: joined(prefix, &self.template),
            ..self
        }
    }

    /// Returns the protocol. [`Protocol::Mount`] is an application whose routes are unknown, such
    /// as two functions that [`PolyHandler::new`](crate::PolyHandler::new) joined.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Protocol;
    ///
    /// let greet = |ws: WebSocket| ws.try_send("hi");
    /// let joined = PolyHandler::new(|_request: Request| "hello", greet);
    /// let app = routes! { "/old" => mount(joined) };
    /// assert_eq!(app.routes().into_iter().next().unwrap().protocol(), Protocol::Mount);
    /// ```
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Returns the methods. None stands for every method, and for the GET of an opening handshake.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! {
    ///     GET | POST "/form" => http(|| "a form"),
    ///     "/echo"            => http(|| "any method"),
    /// };
    /// let routes: Vec<_> = app.routes().into_iter().collect();
    /// assert_eq!(routes[0].methods(), [Method::GET, Method::POST]);
    /// assert!(routes[1].methods().is_empty());
    /// ```
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// Returns the complete path, with all prefixes: `/users/<id>`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let users = routes! { GET "/<id>" => http(|id: u64| id.to_string()) };
    /// let app = routes! { "/users" => mount(users) };
    /// assert_eq!(app.routes().into_iter().next().unwrap().template(), "/users/<id>");
    /// ```
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Returns the name, or an empty text.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// async fn home() -> &'static str {
    ///     "hello"
    /// }
    ///
    /// let app = routes! { GET "/" => http(home()), GET "/old" => http(|| "hello") };
    /// let names: Vec<_> = app.routes().into_iter().map(|route| route.name().to_owned()).collect();
    /// assert_eq!(names, ["home", ""]);
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the documentation, or an empty text.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! {
    ///     /// The first page.
    ///     GET "/" => http(|| "hello"),
    /// };
    /// assert_eq!(app.routes().into_iter().next().unwrap().docs(), "The first page.");
    /// ```
    pub fn docs(&self) -> &str {
        &self.docs
    }

    /// Returns the names of the filters that see the requests of this route, the outermost first.
    ///
    /// Filters of the other protocol are left out. Therefore a WebSocket route without a name in
    /// this list is not guarded, even if it is behind an `http_only(..)`.
    ///
    /// A filter that is a function has the name of that function. A closure has the name of the
    /// function that created it. A wrapper is shown with its inner filter: `guard(signed_in)`. See
    /// [`PolyFilter::name`](crate::PolyFilter::name).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::{guard, http_only, max_body};
    ///
    /// async fn signed_in(request: Request) -> Result<Request, StatusCode> {
    ///     Ok(request)
    /// }
    ///
    /// async fn uncached(request: Request, next: Next) -> Response {
    ///     next.call(request).await.with_header("cache-control", "no-store")
    /// }
    ///
    /// let app = routes! {
    ///     "/api" with(guard(signed_in), http_only(uncached)) => {
    ///         POST "/notes" with(max_body(1000)) => http(|| "noted"),
    ///         "/ws"                              => ws(|ws: WebSocket| ws.try_send("hi")),
    ///     },
    /// };
    /// let table = app.routes();
    /// let notes: Vec<_> = table[0].filters().collect();
    /// assert_eq!(notes, ["guard(signed_in)", "http_only(uncached)", "max_body"]);
    /// assert_eq!(table[1].filters().collect::<Vec<_>>(), ["guard(signed_in)"]);
    /// assert_eq!(
    ///     table.to_string(),
    ///     "\
    /// POST  /api/notes  http  with(guard(signed_in), http_only(uncached), max_body)
    ///       /api/ws     ws    with(guard(signed_in))
    /// ",
    /// );
    /// ```
    pub fn filters(&self) -> impl Iterator<Item = &str> {
        let (http, ws) = self.seen_over();
        self.filters.seeing(http, ws)
    }

    /// Returns the filters as in `routes!`: `with(auth, logged)`, or an empty text.
    pub(super) fn filters_shown(&self) -> String {
        let names: Vec<&str> = self.filters().collect();
        match names.as_slice() {
            [] => String::new(),
            names => format!("with({})", names.join(", ")),
        }
    }

    /// Returns the methods in one word, such as `GET|PUT`. `*` stands for every method, and an
    /// upgrade has none.
    fn methods_shown(&self) -> String {
        let names: Vec<&str> = self.methods.iter().map(Method::as_str).collect();
        match self.protocol {
            Protocol::Http | Protocol::Sse if names.is_empty() => "*".into(),
            _ => names.join("|"),
        }
    }
}

/// Shows `GET /users/<id>`, `http /any-method`, `ws /ws/<name>` or `sse GET /feed`.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.methods.is_empty() {
            write!(f, "{} {}", self.protocol, self.template)
        } else if self.protocol == Protocol::Sse {
            write!(f, "sse {} {}", self.methods_shown(), self.template)
        } else {
            write!(f, "{} {}", self.methods_shown(), self.template)
        }
    }
}

/// Every route of an application in the order of the source, with those of mounted applications in
/// place of the mount.
///
/// `Display` shows a table: methods (`*` for every method), path, protocol, name, filters, and the
/// first line of the documentation.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Method, Request};
/// use http4k_ws::routing::Routes;
///
/// # fn main() -> Result<(), http4k_ws::routing::RouteError> {
/// let app = Routes::new()
///     .http(Method::GET, "/", |_req: Request| "hiya world")
///     .ws("/ws/<name>", |_req: Request| None::<http4k_ws::WsConsumer>)
///     .named("greet")
///     .documented("Says hello.")
///     .build()?;
///
/// let table = app.routes();
/// assert_eq!(table.len(), 2);
/// assert_eq!(table[1].template(), "/ws/<name>");
/// assert_eq!(
///     table.to_string(),
///     "GET  /           http\n     /ws/<name>  ws    greet  Says hello.\n",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RouteTable(pub(super) Vec<Route>);

impl Deref for RouteTable {
    type Target = [Route];

    fn deref(&self) -> &[Route] {
        &self.0
    }
}

impl IntoIterator for RouteTable {
    type Item = Route;
    type IntoIter = std::vec::IntoIter<Route>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a RouteTable {
    type Item = &'a Route;
    type IntoIter = std::slice::Iter<'a, Route>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.iter().map(|route| {
            vec![
                route.methods_shown(),
                route.template.clone(),
                route.protocol.to_string(),
                route.name.clone(),
                route.filters_shown(),
                route.docs.lines().next().unwrap_or_default().to_owned(),
            ]
        });
        aligned(rows.collect(), f)
    }
}

/// Writes each row on a line, with aligned columns. A column of empty cells is left out.
pub(super) fn aligned(rows: Vec<Vec<String>>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in &rows {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            line.push_str(&format!("{cell:width$}  "));
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Returns `template` behind `prefix`.
pub(super) fn joined(prefix: &str, template: &str) -> String {
    match (prefix, template) {
        ("/", template) => template.into(),
        (prefix, "/") => prefix.into(),
        (prefix, template) => format!("{prefix}{template}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(methods: &[Method], protocol: Protocol, template: &str, docs: &str) -> Route {
        Route {
            protocol,
            methods: methods.into(),
            template: template.into(),
            name: String::new(),
            docs: docs.into(),
            filters: FilterNames::default(),
            described: Described::default(),
        }
    }

    #[test]
    fn a_prefix_ends_where_a_template_starts() {
        for (prefix, template, expected) in [
            ("/", "/", "/"),
            ("/api", "/", "/api"),
            ("/", "/x", "/x"),
            ("/api", "/x", "/api/x"),
        ] {
            assert_eq!(joined(prefix, template), expected);
        }
    }

    #[test]
    fn a_table_has_aligned_columns_and_omits_empty_ones() {
        let table = RouteTable(vec![
            route(
                &[Method::GET, Method::PUT],
                Protocol::Http,
                "/é",
                "First.\nSecond.",
            ),
            route(&[], Protocol::Http, "/users/<id>", ""),
            route(&[], Protocol::Mount, "/admin", "Theirs."),
        ]);
        assert_eq!(
            table.to_string(),
            "GET|PUT  /é           http   First.\n\
             *        /users/<id>  http\n         \
             /admin       mount  Theirs.\n"
        );
        assert_eq!(RouteTable::default().to_string(), "");
    }

    #[test]
    fn a_route_is_shown_by_its_methods_or_protocol() {
        let get = route(&[Method::GET, Method::PUT], Protocol::Http, "/x", "");
        assert_eq!(get.to_string(), "GET|PUT /x");
        assert_eq!(route(&[], Protocol::Ws, "/x", "").to_string(), "ws /x");
        let stream = route(&[Method::GET], Protocol::Sse, "/x", "");
        assert_eq!(stream.to_string(), "sse GET /x");
        assert_eq!(route(&[], Protocol::Sse, "/x", "").to_string(), "sse /x");
        assert_eq!(route(&[], Protocol::Http, "/x", "").to_string(), "http /x");
    }
}
