//! Pages.

use http::header::{CONTENT_TYPE, HeaderValue};

use super::Response;
use super::into_response::IntoResponse;
use crate::message::body::Body;

/// A page of HTML: a response with status 200 and `Content-Type: text/html; charset=utf-8`.
///
/// The text is sent as it is. Values of users must have been escaped, as templates such as those of
/// `maud` and `askama` do. [`escaped`](Self::escaped) escapes one.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoResponse;
/// use http4k_ws::message::{Html, ResponseExt};
///
/// fn hello(name: &str) -> Html<String> {
///     Html(format!("<h1>hello {}</h1>", Html::escaped(name)))
/// }
///
/// let response = hello("<b>").into_response();
/// assert_eq!(response.header("content-type"), Some("text/html; charset=utf-8"));
/// assert_eq!(response.body(), "<h1>hello &lt;b&gt;</h1>");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Html<T = ()>(
    /// The page.
    pub T,
);

impl Html {
    /// Returns `text` with `&`, `<`, `>`, `"` and `'` replaced, for the content of an element or an
    /// attribute in quotes.
    ///
    /// This is not enough inside `<script>`, `<style>`, a URL or an attribute without quotes.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Html;
    ///
    /// assert_eq!(Html::escaped("Tom & 'Jerry'"), "Tom &amp; &#39;Jerry&#39;");
    /// ```
    pub fn escaped(text: &str) -> String {
        let mut escaped = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                other => escaped.push(other),
            }
        }
        escaped
    }
}

impl<T: Into<Body>> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.0.into());
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, html);
        response
    }
}
