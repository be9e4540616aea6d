//! The preamble of a connection: the version of HTTP, and the head of the first
//! request.
//!
//! That head is received here, into memory of its own length. A client that sends nothing, or one
//! byte at a time, does not cost the 18 KiB of buffers that hyper needs.

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use memchr::memchr_iter;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, sleep_until};

use super::config::LONGEST;
use super::http1::close_after;
use super::proxy_protocol::is_header;
use super::request::canned::{last_response, late_head};
use super::secure::SecuredStream;
use super::shutdown::ConnectionGuard;
use super::state::ServerState;
use crate::message::printable;
use crate::session::RefusalKind;
use crate::wire::ByteStream;

/// The first bytes of an HTTP/2 connection (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The bytes that are read at a time, in most cases the whole head of the first request. The rest
/// of a longer head is left to hyper.
const READ: usize = 1024;

/// A version of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HttpVersion {
    Http1,
    /// Never selected without the feature `http2`.
    #[cfg_attr(not(feature = "http2"), allow(dead_code))]
    Http2,
}

/// A connection whose version is known.
pub(super) struct Started<S> {
    pub(super) version: HttpVersion,
    pub(super) stream: S,
    /// The bytes that were read of the stream.
    pub(super) ahead: Bytes,
    /// The time at which the preamble began.
    pub(super) since: Instant,
}

/// Reads the preamble of a connection. Returns `None` if it does not arrive within
/// [`head_timeout`](super::ServerConfig::head_timeout), or if the server stops.
pub(super) async fn preamble<S: ByteStream>(
    secured: SecuredStream<S>,
    peer: Option<SocketAddr>,
    server: &ServerState,
    guard: &ConnectionGuard,
) -> Option<Started<S>> {
    let alpn = secured.alpn;
    let started = Started {
        version: alpn.unwrap_or(HttpVersion::Http1),
        stream: secured.stream,
        ahead: Bytes::new(),
        since: Instant::now(),
    };
    if started.version == HttpVersion::Http2 {
        return Some(started);
    }
    let may_be_http2 = alpn.is_none() && server.config.has_prior_knowledge();
    let reading = pin!(read_head(started, may_be_http2, peer, server));
    guard.unless_stopping(reading).await?
}

/// Reads until the version is known and the head of the first request is complete, or too long to
/// be awaited here. What is rare is boxed.
#[allow(
    clippy::manual_async_fn,
    reason = "an `async fn` reserves memory for its arguments twice"
)]
fn read_head<S: ByteStream>(
    mut started: Started<S>,
    may_be_http2: bool,
    peer: Option<SocketAddr>,
    server: &ServerState,
) -> impl Future<Output = Option<Started<S>>> {
    async move {
        let limit = server.config.head_timeout.min(LONGEST);
        let mut late = pin!(sleep_until(started.since + limit));
        let mut ahead = BytesMut::new();
        loop {
            let reading = |cx: &mut Context<'_>| match read(&mut started.stream, &mut ahead, cx) {
                Poll::Pending => late.as_mut().poll(cx).map(|()| None),
                read => read.map(Some),
            };
            let ended = match poll_fn(reading).await {
                Some(Ok(length)) => length == 0,
                Some(Err(error)) => {
                    log::debug!(
                        "connection lost before its first request: {}",
                        printable(&error)
                    );
                    return None;
                }
                None => {
                    // A silent client sent no request that could have a response.
                    if !ahead.is_empty() {
                        let response = late_head(limit, &server.config);
                        let _ = Box::pin(close_after(started.stream, &response)).await;
                    }
                    return None;
                }
            };
            if let Some(version) = version(&ahead, ended, may_be_http2) {
                if is_header(&ahead) {
                    Box::pin(refuse_header(started.stream, peer, server)).await;
                    return None;
                }
                started.version = version;
                started.ahead = ahead.freeze();
                return Some(started);
            }
        }
    }
}

/// Refuses a header of the PROXY protocol from a peer that must not send one.
async fn refuse_header<S: ByteStream>(stream: S, peer: Option<SocketAddr>, server: &ServerState) {
    let peer = peer.map_or_else(|| "unix:".to_owned(), |peer| peer.ip().to_string());
    let refused = format!(
        "a header of the PROXY protocol is not accepted from {peer}: add it to \
         `ServerConfig::proxy_protocol` if it is your proxy"
    );
    server.refusals.warn(RefusalKind::ProxyProtocol, &refused);
    let response = last_response(
        &server.config,
        StatusCode::BAD_REQUEST,
        &format!("{refused}\n"),
    );
    let _ = close_after(stream, &response).await;
}

/// Returns the version of a connection that starts with `ahead`, or `None` while more bytes are
/// needed.
fn version(ahead: &[u8], ended: bool, may_be_http2: bool) -> Option<HttpVersion> {
    if may_be_http2 && ahead.starts_with(PREFACE) {
        return Some(HttpVersion::Http2);
    }
    let undecided = may_be_http2 && PREFACE.starts_with(ahead);
    let enough = ended || ahead.len() >= READ || (!undecided && is_head(ahead));
    enough.then_some(HttpVersion::Http1)
}

/// Returns `true` if `bytes` hold a whole head, or cannot become one.
fn is_head(bytes: &[u8]) -> bool {
    // Empty lines may precede the head, and lines may end without CR (RFC 9112 §2.2).
    let head = bytes.trim_ascii_start();
    let may_be_head = head.first().is_none_or(u8::is_ascii_graphic);
    let ends_head = |end: usize| matches!(&head[end..], [b'\n', ..] | [b'\r', b'\n', ..]);
    // Most heads arrive whole, and nothing follows.
    !may_be_head
        || head.ends_with(b"\r\n\r\n")
        || memchr_iter(b'\n', head).any(|at| ends_head(at + 1))
}

/// Appends the bytes that have arrived to `ahead`, and returns their number, 0 at the end of the
/// stream.
fn read<S: AsyncRead + Unpin>(
    stream: &mut S,
    ahead: &mut BytesMut,
    cx: &mut Context<'_>,
) -> Poll<io::Result<usize>> {
    let mut scratch = [0; READ];
    let mut buffer = ReadBuf::new(&mut scratch);
    ready!(Pin::new(stream).poll_read(cx, &mut buffer))?;
    ahead.extend_from_slice(buffer.filled());
    Poll::Ready(Ok(buffer.filled().len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_awaited_up_to_the_empty_line() {
        for (bytes, whole) in [
            ("", false),
            ("\r\n\r\n", false),
            ("GET / HTTP/1.1\r\n", false),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r", false),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true),
            ("\r\nGET / HTTP/1.1\n\n", true),
            ("GET / HTTP/1.1\r\n\r\nbody", true),
            ("\x16\x03\x01", true),
        ] {
            assert_eq!(is_head(bytes.as_bytes()), whole, "{bytes:?}");
        }
    }

    #[test]
    fn a_long_head_is_not_awaited() {
        let head = format!("GET /{} HTTP/1.1\r\n", "a".repeat(READ));
        assert_eq!(
            version(head.as_bytes(), false, true),
            Some(HttpVersion::Http1)
        );
        assert_eq!(version(&head.as_bytes()[..READ - 1], false, true), None);
    }

    #[test]
    fn http2_is_recognized_by_its_preface_if_allowed() {
        for (bytes, may_be_http2, expected) in [
            (PREFACE, true, Some(HttpVersion::Http2)),
            (PREFACE, false, Some(HttpVersion::Http1)),
            (&PREFACE[..20], true, None),
            (b"PRI / HTTP/1.1\r\n\r\n", true, Some(HttpVersion::Http1)),
        ] {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(
                version(bytes, false, may_be_http2),
                expected,
                "{text} {may_be_http2}"
            );
        }
        assert_eq!(version(&PREFACE[..3], true, true), Some(HttpVersion::Http1));
    }
}
