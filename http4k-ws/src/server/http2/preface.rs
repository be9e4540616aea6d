//! Which version of HTTP a connection begins with.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, timeout_at};

use super::Http2Config;
use crate::server::connection::{Known, Secured};
use crate::server::io::end;
use crate::server::rewound::Rewound;
use crate::server::shared::Shared;
use crate::server::shutdown::Ticket;
use crate::server::timer::LONGEST;
use crate::server::written;
use crate::wire::ByteStream;

/// What a connection that speaks HTTP/2 begins with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// So much is read at a time: most often, the whole head of the first request.
const READ: usize = 1024;

/// A connection whose version is known.
pub(in crate::server) enum Begins<'a, S> {
    /// HTTP/1.1, and what was read of it.
    Http1(S, Bytes),
    Http2(Rewound<S>, &'a Http2Config),
}

/// Finds which version a connection speaks that began at `begun`; `None` where it speaks none in time.
pub(in crate::server) async fn begin<'a, S: ByteStream>(
    secured: Secured<S>,
    begun: Instant,
    shared: &'a Shared,
    ticket: &Ticket,
) -> Option<Begins<'a, S>> {
    let Secured { stream, known } = secured;
    let Some(config) = &shared.config.http2 else {
        return Some(Begins::Http1(stream, Bytes::new()));
    };
    match known {
        #[cfg(feature = "tls")]
        Known::Http2 => Some(Begins::Http2(Rewound::new(Bytes::new(), stream), config)),
        Known::Nothing if config.prior_knowledge => {
            let looked = Box::pin(look(stream, begun, shared, config));
            ticket.unless_stopping(looked).await?
        }
        _ => Some(Begins::Http1(stream, Bytes::new())),
    }
}

async fn look<'a, S: ByteStream>(
    mut stream: S,
    begun: Instant,
    shared: &Shared,
    config: &'a Http2Config,
) -> Option<Begins<'a, S>> {
    let limit = shared.config.head_timeout.min(LONGEST);
    let mut ahead = BytesMut::new();
    loop {
        let read = timeout_at(begun + limit, read_on(&mut stream, &mut ahead));
        match read.await {
            Ok(Ok(length)) => {
                let compared = ahead.len().min(PREFACE.len());
                if length == 0 || ahead[..compared] != PREFACE[..compared] {
                    return Some(Begins::Http1(stream, ahead.freeze()));
                }
                if compared == PREFACE.len() {
                    let stream = Rewound::new(ahead.freeze(), stream);
                    return Some(Begins::Http2(stream, config));
                }
            }
            Ok(Err(error)) => {
                log::debug!("a connection was lost before it said anything: {error}");
                return None;
            }
            Err(_) => {
                // A letter or two, which could become a request of either version.
                if !ahead.is_empty() {
                    let _ = end(stream, &written::late_head(limit)).await;
                }
                return None;
            }
        }
    }
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
