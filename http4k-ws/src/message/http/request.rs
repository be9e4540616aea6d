//! Extension methods of requests.

use std::borrow::Cow;
use std::fmt::Display;
use std::net::SocketAddr;
use std::time::Duration;

use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, Method, Uri};

use super::header::{self, IntoHeaderName, IntoHeaderValue, field_methods};
use super::peer_addr::PeerAddr;
use super::scheme::Scheme;
use super::{Request, query};
use crate::message::body::{Body, BodyBounds};
use crate::message::path_params::PathParams;

/// Extension methods for reading and modifying a [`Request`].
///
/// Every method `with_` returns the request with one part changed, so that calls chain.
///
/// # Examples
///
/// ```
/// use http::Method;
/// use http4k_ws::IntoRequest;
/// use http4k_ws::message::RequestExt;
///
/// # fn main() -> Result<(), http::Error> {
/// let request = "/rooms".into_request()?
///     .with_method(Method::POST)
///     .with_query("name", "blue room")
///     .with_header("x-key", 42)
///     .with_body("hello");
///
/// assert_eq!(request.uri(), "/rooms?name=blue%20room");
/// assert_eq!(request.query("name").as_deref(), Some("blue room"));
/// assert_eq!(request.header("X-Key"), Some("42"));
/// assert_eq!(request.body(), "hello");
/// # Ok(())
/// # }
/// ```
pub trait RequestExt: Sized {
    /// Returns the first value of `name` in the query, decoded: `+` is a space, and bytes that are
    /// not UTF-8 become U+FFFD.
    ///
    /// `?name` and `?name=` are both the empty text.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/search?q=blue+room&page=".into_request().unwrap();
    /// assert_eq!(request.query("q").as_deref(), Some("blue room"));
    /// assert_eq!(request.query("page").as_deref(), Some(""));
    /// assert_eq!(request.query("size"), None);
    /// ```
    fn query(&self, name: &str) -> Option<Cow<'_, str>>;

    /// Returns every value of `name` in the query in the order sent, decoded as
    /// [`query`](Self::query).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/search?tag=red&tag=blue".into_request().unwrap();
    /// assert_eq!(request.queries("tag").collect::<Vec<_>>(), ["red", "blue"]);
    /// ```
    fn queries(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>>;

    /// Returns the first value of the header `name`, whose case is ignored; `None` also if it is
    /// not UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = Request::get("/").header("accept-language", "de").body(()).unwrap();
    /// assert_eq!(request.header("Accept-Language"), Some("de"));
    /// assert_eq!(request.header("accept"), None);
    /// ```
    fn header(&self, name: &str) -> Option<&str>;

    /// Returns every value of the header `name` that is UTF-8, one for each line sent. Lists are
    /// not split at commas.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = Request::get("/").header("via", "1.1 a, 1.1 b").header("via", "1.1 c");
    /// let request = request.body(()).unwrap();
    /// assert_eq!(request.header_values("via").collect::<Vec<_>>(), ["1.1 a, 1.1 b", "1.1 c"]);
    /// ```
    fn header_values(&self, name: &str) -> impl Iterator<Item = &str>;

    /// Returns the decoded value of the path parameter `name`; `None` if the request was not
    /// routed, or if the template of its route lacks the name.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// fn greet(request: Request) -> String {
    ///     format!("hello {}", request.path_param("name").unwrap_or("you"))
    /// }
    ///
    /// let app = routes! { GET "/greet/<name>" => http(greet(req)) };
    /// assert_eq!(app.test_http("/greet/b%C3%B6b").body(), "hello böb");
    /// assert_eq!(greet.test_http("/greet/bob").body(), "hello you");
    /// ```
    fn path_param(&self, name: &str) -> Option<&str>;

    /// Returns the address of the client; `None` in memory, and over a stream without an address,
    /// such as a Unix socket.
    ///
    /// It is the other end of the connection, unless that is a proxy which the server trusts. The
    /// consumer of a socket reads it from [`WebSocket::request`](crate::WebSocket::request).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = |request: Request| match request.peer_addr() {
    ///     Some(peer) if peer.ip().is_loopback() => StatusCode::OK,
    ///     _ => StatusCode::FORBIDDEN,
    /// };
    /// let local: Request = Request::default().with_peer_addr("127.0.0.1:50000".parse().unwrap());
    /// assert_eq!(app.test_http(local).status(), 200);
    /// assert_eq!(app.test_http("/").status(), 403);
    /// ```
    fn peer_addr(&self) -> Option<SocketAddr>;

    /// Sets the address of the client, in tests and for proxies that a filter knows. The address
    /// of the connection stays the same, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request: Request = Request::default().with_peer_addr("203.0.113.7:0".parse().unwrap());
    /// assert_eq!(request.peer_addr().unwrap().ip().to_string(), "203.0.113.7");
    /// ```
    #[must_use]
    fn with_peer_addr(self, address: SocketAddr) -> Self;

    /// Returns the address of the other end of the connection; `None` in memory, and over a stream
    /// without an address, such as a Unix socket.
    ///
    /// Behind a proxy it is that of the proxy.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::RequestExt;
    ///
    /// let proxy = "10.0.0.1:50000".parse().unwrap();
    /// let client = "192.0.2.7:0".parse().unwrap();
    /// let request: Request = Request::default().with_peer_addr(proxy).with_peer_addr(client);
    /// assert_eq!(request.peer_addr(), Some(client));
    /// assert_eq!(request.connection_addr(), Some(proxy));
    /// ```
    fn connection_addr(&self) -> Option<SocketAddr>;

    /// Returns the scheme with which the client sent the request, or `None` if it is not known.
    ///
    /// A server knows it over TLS, from `:scheme` in HTTP/2, and from a proxy which it trusts.
    /// Without them it does not, because a proxy in front of it may terminate the TLS of the
    /// client. In memory it is that of the target, if that is a whole URI.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::{RequestExt, Scheme};
    ///
    /// let request: Request = Request::default();
    /// assert_eq!(request.scheme(), None);
    /// assert_eq!(request.with_scheme(Scheme::Https).scheme(), Some(Scheme::Https));
    /// let request = Request::get("https://chat.example/").body(()).unwrap();
    /// assert_eq!(request.scheme(), Some(Scheme::Https));
    /// ```
    fn scheme(&self) -> Option<Scheme>;

    /// Sets the scheme of the request, in tests and for proxies that a filter knows.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::{Scheme, SetCookie};
    /// use http4k_ws::prelude::*;
    ///
    /// // Over `https`, a cookie is `Secure`.
    /// let app = routes! { GET "/" => http(|| (SetCookie::new("theme", "dark"), "hello")) };
    /// let request: Request = Request::default().with_scheme(Scheme::Https);
    /// assert!(app.test_http(request).set_cookies()[0].is_secure());
    /// ```
    #[must_use]
    fn with_scheme(self, scheme: Scheme) -> Self;

    /// Sets the method.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! { DELETE "/rooms/7" => http(|| StatusCode::NO_CONTENT) };
    /// let request = "/rooms/7".into_request().unwrap();
    /// assert_eq!(app.test_http(request.with_method(Method::DELETE)).status(), 204);
    /// ```
    #[must_use]
    fn with_method(self, method: Method) -> Self;

    /// Sets the target, including the query.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/old?page=2".into_request().unwrap().with_uri("/new".parse().unwrap());
    /// assert_eq!(request.uri(), "/new");
    /// ```
    #[must_use]
    fn with_uri(self, uri: Uri) -> Self;

    /// Sets `name=value` in the query, and replaces the values that `name` had.
    ///
    /// # Panics
    ///
    /// If the target becomes longer than 65,534 bytes, or is that of a CONNECT.
    /// [`try_with_query`](Self::try_with_query) returns an error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/search?page=1&page=2&q=a".into_request().unwrap().with_query("page", 3);
    /// assert_eq!(request.queries("page").collect::<Vec<_>>(), ["3"]);
    /// assert_eq!(request.query("q").as_deref(), Some("a"));
    /// ```
    #[must_use]
    fn with_query(self, name: &str, value: impl Display) -> Self;

    /// Sets a query as [`with_query`](Self::with_query), for a target that may become too long.
    ///
    /// # Errors
    ///
    /// `http::Error` for a target that cannot have such a query.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let search = |text: &str| "/search".into_request()?.try_with_query("q", text);
    /// assert_eq!(search("a&b").unwrap().uri(), "/search?q=a%26b");
    /// assert!(search(&"a".repeat(65_534)).is_err());
    /// ```
    fn try_with_query(self, name: &str, value: impl Display) -> Result<Self, http::Error>;

    /// Adds `name=value` to the end of the query, beside the values that `name` has.
    ///
    /// # Errors
    ///
    /// As [`try_with_query`](Self::try_with_query).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/search?tag=red".into_request().unwrap().try_with_added_query("tag", "blue");
    /// assert_eq!(request.unwrap().uri(), "/search?tag=red&tag=blue");
    /// ```
    fn try_with_added_query(self, name: &str, value: impl Display) -> Result<Self, http::Error>;

    /// Sets a header, and replaces the values that `name` had.
    ///
    /// It accepts types that are valid headers, such as literals. Text that is known only at run
    /// time does not compile; use [`try_with_header`](Self::try_with_header) for it.
    ///
    /// # Panics
    ///
    /// If a literal is not a valid field name or value, as `HeaderValue::from_static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/".into_request().unwrap().with_header("x-key", "1").with_header("X-Key", 2);
    /// assert_eq!(request.header_values("x-key").collect::<Vec<_>>(), ["2"]);
    /// ```
    #[must_use]
    fn with_header(self, name: impl IntoHeaderName, value: impl IntoHeaderValue) -> Self;

    /// Adds a header beside those of the same name.
    ///
    /// # Panics
    ///
    /// As [`with_header`](Self::with_header).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/".into_request().unwrap();
    /// let request = request.with_header("accept", "text/html").with_added_header("accept", "*/*");
    /// assert_eq!(request.header_values("accept").collect::<Vec<_>>(), ["text/html", "*/*"]);
    /// ```
    #[must_use]
    fn with_added_header(self, name: impl IntoHeaderName, value: impl IntoHeaderValue) -> Self;

    /// Sets a header as [`with_header`](Self::with_header), from text that may not be valid.
    ///
    /// # Errors
    ///
    /// `http::Error` for a name that is not a token, or a value with control characters (RFC 9110
    /// §5.1, §5.5).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::IntoRequest;
    /// use http4k_ws::message::RequestExt;
    ///
    /// let name = String::from("bob\r\nx-admin: 1");
    /// let refused = "/".into_request().unwrap().try_with_header("x-name", name);
    /// assert!(refused.is_err());
    /// ```
    fn try_with_header<N, V>(self, name: N, value: V) -> Result<Self, http::Error>
    where
        N: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>;

    /// Sets the body and removes the Content-Length.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let request = Request::post("/").header("content-length", 3).body("old").unwrap();
    /// let request = request.with_body("newer");
    /// assert_eq!(request.body(), "newer");
    /// assert_eq!(request.header("content-length"), None);
    /// ```
    #[must_use]
    fn with_body(self, body: impl Into<Body>) -> Request;
}

impl<B> RequestExt for http::Request<B> {
    field_methods!();

    fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        query::values(self.uri(), name).next()
    }

    fn queries(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>> {
        query::values(self.uri(), name)
    }

    fn path_param(&self, name: &str) -> Option<&str> {
        self.extensions().get::<PathParams>()?.get(name)
    }

    fn peer_addr(&self) -> Option<SocketAddr> {
        self.extensions().get::<PeerAddr>()?.client()
    }

    fn with_peer_addr(mut self, address: SocketAddr) -> Self {
        let before = self.extensions().get();
        let addresses = PeerAddr::with_client(before, address);
        self.extensions_mut().insert(addresses);
        self
    }

    fn connection_addr(&self) -> Option<SocketAddr> {
        self.extensions().get::<PeerAddr>()?.connection()
    }

    fn scheme(&self) -> Option<Scheme> {
        Scheme::of(self)
    }

    fn with_scheme(mut self, scheme: Scheme) -> Self {
        self.extensions_mut().insert(scheme);
        self
    }

    fn with_method(mut self, method: Method) -> Self {
        *self.method_mut() = method;
        self
    }

    fn with_uri(mut self, uri: Uri) -> Self {
        *self.uri_mut() = uri;
        self
    }

    #[track_caller]
    fn with_query(self, name: &str, value: impl Display) -> Self {
        match self.try_with_query(name, value) {
            Ok(request) => request,
            Err(error) => panic!("the target cannot have the query `{name}`: {error}"),
        }
    }

    fn try_with_query(mut self, name: &str, value: impl Display) -> Result<Self, http::Error> {
        *self.uri_mut() = query::with_values(self.uri(), name, [value.to_string().as_str()], true)?;
        Ok(self)
    }

    fn try_with_added_query(
        mut self,
        name: &str,
        value: impl Display,
    ) -> Result<Self, http::Error> {
        *self.uri_mut() =
            query::with_values(self.uri(), name, [value.to_string().as_str()], false)?;
        Ok(self)
    }

    fn with_body(mut self, body: impl Into<Body>) -> Request {
        self.headers_mut().remove(CONTENT_LENGTH);
        self.map(|_| body.into())
    }
}

/// Returns a copy of the request without its body.
pub(crate) fn copy_of_head(request: &Request) -> Request {
    let mut copy = Request::new(Body::empty());
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    *copy.version_mut() = request.version();
    copy.headers_mut().clone_from(request.headers());
    copy.extensions_mut().clone_from(request.extensions());
    copy
}

/// Sets bounds of the body of `request`.
pub(crate) fn with_body_bounds(mut request: Request, set: impl FnOnce(&BodyBounds)) -> Request {
    let extensions = request.extensions();
    if let Some(bounds) = request.body().bounds().or_else(|| extensions.get()) {
        set(bounds);
        return request;
    }
    // The request is not from a server, which sets bounds for each.
    let bounds = BodyBounds::new(u64::MAX, Duration::MAX);
    set(&bounds);
    request.extensions_mut().insert(bounds.clone());
    request.map(|body| Body::received(body, bounds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::IntoRequest;

    fn get(uri: &str) -> Request {
        uri.into_request().unwrap()
    }

    #[test]
    fn with_sets_and_with_added_adds() {
        let request = get("/?a=1")
            .with_header("x-key", "1")
            .with_added_header("x-key", "2")
            .try_with_added_query("a", 2)
            .unwrap();
        assert_eq!(
            request.header_values("X-KEY").collect::<Vec<_>>(),
            ["1", "2"]
        );
        assert_eq!(request.queries("a").collect::<Vec<_>>(), ["1", "2"]);

        let request = request.with_header("X-Key", 3).with_query("a", true);
        assert_eq!(request.header_values("x-key").collect::<Vec<_>>(), ["3"]);
        assert_eq!(request.queries("a").collect::<Vec<_>>(), ["true"]);
    }

    #[test]
    fn missing_values_are_none() {
        let request = get("/");
        assert_eq!(request.query("a"), None);
        assert_eq!(request.header("a"), None);
        assert_eq!(request.path_param("a"), None);
        assert_eq!(request.queries("a").count(), 0);
    }

    #[test]
    fn path_parameters_come_from_the_route() {
        let mut request = get("/bob");
        request
            .extensions_mut()
            .insert(PathParams::from_iter([("name", String::from("bob"))]));
        assert_eq!(request.path_param("name"), Some("bob"));
        assert_eq!(request.path_param("age"), None);
    }

    #[test]
    fn run_time_text_is_checked() {
        assert!(get("/").try_with_header("x y", "1").is_err());
        assert!(get("/").try_with_header("x", "a\nb").is_err());
        let request = get("/").try_with_header("x", format!("{}", 1)).unwrap();
        assert_eq!(request.header("x"), Some("1"));
    }

    #[test]
    fn a_new_body_drops_the_old_length() {
        let request = get("/").with_header("content-length", 3).with_body("hello");
        assert_eq!(request.header("content-length"), None);
        assert_eq!(request.body(), "hello");
    }

    #[test]
    #[should_panic(expected = "the target cannot have the query `a`")]
    fn a_query_that_is_too_long_panics() {
        let _ = get("/").with_query("a", "x".repeat(70_000));
    }
}
