//! Responses that the server writes without hyper: those that end a connection, and the one that
//! opens a socket.

use std::cell::RefCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use http::header::{DATE, HeaderMap};

use crate::server::ServerConfig;

/// Returns the head of the 101 that opens a socket, with `fields`, the key that it accepts, and
/// with `Date` as hyper adds it (RFC 9110 §6.6.1).
pub(in crate::server) fn switching_head(fields: &HeaderMap, accept: &str) -> Vec<u8> {
    let mut head = Vec::with_capacity(256);
    head.extend_from_slice(b"HTTP/1.1 101 Switching Protocols\r\n");
    for (name, value) in fields {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ");
    head.extend_from_slice(accept.as_bytes());
    head.extend_from_slice(b"\r\n");
    if !fields.contains_key(DATE) {
        head.extend_from_slice(b"date: ");
        append_date(&mut head);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

thread_local! {
    /// The latest second for which a date was formatted, and that date.
    static DATE_OF_SECOND: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
}

/// Appends the date of now. It is formatted once a second.
fn append_date(head: &mut Vec<u8>) {
    let now = SystemTime::now();
    let second = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    DATE_OF_SECOND.with_borrow_mut(|(formatted, date)| {
        if date.is_empty() || *formatted != second {
            *formatted = second;
            *date = httpdate::fmt_http_date(now);
        }
        head.extend_from_slice(date.as_bytes());
    });
}

/// Returns the response to a head that was not complete within `limit` (RFC 9110 §15.5.9).
pub(in crate::server) fn late_head(limit: Duration, config: &ServerConfig) -> Vec<u8> {
    last_response(
        config,
        StatusCode::REQUEST_TIMEOUT,
        &format!("the head of the request took longer than {limit:?} (RFC 9110 §15.5.9)\n"),
    )
}

/// Returns the response to a connection over the limit of its address (RFC 9110 §15.6.4).
pub(in crate::server) fn too_many_connections(limit: usize, config: &ServerConfig) -> Vec<u8> {
    last_response(
        config,
        StatusCode::SERVICE_UNAVAILABLE,
        &format!(
            "there are too many connections from this address: {limit} is the limit of \
             `ServerConfig::max_connections_per_address` (RFC 9110 §15.6.4)\n"
        ),
    )
}

/// Returns a response with the body `text`, after which the connection is closed.
pub(in crate::server) fn last_response(
    config: &ServerConfig,
    status: StatusCode,
    text: &str,
) -> Vec<u8> {
    let date = httpdate::fmt_http_date(SystemTime::now());
    let length = text.len();
    let [kind, connection, size, time] = if config.title_case_fields {
        ["Content-Type", "Connection", "Content-Length", "Date"]
    } else {
        ["content-type", "connection", "content-length", "date"]
    };
    format!(
        "HTTP/1.1 {status}\r\n{kind}: text/plain; charset=utf-8\r\n{connection}: close\r\n\
         {size}: {length}\r\n{time}: {date}\r\n\r\n{text}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_sent_whole() {
        let written =
            String::from_utf8(too_many_connections(7, &ServerConfig::default())).expect("text");
        let (head, body) = written.split_once("\r\n\r\n").expect("a head");
        assert!(
            head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
            "{head}"
        );
        assert!(
            head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())),
            "{head}"
        );
        assert!(
            head.contains("\r\ndate: ") && head.ends_with(" GMT"),
            "{head}"
        );
    }
}
