//! The rule against a model: the list of all entries, with a careless carrier in between.

use super::*;
use crate::random::Random;

/// The log of the engine, with everything that ever was in it.
struct Model {
    epoch: u64,
    /// All entries of all epochs, in order.
    all: Vec<Position>,
    /// Entries of the current epoch up to this offset are no longer kept.
    forgotten: u64,
    last: u64,
}

impl Model {
    fn publish(&mut self) -> (Position, u64) {
        self.last += 1;
        let at = Position::new(self.epoch, self.last);
        self.all.push(at);
        (at, self.last - 1)
    }

    fn now(&self) -> Position {
        Position::new(self.epoch, self.last)
    }

    fn history(&self, after: u64, up_to: u64, page: u64) -> History {
        let first_kept = self.forgotten + 1;
        let from = first_kept.max(after + 1);
        let complete = up_to.min(self.last).min(from.saturating_add(page - 1));
        History {
            last: self.now(),
            first_kept,
            up_to: complete.max(after.min(up_to)),
            entries: (from..=complete)
                .map(|o| (o, text(self.epoch, o)))
                .collect(),
        }
    }
}

fn text(epoch: u64, offset: u64) -> Bytes {
    Bytes::from(format!("{epoch}/{offset}"))
}

/// A subscriber that checks what it receives.
struct Checked {
    from: Position,
    at: Position,
    delivered: Vec<Position>,
    /// The ranges that were reported: behind the first position, up to the second.
    lost: Vec<(Position, Position)>,
}

impl Checked {
    fn receive(&mut self, action: &Action) {
        match action {
            Action::Deliver(at, bytes) => {
                assert_eq!(*bytes, text(at.epoch(), at.offset()), "another entry");
                assert_eq!(at.epoch(), self.at.epoch(), "an epoch changed silently");
                assert!(at.offset() > self.at.offset(), "{at} after {}", self.at);
                assert!(!self.delivered.contains(at), "{at} twice");
                self.delivered.push(*at);
                self.at = *at;
            }
            Action::Lost(at) => {
                self.lost.push((self.at, *at));
                self.at = *at;
            }
            Action::Read { .. } | Action::Check => {}
        }
    }

    /// Asserts that each entry was delivered or reported as lost.
    fn assert_complete(&self, model: &Model, epochs: &[u64]) {
        let place = |at: Position| {
            let epoch = epochs.iter().position(|epoch| *epoch == at.epoch());
            (epoch.expect("an epoch of the model"), at.offset())
        };
        for at in model.all.iter().filter(|at| place(**at) > place(self.from)) {
            let reported = |(from, to): &(Position, Position)| {
                place(*from) < place(*at) && place(*at) <= place(*to)
            };
            assert!(
                self.delivered.contains(at) || self.lost.iter().any(reported),
                "{at} is missing"
            );
        }
        assert_eq!(self.at, model.now(), "the subscriber is behind");
    }
}

fn run(seed: u64) -> (usize, usize) {
    let mut random = Random::seeded(seed);
    let mut epochs = vec![1];
    let mut model = Model {
        epoch: 1,
        all: Vec::new(),
        forgotten: 0,
        last: 0,
    };
    let mut rule = Continuity::default();
    let mut out = Vec::new();
    let mut carried: Vec<(Position, u64)> = Vec::new();
    let mut reads: VecDeque<(u64, u64)> = VecDeque::new();
    // The replies of positions, each with the state at its request.
    let mut positions: Vec<(Option<Position>, Position)> = Vec::new();
    let page = 1 + random.below(5) as u64;
    for _ in 0..random.below(4) {
        model.publish();
    }
    let start = model.now();
    rule.position(None, start, &mut out);
    let mut subscriber = Checked {
        from: start,
        at: start,
        delivered: vec![],
        lost: vec![],
    };
    for _ in 0..60 {
        match random.below(16) {
            0..=5 => carried.push(model.publish()),
            6..=9 if !carried.is_empty() => {
                // Mostly in order.
                let next = match random.below(4) {
                    0 => random.below(carried.len()),
                    _ => 0,
                };
                let (at, prev) = carried[next];
                // Some arrive twice.
                if random.below(8) > 0 {
                    carried.remove(next);
                }
                rule.entry(at, prev, text(at.epoch(), at.offset()), &mut out);
            }
            10 if !carried.is_empty() => {
                let lost = random.below(carried.len());
                carried.remove(lost);
            }
            11 => model.forgotten = model.last.saturating_sub(random.below(4) as u64),
            12 if random.below(4) == 0 => {
                model.epoch += 1;
                epochs.push(model.epoch);
                (model.last, model.forgotten) = (0, 0);
            }
            13 => positions.push((rule.at(), model.now())),
            14 if !positions.is_empty() => {
                let (asked, now) = positions.remove(random.below(positions.len()));
                rule.position(asked, now, &mut out);
            }
            _ => {
                if let Some((after, up_to)) = reads.pop_front() {
                    rule.history(model.history(after, up_to, page), &mut out);
                }
            }
        }
        take(&mut out, &mut subscriber, &mut reads);
    }
    // In the end the position is read, and everything else.
    for _ in 0..200 {
        while let Some((after, up_to)) = reads.pop_front() {
            rule.history(model.history(after, up_to, page), &mut out);
            take(&mut out, &mut subscriber, &mut reads);
        }
        rule.position(rule.at(), model.now(), &mut out);
        take(&mut out, &mut subscriber, &mut reads);
        if reads.is_empty() && rule.at() == Some(model.now()) {
            break;
        }
    }
    assert!(rule.is_settled());
    subscriber.assert_complete(&model, &epochs);
    (subscriber.delivered.len(), subscriber.lost.len())
}

fn take(out: &mut Vec<Action>, subscriber: &mut Checked, reads: &mut VecDeque<(u64, u64)>) {
    for action in out.drain(..) {
        subscriber.receive(&action);
        if let Action::Read { after, up_to } = action {
            reads.push_back((after, up_to));
        }
    }
    assert!(reads.len() <= 1, "one read at a time");
}

#[test]
fn every_entry_is_delivered_once_in_order_or_reported_lost() {
    let (mut delivered, mut lost) = (0, 0);
    for seed in 0..20_000 {
        let caught = std::panic::catch_unwind(|| run(seed));
        let (some, none) = caught.unwrap_or_else(|_| panic!("seed {seed}"));
        delivered += some;
        lost += none;
    }
    // The schedules are of use.
    assert!(delivered > 100_000 && lost > 5_000, "{delivered}, {lost}");
}
