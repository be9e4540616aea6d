//! The writing of a response that is complete, as hyper would write it.
//!
//! 1. The fields of the response come first, then `content-length` if there is a body, and `date`
//!    unless the response has one. A response without a body has the length that its handler or
//!    [`make_valid`](crate::handler) has declared.
//! 2. A response without a body whose length is not declared is left to hyper: it is one to HEAD,
//!    or one of the server itself, and only hyper knows if it needs `content-length: 0`.
//! 3. A response that says something about its connection, such as `Connection: close`, is left to
//!    hyper, and so is one with a long body, which need not be copied.

use std::cell::RefCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::BytesMut;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderName, StatusCode, Version};
use hyper::ext::ReasonPhrase;

use super::head::keep_spare;
use crate::message::Response;

/// The longest body that is copied behind its head.
const SHORT_BODY: usize = 16 * 1024;

/// Fields that only hyper writes.
const LEFT_TO_HYPER: [HeaderName; 4] = [CONNECTION, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// Returns `true` if [`write`] can write the response.
pub(super) fn is_writable(response: &Response) -> bool {
    let Some(body) = response.body().sent_bytes() else {
        return false;
    };
    let has = |name: &HeaderName| response.headers().keys().any(|other| other == name);
    body.len() <= SHORT_BODY
        && response.version() == Version::HTTP_11
        && !response.status().is_informational()
        && has(&CONTENT_LENGTH) == (body.is_empty() && !is_without_length(response.status()))
        && !LEFT_TO_HYPER.iter().any(has)
        && response.extensions().get::<ReasonPhrase>().is_none()
}

/// Returns `true` if a response with `status` has neither a body nor a length (RFC 9110 §8.6).
fn is_without_length(status: StatusCode) -> bool {
    matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// Writes a response whose body is in memory, with the date of the last [`renew_date`].
pub(super) fn write(response: Response, to: &mut BytesMut) {
    let (parts, body) = response.into_parts();
    let body = body.sent_bytes().map_or(&[][..], |bytes| bytes);
    let fields = &parts.headers;
    let length = |(name, value): (&HeaderName, &http::HeaderValue)| {
        name.as_str().len() + value.len() + ": \r\n".len()
    };
    to.reserve(ROOM + fields.iter().map(length).sum::<usize>() + body.len());
    write_status(parts.status, to);
    let mut is_dated = false;
    for (name, value) in fields {
        is_dated |= *name == DATE;
        to.extend_from_slice(name.as_str().as_bytes());
        to.extend_from_slice(b": ");
        to.extend_from_slice(value.as_bytes());
        to.extend_from_slice(b"\r\n");
    }
    if !body.is_empty() {
        write_length(body.len(), to);
    }
    if !is_dated {
        write_date(to);
    }
    to.extend_from_slice(b"\r\n");
    to.extend_from_slice(body);
    keep_spare(parts.headers);
}

/// The bytes for a status line, a length and a date.
const ROOM: usize = 160;

fn write_status(status: StatusCode, to: &mut BytesMut) {
    if status == StatusCode::OK {
        to.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
        return;
    }
    to.extend_from_slice(b"HTTP/1.1 ");
    to.extend_from_slice(status.as_str().as_bytes());
    to.extend_from_slice(b" ");
    // The words of hyper for a status that has none.
    let reason = status.canonical_reason().unwrap_or("<none>");
    to.extend_from_slice(reason.as_bytes());
    to.extend_from_slice(b"\r\n");
}

fn write_length(length: usize, to: &mut BytesMut) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut left = length;
    while start == digits.len() || left > 0 {
        start -= 1;
        digits[start] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    to.extend_from_slice(b"content-length: ");
    to.extend_from_slice(&digits[start..]);
    to.extend_from_slice(b"\r\n");
}

/// The line of the date of a second.
struct DateLine {
    second: Duration,
    text: String,
}

thread_local! {
    static LINE: RefCell<DateLine> = const {
        RefCell::new(DateLine { second: Duration::ZERO, text: String::new() })
    };
}

/// Reads the clock for the responses that follow.
pub(super) fn renew_date() {
    LINE.with_borrow_mut(|line| {
        let now = SystemTime::now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        if line.text.is_empty() || since.as_secs() != line.second.as_secs() {
            line.second = since;
            line.text = format!("date: {}\r\n", httpdate::fmt_http_date(now));
        }
    });
}

fn write_date(to: &mut BytesMut) {
    LINE.with_borrow(|line| to.extend_from_slice(line.text.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Body, IntoResponse, ResponseExt};

    fn written(response: Response) -> String {
        let mut to = BytesMut::new();
        renew_date();
        write(response, &mut to);
        String::from_utf8(to.to_vec()).expect("text")
    }

    #[test]
    fn a_response_is_written_with_its_length_and_date() {
        let response = "hello".into_response().with_header("x-a", "1");
        let response = response.with_added_header("x-a", "2");
        let text = written(response);
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        assert_eq!(body, "hello");
        let mut lines: Vec<_> = head.split("\r\n").collect();
        let date = lines.pop().expect("a date");
        assert!(
            date.starts_with("date: ") && date.ends_with(" GMT"),
            "{date}"
        );
        assert_eq!(
            lines,
            [
                "HTTP/1.1 200 OK",
                "content-type: text/plain; charset=utf-8",
                "x-a: 1",
                "x-a: 2",
                "content-length: 5",
            ]
        );
    }

    #[test]
    fn a_declared_date_and_length_are_kept() {
        let response = StatusCode::NOT_FOUND
            .into_response()
            .with_header("date", "then")
            .with_header("content-length", "7");
        assert_eq!(
            written(response),
            "HTTP/1.1 404 Not Found\r\ndate: then\r\ncontent-length: 7\r\n\r\n"
        );
    }

    #[test]
    fn every_length_is_written_in_decimal() {
        for length in [1, 9, 10, 99, 16_384, usize::MAX] {
            let mut to = BytesMut::new();
            write_length(length, &mut to);
            assert_eq!(to, format!("content-length: {length}\r\n"));
        }
    }

    #[test]
    fn what_concerns_the_connection_or_is_long_is_not_written() {
        let plain = || "hello".into_response();
        assert!(is_writable(&plain()));
        assert!(is_writable(&StatusCode::NO_CONTENT.into_response()));
        let empty = || StatusCode::OK.into_response();
        assert!(is_writable(&empty().with_header("content-length", "0")));
        assert!(!is_writable(&empty()));
        for (name, value) in [
            ("connection", "close"),
            ("upgrade", "websocket"),
            ("trailer", "x"),
            ("transfer-encoding", "chunked"),
            ("content-length", "5"),
        ] {
            assert!(!is_writable(&plain().with_header(name, value)), "{name}");
        }
        assert!(!is_writable(&"x".repeat(SHORT_BODY + 1).into_response()));
        let stream = futures_util::stream::iter([Ok::<_, std::io::Error>("abc")]);
        assert!(!is_writable(&Response::new(Body::from_stream(stream))));
        let mut old = plain();
        *old.version_mut() = Version::HTTP_10;
        assert!(!is_writable(&old));
        let mut worded = plain();
        worded
            .extensions_mut()
            .insert(ReasonPhrase::from_static(b"Fine"));
        assert!(!is_writable(&worded));
    }
}
