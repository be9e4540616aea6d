//! From the transport to the inbound queue.

use std::task::{Context, Poll};

use super::{Session, Turn};
use crate::handler::session::observers::WsEvent;
use crate::handler::session::phase::Phase;
use crate::handler::session::transport::{Incoming, Transport};
use crate::message::{WsMessage, WsStatus};

impl<T: Transport> Session<T> {
    /// Brings what the peer sent into the inbound queue.
    pub(super) fn read(&mut self, cx: &mut Context<'_>, turn: &mut Turn) {
        turn.inbound_full = false;
        while matches!(self.phase, Phase::Open | Phase::Closing(_))
            && !turn.read_all
            && !turn.read.is_spent()
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

    /// Whether reading stopped only to let what came be answered first.
    pub(super) fn reads_on(&self, turn: &Turn) -> bool {
        matches!(self.phase, Phase::Open | Phase::Closing(_))
            && !turn.read_all
            && !turn.inbound_full
            && !turn.read.is_spent()
    }

    fn receive(&mut self, message: WsMessage, turn: &mut Turn) {
        turn.read.add(&message);
        self.traffic.messages_received += 1;
        self.traffic.bytes_received += message.as_bytes().len() as u64;
        self.shared.observers.tell(WsEvent::Received(&message));
        let mut state = self.shared.lock();
        if state.end().is_none() {
            state.inbound.push(message);
            state.wake_receiver();
        }
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
