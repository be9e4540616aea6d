//! One connection: streams, until there are none for too long.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::server::{Builder, Connection};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::Http2Config;
use super::lent::lend;
use super::ping::Pings;
use super::socket::FRAME;
use super::stream;
use crate::message::printable;
use crate::server::ServerConfig;
use crate::server::info::ConnectionInfo;
use crate::server::io::end as linger;
use crate::server::shared::Shared;
use crate::server::shutdown::Ticket;
use crate::server::stall::Stall;
use crate::server::timer::LONGEST;
use crate::wire::{ByteStream, Line, Meter};

/// Serves a connection that began at `begun` and is to speak HTTP/2, until it ends and so has all that
/// came over it. Dropping this cuts all of that.
///
/// `meter` counts the bytes of `io`, below TLS.
pub(in crate::server) async fn serve<S: ByteStream>(
    io: S,
    meter: Meter,
    begun: Instant,
    info: ConnectionInfo,
    config: &Http2Config,
    shared: &Arc<Shared>,
    ticket: &Ticket,
) {
    let deadline = begun + shared.config.head_timeout.min(LONGEST);
    let (io, given_back) = lend(io);
    let handshake = builder(config, &shared.config).handshake(io);
    let shaken = Box::pin(timeout_at(deadline, handshake));
    let connection = match ticket.unless_stopping(shaken).await {
        Some(Ok(Ok(connection))) => connection,
        Some(Ok(Err(error))) => {
            return log::debug!("a connection spoke no HTTP/2: {}", printable(&error));
        }
        Some(Err(_)) => return log::debug!("a connection did not begin in time"),
        None => return,
    };
    let mut streams = JoinSet::new();
    let end = Serving::new(connection, meter, info, config, shared)
        .run(&mut streams, ticket)
        .await;
    // The connection is gone, and each stream sees that. A socket's consumer has its time to return.
    let all_done = async { while streams.join_next().await.is_some() {} };
    let heard = async move {
        if end == End::Failed {
            // The peer may still be sending, and is to hear why it should not.
            if let Ok(io) = given_back.await {
                let _ = linger(io, &[]).await;
            }
        }
    };
    tokio::join!(all_done, heard);
}

fn builder(config: &Http2Config, server: &ServerConfig) -> Builder {
    /// RFC 9113 §6.9.1.
    const LARGEST_WINDOW: u32 = (1 << 31) - 1;
    /// RFC 9113 §6.9.2: no setting makes it smaller.
    const SMALLEST_CONNECTION_WINDOW: u32 = 65_535;
    /// So much of its budget h2 takes for a frame of one byte.
    const SMALL_FRAME: usize = 256;
    let connection_window = config.connection_window;
    let mut builder = Builder::new();
    builder
        .enable_connect_protocol()
        .max_concurrent_streams(config.max_streams)
        .max_header_list_size(u32::try_from(server.max_head).unwrap_or(u32::MAX))
        .initial_window_size(config.stream_window.min(LARGEST_WINDOW))
        .initial_connection_window_size(
            connection_window.clamp(SMALLEST_CONNECTION_WINDOW, LARGEST_WINDOW),
        )
        .data_frame_budget(config.max_unread_frames.saturating_mul(SMALL_FRAME))
        .max_send_buffer_size(config.send_buffer)
        .max_pending_accept_reset_streams(config.max_reset_streams)
        .max_local_error_reset_streams(Some(config.max_stream_errors));
    builder
}

/// Returns the line of one stream of a connection. While as many streams as may be are sent to, a frame
/// of each goes before the next of this one, and what h2 holds of this one goes before what it waits with.
fn shared_line(meter: &Meter, config: &Http2Config) -> Line {
    let others = u64::from(config.max_streams).saturating_mul(FRAME as u64);
    Line::shared(
        meter.clone(),
        others.saturating_add(config.send_buffer as u64),
    )
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// By both sides, or by the loss of it.
    Over,
    /// By an error of the peer, which was told so.
    Failed,
}

fn failed(error: &h2::Error) -> End {
    log::debug!("a connection ended early: {}", printable(&error));
    if error.is_io() {
        End::Over
    } else {
        End::Failed
    }
}

struct Serving<'a, S: ByteStream> {
    connection: Connection<S, Bytes>,
    meter: Meter,
    pings: Option<Pings>,
    info: ConnectionInfo,
    config: &'a Http2Config,
    shared: &'a Arc<Shared>,
    /// There was a stream.
    used: bool,
    /// No further stream is taken.
    ending: bool,
    /// Runs while there is no stream, and nothing moves.
    idle: Stall,
}

impl<'a, S: ByteStream> Serving<'a, S> {
    fn new(
        mut connection: Connection<S, Bytes>,
        meter: Meter,
        info: ConnectionInfo,
        config: &'a Http2Config,
        shared: &'a Arc<Shared>,
    ) -> Self {
        let frames = connection.ping_pong();
        Self {
            connection,
            pings: frames.map(|frames| Pings::new(frames, meter.clone(), config)),
            meter,
            info,
            config,
            shared,
            used: false,
            ending: false,
            idle: Stall::default(),
        }
    }

    async fn run(mut self, streams: &mut JoinSet<()>, ticket: &Ticket) -> End {
        let mut known = false;
        poll_fn(|cx| {
            if !known {
                known = true;
                // The waker of a task stays the same.
                ticket.is_connection(cx.waker().clone());
            }
            self.poll(cx, streams)
        })
        .await
    }

    fn poll(&mut self, cx: &mut Context<'_>, streams: &mut JoinSet<()>) -> Poll<End> {
        if self.shared.connections.is_stopping() {
            self.end();
        }
        if let Some(pings) = &mut self.pings {
            if pings.poll_lost(cx, self.config).is_ready() {
                log::debug!("a connection is cut: its peer does not answer");
                return Poll::Ready(End::Over);
            }
        }
        loop {
            while let Poll::Ready(Some(_)) = streams.poll_join_next(cx) {}
            if let Poll::Ready(end) = self.poll_frames(cx, streams) {
                return Poll::Ready(end);
            }
            ready!(self.poll_idle(cx, streams));
            if self.ending {
                log::debug!("a connection is cut: its peer does not end it");
                return Poll::Ready(End::Over);
            }
            // To be written, and waited for once more.
            self.end();
        }
    }

    /// Reads and writes frames, and takes the streams that there is room for. Ready at the end.
    fn poll_frames(&mut self, cx: &mut Context<'_>, streams: &mut JoinSet<()>) -> Poll<End> {
        while streams.len() < self.config.max_streams as usize {
            match ready!(self.connection.poll_accept(cx)) {
                Some(Ok((request, respond))) => {
                    self.used = true;
                    let shared = Arc::clone(self.shared);
                    let line = shared_line(&self.meter, self.config);
                    streams.spawn(stream::serve(
                        request,
                        respond,
                        line,
                        self.info.clone(),
                        shared,
                    ));
                }
                Some(Err(error)) => return Poll::Ready(failed(&error)),
                None => return Poll::Ready(End::Over),
            }
        }
        // Streams that were taken back are no longer the peer's, but are still being answered.
        let closed = ready!(self.connection.poll_closed(cx));
        Poll::Ready(closed.map_or_else(|error| failed(&error), |()| End::Over))
    }

    /// Ready where there was no stream for long: before the end is announced, and then before it comes.
    fn poll_idle(&mut self, cx: &mut Context<'_>, streams: &JoinSet<()>) -> Poll<()> {
        if !streams.is_empty() {
            self.idle = Stall::default();
            return Poll::Pending;
        }
        let server = &self.shared.config;
        let limit = match (self.ending, self.used) {
            (true, _) => server.write_stall,
            (false, true) => server.keep_alive,
            (false, false) => server.head_timeout,
        };
        // What the streams left may still be on its way to a slow peer.
        self.idle
            .poll(cx, Some(self.meter.bytes_resumed()), limit.min(LONGEST))
    }

    /// Says GOAWAY, once (RFC 9113 §6.8).
    fn end(&mut self) {
        if !self.ending {
            self.ending = true;
            self.idle = Stall::default();
            self.connection.graceful_shutdown();
        }
    }
}
