//! The check of what one subscriber received.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::topics::engine::MemberId;
use crate::topics::{Feed, Position, PublishError};

/// The counts of the violations, and of what makes a schedule worth running.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) silent: usize,
    pub(super) twice: usize,
    pub(super) out_of_order: usize,
    pub(super) wrong: usize,
    pub(super) views: usize,
    pub(super) behind: usize,
}

#[derive(Debug, Default)]
pub(super) struct Worth {
    pub(super) acknowledged: usize,
    pub(super) failed: usize,
    pub(super) delivered: usize,
    pub(super) lost: usize,
}

impl Worth {
    pub(super) fn add(&mut self, other: &Self) {
        self.acknowledged += other.acknowledged;
        self.failed += other.failed;
        self.delivered += other.delivered;
        self.lost += other.lost;
    }
}

#[derive(Default)]
pub(super) struct Publications<'a> {
    pub(super) acknowledged: HashMap<Position, &'a String>,
    pub(super) failed: HashSet<&'a String>,
}

impl<'a> Publications<'a> {
    pub(super) fn of(published: &'a [(String, Result<Position, PublishError>)]) -> Self {
        let mut all = Self::default();
        for (text, outcome) in published {
            match outcome {
                Ok(at) => drop(all.acknowledged.insert(*at, text)),
                // The outcome may be unknown to the publisher.
                Err(_) => drop(all.failed.insert(text)),
            }
        }
        all
    }
}

/// The record of one subscriber.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) at: Option<Position>,
    pub(super) delivered: HashSet<Position>,
    /// The parts of the log that the subscriber is owed: behind the first position, up to the
    /// second.
    owed: Vec<(Position, Position)>,
    pub(super) view: Option<BTreeMap<MemberId, String>>,
}

impl Checked {
    /// Starts behind a position.
    pub(super) fn stay(&mut self, at: Position) {
        self.at = Some(at);
        self.owed.push((at, at));
    }

    pub(super) fn receive(
        &mut self,
        feed: &Feed<String>,
        all: &Publications<'_>,
        found: &mut Found,
        worth: &mut Worth,
    ) {
        let here = feed.at();
        match feed {
            Feed::Message { data, .. } => {
                worth.delivered += 1;
                let follows =
                    |at: Position| at.epoch() == here.epoch() && at.offset() < here.offset();
                found.out_of_order += usize::from(self.at.is_some_and(|at| !follows(at)));
                found.twice += usize::from(!self.delivered.insert(here));
                let is_right = match all.acknowledged.get(&here) {
                    Some(text) => *text == data,
                    None => all.failed.contains(data),
                };
                found.wrong += usize::from(!is_right);
            }
            Feed::Lost { .. } => {
                worth.lost += 1;
                self.view = None;
                self.stay(here);
            }
            Feed::CaughtUp { present, .. } => {
                let present = present.as_ref().expect("few members");
                self.view = Some(present.iter().map(|m| (m.id, m.name.clone())).collect());
            }
            Feed::Joined { member, .. } => {
                if let Some(view) = &mut self.view {
                    view.insert(member.id, member.name.clone());
                }
            }
            Feed::Left { member, .. } => {
                if let Some(view) = &mut self.view {
                    view.remove(&member.id);
                }
            }
        }
        // Before the first report nothing is owed, except behind the resumed position.
        if self.at.is_none() {
            self.stay(here);
        }
        self.at = Some(here);
        if let Some(owed) = self.owed.last_mut() {
            owed.1 = here;
        }
    }

    /// Returns the number of messages that are owed and were not delivered.
    pub(super) fn missing(&self, all: &Publications<'_>) -> usize {
        let owed = |at: &Position| {
            let within = |(from, to): &(Position, Position)| {
                let same = from.epoch() == at.epoch() && to.epoch() == at.epoch();
                same && from.offset() < at.offset() && at.offset() <= to.offset()
            };
            self.owed.iter().any(within) && !self.delivered.contains(at)
        };
        all.acknowledged.keys().filter(|at| owed(at)).count()
    }
}
