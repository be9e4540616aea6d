//! The promise of topics, checked from the reports of all nodes: every message that was published
//! is delivered to every node once and in order, or is inside a reported loss.

use std::collections::{HashMap, HashSet};

use http4k_ws::topics::Position;

use crate::node::{Record, Report};

/// The counts of a run.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) published: usize,
    pub(crate) not_stored: usize,
    pub(crate) unknown: usize,
    pub(crate) delivered: usize,
    pub(crate) losses: usize,
    /// Messages that are missing inside a reported loss.
    pub(crate) reported: usize,
    /// Messages that are missing without a report.
    pub(crate) silent: usize,
    /// Positions with another message than the one that was published at it.
    pub(crate) wrong: usize,
    pub(crate) twice: usize,
    pub(crate) out_of_order: usize,
    /// Messages that were delivered although their publication said that they are not stored.
    pub(crate) resurrected: usize,
    /// The first faults, for the message of a failed test.
    pub(crate) faults: Vec<String>,
}

impl Verdict {
    /// Panics if the promise was broken.
    #[track_caller]
    pub(crate) fn assert_kept(&self) {
        let broken = self.silent + self.wrong + self.twice + self.out_of_order + self.resurrected;
        assert_eq!(broken, 0, "{self:#?}");
    }

    fn fault(&mut self, fault: String) {
        if self.faults.len() < 20 {
            self.faults.push(fault);
        }
    }
}

/// A place in the log, or the reported loss of a part of it.
#[derive(Debug)]
struct Loss {
    from: Position,
    to: Position,
}

pub(crate) fn verify(reports: &[Report]) -> Verdict {
    let mut verdict = Verdict::default();
    let topics = reports.first().map_or(0, |report| report.topics.len());
    for topic in 0..topics {
        let records: Vec<&[Record]> = reports
            .iter()
            .map(|report| &*report.topics[topic])
            .collect();
        verify_topic(topic, &records, &mut verdict);
    }
    verdict
}

fn verify_topic(topic: usize, nodes: &[&[Record]], verdict: &mut Verdict) {
    let mut published: HashMap<Position, &str> = HashMap::new();
    let mut not_stored = HashSet::new();
    for record in nodes.iter().copied().flatten() {
        match record {
            Record::Published(at, text) => {
                verdict.published += 1;
                if let Some(other) = published.insert(position(at), text) {
                    verdict.wrong += 1;
                    verdict.fault(format!("t{topic}: {other} and {text} are both at {at}"));
                }
            }
            Record::NotStored(text) => {
                verdict.not_stored += 1;
                not_stored.insert(text.as_str());
            }
            Record::Unknown(_) => verdict.unknown += 1,
            _ => {}
        }
    }
    for (node, records) in nodes.iter().enumerate() {
        let mut follower = Follower::default();
        for record in *records {
            follower.step(
                record,
                &published,
                &not_stored,
                verdict,
                &format!("t{topic}@{node}"),
            );
        }
        for (at, text) in &published {
            if follower.seen.contains(at) || follower.joined_behind(*at) {
                continue;
            }
            if follower.is_reported(*at) {
                verdict.reported += 1;
            } else {
                verdict.silent += 1;
                let losses = &follower.losses;
                verdict.fault(format!("t{topic}@{node} misses {text} at {at}, {losses:?}"));
            }
        }
    }
}

/// A subscriber, as its records show it.
#[derive(Debug, Default)]
struct Follower {
    start: Option<Position>,
    at: Option<Position>,
    seen: HashSet<Position>,
    texts: HashSet<String>,
    epochs: HashSet<u64>,
    losses: Vec<Loss>,
}

impl Follower {
    fn step(
        &mut self,
        record: &Record,
        published: &HashMap<Position, &str>,
        not_stored: &HashSet<&str>,
        verdict: &mut Verdict,
        place: &str,
    ) {
        match record {
            Record::Message(at, text) => {
                let (now, here) = (position(at), self.at);
                self.arrive(Position::new(now.epoch(), now.offset() - 1));
                if here.is_some_and(|here| {
                    here.epoch() != now.epoch() || now.offset() <= here.offset()
                }) {
                    verdict.out_of_order += 1;
                    verdict.fault(format!("{place}: {text} at {at} follows {here:?}"));
                }
                if !self.seen.insert(now) || !self.texts.insert(text.clone()) {
                    verdict.twice += 1;
                    verdict.fault(format!("{place}: {text} at {at} again"));
                }
                if published
                    .get(&now)
                    .is_some_and(|published| published != text)
                {
                    verdict.wrong += 1;
                    verdict.fault(format!("{place}: {text} at {at} is {:?}", published[&now]));
                }
                if not_stored.contains(text.as_str()) {
                    verdict.resurrected += 1;
                    verdict.fault(format!("{place}: {text} was not stored"));
                }
                verdict.delivered += 1;
                self.at = Some(now);
            }
            Record::Lost(at) => {
                let to = position(at);
                let from = self.at.unwrap_or(to);
                verdict.losses += 1;
                self.losses.push(Loss { from, to });
                self.arrive(to);
                self.at = Some(to);
            }
            Record::CaughtUp(at) => {
                // It says that nothing is missing up to here.
                let to = position(at);
                self.arrive(to);
                self.at = Some(to);
            }
            _ => {}
        }
    }

    fn arrive(&mut self, at: Position) {
        self.start.get_or_insert(at);
        self.epochs.insert(at.epoch());
    }

    fn joined_behind(&self, at: Position) -> bool {
        let start = self.start;
        start.is_some_and(|start| start.epoch() == at.epoch() && at.offset() <= start.offset())
    }

    /// Returns `true` if a loss that was reported spans the position.
    fn is_reported(&self, at: Position) -> bool {
        // An epoch that came and went while the node was away is between two others.
        let missed = !self.epochs.contains(&at.epoch());
        let (epoch, offset) = (at.epoch(), at.offset());
        self.losses.iter().any(|Loss { from, to }| {
            let behind = epoch == from.epoch() && offset > from.offset();
            let before = epoch == to.epoch() && offset <= to.offset();
            match from.epoch() == to.epoch() {
                true => behind && before,
                false => behind || before || missed,
            }
        })
    }
}

fn position(text: &str) -> Position {
    text.parse().expect("a position")
}
