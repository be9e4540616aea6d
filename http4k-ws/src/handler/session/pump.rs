//! The one future of a socket: it moves messages, and polls the consumer between reading and writing.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::SessionConfig;
use super::deadline::Deadline;
use super::error::WsError;
use super::shared::Shared;
use super::socket::{Handshake, WebSocket};
use super::transport::{Incoming, Outgoing, Transport};
use crate::handler::ws::{ConsumerFuture, WsConsumer};
use crate::message::{WsMessage, WsStatus};

/// How much is read in one poll before other sockets have their turn.
const MESSAGES_PER_POLL: usize = 64;
const BYTES_PER_POLL: usize = 64 * 1024;

/// Opens a socket over `transport`: the end to hold, and the session that must be polled for it to live.
pub(crate) fn open<T: Transport>(
    transport: T,
    handshake: Handshake,
    config: SessionConfig,
) -> (WebSocket, Session<T>) {
    let shared = Arc::new(Shared::new(&config));
    let socket = WebSocket::new(Arc::clone(&shared), handshake);
    let session = Session {
        shared,
        transport,
        consumer: None,
        phase: Phase::Open,
        deadline: Deadline::default(),
        config,
    };
    (socket, session)
}

/// One socket, running. Resolves with the status of its end, when the connection is done with and the
/// consumer has returned.
///
/// Dropping it cuts the connection: the socket is then over with 1006.
#[must_use = "a session does nothing unless polled"]
pub(crate) struct Session<T: Transport> {
    shared: Arc<Shared>,
    transport: T,
    consumer: Option<ConsumerFuture>,
    phase: Phase,
    deadline: Deadline,
    config: SessionConfig,
}

/// How far the socket has come.
#[derive(Debug)]
pub(super) enum Phase {
    /// Messages travel both ways.
    Open,
    /// The peer broke a rule: what came before is answered, then the connection is failed with this.
    Failing(WsStatus),
    /// Our close frame is out, the peer's is not yet in.
    Closing(WsStatus),
    /// Nothing more travels; the connection is brought to its end.
    Ending,
    /// The connection is done with.
    Over,
}

/// What one poll has done so far.
struct Turn {
    messages: usize,
    bytes: usize,
    /// The transport has nothing to read.
    read_all: bool,
    /// Reading stopped for want of room.
    inbound_full: bool,
    /// The peer takes nothing more for now.
    blocked: bool,
}

impl<T: Transport> Session<T> {
    /// The same session, with `consumer` talking on `socket`.
    pub(crate) fn consumed_by(mut self, consumer: WsConsumer, socket: WebSocket) -> Self {
        self.consumer = Some(consumer.start(socket));
        self
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Poll<WsStatus> {
        let mut turn = Turn {
            messages: 0,
            bytes: 0,
            read_all: false,
            inbound_full: false,
            blocked: false,
        };
        self.shared.lock().session_polls();
        loop {
            self.read(cx, &mut turn);
            self.consume(cx);
            self.dispatch();
            self.look();
            let made_room = self.write(cx, &mut turn);
            let again = made_room
                || (turn.inbound_full && !self.shared.lock().inbound.is_full())
                || self.reads_on(&turn)
                || self.end_connection(cx);
            if again {
                continue;
            }
            if matches!(self.phase, Phase::Over) {
                self.transport.cut();
            }
            if matches!(self.phase, Phase::Over) && self.consumer.is_none() {
                return Poll::Ready(
                    self.shared
                        .lock()
                        .closed
                        .clone()
                        .unwrap_or(WsStatus::ABNORMAL),
                );
            }
            let taken = self.transport.taken();
            if self
                .deadline
                .poll_passed(cx, &self.phase, turn.blocked, taken, &self.config)
            {
                self.overdue();
                continue;
            }
            if turn.is_spent() {
                cx.waker().wake_by_ref();
            }
            if self.shared.lock().session_sleeps(cx.waker()) {
                return Poll::Pending;
            }
        }
    }

    /// Brings what the peer sent into the inbound queue.
    fn read(&mut self, cx: &mut Context<'_>, turn: &mut Turn) {
        turn.inbound_full = false;
        while matches!(self.phase, Phase::Open | Phase::Closing(_))
            && !turn.read_all
            && !turn.is_spent()
        {
            if self.shared.lock().inbound.is_full() {
                turn.inbound_full = true;
                return;
            }
            let Poll::Ready(incoming) = self.transport.poll_incoming(cx) else {
                turn.read_all = true;
                return;
            };
            match incoming {
                Incoming::Message(message) => self.receive(message, turn),
                Incoming::CloseAhead => return,
                Incoming::Close(status) => self.peer_closed(status),
                Incoming::Failed(status) => self.peer_failed(status),
                Incoming::Lost => self.lost(),
            }
        }
    }

    /// Whether reading stopped only to let what came be answered first.
    fn reads_on(&self, turn: &Turn) -> bool {
        matches!(self.phase, Phase::Open | Phase::Closing(_))
            && !turn.read_all
            && !turn.inbound_full
            && !turn.is_spent()
    }

    fn receive(&mut self, message: WsMessage, turn: &mut Turn) {
        turn.messages += 1;
        turn.bytes += message.as_bytes().len();
        let mut state = self.shared.lock();
        if state.end().is_none() {
            state.inbound.push(message);
            state.wake_receiver();
        }
    }

    fn peer_closed(&mut self, status: WsStatus) {
        let status = match std::mem::replace(&mut self.phase, Phase::Ending) {
            Phase::Closing(ours) => ours,
            _ => status,
        };
        self.finish(status);
    }

    fn peer_failed(&mut self, status: WsStatus) {
        match std::mem::replace(&mut self.phase, Phase::Ending) {
            // Our own close frame is out already: nothing may follow it.
            Phase::Closing(ours) => self.finish(ours),
            _ => self.phase = Phase::Failing(status),
        }
    }

    fn lost(&mut self) {
        let status = match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Closing(ours) | Phase::Failing(ours) => ours,
            _ => WsStatus::ABNORMAL,
        };
        self.finish(status);
    }

    /// Polls the consumer; its end may be the socket's.
    fn consume(&mut self, cx: &mut Context<'_>) {
        let Some(consumer) = &mut self.consumer else {
            return;
        };
        match catch_unwind(AssertUnwindSafe(|| consumer.as_mut().poll(cx))) {
            Ok(Poll::Pending) => {}
            Ok(Poll::Ready(result)) => {
                self.consumer = None;
                if let Err(error) = result {
                    self.fail(&error);
                }
            }
            Err(_panic) => {
                self.consumer = None;
                log::error!("a WebSocket consumer panicked");
                self.shared.close(WsStatus::INTERNAL_ERROR);
            }
        }
    }

    fn fail(&self, error: &WsError) {
        if error.status() == &WsStatus::INTERNAL_ERROR {
            log::error!("a WebSocket consumer failed: {error}");
        }
        self.shared.close(error.status().clone());
    }

    /// Hands queued messages to the callbacks, as long as there is room for their answers.
    fn dispatch(&mut self) {
        loop {
            let mut state = self.shared.lock();
            if state.callbacks.on_message.is_empty()
                || state.outbound.is_full()
                || state.end().is_some()
            {
                return;
            }
            let Some(message) = state.inbound.pop() else {
                return;
            };
            let mut callbacks = std::mem::take(&mut state.callbacks.on_message);
            drop(state);
            for callback in &mut callbacks {
                let message = message.clone();
                match catch_unwind(AssertUnwindSafe(|| callback(message))) {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => self.callback_failed(&error),
                    Err(_panic) => self.callback_panicked(),
                }
            }
            let mut state = self.shared.lock();
            // Those registered meanwhile come after those that were there.
            callbacks.append(&mut state.callbacks.on_message);
            state.callbacks.on_message = callbacks;
        }
    }

    fn callback_failed(&self, error: &WsError) {
        let mut callbacks = std::mem::take(&mut self.shared.lock().callbacks.on_error);
        if callbacks.is_empty() {
            return self.fail(error);
        }
        for callback in &mut callbacks {
            if catch_unwind(AssertUnwindSafe(|| callback(error))).is_err() {
                self.callback_panicked();
            }
        }
        let mut state = self.shared.lock();
        callbacks.append(&mut state.callbacks.on_error);
        state.callbacks.on_error = callbacks;
    }

    fn callback_panicked(&self) {
        log::error!("a WebSocket callback panicked");
        self.shared.close(WsStatus::INTERNAL_ERROR);
    }

    /// Takes stock: what is news up to here is seen to in this round.
    fn look(&mut self) {
        let mut state = self.shared.lock();
        state.session_looks();
        let unattended = self.consumer.is_none() && !state.held && !state.callbacks.registered;
        if unattended && state.end().is_none() {
            state.closing = Some(WsStatus::NORMAL);
        }
    }

    /// Writes what is queued, then the close frame where one is due, and flushes once. Says whether
    /// somebody waited for the room made.
    fn write(&mut self, cx: &mut Context<'_>, turn: &mut Turn) -> bool {
        turn.blocked = false;
        if matches!(self.phase, Phase::Ending | Phase::Over) {
            return false;
        }
        let open = !matches!(self.phase, Phase::Closing(_));
        if open && self.write_messages(cx, turn) && !turn.blocked {
            self.write_close();
        }
        if matches!(self.phase, Phase::Over) {
            return false;
        }
        match self.transport.poll_flush(cx) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(_)) => self.lost(),
            Poll::Pending => turn.blocked = true,
        }
        open && self.shared.made_room()
    }

    /// Says whether the connection still stands.
    fn write_messages(&mut self, cx: &mut Context<'_>, turn: &mut Turn) -> bool {
        loop {
            {
                let state = self.shared.lock();
                if state.outbound.is_empty() && state.closing.is_none() && !self.is_failing() {
                    return true;
                }
            }
            match self.transport.poll_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Pending => {
                    turn.blocked = true;
                    return true;
                }
                Poll::Ready(Err(_)) => {
                    self.lost();
                    return false;
                }
            }
            let Some(message) = self.shared.lock().outbound.pop() else {
                return true;
            };
            if self
                .transport
                .start_send(Outgoing::Message(message))
                .is_err()
            {
                self.lost();
                return false;
            }
        }
    }

    fn is_failing(&self) -> bool {
        matches!(self.phase, Phase::Failing(_))
    }

    /// Sends the close frame where one is due: everything before it is written.
    fn write_close(&mut self) {
        match std::mem::replace(&mut self.phase, Phase::Open) {
            Phase::Failing(status) => {
                self.fail_connection(status);
            }
            phase => {
                self.phase = phase;
                let Some(status) = self.shared.lock().closing.clone() else {
                    return;
                };
                match self.transport.start_send(Outgoing::Close(status.clone())) {
                    Ok(()) => self.phase = Phase::Closing(status),
                    Err(_) => self.lost(),
                }
            }
        }
    }

    /// Sends a close frame if that is still possible, and waits for no answer (RFC 6455 §7.1.7).
    fn fail_connection(&mut self, status: WsStatus) {
        let sent = self.transport.start_send(Outgoing::Close(status.clone()));
        self.phase = if sent.is_ok() {
            Phase::Ending
        } else {
            Phase::Over
        };
        self.finish(status);
    }

    /// Brings the connection to its end; says whether it got there just now.
    fn end_connection(&mut self, cx: &mut Context<'_>) -> bool {
        if matches!(self.phase, Phase::Ending) && self.transport.poll_shutdown(cx).is_ready() {
            self.phase = Phase::Over;
            return true;
        }
        false
    }

    /// A deadline has passed.
    fn overdue(&mut self) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Open => {
                let asked = self.shared.lock().closing.clone();
                self.fail_connection(asked.unwrap_or(WsStatus::TRY_AGAIN_LATER));
            }
            Phase::Failing(status) => self.fail_connection(status),
            Phase::Closing(status) => self.finish(status),
            Phase::Ending => {}
            Phase::Over => {
                log::warn!(
                    "a WebSocket consumer was dropped: its socket is over, and it went on for too long"
                );
                self.consumer = None;
            }
        }
    }

    /// The socket is over with `status`; tells everybody, once.
    fn finish(&mut self, status: WsStatus) {
        for callback in self.shared.finish(status.clone()) {
            let status = status.clone();
            if catch_unwind(AssertUnwindSafe(|| callback(status))).is_err() {
                log::error!("a WebSocket callback panicked");
            }
        }
    }
}

impl Turn {
    fn is_spent(&self) -> bool {
        self.messages >= MESSAGES_PER_POLL || self.bytes >= BYTES_PER_POLL
    }
}

impl<T: Transport> Future for Session<T> {
    type Output = WsStatus;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<WsStatus> {
        self.get_mut().turn(cx)
    }
}

impl<T: Transport> Drop for Session<T> {
    fn drop(&mut self) {
        self.finish(WsStatus::ABNORMAL);
    }
}
