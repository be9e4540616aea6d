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

use std::future::{self, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::head::HeadLimits;
use super::opening_head::opening_handshake;
use super::service::{Service, Switching};
use crate::message::{Body, printable};
use crate::server::config::LONGEST;
use crate::server::preamble::Started;
use crate::server::upgrade;
use crate::server::upgraded::UpgradedSocket;
use crate::wire::{ByteStream, Meter, StreamProgress};

/// The result of the first request of a connection.
#[allow(
    clippy::large_enum_variant,
    reason = "a box would be an allocation for each socket"
)]
pub(in crate::server) enum FirstRequest<S: ByteStream> {
    /// It has opened a socket.
    Socket(UpgradedSocket<S>),
    /// hyper must respond to it.
    Http(Started<S>),
    /// The connection is lost.
    Lost,
}

/// Opens a socket, if the first request asks for one and the application accepts it at once.
pub(in crate::server) async fn open_at_once<S: ByteStream>(
    started: Started<S>,
    meter: &Meter,
    service: &Service,
) -> FirstRequest<S> {
    let server = service.server();
    let config = &server.config;
    if config.title_case_fields || is_given_away() {
        return FirstRequest::Http(started);
    }
    let Some((mut request, rest)) = opening_handshake(&started.ahead, &HeadLimits::new(config))
    else {
        return FirstRequest::Http(started);
    };
    let mut response: Switching = match service.admit(&mut request) {
        Ok(admitted) => {
            let server = Arc::clone(server);
            let request = request.map(|()| Body::empty());
            Box::pin(async move { upgrade::switch(&server, request, admitted.peer, false).await })
        }
        Err(refusal) => Box::pin(future::ready(Err(refusal))),
    };
    let polled = poll_fn(|cx| Poll::Ready(response.as_mut().poll(cx))).await;
    let switched = match polled {
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
    let mut stream = started.stream;
    if let Err(error) = write(&mut stream, &switched.head(), config.write_stall).await {
        log::debug!(
            "connection lost before it became a socket: {}",
            printable(&error)
        );
        return FirstRequest::Lost;
    }
    let progress = StreamProgress::alone(meter.clone());
    FirstRequest::Socket(UpgradedSocket::new(
        stream,
        progress,
        rest,
        switched.handshake,
        switched.consumer,
        server,
    ))
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

/// Writes and flushes `head`. Fails if the peer does not accept it within `write_stall`.
async fn write<S: AsyncWrite + Unpin>(
    stream: &mut S,
    head: &[u8],
    write_stall: Duration,
) -> io::Result<()> {
    // A new connection has room, so this needs no timer.
    let written = poll_fn(|cx| match Pin::new(&mut *stream).poll_write(cx, head) {
        Poll::Pending => Poll::Ready(Ok(0)),
        written => written,
    });
    let rest = &head[written.await?..];
    let flushed = poll_fn(|cx| Poll::Ready(Pin::new(&mut *stream).poll_flush(cx)));
    if rest.is_empty() {
        if let Poll::Ready(flushed) = flushed.await {
            return flushed;
        }
    }
    let writing = async {
        stream.write_all(rest).await?;
        stream.flush().await
    };
    let late = |_| Err(io::ErrorKind::TimedOut.into());
    timeout(write_stall.min(LONGEST), writing)
        .await
        .unwrap_or_else(late)
}
