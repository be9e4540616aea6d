//! An id for each request.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use http::header::{HeaderName, HeaderValue};

use super::request_span::label_request;
use crate::describe::{DescribeRequest, FieldDescription, RouteDescription, SchemaOf};
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext, WsResponse,
};
use crate::lens::Header;
use crate::message::{FromRequest, NeededValue, Rejection, Request, Response};
use crate::session::WebSocket;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const NEEDED: NeededValue = NeededValue::of::<RequestId>("request_id()");

/// The length limit of an id that a client sent.
const MAX_LENGTH: usize = 128;

/// The id of a request, which [`request_id`] sets. A handler receives it as the argument `_`, and a
/// filter reads it from the extensions of the request.
///
/// An application in which a route has the argument and not the filter is refused when it is built.
/// `Option<RequestId>` is `None` without the filter.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{RequestId, request_id};
///
/// async fn help(id: RequestId) -> String {
///     format!("Tell us the number {id} if you need help.")
/// }
///
/// let app = routes! { "/help" => http(help(_)) }.with(request_id());
/// let response = app.test_http("/help");
/// let id = response.header("x-request-id").unwrap();
/// assert_eq!(response.body(), &format!("Tell us the number {id} if you need help."));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Creates a random id of 32 hexadecimal digits.
    fn random() -> Self {
        let number: u128 = rand::random();
        Self(format!("{number:032x}").into())
    }

    /// Returns the id that `request` has, if it is the only one and valid.
    fn sent_with(request: &Request) -> Option<Self> {
        let mut fields = request.headers().get_all(X_REQUEST_ID).iter();
        let (Some(field), None) = (fields.next(), fields.next()) else {
            return None;
        };
        let text = field.to_str().ok()?;
        let is_valid = (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_allowed);
        is_valid.then(|| Self(text.into()))
    }

    /// Returns the id as text: letters, digits and `-._~+/=:@`, at most 128.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{RequestId, request_id};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn length(id: RequestId) -> String {
    ///     id.as_str().len().to_string()
    /// }
    ///
    /// let app = routes! { GET "/" => http(length(_)) }.with(request_id());
    /// let length: usize = app.test_http("/").body().as_text().unwrap().parse().unwrap();
    /// assert!((1..=128).contains(&length));
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn to_value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("an id is visible ASCII")
    }
}

/// Returns `true` for the characters of common ids: UUIDs, Base64, and `Root=1-67891233-abcdef`.
fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=:@".contains(&byte)
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequest for RequestId {
    const NEEDS: &'static [NeededValue] = &[NEEDED];

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let id = request.extensions().get::<Self>().cloned();
        id.ok_or_else(|| NEEDED.rejection(request))
    }
}

/// The field that a client may send. It counts if the filter [trusts](RequestIds::trusted) it.
impl DescribeRequest for RequestId {
    type Body = ();

    fn describe(route: &mut RouteDescription, _: Option<SchemaOf>) {
        let lens = Header::string("x-request-id").optional();
        let field = FieldDescription::of::<str>(lens.meta().clone());
        route.fields.push(field.with_docs("The id of the request."));
    }
}

/// Gives each request an id: in its extensions as [`RequestId`], in the field `X-Request-Id` of the
/// request and of the response, and in the spans of the feature `tracing`.
///
/// The id of a client is replaced, because clients choose such ids freely, and may repeat those of
/// others. Behind a proxy that sets the field itself, use [`trusted`](RequestIds::trusted).
///
/// Every response has the field, also an error, a refusal, a stream of events and the 101 of a
/// socket. The request of a socket has the extension. The span of the request
/// (`filter::request_span`) and that of the socket have the field
/// `request_id`. Put this filter before [`access_log`](crate::filter::access_log) and
/// [`report_requests`](crate::filter::report_requests), which then have the id, too.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::request_id;
///
/// let app = || routes! {
///     GET "/" => http(|| "hello"),
///     "/ws"   => ws(|ws: WebSocket| ws.try_send("hi")),
/// };
/// let request = || Request::get("/").header("x-request-id", "7");
///
/// let response = app().with(request_id()).test_http(request());
/// assert_eq!(response.header("x-request-id").map(str::len), Some(32));
/// let response = app().with(request_id().trusted()).test_http(request());
/// assert_eq!(response.header("x-request-id"), Some("7"));
///
/// let client = app().with(request_id()).test_ws("/ws");
/// assert_eq!(client.response_headers()["x-request-id"].len(), 32);
/// ```
pub fn request_id() -> RequestIds {
    RequestIds { trusts: false }
}

/// The filter that [`request_id`] returns.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{RequestIds, request_id};
///
/// let ids: RequestIds = request_id();
/// let app = routes! { GET "/" => http(|| "hello") }.with(ids);
/// let id = || app.test_http("/").header("x-request-id").unwrap().to_owned();
/// assert_ne!(id(), id());
/// ```
#[derive(Debug, Clone)]
pub struct RequestIds {
    trusts: bool,
}

impl RequestIds {
    /// Keeps the id that a request has, if it is valid: one field, of 1 to 128 letters, digits and
    /// characters of `-._~+/=:@`. Any other is replaced.
    ///
    /// For applications that clients reach only through a proxy that sets the field.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::request_id;
    ///
    /// let app = routes! { GET "/" => http(|| "hello") }.with(request_id().trusted());
    /// let id = |text: &str| {
    ///     let response = app.test_http(Request::get("/").header("x-request-id", text));
    ///     response.header("x-request-id").unwrap().to_owned()
    /// };
    /// assert_eq!(id("Root=1-67891233-abcdef"), "Root=1-67891233-abcdef");
    /// assert_ne!(id("7; drop table"), "7; drop table");
    /// ```
    #[must_use]
    pub fn trusted(self) -> Self {
        Self { trusts: true }
    }

    /// Adds the id to `request`, and returns it.
    fn identify(&self, request: &mut Request) -> RequestId {
        let sent = RequestId::sent_with(request).filter(|_| self.trusts);
        let id = sent.unwrap_or_else(RequestId::random);
        request.headers_mut().insert(X_REQUEST_ID, id.to_value());
        request.extensions_mut().insert(id.clone());
        label_request(request, "request_id", id.as_str());
        id
    }
}

fn marked(mut response: Response, id: &RequestId) -> Response {
    response.headers_mut().insert(X_REQUEST_ID, id.to_value());
    response
}

impl PolyFilter for RequestIds {
    fn name(&self) -> String {
        "request_id".to_owned()
    }

    fn provides(&self) -> Vec<TypeId> {
        vec![TypeId::of::<RequestId>()]
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let ids = self.clone();
        let identifying = move |mut request: Request, next: Next| {
            let id = ids.identify(&mut request);
            async move { marked(next.call(request).await, &id) }
        };
        identifying.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let ids = self.clone();
        let identifying = move |mut request: Request, next: WsNext| {
            let id = ids.identify(&mut request);
            async move {
                let response: WsResponse = next.call(request).await;
                let response = response.with_header(X_REQUEST_ID, id.to_value());
                response.map_consumer(|consumer| {
                    consumer.after(move |socket: &mut WebSocket| {
                        socket.label("request_id", id.as_str());
                        socket.kept_request().insert(id);
                    })
                })
            }
        };
        identifying.then(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Body, RequestExt};

    fn sent(values: &[&str]) -> Option<String> {
        let request = Request::new(Body::empty());
        let request = values.iter().fold(request, |request, value| {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value");
            request.with_added_header(X_REQUEST_ID, value)
        });
        RequestId::sent_with(&request).map(|id| id.to_string())
    }

    #[test]
    fn an_id_is_one_short_field_of_known_characters() {
        let longest = "a".repeat(MAX_LENGTH);
        for valid in [
            "7",
            "0af7651916cd43dd8448eb211c80319c",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "a.b_c~d+e/f=g:h@i",
            &longest,
        ] {
            assert_eq!(sent(&[valid]).as_deref(), Some(valid));
        }
        let too_long = "a".repeat(MAX_LENGTH + 1);
        for invalid in [
            "", "a b", "a\tb", "a\"b", "<b>", "\u{e9}", "a,b", "a;b", &too_long,
        ] {
            assert_eq!(sent(&[invalid]), None, "{invalid}");
        }
        assert_eq!(sent(&[]), None);
        assert_eq!(sent(&["a", "a"]), None);
    }

    #[test]
    fn random_ids_differ() {
        assert_ne!(RequestId::random(), RequestId::random());
        assert_eq!(RequestId::random().as_str().len(), 32);
    }
}
