//! A line of the log for each request and each socket.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::report_requests::{HttpEnd, HttpTransaction};
use super::watch::Watch;
use super::{RequestId, TraceContext};
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsNext,
};
use crate::message::{Request, RequestExt, WsStatus, printable};
use crate::session::{Traffic, WebSocket, WsEvent};

/// The target of the lines, by which a logger selects them.
const TARGET: &str = "http4k_ws::access";

/// Logs one line for each request at its end, and for each socket at its opening and its end. The
/// level is INFO and the target `http4k_ws::access`.
///
/// | event | line |
/// |---|---|
/// | the end of a response | `GET /rooms/blue 200 9 B 1.234 ms` and the fields |
/// | a response that ends early | `GET /feed 200 512 B 8000.000 ms aborted`, or `failed` if its body failed; the status is `-` if there is none |
/// | an opened socket | `GET /ws open` and the fields |
/// | a closed socket | `GET /ws closed 1000 received 3 (12 B) sent 1 (5 B) 90000.000 ms` and the fields |
///
/// The fields are ` route=/rooms/<room> peer=192.0.2.7:50000 socket=7 id=… trace=…`, as far as they
/// are known. The id is that of [`request_id`](crate::filter::request_id) and the trace that of
/// [`trace_context`](crate::filter::trace_context), if these are around this filter. With the
/// feature `tracing`, an event with the same line as its message is recorded in the span of the
/// request (`filter::request_span`) or of the socket.
///
/// A line never has a query, a header field, a body or the reason of a close, which may be secret.
/// Paths are escaped, so that a client cannot forge a line. A request is logged when
/// [`report_requests`](crate::filter::report_requests) would report it, a refused upgrade included.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{access_log, request_id};
///
/// let app = routes! { GET "/rooms/<room>" => http(|room: String| room) };
/// let app = app.with(access_log()).with(request_id());
/// // GET /rooms/blue 200 4 B 0.051 ms route=/rooms/<room> id=0af7651916cd43dd8448eb211c80319c
/// assert_eq!(app.test_http("/rooms/blue?token=secret").body(), "blue");
/// ```
pub fn access_log() -> impl PolyFilter + Clone {
    AccessLog
}

#[derive(Clone)]
struct AccessLog;

fn log_request(done: HttpTransaction) {
    log::info!(target: TARGET, "{}", RequestLine(&done));
}

impl PolyFilter for AccessLog {
    fn name(&self) -> String {
        "access_log".to_owned()
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let logging = |mut request: Request, next: Next| {
            let watch = Watch::new(&mut request, log_request);
            async move { watch.responded(next.call(request).await) }
        };
        logging.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let logging = |mut request: Request, next: WsNext| {
            let watch = Watch::new(&mut request, log_request);
            let head = Head::of(&request);
            async move {
                let response = watch.handshake(request, next).await;
                response.map_consumer(|consumer| consumer.after(|socket| log_socket(socket, head)))
            }
        };
        logging.then(next)
    }
}

fn log_socket(socket: &mut WebSocket, mut head: Head) {
    head.route = socket.route().map(str::to_owned);
    head.socket = Some(socket.id());
    let started = Instant::now();
    let trace = socket.trace();
    trace.in_scope(|| log::info!(target: TARGET, "{}", SocketLine(&head, None)));
    socket.observe(move |event: WsEvent<'_>| {
        if let WsEvent::Closed {
            status, traffic, ..
        } = event
        {
            let end = (status, traffic, started.elapsed());
            let line = SocketLine(&head, Some(end));
            trace.in_scope(|| log::info!(target: TARGET, "{line}"));
        }
    });
}

/// The start and the end of a line.
struct Head {
    line: String,
    route: Option<String>,
    peer: Option<SocketAddr>,
    socket: Option<u64>,
    id: Option<RequestId>,
    trace: Option<String>,
}

impl Head {
    fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        Self {
            line: format!("{} {}", request.method(), printable(request.uri().path())),
            route: None,
            peer: request.peer_addr(),
            socket: None,
            id: extensions.get().cloned(),
            trace: extensions.get().map(TraceContext::trace_id),
        }
    }

    fn write_fields(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(route) = &self.route {
            write!(f, " route={route}")?;
        }
        if let Some(peer) = &self.peer {
            write!(f, " peer={peer}")?;
        }
        if let Some(socket) = &self.socket {
            write!(f, " socket={socket}")?;
        }
        if let Some(id) = &self.id {
            write!(f, " id={id}")?;
        }
        if let Some(trace) = &self.trace {
            write!(f, " trace={trace}")?;
        }
        Ok(())
    }
}

/// A time in milliseconds.
struct Millis(Duration);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ms", self.0.as_secs_f64() * 1000.0)
    }
}

struct RequestLine<'a>(&'a HttpTransaction);

impl fmt::Display for RequestLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = self.0;
        let mut head = Head::of(&done.request);
        head.route.clone_from(&done.route);
        f.write_str(&head.line)?;
        match done.status {
            Some(status) => write!(f, " {}", status.as_u16())?,
            None => f.write_str(" -")?,
        }
        write!(f, " {} B {}", done.bytes, Millis(done.duration))?;
        match done.end {
            HttpEnd::Complete => {}
            HttpEnd::Failed => f.write_str(" failed")?,
            HttpEnd::Aborted => f.write_str(" aborted")?,
        }
        head.write_fields(f)
    }
}

struct SocketLine<'a>(&'a Head, Option<(&'a WsStatus, &'a Traffic, Duration)>);

impl fmt::Display for SocketLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(head, end) = self;
        f.write_str(&head.line)?;
        match end {
            None => f.write_str(" open")?,
            Some((status, traffic, duration)) => {
                let Traffic {
                    messages_received,
                    bytes_received,
                    messages_sent,
                    bytes_sent,
                    ..
                } = traffic;
                write!(
                    f,
                    " closed {} received {messages_received} ({bytes_received} B) sent \
                     {messages_sent} ({bytes_sent} B) {}",
                    status.code(),
                    Millis(*duration)
                )?;
            }
        }
        head.write_fields(f)
    }
}
