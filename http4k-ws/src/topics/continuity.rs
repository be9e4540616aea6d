//! The rule that finds gaps in the entries of a topic, and fills or reports them.
//!
//! It is a state machine without I/O. Its inputs are entries as they arrive, positions and parts of
//! the history; its outputs are [`Action`]s. Engines carry entries carelessly, and this is the one
//! place that makes up for it.
//!
//! 1. Entries are delivered in order, each once: an entry is delivered only if its predecessor is
//!    the entry that was delivered last, or is known to be lost.
//! 2. A gap is read from the history. What the history no longer has is reported as lost, before
//!    anything behind it is delivered.
//! 3. The epoch changes by replies of the engine only, never by entries, because an entry of an old
//!    epoch may arrive late. A reply is not older than its request, and the state does not change
//!    between a request for history and its reply.
//! 4. A position may be read while entries arrive. So it is compared with the state at the time of
//!    its request: a log that was at 5 then cannot be at 4 later, in the same epoch.
//! 5. While history is read, entries wait, within a bound. Beyond it they are dropped, and the
//!    position is checked afterwards.
//! 6. The offsets reached in former epochs are remembered, within a bound. If the engine returns to
//!    one, because a server that was replaced has run on, the log continues behind that offset. An
//!    entry is therefore not delivered again behind the report of the loss.

use std::collections::VecDeque;

use bytes::Bytes;

use super::engine::History;
use super::position::Position;

/// The number of entries that wait while history is read.
const WAITING: usize = 1024;

/// The bytes of entries that wait while history is read.
const WAITING_BYTES: usize = 1024 * 1024;

/// The number of former epochs whose offsets are remembered.
const FORMER: usize = 32;

/// An output of the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// The entry is the next of the log.
    Deliver(Position, Bytes),
    /// Entries may be lost. The log continues behind this position.
    Lost(Position),
    /// The history from behind `after` up to `up_to` must be read, and passed to
    /// [`Continuity::history`].
    Read { after: u64, up_to: u64 },
    /// The position must be read, and passed to [`Continuity::position`].
    Check,
}

/// The state of a topic on a node.
#[derive(Debug, Default)]
pub(super) struct Continuity {
    /// The position of the entry that was delivered last. `None` until the first position is known.
    at: Option<Position>,
    /// The history that is being read.
    reading: Option<Reading>,
    waiting: VecDeque<Arrived>,
    waiting_bytes: usize,
    /// `true` if entries may be lost, which is not reported yet.
    lost: bool,
    /// `true` if the position must be checked once nothing is being read.
    recheck: bool,
    /// The positions reached in former epochs, the latest last (6).
    former: VecDeque<Position>,
    /// The position at which the current epoch was continued, if it was a former one.
    returned: Option<Position>,
}

#[derive(Debug)]
struct Reading {
    after: u64,
    up_to: u64,
    /// The epoch of an entry that is not the current one, which caused the request.
    foreign: Option<u64>,
}

#[derive(Debug)]
struct Arrived {
    at: Position,
    prev: u64,
    bytes: Bytes,
}

impl Continuity {
    /// Returns the position of the entry that was delivered last. A request for the position must
    /// note it when it is sent.
    pub(super) fn at(&self) -> Option<Position> {
        self.at
    }

    /// Returns `true` if everything that arrived is delivered or reported.
    pub(super) fn is_settled(&self) -> bool {
        self.at.is_some() && self.reading.is_none()
    }

    /// Returns the position at which the log returned to a former epoch, which is the current one.
    /// A subscriber that was notified of nothing since has missed the entries of other epochs.
    pub(super) fn returned(&self) -> Option<Position> {
        self.returned
    }

    /// Handles an entry that arrived.
    pub(super) fn entry(&mut self, at: Position, prev: u64, bytes: Bytes, out: &mut Vec<Action>) {
        let arrived = Arrived { at, prev, bytes };
        if self.reading.is_some() || self.at.is_none() {
            self.wait(arrived);
            return;
        }
        if let Some(arrived) = self.step(arrived, out) {
            self.waiting_bytes += arrived.bytes.len();
            self.waiting.push_front(arrived);
        }
        self.settle(out);
    }

    fn wait(&mut self, arrived: Arrived) {
        let bytes = self.waiting_bytes + arrived.bytes.len();
        let fits = bytes <= WAITING_BYTES || self.waiting.is_empty();
        if self.waiting.len() >= WAITING || !fits {
            self.recheck = true;
            return;
        }
        self.waiting_bytes = bytes;
        self.waiting.push_back(arrived);
    }

    /// Handles an entry while nothing is being read. Returns it if it must wait for the history.
    fn step(&mut self, arrived: Arrived, out: &mut Vec<Action>) -> Option<Arrived> {
        let here = self.at?;
        if arrived.at.epoch() != here.epoch() {
            let epoch = arrived.at.epoch();
            let behind = self.former_at(epoch).map_or(0, |(_, at)| at.offset());
            self.read(behind, arrived.prev, Some(epoch), out);
            return Some(arrived);
        }
        if arrived.at.offset() <= here.offset() {
            return None;
        }
        if arrived.prev == here.offset() {
            self.deliver(arrived.at, arrived.bytes, out);
            return None;
        }
        // An unknown predecessor is 0.
        let up_to = match arrived.prev > here.offset() {
            true => arrived.prev,
            false => arrived.at.offset() - 1,
        };
        if up_to <= here.offset() {
            self.deliver(arrived.at, arrived.bytes, out);
            return None;
        }
        self.read(here.offset(), up_to, None, out);
        Some(arrived)
    }

    fn read(&mut self, after: u64, up_to: u64, foreign: Option<u64>, out: &mut Vec<Action>) {
        let reading = Reading {
            after,
            up_to,
            foreign,
        };
        self.reading = Some(reading);
        out.push(Action::Read { after, up_to });
    }

    fn deliver(&mut self, at: Position, bytes: Bytes, out: &mut Vec<Action>) {
        self.report(out);
        self.at = Some(at);
        out.push(Action::Deliver(at, bytes));
    }

    /// Reports a loss that was not reported yet, before the next entry.
    fn report(&mut self, out: &mut Vec<Action>) {
        if let (true, Some(at)) = (self.lost, self.at) {
            self.lost = false;
            out.push(Action::Lost(at));
        }
    }

    /// Handles the position `now`, which was requested when the state was `asked`.
    pub(super) fn position(
        &mut self,
        asked: Option<Position>,
        now: Position,
        out: &mut Vec<Action>,
    ) {
        let Some(here) = self.at else {
            self.at = Some(now);
            self.settle(out);
            return;
        };
        if self.reading.is_some() {
            self.recheck = true;
            return;
        }
        match asked {
            // The epoch has changed since the request, so the reply may be older (4).
            Some(asked) if asked.epoch() != here.epoch() => self.recheck = true,
            None => self.recheck = true,
            Some(asked) if now.epoch() != here.epoch() || now.offset() < asked.offset() => {
                let behind = self.restart(now).offset();
                if now.offset() > behind {
                    self.read(behind, now.offset(), None, out);
                }
            }
            Some(_) if now.offset() > here.offset() => {
                self.read(here.offset(), now.offset(), None, out);
            }
            Some(_) => {}
        }
        self.settle(out);
    }

    /// Returns the position that was reached in a former epoch, with its place in the list.
    fn former_at(&self, epoch: u64) -> Option<(usize, Position)> {
        let mut former = self.former.iter().copied().enumerate();
        former.find(|(_, at)| at.epoch() == epoch)
    }

    /// Starts in another epoch, whose log is at `now`: at its beginning, or where it was left (6).
    fn restart(&mut self, now: Position) -> Position {
        self.former.extend(self.at);
        let known = self.former_at(now.epoch());
        let known = known.and_then(|(place, _)| self.former.remove(place));
        if self.former.len() > FORMER {
            self.former.pop_front();
        }
        // Of a log that has lost entries, none that has come before is read again.
        let reached = known.map_or(0, Position::offset).min(now.offset());
        let at = Position::new(now.epoch(), reached);
        self.lost = true;
        self.at = Some(at);
        self.returned = known.map(|_| at);
        at
    }

    /// Handles the history that was requested by [`Action::Read`].
    pub(super) fn history(&mut self, history: History, out: &mut Vec<Action>) {
        let (Some(reading), Some(here)) = (self.reading.take(), self.at) else {
            return;
        };
        let epoch = history.last.epoch();
        if epoch == here.epoch() {
            match reading.foreign {
                // The current epoch is still ours, so the other one is over for good (3).
                Some(foreign) => self.drop_waiting(foreign),
                None => self.fill(history, reading.up_to, out),
            }
        } else {
            let (behind, last) = (self.restart(history.last).offset(), history.last.offset());
            if reading.after <= behind && behind < history.up_to {
                self.fill(history, last, out);
            } else if behind < last {
                self.read(behind, last, None, out);
            }
        }
        self.settle(out);
    }

    /// Notes that the history that was requested will not come. The position must be read again.
    pub(super) fn forget_reading(&mut self) {
        self.reading = None;
    }

    fn drop_waiting(&mut self, epoch: u64) {
        self.waiting.retain(|arrived| arrived.at.epoch() != epoch);
        self.waiting_bytes = self.waiting.iter().map(|arrived| arrived.bytes.len()).sum();
    }

    /// Delivers the entries of `history`, reports what it lacks, and continues up to `up_to`.
    fn fill(&mut self, history: History, up_to: u64, out: &mut Vec<Action>) {
        let Some(here) = self.at else { return };
        let epoch = here.epoch();
        if history.first_kept > here.offset().saturating_add(1) {
            let lost = (history.first_kept - 1).min(up_to);
            if lost > here.offset() {
                self.lost = true;
                self.at = Some(Position::new(epoch, lost));
            }
        }
        for (offset, bytes) in history.entries {
            let here = self.at.map_or(0, Position::offset);
            if offset > here && offset <= up_to {
                self.deliver(Position::new(epoch, offset), bytes, out);
            }
        }
        let complete = history.up_to.min(up_to);
        let before = here.offset();
        let here = self.at.map_or(0, Position::offset).max(complete);
        self.at = Some(Position::new(epoch, here));
        if here >= up_to {
            return;
        }
        if here > before {
            self.read(here, up_to, None, out);
        } else {
            // An engine that returns nothing would be read forever.
            self.lost = true;
            self.at = Some(Position::new(epoch, up_to));
        }
    }

    /// Handles the entries that waited, until history must be read again.
    fn settle(&mut self, out: &mut Vec<Action>) {
        while self.reading.is_none() {
            let Some(arrived) = self.waiting.pop_front() else {
                break;
            };
            self.waiting_bytes -= arrived.bytes.len();
            if let Some(arrived) = self.step(arrived, out) {
                self.waiting_bytes += arrived.bytes.len();
                self.waiting.push_front(arrived);
            }
        }
        if self.reading.is_none() {
            self.report(out);
            if std::mem::take(&mut self.recheck) {
                out.push(Action::Check);
            }
        }
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
