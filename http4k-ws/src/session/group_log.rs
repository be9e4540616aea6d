//! The log of a group: the messages that some of its members have not taken yet, each stored once.
//!
//! 1. A member has caught up if it has taken all messages. The next message makes it lag, and is
//!    the only one that its socket is told of. So the other messages of a batch cost nothing per
//!    member until the socket takes them all at once.
//! 2. The log forgets its messages once all members have caught up. If it reaches [`MOST`], it
//!    forgets those that all have taken, and if that is too little, all that lag must take theirs.
//! 3. The lock of the log is taken under the lock of a socket, and never the other way round.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::queue::Amount;
use crate::message::WsMessage;

/// The messages and bytes from which the log makes its members take them.
const MOST: Amount = Amount {
    messages: 64,
    bytes: 64 * 1024,
};

/// The messages of a group for the members whose sockets have one format. It knows the places of
/// its members, and nothing of their sockets.
#[derive(Default)]
pub(super) struct Log(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    messages: VecDeque<Entry>,
    /// The bytes of these messages.
    bytes: usize,
    /// The number of the first of these messages.
    first: u64,
    /// The members, at their places.
    members: Vec<Option<Member>>,
    vacant: Vec<usize>,
    /// The places of the members that have caught up.
    caught_up: Vec<usize>,
    /// The number of members that have ever joined.
    joined: u64,
}

struct Entry {
    message: WsMessage,
    except: Option<Place>,
}

#[derive(Clone, Copy)]
struct Member {
    joined: u64,
    standing: Standing,
}

/// The messages that a member has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// All messages. The member is `at` this place among those that have caught up.
    CaughtUp { at: usize },
    /// The messages before the one with this number.
    Lags { next: u64 },
}

impl Standing {
    fn next(self) -> Option<u64> {
        match self {
            Self::CaughtUp { .. } => None,
            Self::Lags { next } => Some(next),
        }
    }
}

/// The place of a member. It is never that of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    index: usize,
    joined: u64,
}

impl Place {
    /// Returns the index of the place in a list of sockets.
    pub(super) fn index(self) -> usize {
        self.index
    }
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a member, which takes the messages from now on.
    pub(super) fn join(&self) -> Place {
        let mut entries = self.lock();
        entries.joined += 1;
        let joined = entries.joined;
        let standing = Standing::CaughtUp {
            at: entries.caught_up.len(),
        };
        let member = Some(Member { joined, standing });
        let index = match entries.vacant.pop() {
            Some(index) => index,
            None => {
                entries.members.push(None);
                entries.members.len() - 1
            }
        };
        entries.members[index] = member;
        entries.caught_up.push(index);
        Place { index, joined }
    }

    /// Removes a member. Returns `false` if it was removed before.
    pub(super) fn leave(&self, place: Place) -> bool {
        self.lock().remove(place)
    }

    /// Adds a message for all members but `except`. Returns the members that had caught up, to be
    /// told of it.
    pub(super) fn push(&self, message: &WsMessage, except: Option<Place>) -> Vec<Place> {
        let mut entries = self.lock();
        let entries = &mut *entries;
        let next = entries.first + entries.messages.len() as u64;
        let mut told = Vec::with_capacity(entries.caught_up.len());
        for index in entries.caught_up.drain(..) {
            if let Some(member) = &mut entries.members[index] {
                member.standing = Standing::Lags { next };
                let joined = member.joined;
                told.push(Place { index, joined });
            }
        }
        if entries.count() > 0 {
            let message = message.clone();
            entries.bytes += message.as_bytes().len();
            entries.messages.push_back(Entry { message, except });
        }
        told
    }

    /// Returns the places of the members that lag, if the log has reached its bound.
    pub(super) fn overdue(&self) -> Vec<Place> {
        let mut entries = self.lock();
        if entries.is_below_bound() {
            return Vec::new();
        }
        entries.forget_taken_by_all();
        if entries.is_below_bound() {
            return Vec::new();
        }
        let members = entries.members.iter().enumerate();
        let lagging = members.filter_map(|(index, member)| {
            let member = member.filter(|member| member.standing.next().is_some())?;
            let joined = member.joined;
            Some(Place { index, joined })
        });
        lagging.collect()
    }

    /// Passes the messages of a member to `to`, if they are below `most`. Returns their amount.
    /// `None`, and does nothing, if there are more. `to` runs under the lock.
    pub(super) fn take_within(
        &self,
        place: Place,
        most: Amount,
        to: impl FnMut(&WsMessage),
    ) -> Option<Amount> {
        let mut entries = self.lock();
        let mut amount = Amount::default();
        for message in entries.waiting(place) {
            amount.add(message.as_bytes().len());
        }
        if !amount.is_below(most) {
            return None;
        }
        entries.waiting(place).for_each(to);
        entries.catch_up(place);
        Some(amount)
    }

    /// Returns the messages of a member, which has then caught up.
    pub(super) fn take(&self, place: Place) -> Vec<WsMessage> {
        let mut entries = self.lock();
        let taken = entries.waiting(place).cloned().collect();
        entries.catch_up(place);
        taken
    }

    /// Returns the number of members but `except`.
    pub(super) fn members_but(&self, except: Option<Place>) -> usize {
        let entries = self.lock();
        let one = except.and_then(|except| entries.member(except));
        entries.count() - usize::from(one.is_some())
    }

    /// Returns the number of messages in the log.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.lock().messages.len()
    }
}

impl Entries {
    /// Returns the number of members.
    fn count(&self) -> usize {
        self.members.len() - self.vacant.len()
    }

    fn member(&self, place: Place) -> Option<&Member> {
        let member = self.members.get(place.index)?.as_ref();
        member.filter(|member| member.joined == place.joined)
    }

    fn remove(&mut self, place: Place) -> bool {
        let Some(&Member { standing, .. }) = self.member(place) else {
            return false;
        };
        if let Standing::CaughtUp { at } = standing {
            self.caught_up.swap_remove(at);
            if let Some(&moved) = self.caught_up.get(at) {
                self.set_standing(moved, standing);
            }
        }
        self.members[place.index] = None;
        self.vacant.push(place.index);
        if self.count() == 0 {
            // An empty group owns no memory.
            (self.members, self.vacant, self.caught_up) = Default::default();
        }
        self.forget_if_taken();
        true
    }

    fn set_standing(&mut self, index: usize, standing: Standing) {
        if let Some(member) = &mut self.members[index] {
            member.standing = standing;
        }
    }

    fn is_below_bound(&self) -> bool {
        Amount {
            messages: self.messages.len(),
            bytes: self.bytes,
        }
        .is_below(MOST)
    }

    /// Returns the messages that a member has not taken. None if it has left.
    fn waiting(&self, place: Place) -> impl Iterator<Item = &WsMessage> {
        let next = self.member(place).and_then(|member| member.standing.next());
        let from = next.map_or(self.messages.len(), |next| (next - self.first) as usize);
        let entries = self.messages.range(from..);
        let entries = entries.filter(move |entry| entry.except != Some(place));
        entries.map(|entry| &entry.message)
    }

    /// Notes that a member has taken all messages.
    fn catch_up(&mut self, place: Place) {
        let member = self.member(place);
        if member.is_some_and(|member| member.standing.next().is_some()) {
            let at = self.caught_up.len();
            self.set_standing(place.index, Standing::CaughtUp { at });
            self.caught_up.push(place.index);
            self.forget_if_taken();
        }
    }

    /// Forgets all messages, if no member lags.
    fn forget_if_taken(&mut self) {
        if self.caught_up.len() == self.count() && !self.messages.is_empty() {
            self.first += self.messages.len() as u64;
            self.bytes = 0;
            self.messages.clear();
        }
    }

    /// Forgets the messages that all members have taken.
    fn forget_taken_by_all(&mut self) {
        let members = self.members.iter().flatten();
        let oldest = members.filter_map(|member| member.standing.next()).min();
        while oldest.is_some_and(|oldest| self.first < oldest) {
            if let Some(entry) = self.messages.pop_front() {
                self.bytes -= entry.message.as_bytes().len();
            }
            self.first += 1;
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.lock();
        f.debug_struct("Log")
            .field("members", &entries.count())
            .field("caught_up", &entries.caught_up.len())
            .field("messages", &entries.messages.len())
            .finish_non_exhaustive()
    }
}
