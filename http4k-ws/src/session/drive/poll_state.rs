//! The state of one poll of a session, between its steps.

use crate::session::queue::Amount;
use crate::session::state::{Moving, Seen};

/// The messages and bytes that one poll reads, and that it writes, before other tasks run.
pub(super) const PER_POLL: Amount = Amount {
    messages: 64,
    bytes: 64 * 1024,
};

/// The results of one poll so far.
pub(super) struct PollState {
    /// The rest that may be read in this poll, and the rest that may be written.
    pub(super) may_read: Amount,
    pub(super) may_write: Amount,
    pub(super) seen: Seen,
    pub(super) moving: Box<Moving>,
    /// `true` if the next step may be a short one, which only writes.
    pub(super) short: bool,
    /// `true` if the transport has nothing more to read.
    pub(super) read_all: bool,
    /// The reason why reading stopped before that.
    pub(super) halt: Option<Halt>,
    /// `true` if the consumer was polled and the queue is still full, so that a little is read
    /// ahead.
    pub(super) ahead: bool,
    /// `true` if the connection accepts no bytes for now.
    pub(super) blocked: bool,
}

impl PollState {
    pub(super) fn new(short: bool) -> Self {
        Self {
            may_read: PER_POLL,
            may_write: PER_POLL,
            seen: Seen::default(),
            moving: Moving::take(),
            short,
            read_all: false,
            halt: None,
            ahead: false,
            blocked: false,
        }
    }
}

/// The continuation after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Another step, which may move more.
    Again,
    /// The session parks. It looks at its deadlines first if anything moved that they depend on.
    OnlyWrote,
    /// The session looks at its deadlines, and parks.
    Last,
}

/// A reason to read no more for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    /// The inbound queue is full.
    Full,
    /// The peer reads nothing of what waits for it.
    Blocked,
    /// Too many bytes wait in all sockets of the server.
    Budget,
}
