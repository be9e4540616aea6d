//! Downloads.

use std::fmt::Write as _;

use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};

use super::Response;
use super::into_response::IntoResponse;
use crate::message::body::Body;
use crate::message::printable::is_unseen;

/// A file for the browser to save: a response with status 200 and `Content-Disposition: attachment`
/// (RFC 6266).
///
/// The Content-Type is `application/octet-stream` unless [`with_content_type`] sets another, and
/// `X-Content-Type-Options: nosniff` keeps browsers from guessing it. The name may come from a
/// user: only what follows the last slash or backslash is used, without control characters and
/// invisible marks. A name that is not ASCII is sent twice, as `filename*` in UTF-8 (RFC 8187) and
/// as `filename` with `_` in place of each other character. Without a name that can be used, the
/// browser chooses one.
///
/// [`with_content_type`]: Self::with_content_type
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoResponse;
/// use http4k_ws::message::{Attachment, ResponseExt};
///
/// let response = Attachment::new("../r\u{e9}sum\u{e9}.pdf", vec![1, 2, 3])
///     .with_content_type("application/pdf")
///     .into_response();
/// assert_eq!(
///     response.header("content-disposition"),
///     Some("attachment; filename=\"r_sum_.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf")
/// );
/// assert_eq!(response.header("content-type"), Some("application/pdf"));
/// assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
/// ```
#[derive(Debug)]
pub struct Attachment {
    name: String,
    body: Body,
    content_type: String,
    kind: &'static str,
}

impl Attachment {
    /// Creates a file with a name, from bytes or a stream of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Attachment;
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! { GET "/report" => http(|| Attachment::new("report.csv", "a,b\n1,2\n")) };
    /// let response = app.test_http("/report");
    /// let disposition = "attachment; filename=\"report.csv\"";
    /// assert_eq!(response.header("content-disposition"), Some(disposition));
    /// assert_eq!(response.header("content-type"), Some("application/octet-stream"));
    /// ```
    pub fn new(name: impl Into<String>, body: impl Into<Body>) -> Self {
        Self {
            name: name.into(),
            body: body.into(),
            content_type: "application/octet-stream".to_owned(),
            kind: "attachment",
        }
    }

    /// Sets the Content-Type. A text that is not the value of a field is logged, and the default is
    /// sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Attachment;
    /// use http4k_ws::prelude::*;
    ///
    /// let csv = |kind| Attachment::new("a.csv", "1,2").with_content_type(kind).into_response();
    /// assert_eq!(csv("text/csv").header("content-type"), Some("text/csv"));
    /// assert_eq!(csv("text/\ncsv").header("content-type"), Some("application/octet-stream"));
    /// ```
    #[must_use]
    pub fn with_content_type(self, content_type: impl Into<String>) -> Self {
        let content_type = content_type.into();
        Self {
            content_type,
            ..self
        }
    }

    /// Lets the browser show the file, and use the name if the user saves it.
    ///
    /// Never show a file of a user with a type that runs scripts, such as `text/html` and
    /// `image/svg+xml`: it would act for the site.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Attachment;
    /// use http4k_ws::prelude::*;
    ///
    /// let bill = Attachment::new("bill.pdf", "%PDF").with_content_type("application/pdf");
    /// let response = bill.inline().into_response();
    /// assert_eq!(response.header("content-disposition"), Some("inline; filename=\"bill.pdf\""));
    /// ```
    #[must_use]
    pub fn inline(self) -> Self {
        let kind = "inline";
        Self { kind, ..self }
    }
}

impl IntoResponse for Attachment {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body);
        let headers = response.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let content_type = HeaderValue::try_from(self.content_type).unwrap_or_else(|error| {
            log::error!("the Content-Type of a download is not valid: {error}");
            HeaderValue::from_static("application/octet-stream")
        });
        headers.insert(CONTENT_TYPE, content_type);
        let disposition = disposition(self.kind, &self.name);
        // Only visible ASCII is written.
        if let Ok(value) = HeaderValue::try_from(disposition) {
            headers.insert(CONTENT_DISPOSITION, value);
        }
        response
    }
}

/// Returns the value of the field (RFC 6266 §4.1, appendix D).
fn disposition(kind: &str, name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|c| *c == ' ' || !is_unseen(*c))
        .collect();
    let name = name.trim();
    let mut value = kind.to_owned();
    if matches!(name, "" | "." | "..") {
        return value;
    }
    // Some browsers decode a percent sign and do not undo a backslash, so neither is written.
    let is_plain = |c: char| c == ' ' || (c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%'));
    let ascii: String = name
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    value.extend(["; filename=\"", &ascii, "\""]);
    if ascii != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(char::from(byte));
            } else {
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_for_every_browser() {
        for (name, expected) in [
            ("a.txt", "attachment; filename=\"a.txt\""),
            ("a b;c.txt", "attachment; filename=\"a b;c.txt\""),
            ("/etc/passwd", "attachment; filename=\"passwd\""),
            ("..\\..\\a.txt", "attachment; filename=\"a.txt\""),
            (
                "a\r\nSet-Cookie: b\0",
                "attachment; filename=\"aSet-Cookie: b\"",
            ),
            ("a\u{202e}txt.exe", "attachment; filename=\"atxt.exe\""),
            (
                "a\"b",
                "attachment; filename=\"a_b\"; filename*=UTF-8''a%22b",
            ),
            (
                "50%.txt",
                "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt",
            ),
            (
                "\u{20ac}",
                "attachment; filename=\"_\"; filename*=UTF-8''%E2%82%AC",
            ),
            ("", "attachment"),
            ("a/..", "attachment"),
            (" / ", "attachment"),
        ] {
            assert_eq!(disposition("attachment", name), expected, "{name:?}");
        }
    }
}
