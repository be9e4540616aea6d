//! The responses that hyper does not write, because it is done with the connection or never had it.

use std::time::{Duration, SystemTime};

use http::StatusCode;

use super::ServerConfig;

/// For a request whose head was not complete within `limit` (RFC 9110 §15.5.9).
pub(super) fn late_head(limit: Duration, config: &ServerConfig) -> Vec<u8> {
    last(
        config,
        StatusCode::REQUEST_TIMEOUT,
        &format!("the head of the request took longer than {limit:?} (RFC 9110 §15.5.9)\n"),
    )
}

/// For a connection of which there are too many (RFC 9110 §15.6.4).
pub(super) fn too_many_connections(limit: usize, config: &ServerConfig) -> Vec<u8> {
    last(
        config,
        StatusCode::SERVICE_UNAVAILABLE,
        &format!(
            "there are too many connections from this address: {limit} is the limit of \
             `ServerConfig::max_connections_per_address` (RFC 9110 §15.6.4)\n"
        ),
    )
}

/// For a connection that speaks HTTP, on a port for TLS.
#[cfg(feature = "tls")]
pub(super) fn no_tls(config: &ServerConfig) -> Vec<u8> {
    last(
        config,
        StatusCode::BAD_REQUEST,
        "this port speaks HTTP over TLS only: ask with https:// or wss://\n",
    )
}

/// The last response of a connection.
fn last(config: &ServerConfig, status: StatusCode, line: &str) -> Vec<u8> {
    let date = httpdate::fmt_http_date(SystemTime::now());
    let length = line.len();
    let [kind, connection, size, time] = if config.title_case_fields {
        ["Content-Type", "Connection", "Content-Length", "Date"]
    } else {
        ["content-type", "connection", "content-length", "date"]
    };
    format!(
        "HTTP/1.1 {status}\r\n{kind}: text/plain; charset=utf-8\r\n{connection}: close\r\n\
         {size}: {length}\r\n{time}: {date}\r\n\r\n{line}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_written_whole() {
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
