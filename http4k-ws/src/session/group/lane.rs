//! The members of a group whose sockets have one format, and the way of a message to them.

use std::sync::Arc;

use crate::lens::Format;
use crate::message::WsMessage;
use crate::session::group_log::{Log, Place};
use crate::session::state::SocketState;

/// The members whose sockets have one format.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) format: Option<Format>,
    pub(super) log: Arc<Log>,
    /// The sockets of the members, at their places in the log.
    pub(super) sockets: Vec<Option<Arc<SocketState>>>,
}

impl Lane {
    pub(super) fn new(format: Option<Format>) -> Self {
        Self {
            format,
            log: Arc::default(),
            sockets: Vec::new(),
        }
    }

    pub(super) fn join(&mut self, socket: &Arc<SocketState>) -> Place {
        let place = self.log.join();
        if self.sockets.len() <= place.index() {
            self.sockets.resize(place.index() + 1, None);
        }
        self.sockets[place.index()] = Some(Arc::clone(socket));
        place
    }

    fn socket(&self, place: Place) -> Option<&Arc<SocketState>> {
        self.sockets.get(place.index())?.as_ref()
    }

    /// Removes a member. Returns its socket, which the caller drops without a lock. `None` if it
    /// was removed before.
    pub(super) fn leave(&mut self, place: Place) -> Option<Arc<SocketState>> {
        let left = self
            .log
            .leave(place)
            .then(|| self.sockets[place.index()].take());
        if self.log.members_but(None) == 0 {
            self.sockets = Vec::new();
        }
        left.flatten()
    }
}

/// The members that were told of a message.
#[derive(Default)]
pub(super) struct Reached {
    members: usize,
    /// The sockets that have dropped messages for it, with their numbers.
    dropped: Vec<(Arc<SocketState>, u64)>,
    /// The sockets that were over, and are members no more.
    over: Vec<Arc<SocketState>>,
}

impl Reached {
    /// Reports the dropped messages, without a lock. Returns the number of members.
    pub(super) fn report(self) -> usize {
        for (socket, dropped) in self.dropped {
            socket.notifier.dropped(dropped);
        }
        self.members
    }
}

/// Adds the message of each lane to its log, and tells the members but `except`, which has this
/// place in this log.
pub(super) fn tell(
    lanes: &mut [Lane],
    messages: &[WsMessage],
    except: Option<(&Arc<Log>, Place)>,
) -> Reached {
    let mut reached = Reached::default();
    for (lane, message) in lanes.iter_mut().zip(messages) {
        let except = except.filter(|(log, _)| Arc::ptr_eq(log, &lane.log));
        let except = except.map(|(_, place)| place);
        for place in lane.log.push(message, except) {
            let Some(socket) = lane.socket(place) else {
                continue;
            };
            match socket.lag_behind(&lane.log, place) {
                None => reached.over.extend(lane.leave(place)),
                Some(0) => {}
                Some(dropped) => reached.dropped.push((Arc::clone(socket), dropped)),
            }
        }
        for place in lane.log.overdue() {
            if let Some(socket) = lane.socket(place) {
                socket.catch_up_at_once();
            }
        }
        reached.members += lane.log.members_but(except);
    }
    reached
}
