//! The rule against a model: the list of all entries, with a careless carrier in between.

use std::collections::HashSet;

use super::*;
use crate::random::Random;

/// The logs of the engine, with everything that ever was in them. One of them is current.
#[derive(Default)]
struct Model {
    /// The log of epoch 1, and so on.
    logs: Vec<Log>,
    current: usize,
}

#[derive(Default)]
struct Log {
    /// Entries up to this offset are no longer kept.
    forgotten: u64,
    last: u64,
}

impl Model {
    fn log(&mut self) -> &mut Log {
        &mut self.logs[self.current]
    }

    fn publish(&mut self) -> (Position, u64) {
        self.log().last += 1;
        let at = self.now();
        (at, at.offset() - 1)
    }

    fn now(&self) -> Position {
        Position::new(self.current as u64 + 1, self.logs[self.current].last)
    }

    /// Starts a new epoch.
    fn restart(&mut self) {
        self.logs.push(Log::default());
        self.current = self.logs.len() - 1;
    }

    fn history(&self, after: u64, up_to: u64, page: u64) -> History {
        let log = &self.logs[self.current];
        let first_kept = log.forgotten + 1;
        let from = first_kept.max(after + 1);
        let complete = up_to.min(log.last).min(from.saturating_add(page - 1));
        let epoch = self.now().epoch();
        History {
            last: self.now(),
            first_kept,
            up_to: complete.max(after.min(up_to)),
            entries: (from..=complete).map(|o| (o, text(epoch, o))).collect(),
        }
    }
}

fn text(epoch: u64, offset: u64) -> Bytes {
    Bytes::from(format!("{epoch}/{offset}"))
}

/// A subscriber that checks what it receives.
struct Checked {
    at: Position,
    delivered: HashSet<Position>,
    /// The stays in each epoch: behind the first position, up to the second.
    stays: Vec<(Position, Position)>,
    /// The ranges that were reported inside a stay.
    lost: Vec<(Position, Position)>,
    losses: usize,
}

impl Checked {
    fn new(start: Position) -> Self {
        Self {
            at: start,
            delivered: HashSet::new(),
            stays: vec![(start, start)],
            lost: Vec::new(),
            losses: 0,
        }
    }

    fn receive(&mut self, action: &Action) {
        match action {
            Action::Deliver(at, bytes) => {
                assert_eq!(*bytes, text(at.epoch(), at.offset()), "another entry");
                assert_eq!(at.epoch(), self.at.epoch(), "an epoch changed silently");
                assert!(at.offset() > self.at.offset(), "{at} after {}", self.at);
                assert!(self.delivered.insert(*at), "{at} twice");
                self.at = *at;
            }
            Action::Lost(at) => {
                self.losses += 1;
                match at.epoch() == self.at.epoch() {
                    true => self.lost.push((self.at, *at)),
                    false => self.stays.push((*at, *at)),
                }
                self.at = *at;
            }
            Action::Read { .. } | Action::Check => {}
        }
        if let Some(stay) = self.stays.last_mut() {
            stay.1 = self.at;
        }
    }

    /// Asserts that each entry of each stay was delivered or reported as lost, and that no stay
    /// repeats a part of another.
    fn assert_complete(&self, model: &Model) {
        assert_eq!(self.at, model.now(), "the subscriber is behind");
        let within = |at: Position, (from, to): &(Position, Position)| {
            from.epoch() == at.epoch() && from.offset() < at.offset() && at.offset() <= to.offset()
        };
        for (from, to) in &self.stays {
            for at in (from.offset() + 1..=to.offset()).map(|o| Position::new(from.epoch(), o)) {
                let reported = self.lost.iter().any(|lost| within(at, lost));
                assert!(self.delivered.contains(&at) || reported, "{at} is missing");
                let stays = self.stays.iter().filter(|stay| within(at, stay));
                assert_eq!(stays.count(), 1, "{at} is read again");
            }
        }
    }
}

/// A run of the rule, with what is under way.
struct Run {
    random: Random,
    model: Model,
    rule: Continuity,
    out: Vec<Action>,
    carried: Vec<(Position, u64)>,
    reads: VecDeque<(u64, u64)>,
    /// The replies of positions, each with the state at its request.
    positions: Vec<(Option<Position>, Position)>,
    /// The number of entries in one part of the history.
    page: u64,
    subscriber: Checked,
    returns: usize,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut random = Random::seeded(seed);
        let mut model = Model::default();
        model.restart();
        let page = 1 + random.below(5) as u64;
        for _ in 0..random.below(4) {
            model.publish();
        }
        let mut rule = Continuity::default();
        let mut out = Vec::new();
        rule.position(None, model.now(), &mut out);
        Self {
            subscriber: Checked::new(model.now()),
            random,
            model,
            rule,
            out,
            carried: Vec::new(),
            reads: VecDeque::new(),
            positions: Vec::new(),
            page,
            returns: 0,
        }
    }

    fn step(&mut self) {
        match self.random.below(16) {
            0..=5 => {
                let published = self.model.publish();
                self.carried.push(published);
            }
            6..=9 if !self.carried.is_empty() => self.arrive(),
            10 if !self.carried.is_empty() => {
                let lost = self.random.below(self.carried.len());
                self.carried.remove(lost);
            }
            11 => {
                let kept = self.random.below(4) as u64;
                let log = self.model.log();
                log.forgotten = log.forgotten.max(log.last.saturating_sub(kept));
            }
            12 => match self.random.below(6) {
                0 => self.model.restart(),
                1 => {
                    // A server that was replaced has run on, and is used again.
                    self.returns += 1;
                    self.model.current = self.random.below(self.model.logs.len());
                    for _ in 0..self.random.below(3) {
                        self.model.publish();
                    }
                }
                _ => {}
            },
            13 => self.positions.push((self.rule.at(), self.model.now())),
            14 if !self.positions.is_empty() => {
                let next = self.random.below(self.positions.len());
                let (asked, now) = self.positions.remove(next);
                self.rule.position(asked, now, &mut self.out);
            }
            _ => self.read(),
        }
        self.take();
    }

    /// Lets an entry arrive, mostly in order.
    fn arrive(&mut self) {
        let next = match self.random.below(4) {
            0 => self.random.below(self.carried.len()),
            _ => 0,
        };
        let (at, prev) = self.carried[next];
        // Some arrive twice.
        if self.random.below(8) > 0 {
            self.carried.remove(next);
        }
        let bytes = text(at.epoch(), at.offset());
        self.rule.entry(at, prev, bytes, &mut self.out);
    }

    fn read(&mut self) {
        if let Some((after, up_to)) = self.reads.pop_front() {
            let history = self.model.history(after, up_to, self.page);
            self.rule.history(history, &mut self.out);
        }
    }

    fn take(&mut self) {
        for action in self.out.drain(..) {
            self.subscriber.receive(&action);
            if let Action::Read { after, up_to } = action {
                self.reads.push_back((after, up_to));
            }
        }
        assert!(self.reads.len() <= 1, "one read at a time");
    }

    /// Reads the position, and everything else.
    fn finish(&mut self) {
        for _ in 0..200 {
            while !self.reads.is_empty() {
                self.read();
                self.take();
            }
            let asked = self.rule.at();
            self.rule.position(asked, self.model.now(), &mut self.out);
            self.take();
            if self.reads.is_empty() && self.rule.at() == Some(self.model.now()) {
                break;
            }
        }
        assert!(self.rule.is_settled());
        self.subscriber.assert_complete(&self.model);
    }
}

fn run(seed: u64) -> (usize, usize, usize) {
    let mut run = Run::new(seed);
    for _ in 0..60 {
        run.step();
    }
    run.finish();
    let subscriber = &run.subscriber;
    (subscriber.delivered.len(), subscriber.losses, run.returns)
}

#[test]
fn every_entry_is_delivered_once_in_order_or_reported_lost() {
    let (mut delivered, mut lost, mut returned) = (0, 0, 0);
    for seed in 0..20_000 {
        let caught = std::panic::catch_unwind(|| run(seed));
        let counts = caught.unwrap_or_else(|_| panic!("seed {seed}"));
        delivered += counts.0;
        lost += counts.1;
        returned += counts.2;
    }
    // The schedules are of use.
    assert!(
        delivered > 100_000 && lost > 5_000 && returned > 5_000,
        "{delivered}, {lost}, {returned}"
    );
}
