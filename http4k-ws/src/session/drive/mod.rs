//! The one future of a socket. It moves messages, and polls the consumer between reading and
//! writing.
//!
//! One poll repeats a step until nothing is left to do, and then parks:
//!
//! 1. Read what the peer sent ([`read`]).
//! 2. Poll the consumer and the callbacks, which receive it and send responses ([`consume`]).
//! 3. Clear the dirty flag, read the requests of other tasks, and take the messages to write.
//! 4. Pass what the consumer sent through the message filters ([`filter`]), write the messages and
//!    the close frame, and flush once ([`write`]).
//! 5. Shut the connection down, if the socket is over.
//! 6. Act on a deadline that has passed ([`timeout`]).
//! 7. Park, unless a change came after the dirty flag was cleared (`park.rs` has that protocol).
//!
//! A session that is woken for messages to its peer alone only writes them ([`broadcast`]), which
//! spares the memory of all that it would find unchanged.
//!
//! A poll moves a bounded number of messages. Beyond that it wakes itself, so that the other tasks
//! of the thread run in between. A poll in which a consumer responds to its peer takes the lock of
//! the state three times: to begin the step, for 3, and to park.

mod broadcast;
pub(super) mod consume;
mod filter;
#[cfg(test)]
pub(crate) mod line;
mod poll_state;
mod read;
mod timeout;
mod write;

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

#[cfg(feature = "server")]
use super::budget::Budget;
use super::config::SessionConfig;
use super::deadlines::{Deadlines, Phase};
use super::error::WsResult;
use super::message_filter::MessageFilters;
use super::metrics::Traffic;
use super::refusal_log::{RefusalKind, RefusalLog};
use super::socket::WebSocket;
use super::state::{Facts, Requests, SocketState};
use super::transport::{Handshake, Outgoing, Role, Transport};
use crate::message::WsStatus;
use poll_state::{PollState, Step};
use read::Hold;

/// The future of a consumer. Its result closes the socket.
pub(crate) type ConsumerFuture = Pin<Box<dyn Future<Output = WsResult> + Send>>;

/// Opens a socket over `transport`. Returns the handle, and the session, which the socket needs to
/// be polled.
pub(crate) fn open<T: Transport>(
    transport: T,
    role: Role,
    handshake: Handshake,
    config: Arc<SessionConfig>,
) -> (WebSocket, Session<T>) {
    let state = Arc::new(SocketState::new(&config, role, &handshake));
    open_state(state, transport, role, handshake, config)
}

/// Opens the socket whose state is `state`, which counts one handle.
pub(super) fn open_state<T: Transport>(
    state: Arc<SocketState>,
    transport: T,
    role: Role,
    handshake: Handshake,
    config: Arc<SessionConfig>,
) -> (WebSocket, Session<T>) {
    state.notifier.opened(&handshake.request);
    let socket = WebSocket::new(Arc::clone(&state), handshake);
    let own_waker = Waker::from(Arc::clone(&state));
    let session = Session {
        state,
        transport,
        role,
        own_waker,
        consumer: None,
        filters: None,
        started: false,
        listens: false,
        phase: Phase::Open,
        hold: None,
        deadlines: Deadlines::default(),
        traffic: Traffic::default(),
        refusals: None,
        config,
    };
    (socket, session)
}

/// A running socket. Resolves to the status of its end, when the connection is closed and the
/// consumer has returned.
///
/// A drop writes as much of the outbound queue as the transport accepts at once, and closes the
/// connection abruptly. The socket is then over with 1006.
#[must_use = "a session does nothing unless polled"]
pub(crate) struct Session<T: Transport> {
    state: Arc<SocketState>,
    transport: T,
    role: Role,
    /// The waker with which the session polls its consumer and its timer.
    own_waker: Waker,
    consumer: Option<ConsumerFuture>,
    /// The message filters, if there are any.
    filters: Option<Box<MessageFilters>>,
    /// `true` once the consumer was polled.
    started: bool,
    /// `true` if the session had read all that had arrived when it was to park, and so within its
    /// bounds.
    listens: bool,
    phase: Phase,
    /// The limit on reading while the transport is blocked.
    hold: Option<Box<Hold>>,
    deadlines: Deadlines,
    traffic: Traffic,
    /// The log of the server, which bounds its lines. `None` for a client and in memory.
    refusals: Option<Arc<RefusalLog>>,
    /// The bounds, which all sockets of a server share unless their route changes them.
    config: Arc<SessionConfig>,
}

impl<T: Transport> Session<T> {
    /// Adds the future of the consumer, which is polled between reading and writing.
    pub(crate) fn with_consumer(mut self, consumer: ConsumerFuture) -> Self {
        self.consumer = Some(consumer);
        self
    }

    /// Sets the future of the consumer as [`with_consumer`](Self::with_consumer) does, without
    /// moving the session, which is large.
    #[cfg(feature = "server")]
    pub(crate) fn set_consumer(&mut self, consumer: ConsumerFuture) {
        self.consumer = Some(consumer);
    }

    /// Logs breaches of bounds in `refusals`, and counts the bytes that wait in the socket in
    /// `budget`.
    #[cfg(feature = "server")]
    pub(crate) fn belongs_to(&mut self, refusals: &Arc<RefusalLog>, budget: Option<&Arc<Budget>>) {
        self.refusals = Some(Arc::clone(refusals));
        if let Some(budget) = budget {
            self.state.set_budget(budget);
        }
    }

    /// Polls the socket until there is nothing left to do now.
    fn drive(&mut self, cx: &mut Context<'_>) -> Poll<WsStatus> {
        if self.consumer.is_none() {
            // The case of the last poll: the peer has ended the connection, too.
            self.end_connection(cx);
            if let Some(status) = self.ended() {
                return Poll::Ready(status);
            }
        }
        if !self.started {
            self.take_filters();
        }
        let called = self.state.own_waker.take_call();
        let mut poll = PollState::new(!called && self.may_only_write());
        if !self.started {
            self.started = true;
            self.begin_step(cx, &mut poll);
            // An observer that the consumer adds at once sees the first message.
            self.consume(&mut poll);
            // The first step has an exchange of its own.
            self.state.end_exchange();
        }
        let polled = self.repeat_steps(cx, &mut poll);
        poll.moving.keep();
        polled
    }

    fn repeat_steps(&mut self, cx: &mut Context<'_>, poll: &mut PollState) -> Poll<WsStatus> {
        loop {
            match self.step(cx, poll) {
                Step::Again => continue,
                Step::OnlyWrote if self.deadlines.have_seen(self.transport.progress()) => {}
                Step::OnlyWrote | Step::Last => {
                    self.end_connection(cx);
                    if let Some(status) = self.ended() {
                        return Poll::Ready(status);
                    }
                    // A deadline may change the phase, so another step follows.
                    if let Some(due) = self.poll_due(poll) {
                        self.state.after_write(&mut poll.moving);
                        self.on_due(cx, due);
                        continue;
                    }
                }
            }
            if poll.may_read.is_spent() || poll.may_write.is_spent() {
                // There may be more to do, after other tasks ran.
                cx.waker().wake_by_ref();
            }
            if poll.halt.is_some() {
                // Nothing is read for a while, so large read buffers are of no use.
                self.transport.shrink();
            }
            self.listens = poll.read_all;
            // A session that has woken itself need not park, so that changes of others do not keep
            // it in one poll.
            if self.try_park(poll) || poll.may_write.is_spent() {
                return Poll::Pending;
            }
            poll.short = !poll.blocked && self.may_only_write();
        }
    }

    /// Parks the session. Returns `false` if a change came after the dirty flag was cleared, or a
    /// task waited for the write, so that another step must follow.
    fn try_park(&mut self, poll: &mut PollState) -> bool {
        let (may_go_on, moving) = (!poll.may_write.is_spent(), &mut poll.moving);
        let buffered = || self.transport.buffered();
        self.state
            .try_park(poll.blocked, may_go_on, moving, buffered)
    }

    /// Reads, lets the consumer respond, and writes.
    fn step(&mut self, cx: &mut Context<'_>, poll: &mut PollState) -> Step {
        if !poll.short {
            self.begin_step(cx, poll);
        }
        self.read(cx, poll);
        if poll.short {
            if self.only_writes(cx, poll) {
                return Step::OnlyWrote;
            }
            self.begin_step(cx, poll);
        }
        // The consumer runs after reading and before writing, so that all its responses leave in
        // one write.
        self.consume(poll);
        let requests = self.take_requests(poll, true);
        if requests.shed {
            self.shed(cx);
        }
        self.write(cx, poll, &requests);
        match (self.filters.is_some() && self.filters_on(poll)) || self.reads_on(poll) {
            true => Step::Again,
            false => Step::Last,
        }
    }

    fn begin_step(&self, cx: &Context<'_>, poll: &mut PollState) {
        poll.short = false;
        // Without the lock, the consumer exchanges only what no filter may change.
        let exchanges = self.consumer.is_some() && self.filters.is_none();
        poll.seen = self
            .state
            .begin_step(cx.waker(), exchanges, &mut poll.moving);
    }

    /// Returns the status of the end, if the connection is closed and the consumer has returned.
    #[inline]
    fn ended(&mut self) -> Option<WsStatus> {
        match self.phase {
            Phase::Over => self.end(),
            _ => None,
        }
    }

    /// Drops the connection of a session that is over, and returns its status once the consumer has
    /// returned.
    fn end(&mut self) -> Option<WsStatus> {
        self.transport.abort();
        match self.consumer {
            Some(_) => None,
            None => self.state.lock().closed.clone(),
        }
    }

    /// Ends the exchange with the consumer, calls the callbacks if `dispatches`, clears the dirty
    /// flag, reads the requests of other tasks, and takes the messages to write.
    fn take_requests(&mut self, poll: &mut PollState, dispatches: bool) -> Requests {
        let mut facts = Facts {
            sends: matches!(self.phase, Phase::Open | Phase::Failing(_)),
            consumes: self.consumer.is_some(),
            dispatches,
        };
        let mut requests = self.state.sync(facts, &mut poll.moving);
        if requests.dispatch {
            self.dispatch();
            facts.dispatches = false;
            requests = self.state.sync(facts, &mut poll.moving);
        }
        if let Some(payload) = requests.ping.take() {
            // The flush that follows reports a failure.
            let _ = self.transport.start_send(Outgoing::Ping(payload));
        }
        requests
    }

    /// Shuts the connection down after the close frames, once no step is left.
    #[inline]
    fn end_connection(&mut self, cx: &mut Context<'_>) {
        if matches!(self.phase, Phase::Ending) && self.transport.poll_shutdown(cx).is_ready() {
            self.phase = Phase::Over;
        }
    }

    /// Reports that the peer broke a rule, exceeded a bound or missed a deadline.
    fn report_failure(&self, status: &WsStatus) {
        self.state.notifier.failed(status);
        if status.code() == WsStatus::TOO_BIG.code() {
            self.warn(
                RefusalKind::Message,
                format_args!(
                    "socket {} is closed with {status} (`SessionConfig::max_message`, \
                     `SessionConfig::max_frame`)",
                    self.state.id
                ),
            );
        }
    }

    /// Logs a breach of a bound that an operator can change.
    fn warn(&self, kind: RefusalKind, what: impl Display) {
        match &self.refusals {
            Some(refusals) => refusals.warn(kind, what),
            None => log::warn!("{what}"),
        }
    }

    /// Ends the socket with `status`, and reports that. Calling it again has no effect.
    fn finish(&mut self, status: WsStatus) {
        if let Some(callbacks) = self.state.finish(&status) {
            self.state.notifier.closed(&status, &self.traffic);
            self.end_callbacks(callbacks, &status);
        }
    }

    /// Writes as much of the outbound queue as the transport accepts at once. The runtime ends, and
    /// an application that has just sent a message or closed the socket is not polled again.
    fn write_remaining(&mut self) {
        if matches!(self.phase, Phase::Open) && !std::thread::panicking() {
            let mut poll = PollState::new(false);
            let requests = self.take_requests(&mut poll, false);
            let mut cx = Context::from_waker(Waker::noop());
            self.write(&mut cx, &mut poll, &requests);
            self.state.after_write(&mut poll.moving);
        }
    }
}

impl<T: Transport> Future for Session<T> {
    type Output = WsStatus;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<WsStatus> {
        let session = self.get_mut();
        let trace = session.state.notifier.trace();
        trace.in_scope(|| session.drive(cx))
    }
}

impl<T: Transport> Drop for Session<T> {
    fn drop(&mut self) {
        self.write_remaining();
        self.finish(WsStatus::ABNORMAL);
        self.drop_consumer();
        self.state.leave_session();
    }
}
