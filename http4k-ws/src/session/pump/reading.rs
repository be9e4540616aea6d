//! From the transport to the inbound queue.

use std::task::{Context, Poll};

use super::{Halt, Session, Turn};
use crate::message::{WsMessage, WsStatus};
use crate::session::observers::WsEvent;
use crate::session::phase::Phase;
use crate::session::queue::{OVERHEAD, Room};
use crate::session::transport::{Incoming, Transport};

/// The bytes that are read from a peer beyond those that it takes, while it is slow to take what waits for
/// it, less what waits already. More would only become answers that wait, too.
const UNANSWERED: u64 = 16 * 1024;

/// A message of so many bytes is handled before the next one is read. A transport writes one of this size
/// by itself, so that to wait for it costs no call, and a peer that never reads is seen earlier.
const LARGE: usize = 16 * 1024;

impl<T: Transport> Session<T> {
    /// Brings what the peer sent into the inbound queue.
    pub(super) fn read(&mut self, cx: &mut Context<'_>, turn: &mut Turn) {
        turn.halt = None;
        if self
            .shared
            .budget()
            .is_some_and(|budget| budget.pauses(cx.waker()))
        {
            turn.halt = Some(Halt::Budget);
            return;
        }
        // Nothing but this fills the queue, so the room that a message left is still there.
        let mut free = false;
        while matches!(self.phase, Phase::Open | Phase::Closing(_))
            && !turn.read_all
            && !turn.read.is_spent()
        {
            if !free || self.hold.is_some() {
                turn.halt = self.halt(turn);
            }
            if turn.halt.is_some() {
                return;
            }
            let Poll::Ready(incoming) = self.transport.poll_incoming(cx) else {
                turn.read_all = true;
                return;
            };
            match incoming {
                Incoming::Message(message) => {
                    let large = message.as_bytes().len() >= LARGE;
                    free = self.receive(message, turn);
                    if large {
                        return;
                    }
                }
                Incoming::Ping => turn.read.add_control(),
                Incoming::Pong(payload) => {
                    turn.read.add_control();
                    self.shared.pong(&payload);
                }
                Incoming::CloseAhead => return,
                Incoming::Close(status) => self.peer_closed(status),
                Incoming::Failed(status) => self.peer_failed(status),
                Incoming::Error(error) => self.callback_failed(&error),
                Incoming::Lost => self.lost(),
            }
        }
    }

    /// Returns the reason, if there is one, why nothing is read now.
    fn halt(&mut self, turn: &Turn) -> Option<Halt> {
        let state = self.shared.lock();
        match state.inbound.room() {
            Room::Free => {}
            // The consumer first. If it receives nothing, the peer is still to be heard.
            Room::Ahead if turn.ahead => {}
            Room::Ahead | Room::None => return Some(Halt::Full),
        }
        let hold = self.hold.as_ref()?;
        if state.end().is_some() {
            // What comes is thrown away, up to the peer's close frame.
            return None;
        }
        let waiting = (state.outbound.cost() + self.transport.buffered()) as u64;
        let bytes_written = self.transport.progress().bytes_written - hold.bytes_written;
        let may_read = bytes_written.saturating_add(UNANSWERED.saturating_sub(waiting));
        (hold.read >= may_read).then_some(Halt::Blocked)
    }

    /// Takes note of a message of `bytes` that was read while the peer takes nothing. Control frames do
    /// not count: of pings only the latest is answered.
    fn hold_read(&mut self, bytes: usize) {
        if let Some(hold) = &mut self.hold {
            hold.read += (bytes + OVERHEAD) as u64;
        }
    }

    /// Returns `true` if reading stopped only to let what came be handled first.
    pub(super) fn reads_on(&mut self, turn: &mut Turn) -> bool {
        let reads = matches!(self.phase, Phase::Open | Phase::Closing(_))
            && !turn.read_all
            && !turn.read.is_spent();
        if !reads {
            return false;
        }
        match turn.halt {
            None => true,
            Some(Halt::Full) => {
                turn.ahead = true;
                self.shared.lock().inbound.room() != Room::None
            }
            // The peer may have taken something since.
            Some(Halt::Blocked) => self.halt(turn).is_none(),
            Some(Halt::Budget) => false,
        }
    }

    /// Queues a message. Returns `true` if the queue is not full.
    fn receive(&mut self, message: WsMessage, turn: &mut Turn) -> bool {
        turn.read.add(&message);
        self.hold_read(message.as_bytes().len());
        self.traffic.messages_received += 1;
        self.traffic.bytes_received += message.as_bytes().len() as u64;
        self.shared.observers.tell(WsEvent::Received(&message));
        let mut state = self.shared.lock();
        if state.end().is_none() {
            state.inbound.push(message);
            state.wake_receiver();
        }
        state.inbound.room() == Room::Free
    }

    fn peer_closed(&mut self, status: WsStatus) {
        let status = match std::mem::replace(&mut self.phase, Phase::Ending) {
            Phase::Closing(ours) => ours,
            _ => {
                let event = WsEvent::PeerCloses(&status);
                self.shared.observers.tell(event);
                status
            }
        };
        self.finish(status);
    }

    fn peer_failed(&mut self, status: WsStatus) {
        match std::mem::replace(&mut self.phase, Phase::Ending) {
            // Our own close frame is out already: nothing may follow it.
            Phase::Closing(ours) => self.finish(ours),
            _ => {
                self.tell_failed(&status);
                self.phase = Phase::Failing(status);
            }
        }
    }

    pub(super) fn lost(&mut self) {
        let status = match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Closing(ours) | Phase::Failing(ours) => ours,
            _ => WsStatus::ABNORMAL,
        };
        self.finish(status);
    }
}
