//! The members of a topic as a node knows them: a snapshot of the engine, and the entries since.
//!
//! 1. A snapshot has the position at which it was true. Entries up to it have no effect on it, and
//!    each later one has.
//! 2. Entries that arrive while a snapshot is on its way are recorded, because it may be older.
//! 3. A snapshot ahead of the log waits until the log has reached it.
//! 4. Once entries may be lost, the view is not valid until another snapshot has come.

use std::collections::BTreeMap;

use crate::topics::engine::{Member, MemberId};
use crate::topics::position::Position;

/// A change of the members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    Joined(Member),
    Left(MemberId),
}

#[derive(Debug, Default)]
pub(super) struct View {
    members: BTreeMap<MemberId, Member>,
    valid: bool,
    /// The changes since the view was last valid (2).
    since: Vec<(u64, Change)>,
    ahead: Option<(Position, Vec<Member>)>,
}

impl View {
    /// Returns `true` if the view is that of the log.
    pub(super) fn is_valid(&self) -> bool {
        self.valid
    }

    /// Returns the members.
    pub(super) fn members(&self) -> &BTreeMap<MemberId, Member> {
        &self.members
    }

    /// Records that entries may be lost (4).
    pub(super) fn invalidate(&mut self) {
        *self = Self::default();
    }

    /// Applies the entry at `offset`.
    pub(super) fn apply(&mut self, offset: u64, change: Change) {
        match self.valid {
            true => change_by(&mut self.members, change),
            false => self.since.push((offset, change)),
        }
    }

    /// Takes a snapshot that was true at `at`, while the log is at `here`. Returns `false` if it is
    /// of another epoch, and of no use.
    pub(super) fn snapshot(&mut self, at: Position, members: Vec<Member>, here: Position) -> bool {
        if self.valid {
            return true;
        }
        if at.epoch() != here.epoch() {
            return false;
        }
        if at.offset() > here.offset() {
            self.ahead = Some((at, members));
            return true;
        }
        self.start(at, members);
        true
    }

    /// Takes the snapshot that was ahead, if the log has reached it. Returns `false` if it is of
    /// another epoch, and of no use.
    pub(super) fn advance(&mut self, here: Position) -> bool {
        match self.ahead.take() {
            Some((at, _)) if at.epoch() != here.epoch() => false,
            Some((at, members)) if at.offset() <= here.offset() => {
                self.start(at, members);
                true
            }
            waiting => {
                self.ahead = waiting;
                true
            }
        }
    }

    fn start(&mut self, at: Position, members: Vec<Member>) {
        self.members = members
            .into_iter()
            .map(|member| (member.id, member))
            .collect();
        for (offset, change) in std::mem::take(&mut self.since) {
            if offset > at.offset() {
                change_by(&mut self.members, change);
            }
        }
        self.valid = true;
    }
}

fn change_by(members: &mut BTreeMap<MemberId, Member>, change: Change) {
    match change {
        Change::Joined(member) => {
            members.insert(member.id, member);
        }
        Change::Left(id) => {
            members.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topics::engine::NodeId;

    fn member(number: u64) -> Member {
        Member {
            id: MemberId {
                node: NodeId(1),
                number,
            },
            name: number.to_string(),
        }
    }

    fn numbers(view: &View) -> Vec<u64> {
        view.members().keys().map(|id| id.number).collect()
    }

    fn at(offset: u64) -> Position {
        Position::new(1, offset)
    }

    #[test]
    fn entries_behind_a_snapshot_change_it_and_others_do_not() {
        let mut view = View::default();
        view.apply(4, Change::Left(member(1).id));
        view.apply(6, Change::Joined(member(3)));
        assert!(view.snapshot(at(5), vec![member(1), member(2)], at(6)));
        assert_eq!(numbers(&view), [1, 2, 3]);
        view.apply(7, Change::Left(member(2).id));
        assert_eq!(numbers(&view), [1, 3]);
    }

    #[test]
    fn a_snapshot_ahead_waits_for_the_log() {
        let mut view = View::default();
        assert!(view.snapshot(at(5), vec![member(1)], at(3)));
        assert!(view.advance(at(4)) && !view.is_valid());
        view.apply(5, Change::Joined(member(1)));
        view.apply(6, Change::Joined(member(2)));
        assert!(view.advance(at(6)) && view.is_valid());
        assert_eq!(numbers(&view), [1, 2]);
    }

    #[test]
    fn a_snapshot_of_another_epoch_is_of_no_use() {
        let mut view = View::default();
        assert!(!view.snapshot(Position::new(2, 1), vec![], at(3)));
        assert!(view.snapshot(at(5), vec![member(1)], at(3)));
        assert!(!view.advance(Position::new(2, 9)));
        assert!(!view.is_valid());
    }
}
