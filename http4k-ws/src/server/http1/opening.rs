//! The opening handshake that is the first request of its connection, without hyper.
//!
//! Nearly every socket is opened by such a request, and most applications respond to it at once.
//! Neither needs a parser with two buffers, a timer, a body and a channel for the upgrade.
//!
//! 1. The head has arrived whole, and is one that [`opening_head`](super::opening_head) reads.
//! 2. The same rules are checked, and the same code of the application is called.
//! 3. If the application accepts at once, the 101 is written here, and the stream is a socket.
//! 4. Otherwise hyper is started. It reads the same head, and sends the refusal, or waits for the
//!    response as for any other: it notices when the client leaves, and when the server stops.

use std::future::{self, Future};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Request;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::head::HeadLimits;
use super::opening_head::opening_handshake;
use super::service::{Service, Switching};
use crate::message::{Body, printable};
use crate::server::config::LONGEST;
use crate::server::preamble::Started;
use crate::server::upgrade;
use crate::server::upgraded::UpgradedStream;
use crate::wire::{ByteStream, Meter, StreamProgress};

/// The result of the first request of a connection.
#[allow(
    clippy::large_enum_variant,
    reason = "a box would be an allocation for each socket"
)]
pub(in crate::server) enum FirstRequest<S: ByteStream> {
    /// It opens a socket.
    Socket(UpgradedStream<S>),
    /// It opens a socket once the peer accepts the whole 101. `None` if the connection is lost.
    Slow(Pin<Box<dyn Future<Output = Option<UpgradedStream<S>>> + Send>>),
    /// hyper must respond to it.
    Http(Started<S>),
    /// The connection is lost.
    Lost,
}

/// Opens a socket, if the first request asks for one and the application accepts it at once.
///
/// This is one step of a future instead of a future, because nothing of it has to be kept.
pub(in crate::server) fn open_at_once<S: ByteStream>(
    cx: &mut Context<'_>,
    started: Started<S>,
    meter: &Meter,
    service: &Service,
) -> FirstRequest<S> {
    let config = &service.server().config;
    if config.title_case_fields || is_given_away() {
        return FirstRequest::Http(started);
    }
    let read = opening_handshake(&started.ahead, &HeadLimits::new(config));
    let Some((request, rest)) = read else {
        return FirstRequest::Http(started);
    };
    let mut response = respond(request, service);
    let switched = match response.as_mut().poll(cx) {
        Poll::Ready(Ok(switched)) => switched,
        Poll::Ready(Err(refusal)) => {
            service.respond_first(Box::pin(future::ready(Err(refusal))));
            return FirstRequest::Http(started);
        }
        Poll::Pending => {
            service.respond_first(response);
            return FirstRequest::Http(started);
        }
    };
    let head = switched.head();
    let mut upgraded = UpgradedStream {
        stream: started.stream,
        progress: StreamProgress::alone(meter.clone()),
        ahead: rest,
        handshake: switched.handshake,
        consumer: switched.consumer,
    };
    match write_at_once(&mut upgraded.stream, &head, cx) {
        Ok(Written::All) => FirstRequest::Socket(upgraded),
        Ok(Written::Only(written)) => {
            let rest = head[written..].to_vec();
            FirstRequest::Slow(Box::pin(write_rest(upgraded, rest, config.write_stall)))
        }
        Err(error) => {
            log_lost(&error);
            FirstRequest::Lost
        }
    }
}

/// Checks the handshake, and calls the application.
fn respond(mut request: Request<()>, service: &Service) -> Switching {
    match service.admit(&mut request) {
        Ok(admitted) => {
            let server = Arc::clone(service.server());
            let request = request.map(|()| Body::empty());
            Box::pin(async move { upgrade::switch(&server, request, admitted.peer, false).await })
        }
        Err(refusal) => Box::pin(future::ready(Err(refusal))),
    }
}

/// Returns `true` if a handler may take a connection from hyper, which must have it then.
#[cfg(feature = "tower")]
fn is_given_away() -> bool {
    crate::handler::UpgradeHandle::is_wanted()
}

#[cfg(not(feature = "tower"))]
fn is_given_away() -> bool {
    false
}

/// The part of a head that the peer accepted.
enum Written {
    /// All of it, and it was flushed.
    All,
    /// The bytes before this index.
    Only(usize),
}

/// Writes and flushes as much of `head` as is possible without waiting. A new connection has room
/// for all of it.
fn write_at_once<S: AsyncWrite + Unpin>(
    stream: &mut S,
    head: &[u8],
    cx: &mut Context<'_>,
) -> io::Result<Written> {
    let Poll::Ready(written) = Pin::new(&mut *stream).poll_write(cx, head)? else {
        return Ok(Written::Only(0));
    };
    if written == head.len() && Pin::new(stream).poll_flush(cx)?.is_ready() {
        return Ok(Written::All);
    }
    Ok(Written::Only(written))
}

/// Writes and flushes the `rest` of a head. Returns `None` if the peer does not accept it within
/// `write_stall`.
async fn write_rest<S: ByteStream>(
    mut upgraded: UpgradedStream<S>,
    rest: Vec<u8>,
    write_stall: Duration,
) -> Option<UpgradedStream<S>> {
    let stream = &mut upgraded.stream;
    let writing = async {
        stream.write_all(&rest).await?;
        stream.flush().await
    };
    let late = |_| Err(io::ErrorKind::TimedOut.into());
    let written = timeout(write_stall.min(LONGEST), writing).await;
    match written.unwrap_or_else(late) {
        Ok(()) => Some(upgraded),
        Err(error) => {
            log_lost(&error);
            None
        }
    }
}

fn log_lost(error: &io::Error) {
    log::debug!(
        "connection lost before it became a socket: {}",
        printable(error)
    );
}
