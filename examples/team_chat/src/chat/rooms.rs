//! The sockets in each room.
//!
//! A socket joins by a [`Presence`], a guard, and leaves when the guard is dropped. The consumer of
//! the socket owns the guard. So the socket also leaves if the consumer panics, if its task is
//! aborted, and if the client disappears: in each case the consumer is dropped, and the guard too.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http4k_ws::prelude::*;

use crate::chat::messages::{Page, RoomName, ToPage};

/// Every room with a member. A clone has the same rooms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rooms(Arc<Mutex<BTreeMap<RoomName, Vec<Member>>>>);

/// One socket. A user with two tabs is two members.
#[derive(Debug)]
struct Member {
    user: String,
    socket: WsSender<ToPage>,
}

/// The membership of one socket in a room, until it is dropped.
#[derive(Debug)]
#[must_use = "the socket leaves the room when this is dropped"]
pub(crate) struct Presence {
    rooms: Rooms,
    room: RoomName,
    user: String,
    socket: WsSender<ToPage>,
}

impl Rooms {
    /// Adds a socket to a room, and welcomes it with the end of the history. The other members are
    /// notified if it is the user's first socket there.
    pub(crate) fn join(
        &self,
        room: RoomName,
        user: String,
        socket: WsSender<ToPage>,
        history: Page,
    ) -> Presence {
        let mut rooms = self.lock();
        let members = rooms.entry(room.clone()).or_default();
        if !is_present(members, &user) {
            tell(members, &ToPage::Joined { user: user.clone() });
        }
        members.push(Member {
            user: user.clone(),
            socket: socket.clone(),
        });
        let welcome = ToPage::Welcome {
            user: user.clone(),
            present: users(members),
            history,
        };
        send(&socket, &welcome);
        drop(rooms);
        Presence {
            rooms: self.clone(),
            room,
            user,
            socket,
        }
    }

    /// Sends a message to every socket in the room.
    pub(crate) fn tell(&self, room: &RoomName, message: &ToPage) {
        if let Some(members) = self.lock().get(room) {
            tell(members, message);
        }
    }

    /// Returns the users in each room that has a member.
    pub(crate) fn present(&self) -> BTreeMap<RoomName, Vec<String>> {
        let rooms = self.lock();
        let named = |(room, members): (&RoomName, &Vec<Member>)| (room.clone(), users(members));
        rooms.iter().map(named).collect()
    }

    fn leave(&self, room: &RoomName, user: &str, socket: &WsSender<ToPage>) {
        let mut rooms = self.lock();
        let Some(members) = rooms.get_mut(room) else {
            return;
        };
        members.retain(|member| member.socket != *socket);
        if members.is_empty() {
            rooms.remove(room);
        } else if !is_present(members, user) {
            let user = user.to_owned();
            tell(members, &ToPage::Left { user });
        }
    }

    // A panic while the lock is held leaves a map that is still valid.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<RoomName, Vec<Member>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.rooms.leave(&self.room, &self.user, &self.socket);
    }
}

fn is_present(members: &[Member], user: &str) -> bool {
    members.iter().any(|member| member.user == user)
}

/// Returns the names of the users, each once and in order.
fn users(members: &[Member]) -> Vec<String> {
    let mut names: Vec<_> = members.iter().map(|member| member.user.clone()).collect();
    names.sort();
    names.dedup();
    names
}

fn tell(members: &[Member], message: &ToPage) {
    for member in members {
        send(&member.socket, message);
    }
}

/// Sends without waiting, because the rooms are locked. The socket of a member that reads too
/// slowly is closed ([`SlowConsumer::Close`](http4k_ws::session::SlowConsumer::Close)), and its
/// presence ends with its consumer.
fn send(socket: &WsSender<ToPage>, message: &ToPage) {
    let _ = socket.try_send(message.clone());
}
