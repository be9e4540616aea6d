//! The latest entries of a topic, for subscribers that are behind.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::topics::position::Position;
use crate::topics::render::LogEntry;

/// The number of entries in a ring.
const ENTRIES: usize = 256;

/// The bytes in a ring.
const BYTES: usize = 1024 * 1024;

/// The entries behind `after`, without a gap, within a bound.
#[derive(Debug)]
pub(super) struct Ring {
    after: Position,
    entries: VecDeque<Arc<LogEntry>>,
    bytes: usize,
    /// The offset of the latest entry of each key.
    latest: HashMap<u64, u64>,
}

impl Ring {
    /// Creates an empty ring behind `after`.
    pub(super) fn new(after: Position) -> Self {
        Self {
            after,
            entries: VecDeque::new(),
            bytes: 0,
            latest: HashMap::new(),
        }
    }

    /// Returns the position behind which the entries begin.
    pub(super) fn after(&self) -> Position {
        self.after
    }

    /// Adds the next entry, and drops the oldest beyond the bound.
    pub(super) fn push(&mut self, entry: Arc<LogEntry>) {
        self.bytes += entry.cost();
        if let Some(key) = entry.key {
            self.latest.insert(key, entry.at.offset());
        }
        self.entries.push_back(entry);
        while self.entries.len() > ENTRIES || self.bytes > BYTES {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.bytes -= oldest.cost();
            self.after = oldest.at;
            if let Some(key) = oldest.key.filter(|_| self.is_latest(&oldest)) {
                self.latest.remove(&key);
            }
        }
    }

    /// Returns `true` unless a later entry has the same key.
    pub(super) fn is_latest(&self, entry: &LogEntry) -> bool {
        let latest = entry.key.and_then(|key| self.latest.get(&key));
        latest.is_none_or(|latest| *latest <= entry.at.offset())
    }

    /// Returns the first entry behind `offset`.
    pub(super) fn next_after(&self, offset: u64) -> Option<Arc<LogEntry>> {
        let next = self
            .entries
            .partition_point(|entry| entry.at.offset() <= offset);
        self.entries.get(next).map(Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::topics::entry::{Entry, Kind, Written};

    fn entry(offset: u64, bytes: usize) -> Arc<LogEntry> {
        let entry = Entry {
            kind: Kind::Message,
            written: Written::Text,
            except: None,
            key: Bytes::new(),
            payload: vec![b'x'; bytes].into(),
        };
        LogEntry::new(Position::new(1, offset), entry)
    }

    #[test]
    fn the_ring_keeps_the_latest_entries_within_its_bounds() {
        let mut ring = Ring::new(Position::new(1, 0));
        for offset in 1..=300 {
            ring.push(entry(offset, 0));
        }
        assert_eq!(ring.after(), Position::new(1, 300 - ENTRIES as u64));
        let next = |ring: &Ring, offset| ring.next_after(offset).map(|entry| entry.at.offset());
        assert_eq!(next(&ring, 298), Some(299));
        assert_eq!(next(&ring, 300), None);
        for offset in 301..=303 {
            ring.push(entry(offset, BYTES / 2));
        }
        assert_eq!(ring.after(), Position::new(1, 302));
        assert!(ring.bytes <= BYTES);
    }

    #[test]
    fn an_entry_is_superseded_by_a_later_one_with_its_key() {
        let keyed = |offset, key: &'static str| {
            let mut entry = entry(offset, 0).entry.clone();
            entry.key = Bytes::from_static(key.as_bytes());
            LogEntry::new(Position::new(1, offset), entry)
        };
        let mut ring = Ring::new(Position::new(1, 0));
        let entries = [keyed(1, "a"), keyed(2, "b"), keyed(3, "a"), entry(4, 0)];
        for entry in &entries {
            ring.push(Arc::clone(entry));
        }
        let latest = entries.each_ref().map(|entry| ring.is_latest(entry));
        assert_eq!(latest, [false, true, true, true]);
        for offset in 5..=400 {
            ring.push(entry(offset, 0));
        }
        assert!(ring.latest.is_empty());
    }
}
