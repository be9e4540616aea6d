//! The one future of a socket: it moves messages, and polls the consumer between reading and writing.

mod answering;
mod overdue;
mod reading;
mod writing;

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

pub(super) use self::answering::CALLBACK;
use super::SessionConfig;
#[cfg(feature = "server")]
use super::budget::Budget;
use super::deadlines::Deadlines;
use super::error::WsResult;
use super::handshake::Handshake;
use super::metrics::Traffic;
use super::phase::{Phase, Role};
use super::refusal_log::{RefusalKind, RefusalLog};
use super::shared::Shared;
use super::socket::WebSocket;
use super::trace::Trace;
use super::transport::{Outgoing, Transport};
use crate::message::{WsMessage, WsStatus};
use crate::panics::guarded;

/// The future of a consumer, which ends with the result that closes its socket.
pub(crate) type ConsumerFuture = Pin<Box<dyn Future<Output = WsResult> + Send>>;

/// How much is read, and how much is written, in one poll before other sockets have their turn.
const MESSAGES_PER_POLL: usize = 64;
const BYTES_PER_POLL: usize = 64 * 1024;

/// Opens a socket over `transport`: the end to hold, and the session that must be polled for it to live.
pub(crate) fn open<T: Transport>(
    transport: T,
    role: Role,
    handshake: Handshake,
    config: SessionConfig,
) -> (WebSocket, Session<T>) {
    let shared = Arc::new(Shared::new(&config, role, &handshake));
    open_state(shared, transport, role, handshake, config)
}

/// Opens the socket whose state is `shared`, which counts one handle.
pub(super) fn open_state<T: Transport>(
    shared: Arc<Shared>,
    transport: T,
    role: Role,
    handshake: Handshake,
    config: SessionConfig,
) -> (WebSocket, Session<T>) {
    let path = handshake.request.uri().path();
    let trace = Trace::opened(shared.id, path, handshake.route.as_deref());
    shared.tell(|metrics, socket| metrics.opened(socket));
    let socket = WebSocket::new(Arc::clone(&shared), handshake);
    let session = Session {
        shared,
        transport,
        role,
        consumer: None,
        started: false,
        phase: Phase::Open,
        hold: None,
        deadlines: Deadlines::default(),
        traffic: Traffic::default(),
        trace,
        refusals: None,
        config,
    };
    (socket, session)
}

/// One socket, running. Resolves with the status of its end, when the connection is done with and the
/// consumer has returned.
///
/// Dropping it writes what the transport takes at once of what is queued, and ends the connection
/// abruptly: the socket is then over with 1006.
#[must_use = "a session does nothing unless polled"]
pub(crate) struct Session<T: Transport> {
    shared: Arc<Shared>,
    transport: T,
    role: Role,
    consumer: Option<ConsumerFuture>,
    /// The consumer had its first turn.
    started: bool,
    phase: Phase,
    /// Set while the transport is blocked.
    hold: Option<Hold>,
    deadlines: Deadlines,
    traffic: Traffic,
    trace: Trace,
    /// The log of the server, which bounds its lines; `None` for a client, and in memory.
    refusals: Option<Arc<RefusalLog>>,
    config: SessionConfig,
}

/// What one poll has done so far.
#[derive(Default)]
struct Turn {
    read: Amount,
    written: Amount,
    /// The transport has nothing to read.
    read_all: bool,
    /// Reading stopped before that.
    halt: Option<Halt>,
    /// The consumer had its turn, and the queue was still full: a little is read ahead.
    ahead: bool,
    /// The peer takes nothing more for now.
    blocked: bool,
}

/// The reason why no more is read for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Halt {
    /// The inbound queue is full.
    Full,
    /// The peer takes nothing of what waits for it.
    Blocked,
    /// Too much waits in all sockets of the server.
    Budget,
}

/// What was read of a peer while it takes nothing, or little, of what waits for it.
#[derive(Debug)]
struct Hold {
    /// What it had taken when it began.
    bytes_written: u64,
    read: u64,
}

/// How much was moved in one direction.
#[derive(Default)]
struct Amount {
    messages: usize,
    bytes: usize,
}

impl Amount {
    fn add(&mut self, message: &WsMessage) {
        self.messages += 1;
        self.bytes += message.as_bytes().len();
    }

    fn add_control(&mut self) {
        self.messages += 1;
    }

    fn is_spent(&self) -> bool {
        self.messages >= MESSAGES_PER_POLL || self.bytes >= BYTES_PER_POLL
    }
}

impl<T: Transport> Session<T> {
    /// Adds the future of the consumer, which is polled between reading and writing.
    pub(crate) fn with_consumer(mut self, consumer: ConsumerFuture) -> Self {
        self.consumer = Some(consumer);
        self
    }

    /// The same session, whose breaches of bounds `refusals` logs.
    #[cfg(feature = "server")]
    pub(crate) fn with_refusal_log(mut self, refusals: &Arc<RefusalLog>) -> Self {
        self.refusals = Some(Arc::clone(refusals));
        self
    }

    /// Logs a breach of a bound that an operator can change.
    fn warn(&self, kind: RefusalKind, what: impl Display) {
        match &self.refusals {
            Some(refusals) => refusals.warn(kind, what),
            None => log::warn!("{what}"),
        }
    }

    /// The same session, whose bytes that wait count in `budget`.
    #[cfg(feature = "server")]
    pub(crate) fn with_budget(self, budget: &Arc<Budget>) -> Self {
        self.shared.set_budget(budget);
        self
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Poll<WsStatus> {
        let mut turn = Turn::default();
        self.shared.lock().session_polls();
        if !self.started {
            self.started = true;
            // What it sets up at once, such as an observer, misses nothing that came early.
            self.consume(cx);
        }
        loop {
            if self.round(cx, &mut turn) {
                continue;
            }
            if let Some(status) = self.ended() {
                return Poll::Ready(status);
            }
            if let Some(due) = self.due(cx, &turn) {
                self.come_due(cx, due);
                continue;
            }
            if turn.read.is_spent() || turn.written.is_spent() {
                // There may be more to do, after others had their turn.
                cx.waker().wake_by_ref();
            }
            if turn.halt.is_some() {
                self.transport.shrink();
            }
            let held = self
                .shared
                .budget()
                .map_or(0, |_| self.transport.buffered());
            if self.shared.session_sleeps(cx.waker(), turn.blocked, held) {
                return Poll::Pending;
            }
        }
    }

    /// Reads, lets what came be answered, writes the answers. Says whether another round may bring more.
    fn round(&mut self, cx: &mut Context<'_>, turn: &mut Turn) -> bool {
        self.read(cx, turn);
        self.consume(cx);
        self.dispatch();
        if self.look() {
            self.shed(cx);
        }
        let made_room = self.write(cx, turn);
        (made_room && !turn.written.is_spent()) || self.reads_on(turn) || self.end_connection(cx)
    }

    /// The status of the end, when nothing is left to do.
    fn ended(&mut self) -> Option<WsStatus> {
        if !matches!(self.phase, Phase::Over) {
            return None;
        }
        self.transport.abort();
        match self.consumer {
            Some(_) => None,
            None => self.shared.lock().closed.clone(),
        }
    }

    /// Takes stock: what is news up to here is seen to in this round. Sends a ping if one is wanted.
    /// Returns `true` if the socket must end at once.
    fn look(&mut self) -> bool {
        let mut state = self.shared.lock();
        state.session_looks();
        let unattended =
            self.consumer.is_none() && state.handles == 0 && !state.callbacks.registered;
        if unattended && state.end().is_none() {
            state.closing = Some(WsStatus::NORMAL);
        }
        let sends = matches!(self.phase, Phase::Open | Phase::Failing(_));
        let shed = state.shed && sends;
        let pings = sends && !shed;
        let wanted = pings.then(|| state.round_trips.take_wanted()).flatten();
        drop(state);
        if let Some(payload) = wanted {
            // A failure is seen by the flush that follows.
            let _ = self.transport.start_send(Outgoing::Ping(payload));
        }
        shed
    }

    /// Brings the connection to its end; says whether it got there just now.
    fn end_connection(&mut self, cx: &mut Context<'_>) -> bool {
        if matches!(self.phase, Phase::Ending) && self.transport.poll_shutdown(cx).is_ready() {
            self.phase = Phase::Over;
            return true;
        }
        false
    }

    fn tell_failed(&self, status: &WsStatus) {
        self.trace.failed(status);
        if status.code() == WsStatus::TOO_BIG.code() {
            self.warn(
                RefusalKind::Message,
                format_args!(
                    "socket {} is closed with {status} (`SessionConfig::max_message`, \
                     `SessionConfig::max_frame`)",
                    self.shared.id
                ),
            );
        }
        self.shared
            .tell(|metrics, socket| metrics.failed(socket, status));
    }

    /// The socket is over with `status`; tells everybody, once.
    fn finish(&mut self, status: WsStatus) {
        let Some(mut callbacks) = self.shared.finish(status.clone()) else {
            return;
        };
        let traffic = &self.traffic;
        self.trace.closed(&status, traffic);
        self.shared
            .tell(|metrics, socket| metrics.closed(socket, &status, traffic));
        self.hand_over_rest(&mut callbacks);
        for callback in callbacks.on_close {
            let status = status.clone();
            guarded(CALLBACK, || callback(status));
        }
        for callback in callbacks.on_message {
            guarded("the drop of a WebSocket callback", || drop(callback));
        }
        for callback in callbacks.on_error {
            guarded("the drop of a WebSocket callback", || drop(callback));
        }
    }
}

impl<T: Transport> Future for Session<T> {
    type Output = WsStatus;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<WsStatus> {
        let session = self.get_mut();
        let trace = session.trace.clone();
        trace.within(|| session.turn(cx))
    }
}

impl<T: Transport> Session<T> {
    /// Writes what is queued, as far as the transport takes it now: the runtime ends, and an
    /// application that has closed its socket or sent a message is not polled again.
    fn write_at_last(&mut self) {
        if matches!(self.phase, Phase::Open) && !std::thread::panicking() {
            self.look();
            let mut cx = Context::from_waker(Waker::noop());
            self.write(&mut cx, &mut Turn::default());
        }
    }
}

impl<T: Transport> Drop for Session<T> {
    fn drop(&mut self) {
        self.write_at_last();
        self.finish(WsStatus::ABNORMAL);
        self.drop_consumer();
    }
}
