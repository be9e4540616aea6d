//! The rules that every response of an application keeps, in memory and in each version of HTTP.
//!
//! A filter may replace a body and keep the old length, and a handler may return a status that
//! cannot stand alone. Each protocol would treat that differently, so these rules apply once,
//! before any of them sees the response:
//!
//! 1. The status is final. A handler cannot send 1xx (RFC 9110 §15.2), so 500 is sent and logged.
//! 2. Fields of the connection belong to the server (§7.6.1) and are removed. `Connection: close`
//!    stays, and so does the `Upgrade` that 426 must have (§15.5.22).
//! 3. 204, 205 and 304 have no body, nor has a response to HEAD (§6.4.1, §15.3.6).
//! 4. `Content-Length` is the length of the body, whatever the handler declared. If the body is a
//!    stream of unknown length, the declared length counts, and the stream must keep it. A response
//!    to HEAD has the length of the body that it does not send (§8.6); 204 and 304 have none.

use http::header::{CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderValue, TRAILER, UPGRADE};
use http::{HeaderName, Method, StatusCode};
use http_body::Body as _;

use super::caught::internal_error;
use crate::message::{Body, Response, drop_fields_of_the_connection, has_token};

/// The source of the `Content-Length` of a body with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LengthFrom {
    /// The fields of the response.
    Fields,
    /// The connection, which adds the length in the body's size hint to the head that it writes.
    Connection,
}

/// Makes `response` one that may be sent for a request with `method`.
///
/// It is changed in place, because each move of a response copies all of it.
pub(crate) fn make_valid(method: &Method, response: &mut Response, from: LengthFrom) {
    if response.status().is_informational() {
        let status = response.status();
        log::error!("a handler returned {status}, which is not a final response: 500 is sent");
        *response = internal_error();
    }
    let status = response.status();
    // Comparing a few names is faster than hashing one.
    let mut names = response.headers().keys();
    let declared = if names.any(|name| *name == CONTENT_LENGTH || is_of_the_connection(name)) {
        own_connection(status, response.headers_mut());
        take_length(response.headers_mut())
    } else {
        None
    };
    let length = match status {
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => None,
        StatusCode::RESET_CONTENT => Some(0),
        _ => length(method, response.body(), declared),
    };
    let has_no_body = method == Method::HEAD || is_bodiless(status);
    let is_added = from == LengthFrom::Connection && !has_no_body && length != Some(0);
    if let Some(length) = length.filter(|_| !is_added) {
        let headers = response.headers_mut();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if has_no_body {
        *response.body_mut() = Body::empty();
        // Trailers follow a body.
        response.headers_mut().remove(TRAILER);
    } else if let (Some(length), None) = (length, response.body().as_bytes()) {
        let body = std::mem::take(response.body_mut());
        *response.body_mut() = body.measured(length);
    }
}

/// Turns a response to GET into the response to HEAD (RFC 9110 §9.3.2).
pub(crate) fn without_body(mut response: Response) -> Response {
    let declared = response.headers().contains_key(CONTENT_LENGTH);
    match response.body().size_hint().exact() {
        // A handler that supports HEAD may have declared the length of the body that it omitted.
        Some(0) if declared => {}
        Some(length) => {
            let headers = response.headers_mut();
            headers.insert(CONTENT_LENGTH, length.into());
        }
        None => {}
    }
    *response.body_mut() = Body::empty();
    response
}

fn is_bodiless(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
    )
}

/// Returns the `Content-Length` of a response whose status allows a body.
fn length(method: &Method, body: &Body, declared: Option<u64>) -> Option<u64> {
    match body.size_hint().exact() {
        // A handler that supports HEAD omits the body, which then has no length to use.
        Some(0) if method == Method::HEAD => declared,
        Some(length) => {
            if declared.is_some_and(|declared| declared != length) {
                log::debug!("the Content-Length of a handler was not {length}, and is corrected");
            }
            Some(length)
        }
        None => declared,
    }
}

/// Removes the declared length, and returns it if it is one number (RFC 9110 §8.6).
fn take_length(headers: &mut HeaderMap) -> Option<u64> {
    let mut values = headers.get_all(CONTENT_LENGTH).iter();
    let only = values.next().filter(|_| values.next().is_none());
    let length = only
        .and_then(|value| value.to_str().ok())
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok());
    headers.remove(CONTENT_LENGTH);
    length
}

/// Removes the fields of the connection, except those that a handler may set.
fn own_connection(status: StatusCode, headers: &mut HeaderMap) {
    let closes = has_token(headers, CONNECTION, "close");
    let upgrade = headers.get(UPGRADE).cloned();
    drop_fields_of_the_connection(headers);
    if closes {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if let (StatusCode::UPGRADE_REQUIRED, Some(upgrade)) = (status, upgrade) {
        headers.insert(UPGRADE, upgrade);
        // `Connection` must list `Upgrade` (RFC 9110 §7.8).
        headers.append(CONNECTION, HeaderValue::from_static("upgrade"));
    }
}

fn is_of_the_connection(name: &HeaderName) -> bool {
    let name = name.as_str();
    matches!(
        name,
        "connection" | "keep-alive" | "proxy-connection" | "te" | "transfer-encoding" | "upgrade"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::ResponseExt;

    fn valid(method: &Method, mut response: Response, from: LengthFrom) -> Response {
        make_valid(method, &mut response, from);
        response
    }

    fn response(status: u16, fields: &[(&'static str, &'static str)], body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        for (name, value) in fields {
            let headers = response.headers_mut();
            headers.append(*name, HeaderValue::from_static(value));
        }
        response
    }

    #[test]
    fn the_length_follows_the_body_the_status_and_the_method() {
        const WRONG: &[(&str, &str)] = &[("content-length", "9")];
        const TWICE: &[(&str, &str)] = &[("content-length", "1"), ("content-length", "1")];
        const NO_NUMBER: &[(&str, &str)] = &[("content-length", "+1")];
        let (get, head) = (Method::GET, Method::HEAD);
        for (method, status, fields, body, length, left) in [
            (&get, 200, &[][..], "abc", Some("3"), "abc"),
            (&get, 200, WRONG, "abc", Some("3"), "abc"),
            (&get, 200, TWICE, "abc", Some("3"), "abc"),
            (&get, 200, NO_NUMBER, "abc", Some("3"), "abc"),
            (&get, 200, WRONG, "", Some("0"), ""),
            (&get, 204, WRONG, "abc", None, ""),
            (&get, 204, &[], "", None, ""),
            (&get, 205, WRONG, "abc", Some("0"), ""),
            (&get, 304, WRONG, "abc", None, ""),
            (&head, 200, &[], "abc", Some("3"), ""),
            (&head, 200, WRONG, "abc", Some("3"), ""),
            (&head, 200, WRONG, "", Some("9"), ""),
            (&head, 200, NO_NUMBER, "", None, ""),
            (&head, 200, &[], "", None, ""),
            (&head, 204, WRONG, "", None, ""),
            (&head, 205, WRONG, "abc", Some("0"), ""),
            (&head, 304, WRONG, "", None, ""),
        ] {
            let what = format!("{method} {status} {fields:?} {body:?}");
            let valid = valid(
                method,
                response(status, fields, Body::from(body)),
                LengthFrom::Fields,
            );
            assert_eq!(valid.status(), status, "{what}");
            assert_eq!(valid.header("content-length"), length, "{what}");
            assert_eq!(
                valid.header_values("content-length").count(),
                usize::from(length.is_some())
            );
            assert_eq!(valid.body(), left, "{what}");
        }
    }

    #[test]
    fn a_connection_adds_the_length_of_a_sent_body_only() {
        let (get, head) = (Method::GET, Method::HEAD);
        for (method, status, body, length) in [
            (&get, 200, "abc", None),
            (&get, 200, "", Some("0")),
            (&get, 204, "abc", None),
            (&get, 205, "abc", Some("0")),
            (&head, 200, "abc", Some("3")),
        ] {
            let sent = response(status, &[("content-length", "9")], Body::from(body));
            let sent = valid(method, sent, LengthFrom::Connection);
            assert_eq!(
                sent.header("content-length"),
                length,
                "{method} {status} {body}"
            );
        }
        let stream = futures_util::stream::iter([Ok::<_, std::io::Error>("abc")]);
        let sent = response(200, &[("content-length", "3")], Body::from_stream(stream));
        let sent = valid(&get, sent, LengthFrom::Connection);
        assert_eq!(sent.header("content-length"), None);
        assert_eq!(sent.body().size_hint().exact(), Some(3));
    }

    #[test]
    fn an_interim_status_is_a_500() {
        for status in [100, 101, 102, 103, 199] {
            let sent = response(status, &[("upgrade", "websocket")], Body::from("x"));
            let valid = valid(&Method::GET, sent, LengthFrom::Fields);
            assert_eq!(valid.status(), 500, "{status}");
            assert_eq!(valid.header("upgrade"), None);
        }
    }

    #[test]
    fn fields_of_the_connection_belong_to_the_server() {
        let fields = [
            ("connection", "x-mine, keep-alive"),
            ("connection", "Close"),
            ("x-mine", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("te", "trailers"),
            ("transfer-encoding", "gzip, chunked"),
            ("upgrade", "h2c"),
            ("x-other", "2"),
        ];
        let valid = |status| {
            let sent = response(status, &fields, Body::from("a"));
            self::valid(&Method::GET, sent, LengthFrom::Fields)
        };
        let sent = valid(200);
        let mut left: Vec<_> = sent.headers().keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["connection", "content-length", "x-other"]);
        assert_eq!(sent.header("connection"), Some("close"));

        let required = valid(426);
        assert_eq!(required.header("upgrade"), Some("h2c"));
        let connection: Vec<_> = required.header_values("connection").collect();
        assert_eq!(connection, ["close", "upgrade"]);
    }
}
