//! The reading of an ordinary request, which leaves no question about where it ends.
//!
//! A request is ordinary if it is of HTTP/1.1, arrives complete, and has none of the fields that
//! change its framing or its connection:
//!
//! 1. `Transfer-Encoding`, `Upgrade`, `Expect`, a target with `#`, and a `Connection` other than
//!    `keep-alive` are not ordinary.
//! 2. `Content-Length` is at most once in its head and consists of digits. A body is short.
//! 3. [`read_request`] reads its head. So everything that is ordinary is what hyper would read, and
//!    everything that hyper would refuse is not ordinary.

use bytes::Bytes;
use http::Request;
use httparse::Header;

use super::framing::SHORT;
use super::head::{HeadLimits, read_request};

/// Reads the request at the start of `bytes` if it is ordinary. Returns it and its length.
pub(super) fn ordinary(bytes: &[u8], limits: &HeadLimits) -> Option<(Request<Bytes>, usize)> {
    let is_short = |fields: &[Header<'_>]| body_length(fields).filter(|length| *length <= SHORT);
    let copy = |length| Bytes::copy_from_slice(&bytes[..length]);
    read_request(bytes, limits, is_short, copy)
}

/// Returns the length of the body that `fields` declare, if none of them is out of the ordinary.
fn body_length(fields: &[Header<'_>]) -> Option<usize> {
    let mut declared = None;
    for field in fields {
        // Most names differ in length from each of these.
        let is = |name: &str| field.name.eq_ignore_ascii_case(name);
        match field.name.len() {
            6 if is("expect") => return None,
            7 if is("upgrade") => return None,
            10 if is("connection") && !field.value.eq_ignore_ascii_case(b"keep-alive") => {
                return None;
            }
            14 if is("content-length") => {
                let is_first = declared.replace(digits(field.value)?).is_none();
                if !is_first {
                    return None;
                }
            }
            17 if is("transfer-encoding") => return None,
            _ => {}
        }
    }
    Some(declared.unwrap_or(0))
}

fn digits(value: &[u8]) -> Option<usize> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(value).ok().filter(|_| is_number)?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::super::head::FIELDS;
    use super::*;
    use crate::server::ServerConfig;

    fn read(text: &str) -> Option<(Request<Bytes>, usize)> {
        ordinary(text.as_bytes(), &HeadLimits::new(&ServerConfig::default()))
    }

    #[test]
    fn an_ordinary_request_is_read_with_its_body() {
        let text = "POST /a?b HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive\r\n\
                    Content-Length: 3\r\nX-A: 1\r\nx-a: \t2 \r\n\r\nabcGET / HTTP/1.1\r\n";
        let (request, length) = read(text).expect("an ordinary request");
        assert_eq!(&text[length..], "GET / HTTP/1.1\r\n");
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri(), "/a?b");
        assert_eq!(request.body(), "abc");
        let values: Vec<_> = request.headers().get_all("x-a").iter().collect();
        assert_eq!(values, ["1", "2"]);
        assert_eq!(request.headers().len(), 5);
    }

    #[test]
    fn whatever_changes_the_framing_or_the_connection_is_not_ordinary() {
        for fields in [
            "Transfer-Encoding: chunked",
            "transfer-encoding: identity",
            "TRANSFER-ENCODING:",
            "Upgrade: websocket",
            "Expect: 100-continue",
            "Connection: close",
            "Connection: keep-alive, close",
            "Connection: x-a",
            "Connection:",
            "Content-Length: 3\r\nContent-Length: 3",
            "Content-Length: 3, 3",
            "Content-Length: +3",
            "Content-Length: 0x3",
            "Content-Length: 99999999999999999999999",
            "Content-Length: 18446744073709551615",
            "Content-Length:",
            "Content-Length: -1",
            "Content-Length : 3",
            "Content-Length: 3\r\n folded: 1",
            "X\0: 1",
            "X: 1\r2",
            "X: \x01",
            ": 1",
        ] {
            let text = format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\nabcdef");
            assert!(read(&text).is_none(), "{fields}");
        }
        for line in [
            "GET / HTTP/1.0",
            "GET / HTTP/2.0",
            "GET /#x HTTP/1.1",
            "GET /\x7f HTTP/1.1",
            "GET / x HTTP/1.1",
            "GET  HTTP/1.1",
            "G@T / HTTP/1.1 ",
            "GET /",
        ] {
            assert!(
                read(&format!("{line}\r\nHost: x\r\n\r\n")).is_none(),
                "{line}"
            );
        }
    }

    #[test]
    fn a_request_that_is_incomplete_or_over_a_limit_is_not_ordinary() {
        let whole = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_none(), "{length}");
        }
        assert!(read(whole).is_some());
        let config = ServerConfig::default();
        let fields = "X: y\r\n".repeat(FIELDS);
        assert!(read(&format!("GET / HTTP/1.1\r\n{fields}\r\n")).is_some());
        assert!(read(&format!("GET / HTTP/1.1\r\n{fields}X: y\r\n\r\n")).is_none());
        let long = "x".repeat(config.max_head);
        assert!(read(&format!("GET / HTTP/1.1\r\nX: {long}\r\n\r\n")).is_none());
        let body = "x".repeat(SHORT + 1);
        let length = body.len();
        let head = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
        assert!(read(&format!("{head}{body}")).is_none());
    }
}
