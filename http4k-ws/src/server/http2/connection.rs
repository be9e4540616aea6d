//! One connection of HTTP/2, until it ends or has no streams for too long.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::server::{Builder, Connection};
use tokio::task::JoinSet;
use tokio::time::timeout_at;

use super::Http2Config;
use super::ping::Pings;
use super::reclaim::reclaimable;
use super::socket::FRAME;
use super::stream;
use crate::message::printable;
use crate::server::ServerConfig;
use crate::server::config::LONGEST;
use crate::server::connection::ConnectionInfo;
use crate::server::http1::close_after;
use crate::server::preamble::Started;
use crate::server::request::Stall;
use crate::server::rewind::Rewind;
use crate::server::shutdown::ConnectionGuard;
use crate::server::state::ServerState;
use crate::wire::{ByteStream, Meter, StreamProgress};

/// Serves a connection until it and all its streams have ended. Dropping the future drops all of
/// them.
pub(in crate::server) async fn serve<S: ByteStream>(
    started: Started<S>,
    meter: Meter,
    info: ConnectionInfo,
    server: &Arc<ServerState>,
    guard: &ConnectionGuard,
) {
    let Some(config) = &server.config.http2 else {
        return; // The preamble selects HTTP/2 only if it is configured.
    };
    let deadline = started.since + server.config.head_timeout.min(LONGEST);
    let (io, reclaimed) = reclaimable(Rewind::new(started.ahead, started.stream));
    let handshake = builder(config, &server.config).handshake(io);
    let handshake = Box::pin(timeout_at(deadline, handshake));
    let connection = match guard.unless_stopping(handshake).await {
        Some(Ok(Ok(connection))) => connection,
        Some(Ok(Err(error))) => {
            return log::debug!("HTTP/2 handshake failed: {}", printable(&error));
        }
        Some(Err(_)) => return log::debug!("HTTP/2 handshake timed out"),
        None => return,
    };
    let mut streams = JoinSet::new();
    let end = Serving::new(connection, meter, info, config, server)
        .run(&mut streams, guard)
        .await;
    // The streams notice that the connection has ended. The consumer of a socket has its grace.
    let all_done = async { while streams.join_next().await.is_some() {} };
    let lingered = async move {
        if end == ConnectionEnd::Failed {
            // The peer may still be sending, and must receive the reason before the close.
            if let Ok(io) = reclaimed.await {
                let _ = close_after(io, &[]).await;
            }
        }
    };
    tokio::join!(all_done, lingered);
}

fn builder(config: &Http2Config, limits: &ServerConfig) -> Builder {
    /// RFC 9113 §6.9.1.
    const LARGEST_WINDOW: u32 = (1 << 31) - 1;
    /// No setting makes it smaller (RFC 9113 §6.9.2).
    const SMALLEST_CONNECTION_WINDOW: u32 = 65_535;
    /// The part of its budget that h2 charges for a frame of one byte.
    const SMALL_FRAME: usize = 256;
    let connection_window = config.connection_window;
    let mut builder = Builder::new();
    builder
        .enable_connect_protocol()
        .max_concurrent_streams(config.max_streams)
        .max_header_list_size(u32::try_from(limits.max_head).unwrap_or(u32::MAX))
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

/// Returns the progress of one stream of a connection.
///
/// Between two frames of this stream, at most one frame of each other stream is sent, and the bytes
/// that h2 holds of this one. So much progress of the connection counts as progress of a stream
/// that waits.
fn stream_progress(meter: &Meter, config: &Http2Config) -> StreamProgress {
    let others = u64::from(config.max_streams).saturating_mul(FRAME as u64);
    StreamProgress::shared(
        meter.clone(),
        others.saturating_add(config.send_buffer as u64),
    )
}

/// The way in which a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConnectionEnd {
    /// Both sides ended it, or it was lost.
    Over,
    /// The peer made an error, and was sent the reason.
    Failed,
}

fn failed(error: &h2::Error) -> ConnectionEnd {
    log::debug!("connection ended early: {}", printable(&error));
    if error.is_io() {
        ConnectionEnd::Over
    } else {
        ConnectionEnd::Failed
    }
}

struct Serving<'a, S: ByteStream> {
    connection: Connection<S, Bytes>,
    meter: Meter,
    pings: Option<Pings>,
    info: ConnectionInfo,
    config: &'a Http2Config,
    server: &'a Arc<ServerState>,
    /// There was a stream.
    used: bool,
    /// No further stream is accepted.
    ending: bool,
    /// Runs while there is no stream and no progress.
    idle: Stall,
}

impl<'a, S: ByteStream> Serving<'a, S> {
    fn new(
        mut connection: Connection<S, Bytes>,
        meter: Meter,
        info: ConnectionInfo,
        config: &'a Http2Config,
        server: &'a Arc<ServerState>,
    ) -> Self {
        let frames = connection.ping_pong();
        Self {
            connection,
            pings: frames.map(|frames| Pings::new(frames, meter.clone(), config)),
            meter,
            info,
            config,
            server,
            used: false,
            ending: false,
            idle: Stall::default(),
        }
    }

    async fn run(mut self, streams: &mut JoinSet<()>, guard: &ConnectionGuard) -> ConnectionEnd {
        let mut stopping = guard.stopping();
        poll_fn(|cx| {
            if stopping.poll(cx) {
                self.end();
            }
            self.poll(cx, streams)
        })
        .await
    }

    fn poll(&mut self, cx: &mut Context<'_>, streams: &mut JoinSet<()>) -> Poll<ConnectionEnd> {
        if let Some(pings) = &mut self.pings {
            if pings.poll_lost(cx, self.config).is_ready() {
                log::debug!("connection dropped: the peer did not respond to a ping");
                return Poll::Ready(ConnectionEnd::Over);
            }
        }
        loop {
            while let Poll::Ready(Some(_)) = streams.poll_join_next(cx) {}
            if let Poll::Ready(end) = self.poll_frames(cx, streams) {
                return Poll::Ready(end);
            }
            ready!(self.poll_idle(cx, streams));
            if self.ending {
                log::debug!("connection dropped: the peer did not end it");
                return Poll::Ready(ConnectionEnd::Over);
            }
            // GOAWAY must be written, and the peer has a last moment to end the connection.
            self.end();
        }
    }

    /// Reads and writes frames, and accepts streams within the limit. Ready at the end of the
    /// connection.
    fn poll_frames(
        &mut self,
        cx: &mut Context<'_>,
        streams: &mut JoinSet<()>,
    ) -> Poll<ConnectionEnd> {
        while streams.len() < self.config.max_streams as usize {
            match ready!(self.connection.poll_accept(cx)) {
                Some(Ok((request, respond))) => {
                    self.used = true;
                    let server = Arc::clone(self.server);
                    let progress = stream_progress(&self.meter, self.config);
                    streams.spawn(stream::serve(
                        request,
                        respond,
                        progress,
                        self.info.clone(),
                        server,
                    ));
                }
                Some(Err(error)) => return Poll::Ready(failed(&error)),
                None => return Poll::Ready(ConnectionEnd::Over),
            }
        }
        // Streams that the peer reset no longer count for h2, but their tasks are still running.
        let closed = ready!(self.connection.poll_closed(cx));
        Poll::Ready(closed.map_or_else(|error| failed(&error), |()| ConnectionEnd::Over))
    }

    /// Ready if there was no stream for too long: first before the end is announced, then before it
    /// arrives.
    fn poll_idle(&mut self, cx: &mut Context<'_>, streams: &JoinSet<()>) -> Poll<()> {
        if !streams.is_empty() {
            self.idle = Stall::default();
            return Poll::Pending;
        }
        let limits = &self.server.config;
        let limit = match (self.ending, self.used) {
            (true, _) => limits.write_stall,
            (false, true) => limits.keep_alive,
            (false, false) => limits.head_timeout,
        };
        // The bytes of ended streams may still be on their way to a slow peer.
        self.idle
            .poll(cx, Some(self.meter.bytes_resumed()), limit.min(LONGEST))
    }

    /// Sends GOAWAY, once (RFC 9113 §6.8).
    fn end(&mut self) {
        if !self.ending {
            self.ending = true;
            self.idle = Stall::default();
            self.connection.graceful_shutdown();
        }
    }
}
