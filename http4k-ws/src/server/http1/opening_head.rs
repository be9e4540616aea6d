//! The head of an opening handshake, read without hyper.
//!
//! Only what every browser and client library sends is read here: a GET of a path with
//! `Upgrade: websocket`, without a body or an expectation. hyper reads any other head.

use bytes::Bytes;
use http::{Method, Request};
use httparse::Header;

use super::head::{HeadLimits, read_request};
use crate::server::upgrade::is_websocket;

/// Returns the opening handshake at the start of `bytes`, and the bytes behind its head. `None` if
/// hyper must read it.
pub(super) fn opening_handshake(
    bytes: &Bytes,
    limits: &HeadLimits,
) -> Option<(Request<()>, Bytes)> {
    let is_upgrade = |fields: &[Header<'_>]| has_upgrade(fields).then_some(0);
    let share = |length| bytes.slice(..length);
    let (request, length) = read_request(bytes, limits, is_upgrade, share)?;
    let request = request.map(|_| ());
    let is_read = request.method() == Method::GET && is_plain(&request) && is_websocket(&request);
    is_read.then(|| (request, bytes.slice(length..)))
}

/// Returns `true` if the target is a path of visible ASCII characters.
fn is_plain(request: &Request<()>) -> bool {
    let uri = request.uri();
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    uri.authority().is_none()
        && target.starts_with('/')
        && target.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Returns `true` if the fields ask for an upgrade, and declare neither a body nor an expectation.
fn has_upgrade(fields: &[Header<'_>]) -> bool {
    let is = |field: &Header<'_>, name: &str| field.name.eq_ignore_ascii_case(name);
    let left_to_hyper = ["content-length", "transfer-encoding", "trailer", "expect"];
    fields.iter().any(|field| is(field, "upgrade"))
        && !fields
            .iter()
            .any(|field| left_to_hyper.iter().any(|name| is(field, name)))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::{Arc, Mutex};

    use hyper::body::Incoming;
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;
    use crate::message::{Body, Response};
    use crate::server::ServerConfig;

    fn head(lines: &str) -> Bytes {
        let head = format!("{}\r\n\r\n", lines.trim().replace('\n', "\r\n"));
        Bytes::from(head)
    }

    fn read_with(bytes: &Bytes, config: &ServerConfig) -> Option<(Request<()>, Bytes)> {
        opening_handshake(bytes, &HeadLimits::new(config))
    }

    fn read(bytes: &Bytes) -> Option<(Request<()>, Bytes)> {
        read_with(bytes, &ServerConfig::default())
    }

    /// Returns the request that hyper reads, or `None` if it refuses the bytes.
    async fn read_by_hyper(bytes: &[u8]) -> Option<http::request::Parts> {
        let (mut client, server) = duplex(64 * 1024);
        let seen = Arc::new(Mutex::new(None));
        let note = Arc::clone(&seen);
        let respond = service_fn(move |request: Request<Incoming>| {
            *note.lock().expect("a test") = Some(request.into_parts().0);
            async { Ok::<_, Infallible>(Response::new(Body::empty())) }
        });
        client.write_all(bytes).await.expect("room");
        client.shutdown().await.expect("an open pipe");
        let _ = http1::Builder::new()
            .serve_connection(TokioIo::new(server), respond)
            .await;
        let _ = client.read_to_end(&mut Vec::new()).await;
        seen.lock().expect("a test").take()
    }

    const BROWSER: &str = "\
GET /chat/room%20one?user=ann&x HTTP/1.1
Host: chat.example:8443
Connection: keep-alive, Upgrade
Pragma: no-cache
Cache-Control: no-cache
User-Agent: Mozilla/5.0 (X11; Linux x86_64) \u{e9}
Upgrade: websocket
Origin: https://chat.example
Sec-WebSocket-Version: 13
Accept-Encoding:gzip, deflate, br
Cookie: a=1
Cookie: b=2
X-Empty:
X-Spaces: \t in  the middle \t
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    #[tokio::test]
    async fn a_handshake_is_read_as_hyper_reads_it() {
        let bytes = head(BROWSER);
        let (request, rest) = read(&bytes).expect("a handshake");
        let expected = read_by_hyper(&bytes).await.expect("a request");
        assert_eq!(request.method(), expected.method);
        assert_eq!(request.uri(), &expected.uri);
        assert_eq!(request.version(), expected.version);
        assert_eq!(request.headers(), &expected.headers);
        let order = |headers: &http::HeaderMap| headers.keys().cloned().collect::<Vec<_>>();
        assert_eq!(order(request.headers()), order(&expected.headers));
        assert!(rest.is_empty());
    }

    /// Each byte of a head is replaced by others that a parser may treat differently. What is read
    /// here must be what hyper reads.
    #[tokio::test]
    async fn a_changed_byte_is_read_as_hyper_reads_it() {
        let short = head(
            "GET /a?b HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: Upgrade\nX: y z\n\
             Sec-WebSocket-Version: 13",
        );
        let mut read_here = 0;
        for at in 0..short.len() {
            for byte in b"\0\t\n\r \"#%/:;?@A\x7f\x80\xff" {
                let mut changed = short.to_vec();
                changed[at] = *byte;
                let changed = Bytes::from(changed);
                let Some((request, _)) = read(&changed) else {
                    continue;
                };
                read_here += 1;
                let shown = changed.escape_ascii();
                let expected = read_by_hyper(&changed).await;
                let expected = expected.unwrap_or_else(|| panic!("hyper refuses {shown}"));
                assert_eq!(request.uri(), &expected.uri, "{shown}");
                assert_eq!(request.headers(), &expected.headers, "{shown}");
            }
        }
        assert!(read_here > 200, "{read_here}");
    }

    #[test]
    fn bytes_behind_the_head_belong_to_the_socket() {
        let mut bytes = head(BROWSER).to_vec();
        bytes.extend_from_slice(b"\x81\x80\0\0\0\0");
        let (_, rest) = read(&bytes.into()).expect("a handshake");
        assert_eq!(&rest[..], b"\x81\x80\0\0\0\0");
    }

    #[test]
    fn hyper_reads_everything_else() {
        let handshake = "GET / HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: Upgrade";
        assert!(read(&head(handshake)).is_some());
        for (from, to) in [
            ("GET /", "POST /"),
            ("GET /", "get /"),
            ("GET /", "GET  /"),
            ("GET /", "GET http://a/"),
            ("GET /", "GET /a#b"),
            ("GET /", "GET /\u{e9}"),
            ("HTTP/1.1", "HTTP/1.0"),
            ("HTTP/1.1", "HTTP/1.1 "),
            ("Host: a", "Host : a"),
            ("Host: a", "Host: a\n b"),
            ("Host: a", "Host: a\nContent-Length: 1"),
            ("Host: a", "Host: a\ntransfer-encoding: chunked"),
            ("Host: a", "Host: a\nExpect: 100-continue"),
            ("Host: a", "Host: a\nTrailer: x"),
            ("Host: a", "Host"),
            ("Host: a", ": a"),
            ("Upgrade: websocket", "Upgrade: h2c"),
            ("Connection: Upgrade", "Connection: close"),
        ] {
            let changed = handshake.replacen(from, to, 1);
            assert!(read(&head(&changed)).is_none(), "{changed}");
        }
        let whole = head(handshake);
        assert!(read(&whole.slice(..whole.len() - 1)).is_none());
        for config in [
            ServerConfig::default().with_max_head(whole.len() - 1),
            ServerConfig::default().with_max_fields(2),
        ] {
            assert!(read_with(&whole, &config).is_none());
        }
    }
}
