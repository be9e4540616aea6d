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

use std::collections::VecDeque;

use bytes::Bytes;

use super::engine::History;
use super::position::Position;

/// The number of entries that wait while history is read.
const WAITING: usize = 1024;

/// The bytes of entries that wait while history is read.
const WAITING_BYTES: usize = 1024 * 1024;

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
        if self.waiting.len() >= WAITING || bytes > WAITING_BYTES {
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
            self.read(0, arrived.prev, Some(arrived.at.epoch()), out);
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
                self.restart(now.epoch());
                if now.offset() > 0 {
                    self.read(0, now.offset(), None, out);
                }
            }
            Some(_) if now.offset() > here.offset() => {
                self.read(here.offset(), now.offset(), None, out);
            }
            Some(_) => {}
        }
        self.settle(out);
    }

    /// Starts at the beginning of another epoch.
    fn restart(&mut self, epoch: u64) {
        self.lost = true;
        self.at = Some(Position::new(epoch, 0));
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
            self.restart(epoch);
            match reading.after {
                0 => {
                    let up_to = history.last.offset();
                    self.fill(history, up_to, out);
                }
                _ if history.last.offset() > 0 => self.read(0, history.last.offset(), None, out),
                _ => {}
            }
        }
        self.settle(out);
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
