//! The beginning of a connection: which version of HTTP it speaks, and the head of its first request.
//!
//! That head is waited for here, in memory of its own length: a peer that says nothing, or one byte at a
//! time, does not cost the buffers that HTTP is spoken with.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Poll, ready};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, timeout_at};

use super::io::end;
use super::known::{Known, Secured};
use super::shared::Shared;
use super::shutdown::Ticket;
use super::timer::LONGEST;
use super::written;
use crate::message::printable;
use crate::wire::ByteStream;

/// What a connection that speaks HTTP/2 begins with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// So much is read at a time: most often, the whole head of the first request. One that is longer is not
/// waited for here.
const READ: usize = 1024;

/// The version that a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Http1,
    Http2,
}

/// A connection that has begun.
pub(super) struct Begun<S> {
    pub(super) version: Version,
    pub(super) stream: S,
    /// What was read of the stream.
    pub(super) ahead: Bytes,
}

/// Waits for the beginning of a connection that was taken at `since`; `None` where it does not come in
/// time, or the server stops.
pub(super) async fn begin<S: ByteStream>(
    secured: Secured<S>,
    since: Instant,
    shared: &Shared,
    ticket: &Ticket,
) -> Option<Begun<S>> {
    let Secured { stream, known, .. } = secured;
    #[cfg(all(feature = "tls", feature = "http2"))]
    if known == Known::Http2 {
        return Some(Begun {
            version: Version::Http2,
            stream,
            ahead: Bytes::new(),
        });
    }
    let either = known == Known::Nothing && speaks_http2_unasked(shared);
    let listening = pin!(listen(stream, since, either, shared));
    ticket.unless_stopping(listening).await?
}

/// Whether a connection may begin with HTTP/2, and say so by doing it.
#[cfg(feature = "http2")]
fn speaks_http2_unasked(shared: &Shared) -> bool {
    let config = shared.config.http2.as_ref();
    config.is_some_and(|config| config.prior_knowledge)
}

#[cfg(not(feature = "http2"))]
fn speaks_http2_unasked(_: &Shared) -> bool {
    false
}

async fn listen<S: ByteStream>(
    mut stream: S,
    since: Instant,
    either: bool,
    shared: &Shared,
) -> Option<Begun<S>> {
    let limit = shared.config.head_timeout.min(LONGEST);
    let mut ahead = BytesMut::new();
    loop {
        let read = timeout_at(since + limit, read_on(&mut stream, &mut ahead));
        let ended = match read.await {
            Ok(Ok(length)) => length == 0,
            Ok(Err(error)) => {
                log::debug!(
                    "a connection was lost before it said anything: {}",
                    printable(&error)
                );
                return None;
            }
            Err(_) => {
                // A silent one has asked for nothing.
                if !ahead.is_empty() {
                    let _ = end(stream, &written::late_head(limit, &shared.config)).await;
                }
                return None;
            }
        };
        if let Some(version) = version(&ahead, ended, either) {
            let ahead = ahead.freeze();
            return Some(Begun {
                version,
                stream,
                ahead,
            });
        }
    }
}

/// The version that a connection speaks which begins with `ahead`; `None` while more is to be waited for.
fn version(ahead: &[u8], ended: bool, either: bool) -> Option<Version> {
    if either && ahead.starts_with(PREFACE) {
        return Some(Version::Http2);
    }
    let undecided = either && PREFACE.starts_with(ahead);
    let enough = ended || ahead.len() >= READ || (!undecided && is_head(ahead));
    enough.then_some(Version::Http1)
}

/// Whether `bytes` hold a whole head, or what can't become one.
fn is_head(bytes: &[u8]) -> bool {
    // Empty lines may go before it, and lines may end without CR (RFC 9112 §2.2).
    let head = bytes.trim_ascii_start();
    let speaks = head.first().is_none_or(u8::is_ascii_graphic);
    let mut lines = head.split_inclusive(|byte| *byte == b'\n');
    !speaks || lines.any(|line| matches!(line, b"\n" | b"\r\n"))
}

/// Reads what is there; gives how much that is, and nothing at the end.
async fn read_on<S: AsyncRead + Unpin>(stream: &mut S, ahead: &mut BytesMut) -> io::Result<usize> {
    poll_fn(|cx| {
        let mut scratch = [0; READ];
        let mut buffer = ReadBuf::new(&mut scratch);
        ready!(Pin::new(&mut *stream).poll_read(cx, &mut buffer))?;
        ahead.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_waited_for_up_to_the_empty_line() {
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
    fn a_long_head_is_not_waited_for() {
        let head = format!("GET /{} HTTP/1.1\r\n", "a".repeat(READ));
        assert_eq!(version(head.as_bytes(), false, true), Some(Version::Http1));
        assert_eq!(version(&head.as_bytes()[..READ - 1], false, true), None);
    }

    #[test]
    fn http2_begins_with_its_preface_where_it_may() {
        for (bytes, either, expected) in [
            (PREFACE, true, Some(Version::Http2)),
            (PREFACE, false, Some(Version::Http1)),
            (&PREFACE[..20], true, None),
            (b"PRI / HTTP/1.1\r\n\r\n", true, Some(Version::Http1)),
        ] {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(version(bytes, false, either), expected, "{text} {either}");
        }
        assert_eq!(version(&PREFACE[..3], true, true), Some(Version::Http1));
    }
}
