//! HTTP/1.1 (RFC 9112), by hyper over a stream of our own.
//!
//! [`service`] checks each request and calls the application, [`io`] is the stream that hyper
//! reads and writes, [`timer`] bounds the time for a head, and [`leaving`] drops a connection whose
//! client has left. Requests that need nothing special of hyper are answered by [`direct`], and
//! [`opening`] opens most sockets before hyper is started. When another request is upgraded, the
//! stream leaves hyper and becomes a socket.

mod buffered;
mod direct;
mod framing;
#[cfg(feature = "tower")]
mod handover;
mod head;
mod io;
mod leaving;
mod opening;
mod opening_head;
mod ordinary;
mod scratch;
mod service;
mod timer;
mod written;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;

use super::ServerConfig;
use super::config::DEFAULT_MAX_FIELDS;
use super::preamble::Started;
use super::request::BoxError;
use super::request::canned::late_head;
use super::shutdown::ConnectionGuard;
use super::state::ServerState;
use super::stream::PeerWatch;
use super::upgrade::Accepted;
use super::upgraded::UpgradedStream;
use crate::message::printable;
use crate::session::RefusalKind;
use crate::wire::{ByteStream, Meter, StreamProgress};
use direct::{Direct, Next, Prepared};
#[cfg(feature = "tower")]
use handover::{HandingOver, PassedOn};
use io::{Flusher, Io};
use leaving::Leaving;
pub(super) use opening::{FirstRequest, open_at_once};
pub(super) use service::Service;
use service::body_length;
use timer::HeadTimer;

pub(super) use io::close_after;

/// The limit of hyper's read buffer, unless heads may be longer.
const READ_BUFFER: usize = 64 * 1024;

/// The result of a connection.
#[allow(
    clippy::large_enum_variant,
    reason = "a box would be an allocation for each socket"
)]
pub(super) enum Served<S: ByteStream> {
    /// It has ended.
    Over,
    /// It becomes a socket. Nothing of HTTP is left.
    Socket(UpgradedStream<S>),
    /// A handler has taken it.
    #[cfg(feature = "tower")]
    PassedOn(PassedOn<S>),
}

/// Serves the requests of a connection until it ends or is upgraded.
pub(super) async fn serve<S: ByteStream>(
    started: Started<S>,
    meter: Meter,
    watch: Option<PeerWatch>,
    service: &Service,
    guard: &ConnectionGuard,
) -> Served<S> {
    let server = service.server();
    let timer = HeadTimer::new(started.since, &server.config);
    let io = Io::new(
        started.stream,
        started.ahead,
        meter.clone(),
        server.config.write_stall,
    );
    if watch.is_some() {
        io.1.is_watched();
    }
    let leaving = Leaving::new(watch);
    let ended = run(io, timer, leaving, service, guard).await;
    let ended = match ended {
        #[cfg(feature = "tower")]
        Ok(flusher) => match PassedOn::of(flusher) {
            Ok(passed_on) => return Served::PassedOn(passed_on),
            Err(flusher) => flushed(flusher).await,
        },
        #[cfg(not(feature = "tower"))]
        Ok(flusher) => flushed(flusher).await,
        Err(error) => Err(error),
    };
    let socket = match ended {
        Ok(flusher) => service
            .take_accepted()
            .and_then(|accepted| upgraded(accepted, flusher, meter)),
        Err(error) => {
            log::debug!("connection ended early: {}", printable(&error));
            None
        }
    };
    socket.map_or(Served::Over, Served::Socket)
}

/// Writes everything gathered.
async fn flushed<S: ByteStream>(mut flusher: Flusher<S>) -> Result<Flusher<S>, BoxError> {
    flusher.flush().await?;
    Ok(flusher)
}

/// Polls hyper until the connection ends or is upgraded. The flusher then writes what is left.
async fn run<S: ByteStream>(
    (io, mut flusher): (Io<S>, Flusher<S>),
    mut timer: HeadTimer,
    mut leaving: Leaving,
    service: &Service,
    guard: &ConnectionGuard,
) -> Result<Flusher<S>, BoxError> {
    let server = service.server();
    let config = &server.config;
    let framer = flusher.framer();
    let prepared = Prepared::default();
    let direct = Direct::new(service, &prepared, config);
    let respond = service_fn(|request: hyper::Request<Incoming>| {
        let framed = framer.request(body_length(request.body()));
        let response = match prepared.take() {
            Some(response) => service.go_on(response),
            None => service.respond(request, framed),
        };
        #[cfg(feature = "tower")]
        let response = HandingOver {
            response,
            framer: &framer,
        };
        response
    });
    let http = builder(config).serve_connection(io, respond);
    let mut http = http.with_upgrades();
    let mut stopping = guard.stopping();
    let mut ending = false;
    let ended = poll_fn(|cx| {
        if !ending && stopping.poll(cx) {
            ending = true;
            Pin::new(&mut http).graceful_shutdown();
        }
        if ending || direct.poll(cx, &flusher) == Next::Hyper {
            flusher.hyper_is_polled();
            if let Poll::Ready(ended) = Pin::new(&mut http).poll(cx) {
                return Poll::Ready(Ok(ended.map_err(Failure::Hyper)));
            }
        }
        if let Poll::Ready(Err(error)) = flusher.poll_flush(cx) {
            return Poll::Ready(Err(error));
        }
        if timer.poll(cx, flusher.awaited()).is_ready() {
            return Poll::Ready(Ok(Err(Failure::LateHead)));
        }
        let arrival = flusher.poll_arrival(cx);
        leaving
            .poll(cx, arrival, service.is_streaming(), config)
            .map(Err)
    })
    .await?;
    if let Err(failure) = ended {
        let left = http.into_parts().map(|parts| (parts.io, parts.read_buf));
        end_failed(&failure, left, server).await?;
        return Err(failure.into());
    }
    Ok(flusher)
}

/// The reason for which a connection is dropped although its client has not left.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the head of a request did not arrive in time")]
    LateHead,
    #[error(transparent)]
    Hyper(hyper::Error),
}

/// Ends a connection that hyper dropped because of `failure`, and of which the stream and the bytes
/// that hyper has read are left. Earlier responses must still arrive, and a head that is late
/// receives one.
async fn end_failed<S: ByteStream>(
    failure: &Failure,
    left: Option<(Io<S>, Bytes)>,
    server: &ServerState,
) -> Result<(), BoxError> {
    if matches!(failure, Failure::Hyper(error) if error.is_parse_too_large()) {
        warn_of_large_head(server);
    }
    let Some((mut io, read)) = left else {
        return Ok(());
    };
    // A silent connection has not started a head.
    if matches!(failure, Failure::LateHead) && !read.is_empty() {
        io.gather(&late_head(server.config.head_timeout, &server.config));
    }
    poll_fn(|cx| io.poll_end(cx)).await?;
    Ok(())
}

fn warn_of_large_head(server: &ServerState) {
    let (head, fields) = (server.config.max_head, server.config.max_fields);
    server.refusals.warn(
        RefusalKind::Head,
        format_args!(
            "the head of a request was over the limit of {head} bytes in `ServerConfig::max_head` \
             or {fields} fields in `ServerConfig::max_fields`"
        ),
    );
}

fn builder(config: &ServerConfig) -> http1::Builder {
    let mut http = http1::Builder::new();
    http
        // `timer` bounds the time for a head.
        .header_read_timeout(None)
        // A client that ended its side may still read. `leaving` bounds how long it may take.
        .half_close(true)
        .title_case_headers(config.title_case_fields)
        .max_header_size(config.max_head)
        .max_buf_size(READ_BUFFER.max(config.max_head.saturating_add(1)));
    if config.max_fields != DEFAULT_MAX_FIELDS {
        http.max_headers(config.max_fields);
    }
    http
}

/// Takes the stream back from hyper, after its 101 is written.
fn upgraded<S: ByteStream>(
    accepted: Accepted,
    flusher: Flusher<S>,
    meter: Meter,
) -> Option<UpgradedStream<S>> {
    // hyper hands the stream over before its connection future is done.
    let Some(Ok(upgraded)) = accepted.upgrade.now_or_never() else {
        log::debug!("connection lost before it became a socket");
        return None;
    };
    let Ok(parts) = upgraded.downcast::<Io<S>>() else {
        log::error!("hyper returned another connection");
        return None;
    };
    drop(flusher);
    let Some((stream, ahead)) = parts.io.into_stream() else {
        log::error!("an upgraded connection is still in use");
        return None;
    };
    Some(UpgradedStream {
        stream,
        progress: StreamProgress::alone(meter),
        ahead: joined(parts.read_buf, ahead),
        handshake: accepted.switched.handshake,
        consumer: accepted.switched.consumer,
    })
}

/// Returns the bytes that hyper read, followed by those that were read ahead of it.
fn joined(read: Bytes, ahead: BytesMut) -> Bytes {
    if ahead.is_empty() {
        return read;
    }
    let mut all = BytesMut::from(read);
    all.unsplit(ahead);
    all.freeze()
}
