//! A finished document: ordered JSON with its bytes.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde_json::Value;

use super::tree::{Members, Tree};
use crate::handler::HttpHandler;
use crate::message::{Body, IntoResponse, Request, Response, ResponseExt};

/// A document made from a route table: JSON with the same bytes in each run, for the same table.
///
/// Members are in the order of the specification, routes in the order of the table, and the
/// properties of schemas in the order of their letters. [`Display`](fmt::Display) writes two spaces
/// for each level and a line end at the end.
///
/// A document is an HTTP handler. Its responses have an `ETag`, and a request whose `If-None-Match`
/// has that tag receives 304 without a body (RFC 9110 §13.1.2).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::document::Info;
///
/// let api = routes! { GET "/users/<id>" => http(|id: u64| format!("user {id}")) };
/// let document = api.openapi(&Info::new("users", "1.0"));
/// assert_eq!(document.to_value()["info"]["title"], "users");
///
/// let app = routes! {
///     "/api"              => mount(api),
///     GET "/openapi.json" => http(document.clone()),
/// };
/// let response = app.test_http("/openapi.json");
/// assert_eq!(response.body(), document.to_string().as_str());
///
/// let tag = response.header("etag").unwrap().to_owned();
/// let again = Request::get("/openapi.json").header("if-none-match", tag);
/// assert_eq!(app.test_http(again).status(), 304);
/// ```
#[derive(Clone)]
pub struct Document {
    tree: Arc<Tree>,
    bytes: Bytes,
    tag: HeaderValue,
}

impl Document {
    pub(super) fn new(members: Members) -> Self {
        let tree = Tree::from(members);
        let bytes = Bytes::from(format!("{tree}\n"));
        let tag = format!("\"{:x}-{:016x}\"", bytes.len(), hash(&bytes));
        Self {
            tree: Arc::new(tree),
            bytes,
            tag: HeaderValue::try_from(tag)
                .expect("hexadecimal digits are legal in a header field"),
        }
    }

    /// Returns the text, as [`Display`](fmt::Display) writes it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::document::Info;
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! { GET "/users/<id>" => http(|id: u64| format!("user {id}")) };
    /// let text = app.openapi(&Info::new("users", "1.0")).to_json();
    /// assert!(text.contains("\"/users/{id}\": {") && text.ends_with("}\n"));
    /// ```
    pub fn to_json(&self) -> String {
        self.to_string()
    }

    /// Returns the document as a value of `serde_json`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::document::Info;
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! { GET "/users/<id>" => http(|id: u64| format!("user {id}")) };
    /// let document = app.openapi(&Info::new("users", "1.0")).to_value();
    /// assert_eq!(document["paths"]["/users/{id}"]["get"]["parameters"][0]["name"], "id");
    /// ```
    pub fn to_value(&self) -> Value {
        self.tree.to_value()
    }
}

/// Returns the FNV-1a hash, which is the same on each machine and in each version of Rust.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.tree)
    }
}

/// Shows the size and the tag.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Document");
        shown.field("len", &self.bytes.len());
        shown.field("tag", &self.tag).finish_non_exhaustive()
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Document {}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        Response::new(Body::from(self.bytes))
            .with_header(header::CONTENT_TYPE, "application/json")
            .with_header(header::ETAG, self.tag)
            .with_header(header::CACHE_CONTROL, "no-cache")
    }
}

impl HttpHandler for Document {
    async fn call(&self, request: Request) -> Response {
        let known = request.headers().get_all(header::IF_NONE_MATCH);
        let known = known.iter().filter_map(|value| value.to_str().ok());
        // A comparison of tags that ignores a prefix `W/` (RFC 9110 §8.8.3.2).
        let mut tags = known.flat_map(|list| list.split(',')).map(str::trim);
        let is_known = tags.any(|tag| tag == "*" || self.tag == tag.trim_start_matches("W/"));
        let mut response = self.clone().into_response();
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(header::CONTENT_TYPE);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Offline;

    fn document() -> Document {
        Document::new(Members::new().with("b", "1").with("a", "2"))
    }

    #[test]
    fn a_document_is_ordered_json_with_a_line_end() {
        let text = document().to_json();
        assert_eq!(text, "{\n  \"b\": \"1\",\n  \"a\": \"2\"\n}\n");
        assert_eq!(document().to_value()["a"], "2");
        assert_eq!(document(), document());
    }

    #[test]
    fn known_tags_are_not_sent_again() {
        let response = document().test_http("/");
        assert_eq!(response.header("content-type"), Some("application/json"));
        let tag = response.header("etag").unwrap().to_owned();
        assert_eq!(tag, "\"1b-398766a9fdf33789\"");
        for (known, status) in [
            (tag.clone(), 304),
            (format!("\"x\", W/{tag}"), 304),
            ("*".into(), 304),
            ("\"x\"".into(), 200),
            (tag.trim_matches('"').into(), 200),
        ] {
            let request = Request::get("/").header("if-none-match", &known);
            let response = document().test_http(request);
            assert_eq!(response.status(), status, "{known}");
            assert_eq!(response.header("etag"), Some(tag.as_str()));
            assert_eq!(response.body() == "", status == 304);
        }
    }
}
