//! Fields of every response.

use crate::handler::{HttpHandler, Next, PolyFilter, is_reserved, over_all};
use crate::message::{IntoHeaderName, IntoHeaderValue, Request};

/// Sets a field of every response, and replaces the values that the handler set.
///
/// It sees every response: those of handlers, refusals, 404, streams of events, and the response
/// that accepts a socket.
///
/// # Panics
///
/// Panics if a literal is not a field name or value, and for the fields that the server sets for
/// each connection, such as `Connection`, `Content-Length` and `Upgrade`.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::set_header;
///
/// let app = routes! {
///     GET "/" => http(|| "hello"),
///     "/ws"   => ws(|ws: WebSocket| ws.try_send("hi")),
/// };
/// let app = app.with(set_header("x-served-by", "london-3"));
/// for path in ["/", "/nowhere"] {
///     assert_eq!(app.test_http(path).header("x-served-by"), Some("london-3"));
/// }
/// assert_eq!(app.test_ws("/ws").response_headers()["x-served-by"], "london-3");
/// ```
#[track_caller]
pub fn set_header(
    name: impl IntoHeaderName,
    value: impl IntoHeaderValue,
) -> impl PolyFilter + Clone {
    let (name, value) = (name.into_header_name(), value.into_header_value());
    assert!(
        !is_reserved(&name),
        "`{name}` is set by the server for each connection"
    );
    over_all("set_header", move |request: Request, next: Next| {
        let (name, value) = (name.clone(), value.clone());
        async move {
            let mut response = next.call(request).await;
            response.headers_mut().insert(name, value);
            response
        }
    })
}

/// Removes a field of every response, as [`set_header`] sets one.
///
/// Fields that the server adds itself, such as `Date`, are not affected.
///
/// # Panics
///
/// Panics if a literal is not a field name.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::remove_header;
///
/// let page = || "hello".into_response().with_header("x-powered-by", "a framework");
/// let app = routes! { GET "/" => http(page()) };
/// let app = app.with(remove_header("x-powered-by"));
/// assert_eq!(app.test_http("/").header("x-powered-by"), None);
/// ```
#[track_caller]
pub fn remove_header(name: impl IntoHeaderName) -> impl PolyFilter + Clone {
    let name = name.into_header_name();
    over_all("remove_header", move |request: Request, next: Next| {
        let name = name.clone();
        async move {
            let mut response = next.call(request).await;
            response.headers_mut().remove(name);
            response
        }
    })
}
