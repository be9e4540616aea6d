//! The logs of an engine in memory, without events and without time of its own.
//!
//! 1. A log that nothing uses is dropped once its numbers need not be kept. The work for that is
//!    proportional to the operations.
//! 2. The entries of one log are bounded in number, in age and in bytes.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::member::{Member, MemberId, NodeId};
use super::publication::{AttemptError, MemberChange, Publication};
use super::{EngineEvent, History};
use crate::topics::name::TopicName;
use crate::topics::position::Position;

/// The bytes of the entries that are kept of one log.
const KEPT: usize = 4 * 1024 * 1024;

/// The entries and bytes that one call returns.
const PAGE: usize = 256;
const PAGE_BYTES: usize = 1024 * 1024;

/// The time for which the numbers of a log are kept at least.
const NUMBERS: Duration = Duration::from_secs(24 * 60 * 60);

/// The number of logs without members and entries that are kept.
const IDLE: usize = 100_000;

#[derive(Debug, Default)]
pub(super) struct Store {
    logs: HashMap<TopicName, Log>,
    leases: BTreeMap<NodeId, Instant>,
    /// The operations until logs are dropped again.
    until_sweep: usize,
}

#[derive(Debug)]
struct Log {
    epoch: u64,
    last: u64,
    entries: VecDeque<(u64, Bytes, Instant)>,
    bytes: usize,
    keep_for: Duration,
    members: BTreeMap<MemberId, String>,
    /// The number and the offset of the last entry of each node.
    done: HashMap<NodeId, (u64, u64)>,
    touched: Instant,
}

impl Log {
    fn new(now: Instant) -> Self {
        Self {
            epoch: rand::random(),
            last: 0,
            entries: VecDeque::new(),
            bytes: 0,
            keep_for: Duration::ZERO,
            members: BTreeMap::new(),
            done: HashMap::new(),
            touched: now,
        }
    }

    fn position(&self) -> Position {
        Position::new(self.epoch, self.last)
    }

    fn push(&mut self, publication: &Publication, now: Instant) {
        self.last += 1;
        self.keep_for = publication.keep_for;
        if publication.keep > 0 {
            self.bytes += publication.bytes.len();
            let entry = (self.last, publication.bytes.clone(), now);
            self.entries.push_back(entry);
        }
        while self.entries.len() > publication.keep || (self.bytes > KEPT && self.entries.len() > 1)
        {
            self.pop();
        }
        self.expire(now);
    }

    fn pop(&mut self) {
        if let Some((_, bytes, _)) = self.entries.pop_front() {
            self.bytes -= bytes.len();
        }
    }

    /// Drops the entries that are too old.
    fn expire(&mut self, now: Instant) {
        while let Some((_, _, at)) = self.entries.front() {
            if now.duration_since(*at) < self.keep_for {
                return;
            }
            self.pop();
        }
    }

    /// Applies a change of the members. Returns `false` if it changes nothing.
    fn change(&mut self, change: &MemberChange) -> bool {
        match change {
            MemberChange::Join(member) => {
                let name = member.name.clone();
                self.members.insert(member.id, name.clone()) != Some(name)
            }
            MemberChange::Leave(id) => self.members.remove(id).is_some(),
        }
    }
}

impl Store {
    fn log(&mut self, topic: &TopicName, now: Instant) -> &mut Log {
        self.sweep(now);
        let log = self.logs.entry(topic.clone());
        let log = log.or_insert_with(|| Log::new(now));
        log.touched = now;
        log.expire(now);
        log
    }

    /// Drops logs that nothing uses, once for as many operations as there are logs.
    fn sweep(&mut self, now: Instant) {
        if self.until_sweep > 0 {
            self.until_sweep -= 1;
            return;
        }
        let mut idle = 0;
        self.logs.retain(|_, log| {
            log.expire(now);
            let unused = log.entries.is_empty() && log.members.is_empty();
            idle += usize::from(unused);
            let age = now.duration_since(log.touched);
            !unused || (age < NUMBERS.max(log.keep_for) && idle <= IDLE)
        });
        self.until_sweep = self.logs.len().max(1000);
    }

    /// Stores an entry. Returns its position, and the event if there is one.
    pub(super) fn publish(
        &mut self,
        publication: &Publication,
        now: Instant,
    ) -> Result<(Position, Option<EngineEvent>), AttemptError> {
        let log = self.log(&publication.topic, now);
        let (node, number) = publication.once;
        if let Some((done, offset)) = log.done.get(&node) {
            if number <= *done {
                return Ok((Position::new(log.epoch, *offset), None));
            }
        }
        if publication.expect.is_some_and(|epoch| epoch != log.epoch) {
            return Err(AttemptError::EpochChanged);
        }
        if let Some(change) = &publication.change {
            if !log.change(change) {
                return Ok((log.position(), None));
            }
        }
        log.push(publication, now);
        log.done.insert(node, (number, log.last));
        let event = EngineEvent::Entry {
            topic: publication.topic.clone(),
            at: log.position(),
            prev: log.last - 1,
            bytes: publication.bytes.clone(),
        };
        Ok((log.position(), Some(event)))
    }

    pub(super) fn positions(&mut self, topics: &[TopicName], now: Instant) -> Vec<Position> {
        let position = |topic| self.log(topic, now).position();
        topics.iter().map(position).collect()
    }

    pub(super) fn history(
        &mut self,
        topic: &TopicName,
        after: u64,
        up_to: u64,
        now: Instant,
    ) -> History {
        let log = self.log(topic, now);
        let last = log.last;
        let first_kept = log.entries.front().map_or(last + 1, |(offset, ..)| *offset);
        let end = up_to.min(last);
        let mut entries = Vec::new();
        let (mut bytes, mut complete) = (0, end);
        let behind = log.entries.partition_point(|(offset, ..)| *offset <= after);
        for (offset, entry, _) in log.entries.iter().skip(behind) {
            if *offset > end {
                break;
            }
            if entries.len() >= PAGE || (bytes > 0 && bytes + entry.len() > PAGE_BYTES) {
                complete = offset - 1;
                break;
            }
            bytes += entry.len();
            entries.push((*offset, entry.clone()));
        }
        History {
            last: log.position(),
            first_kept,
            up_to: complete.max(after.min(up_to)),
            entries,
        }
    }

    pub(super) fn members(&mut self, topic: &TopicName, now: Instant) -> (Vec<Member>, Position) {
        let log = self.log(topic, now);
        let members = log.members.iter().map(|(id, name)| Member {
            id: *id,
            name: name.clone(),
        });
        (members.collect(), log.position())
    }

    /// Renews a lease until `end`. Returns the nodes whose leases have ended.
    #[cfg(feature = "testing")]
    pub(super) fn beat(&mut self, node: NodeId, end: Instant, now: Instant) -> Vec<NodeId> {
        self.leases.insert(node, end);
        let ended = self.leases.iter().filter(|(_, end)| **end <= now);
        ended.map(|(node, _)| *node).collect()
    }

    pub(super) fn members_of(&self, node: NodeId) -> Vec<(TopicName, MemberId)> {
        let mut found = Vec::new();
        for (topic, log) in &self.logs {
            let own = log.members.keys().filter(|id| id.node == node);
            found.extend(own.map(|id| (topic.clone(), *id)));
        }
        found
    }

    /// Removes a lease that has ended, of a node without members.
    pub(super) fn forget(&mut self, node: NodeId, now: Instant) {
        let ended = self.leases.get(&node).is_some_and(|end| *end <= now);
        if ended && self.members_of(node).is_empty() {
            self.leases.remove(&node);
        }
    }
}

/// Faults of the store itself, for tests.
#[cfg(feature = "testing")]
impl Store {
    /// Loses everything, as a restart without a file does.
    pub(super) fn restart(&mut self) {
        *self = Self::default();
    }

    /// Starts from old data. The leases are as they were, and each log is a new one.
    pub(super) fn roll_back(&mut self) {
        self.logs.clear();
    }

    /// Loses the last entries of each log and keeps the epochs, which no engine may do.
    pub(super) fn roll_back_silently(&mut self, entries: u64) {
        for log in self.logs.values_mut() {
            log.last = log.last.saturating_sub(entries);
            while log.entries.back().is_some_and(|last| last.0 > log.last) {
                log.entries.pop_back();
            }
            log.bytes = log.entries.iter().map(|(_, bytes, _)| bytes.len()).sum();
            log.done.clear();
        }
    }

    /// Drops the entries that are kept.
    pub(super) fn forget_history(&mut self) {
        for log in self.logs.values_mut() {
            log.entries.clear();
            log.bytes = 0;
        }
    }
}
