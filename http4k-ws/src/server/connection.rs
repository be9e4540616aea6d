//! One connection: requests, until it ends or becomes a socket.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use ::http::header::{HOST, HeaderValue};
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::time::Instant;

use super::admission::Seat;
use super::beginning::{Begun, Version, begin};
use super::config::DEFAULT_MAX_FIELDS;
use super::info::ConnectionInfo;
use super::io::{Flusher, Io};
use super::known::{Known, Secured};
use super::leaving::Leaving;
use super::opened::Opened;
use super::rules::closing;
use super::shared::Shared;
use super::shutdown::Ticket;
use super::tcp::Watch;
use super::timer::{self, HeadTimer};
use super::upgrade::Accepted;
use super::{ServerConfig, http, rules, upgrade, written};
#[cfg(feature = "http2")]
use super::{http2, rewound::Rewound};
use crate::handler::check_host;
use crate::message::{Response, hide_secrets, printable};
use crate::session::RefusalKind;
use crate::wire::{ByteStream, Line, Meter, Metered};

/// hyper reads into a buffer of at most this, or of the longest head.
const READ_BUFFER: usize = 64 * 1024;

/// The socket a connection is to become, once its 101 is written.
type Next = Mutex<Option<Box<Accepted>>>;

type Failure = Box<dyn Error + Send + Sync>;

struct Connection {
    shared: Arc<Shared>,
    info: ConnectionInfo,
    next: Next,
    /// The response that is being sent has no length: it may have no end.
    streams: AtomicBool,
    admitted: AdmittedHost,
}

/// The `Host` that the last request of a connection was admitted with. Nearly all that follow have
/// the same, and it is not parsed again.
#[derive(Debug, Default)]
struct AdmittedHost(Mutex<Option<HeaderValue>>);

impl AdmittedHost {
    fn lock(&self) -> MutexGuard<'_, Option<HeaderValue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns `true` if `request` is for the same host, by its only `Host` and nothing else.
    /// `fields` are those of the request.
    fn is_that_of<B>(&self, request: &hyper::Request<B>, fields: &rules::Fields<'_>) -> bool {
        let host = fields.only_host();
        host.is_some() && request.uri().authority().is_none() && self.lock().as_ref() == host
    }

    fn keep<B>(&self, request: &hyper::Request<B>) {
        *self.lock() = request.headers().get(HOST).cloned();
    }
}

/// Serves a connection. If it becomes a socket, that lives on in a task of its own, and keeps the
/// seat.
pub(super) async fn serve(
    stream: impl ByteStream,
    watch: Option<Watch>,
    info: ConnectionInfo,
    seat: Seat,
    shared: Arc<Shared>,
    ticket: Ticket,
) {
    let stream = Metered::new(stream);
    let meter = stream.meter();
    let Some(secured) = secure(stream, &shared, &ticket).await else {
        return;
    };
    if let Some(opened) = speak(secured, meter, watch, info, &shared, &ticket).await {
        shared
            .connections
            .spawn(|ticket| opened.run(ticket, Some(seat)));
    }
}

/// Serves a connection to its end in this task, which cuts it by being dropped.
pub(super) async fn serve_here(stream: impl ByteStream, shared: Arc<Shared>) {
    let ticket = shared.connections.enter();
    let stream = Metered::new(stream);
    let meter = stream.meter();
    let Some(secured) = secure(stream, &shared, &ticket).await else {
        return;
    };
    // A socket is not to keep the room that HTTP took.
    let opened = Box::pin(speak(
        secured,
        meter,
        None,
        ConnectionInfo::default(),
        &shared,
        &ticket,
    ))
    .await;
    if let Some(opened) = opened {
        opened.run(ticket, None).await;
    }
}

/// `stream` itself, or what a TLS handshake makes of it.
#[cfg(feature = "tls")]
async fn secure<S: ByteStream>(
    stream: S,
    shared: &Shared,
    ticket: &Ticket,
) -> Option<Secured<super::tls::Connection<S>>> {
    let Some(tls) = &shared.tls else {
        return Some(Secured {
            stream: super::tls::Connection::Plain(stream),
            known: Known::Nothing,
            certificates: None,
        });
    };
    let shaken = super::tls::shake_hands(stream, tls, shared);
    // Boxed, so that connections without TLS have no room for it.
    ticket.unless_stopping(Box::pin(shaken)).await?
}

#[cfg(not(feature = "tls"))]
async fn secure<S: ByteStream>(stream: S, _: &Shared, _: &Ticket) -> Option<Secured<S>> {
    Some(Secured {
        stream,
        known: Known::Nothing,
        certificates: None,
    })
}

/// Answers the requests of a connection until it ends, or becomes a socket. Then nothing of HTTP stays.
async fn speak<S: ByteStream>(
    secured: Secured<S>,
    meter: Meter,
    watch: Option<Watch>,
    mut info: ConnectionInfo,
    shared: &Arc<Shared>,
    ticket: &Ticket,
) -> Option<Opened<S>> {
    info.scheme = secured.scheme();
    info.certificates.clone_from(&secured.certificates);
    let begun = Instant::now();
    let Begun {
        version,
        stream,
        ahead,
    } = begin(secured, begun, shared, ticket).await?;
    match version {
        Version::Http1 => {}
        // Only where the feature `http2` is.
        Version::Http2 => {
            #[cfg(feature = "http2")]
            if let Some(config) = &shared.config.http2 {
                let stream = Rewound::new(ahead, stream);
                let serving = http2::serve(stream, meter, begun, info, config, shared, ticket);
                Box::pin(serving).await;
            }
            return None;
        }
    }
    let connection = Connection::new(shared, info);
    let in_head = Arc::new(AtomicBool::new(false));
    let timer = HeadTimer::new(shared.config.head_timeout, begun, Arc::clone(&in_head));
    let io = Io::new(
        stream,
        ahead,
        meter.clone(),
        in_head,
        shared.config.write_stall,
    );
    if watch.is_some() {
        io.1.is_watched();
    }
    let leaving = Leaving::new(watch);
    match speak_http(io, timer, leaving, &connection, ticket).await {
        Ok(flusher) => open_socket(*connection.lock_next().take()?, flusher, meter, shared),
        Err(error) => {
            log::debug!("a connection ended early: {}", printable(&error));
            None
        }
    }
}

/// Answers requests until the connection ends or is to become a socket; everything is written then.
async fn speak_http<S: ByteStream>(
    (io, mut flusher): (Io<S>, Flusher<S>),
    timer: HeadTimer,
    mut leaving: Leaving,
    connection: &Connection,
    ticket: &Ticket,
) -> Result<Flusher<S>, Failure> {
    let config = &connection.shared.config;
    let framer = flusher.framer();
    let service = service_fn(|mut request: hyper::Request<Incoming>| {
        let framed = framer.request(body_length(request.body()));
        if framed.fragment {
            rules::note_fragment(&mut request);
        }
        connection.respond(request, framed.body)
    });
    let http = protocol(config, timer).serve_connection(io, service);
    let mut http = http.with_upgrades();
    let mut known = false;
    let mut ending = false;
    let ended = poll_fn(|cx| {
        if !known {
            known = true;
            // The waker of a task stays the same.
            ticket.is_connection(cx.waker().clone());
        }
        if !ending && connection.shared.connections.is_stopping() {
            ending = true;
            Pin::new(&mut http).graceful_shutdown();
        }
        flusher.hyper_is_polled();
        if let Poll::Ready(ended) = Pin::new(&mut http).poll(cx) {
            return Poll::Ready(Ok(ended));
        }
        if let Poll::Ready(Err(error)) = flusher.poll_flush(cx) {
            return Poll::Ready(Err(error));
        }
        let heard = flusher.poll_heard(cx);
        let streams = connection.streams.load(Ordering::Relaxed);
        leaving.poll(cx, heard, streams, config).map(Err)
    })
    .await?;
    if let Err(error) = ended {
        if error.is_parse_too_large() {
            warn_of_large_head(&connection.shared);
        }
        // hyper lets go of a connection that fails; what was answered before is still to arrive.
        if let Some(mut parts) = http.into_parts() {
            if error.is_timeout() && !parts.read_buf.is_empty() {
                parts
                    .io
                    .gather(&written::late_head(config.head_timeout, config));
            }
            poll_fn(|cx| parts.io.poll_end(cx)).await?;
        }
        return Err(error.into());
    }
    flusher.flush().await?;
    Ok(flusher)
}

fn warn_of_large_head(shared: &Shared) {
    let (head, fields) = (shared.config.max_head, shared.config.max_fields);
    shared.refusals.warn(
        RefusalKind::Head,
        format_args!(
            "the head of a request was over the limit of {head} bytes in `ServerConfig::max_head` \
             or {fields} fields in `ServerConfig::max_fields`"
        ),
    );
}

fn protocol(config: &ServerConfig, timer: HeadTimer) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(timer)
        .header_read_timeout(config.keep_alive.min(timer::LONGEST))
        // A peer that has sent all it has to say may still listen.
        .half_close(true)
        .title_case_headers(config.title_case_fields)
        .max_header_size(config.max_head)
        .max_buf_size(READ_BUFFER.max(config.max_head.saturating_add(1)));
    if config.max_fields != DEFAULT_MAX_FIELDS {
        http.max_headers(config.max_fields);
    }
    http
}

/// The length of a body that is still to come; `None` for one in chunks.
fn body_length(body: &Incoming) -> Option<u64> {
    match body.is_end_stream() {
        true => Some(0),
        false => body.size_hint().exact(),
    }
}

/// The kind of an admitted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Response,
    /// It has the field `Upgrade`, for WebSocket or something else.
    Upgrade,
}

/// A response that is about to be hyper's, and is noted if its body is a stream.
struct Noted<'a> {
    connection: &'a Connection,
    response: http::Pending<'a>,
}

impl Future for Noted<'_> {
    type Output = Result<Response, Infallible>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(Pin::new(&mut self.response).poll(cx));
        let streams = !response.body().has_length();
        self.connection.streams.store(streams, Ordering::Relaxed);
        Poll::Ready(Ok(response))
    }
}

impl Connection {
    fn new(shared: &Arc<Shared>, info: ConnectionInfo) -> Self {
        Self {
            shared: Arc::clone(shared),
            info,
            next: Mutex::default(),
            streams: AtomicBool::new(false),
            admitted: AdmittedHost::default(),
        }
    }

    fn lock_next(&self) -> MutexGuard<'_, Option<Box<Accepted>>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `body` is that of the request, if it is there already.
    fn respond(&self, mut request: hyper::Request<Incoming>, body: Option<Bytes>) -> Noted<'_> {
        self.streams.store(false, Ordering::Relaxed);
        let response = match self.admit(&mut request) {
            Err(response) => http::Pending::ready(response),
            Ok(Asks::Upgrade) if upgrade::is_asked_for(&request) => {
                http::Pending::Boxed(Box::pin(self.upgrade(request)))
            }
            Ok(asks) => {
                if asks == Asks::Upgrade {
                    // Takes hyper's handle of an upgrade to something else out of the extensions.
                    drop(hyper::upgrade::on(&mut request));
                }
                match body {
                    Some(body) => http::respond(&self.shared, request.map(|_| Full::new(body))),
                    None => http::respond(&self.shared, request),
                }
            }
        };
        Noted {
            connection: self,
            response,
        }
    }

    /// Checks a request, and adds what the application may read of its connection. Otherwise
    /// returns the response: a refusal, or that of the server as a whole.
    fn admit(&self, request: &mut hyper::Request<Incoming>) -> Result<Asks, Response> {
        let Self { shared, info, .. } = self;
        let fields = rules::Fields::of(request.headers());
        let asks = if fields.upgrade {
            Asks::Upgrade
        } else {
            Asks::Response
        };
        let is_known = self.admitted.is_that_of(request, &fields);
        let host = if is_known {
            Ok(())
        } else {
            rules::host(request)
        };
        if let Err(refusal) = host.and_then(|()| rules::check(request, &fields, &shared.config)) {
            shared.refusals.warn(refusal.kind(), refusal);
            return Err(refusal.response());
        }
        rules::name_the_host(request);
        info.add_to(request);
        hide_secrets(request.headers_mut());
        if !is_known {
            if let Err(refused) = check_host(&shared.config.hosts, info.bound, request) {
                shared.refusals.warn(refused.kind(), &refused);
                return Err(closing(refused.response()));
            }
            self.admitted.keep(request);
        }
        if let Some(response) = rules::server_wide(request) {
            return Err(response);
        }
        Ok(asks)
    }

    async fn upgrade(&self, request: hyper::Request<Incoming>) -> Response {
        match upgrade::answer(&self.shared, request).await {
            Ok((response, accepted)) => {
                let mut next = self.lock_next();
                *next = Some(Box::new(accepted));
                response
            }
            Err(refusal) => refusal,
        }
    }
}

fn open_socket<S: ByteStream>(
    accepted: Accepted,
    flusher: Flusher<S>,
    meter: Meter,
    shared: &Shared,
) -> Option<Opened<S>> {
    // hyper hands the connection over before it is done.
    let Some(Ok(upgraded)) = accepted.upgrade.now_or_never() else {
        log::debug!("a connection was lost before it became a socket");
        return None;
    };
    let Ok(parts) = upgraded.downcast::<Io<S>>() else {
        log::error!("hyper gave back another connection");
        return None;
    };
    drop(flusher);
    let Some((stream, ahead)) = parts.io.into_stream() else {
        log::error!("a connection is still in use");
        return None;
    };
    let Accepted {
        handshake,
        consumer,
        ..
    } = accepted;
    Some(Opened::new(
        stream,
        Line::alone(meter),
        joined(parts.read_buf, ahead),
        handshake,
        consumer,
        shared,
    ))
}

/// What hyper read, and what was read ahead of it.
fn joined(read: Bytes, ahead: BytesMut) -> Bytes {
    if ahead.is_empty() {
        return read;
    }
    let mut all = BytesMut::from(read);
    all.unsplit(ahead);
    all.freeze()
}
