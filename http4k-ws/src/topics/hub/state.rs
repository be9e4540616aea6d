//! The state of one topic on a node: its log, the entries kept, the subscribers and the members.
//!
//! 1. A live subscriber has received everything up to the position of the node, or a report.
//! 2. If its queue is full, it lags: its cursor stays, and a task of its own sends what is missing,
//!    from the ring and then from the history. It costs no memory beside its cursor.
//! 3. If the epoch changes, every subscriber is notified of a loss by such a task, at a random time
//!    within a bound, so that not all clients read their state again at once.
//! 4. All state is behind one lock. Queues are filled under it, and it is not held while anything
//!    waits.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::ring::Ring;
use super::view::{Change, View};
use crate::message::WsStatus;
use crate::session::key_of;
use crate::topics::codec::Codec;
use crate::topics::continuity::Continuity;
use crate::topics::engine::{MemberId, NodeId};
use crate::topics::entry::Kind;
use crate::topics::metrics::TopicMetrics;
use crate::topics::name::TopicName;
use crate::topics::outlet::{Offer, Outlet};
use crate::topics::position::Position;
use crate::topics::render::{Encoded, LogEntry, Shape, lost};

/// A subscriber of the topic on this node.
#[derive(Debug)]
pub(in crate::topics) struct Subscribed {
    pub(in crate::topics) outlet: Arc<dyn Outlet>,
    pub(in crate::topics) place: Place,
    /// `true` if a loss must be reported before anything else.
    pub(in crate::topics) lost: bool,
    /// The number of times that the node moved the subscriber behind a loss.
    pub(in crate::topics) moved: u64,
    /// `true` if nothing was sent since a loss was reported.
    pub(in crate::topics) after_loss: bool,
    /// The time before which nothing is sent (3).
    pub(in crate::topics) not_before: Option<Instant>,
    /// `true` if the subscriber must be notified once it has caught up.
    pub(in crate::topics) greet: bool,
    /// The name of a member. `None` for a subscriber that is not present.
    pub(in crate::topics) name: Option<String>,
}

impl Subscribed {
    /// Moves the subscriber behind a loss, which its task must report. Returns `true` if the task
    /// must start.
    fn move_behind(&mut self, at: Position) -> bool {
        let was_live = matches!(self.place, Place::Live { .. });
        self.place = Place::Lagging(at);
        self.lost = true;
        self.moved += 1;
        was_live
    }
}

/// The place of a subscriber in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::topics) enum Place {
    /// At the position of the node. It has received entries up to this offset elsewhere.
    Live { seen: u64 },
    /// Behind this entry, while a task sends what is missing.
    Lagging(Position),
}

#[derive(Debug)]
pub(in crate::topics) struct State {
    pub(super) node: NodeId,
    /// The hash of the name of the topic.
    salt: u64,
    pub(in crate::topics) codec: Arc<dyn Codec>,
    pub(in crate::topics) rule: Continuity,
    /// The position of the entry that was offered last.
    pub(in crate::topics) at: Position,
    pub(super) ring: Ring,
    pub(in crate::topics) subscribers: HashMap<u64, Subscribed>,
    pub(super) view: View,
    /// The members of this node whose state the engine must be told, with their last names.
    pub(in crate::topics) due: BTreeMap<u64, String>,
    /// The report of caught-up subscribers at `at`, for each shape.
    pub(super) greetings: Vec<(Shape, Encoded)>,
    /// The live subscribers that must be notified once they have caught up.
    pub(in crate::topics) ungreeted: Vec<u64>,
    /// The number of joins under way, which keep the topic open.
    pub(in crate::topics) joining: usize,
    /// `true` if a task tells the engine the members that are due.
    pub(in crate::topics) registering: bool,
    /// `true` once the topic is no longer in the table of the node.
    pub(in crate::topics) closed: bool,
    /// The subscribers that began to lag, whose tasks must start.
    pub(in crate::topics) lagging: Vec<u64>,
    /// The counts for the metrics, since they were last reported.
    pub(in crate::topics) counts: Counts,
}

#[derive(Debug, Clone, Copy, Default)]
pub(in crate::topics) struct Counts {
    pub(in crate::topics) delivered: u64,
    pub(in crate::topics) lost: u64,
    pub(in crate::topics) lagging: u64,
}

impl Counts {
    /// Reports the counts that are not 0.
    pub(in crate::topics) fn report(self, topic: &TopicName, metrics: &dyn TopicMetrics) {
        if self.delivered > 0 {
            metrics.delivered(topic, self.delivered);
        }
        if self.lost > 0 {
            metrics.lost(topic, self.lost);
        }
        if self.lagging > 0 {
            metrics.lagging(topic, self.lagging);
        }
    }
}

impl State {
    pub(in crate::topics) fn new(name: &TopicName, node: NodeId, codec: Arc<dyn Codec>) -> Self {
        let nowhere = Position::new(0, 0);
        Self {
            node,
            salt: key_of(name.as_str()),
            codec,
            rule: Continuity::default(),
            at: nowhere,
            ring: Ring::new(nowhere),
            subscribers: HashMap::new(),
            view: View::default(),
            due: BTreeMap::new(),
            greetings: Vec::new(),
            ungreeted: Vec::new(),
            joining: 0,
            registering: false,
            closed: false,
            lagging: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// Returns the id of a subscriber of this node.
    pub(in crate::topics) fn id_of(&self, number: u64) -> MemberId {
        MemberId {
            node: self.node,
            number,
        }
    }

    /// Starts at `at`, the first position that is known.
    pub(in crate::topics) fn start(&mut self, at: Position) {
        self.at = at;
        self.ring = Ring::new(at);
    }

    /// Takes the next entry of the log, and offers it to the live subscribers.
    pub(in crate::topics) fn deliver(&mut self, at: Position, bytes: &Bytes) {
        let Some(entry) = LogEntry::read(at, bytes) else {
            log::warn!("an entry of a topic is not of this version, and is reported as lost");
            return self.lose(at, Duration::ZERO);
        };
        let before = std::mem::replace(&mut self.at, at);
        self.greetings.clear();
        self.note_members(&entry);
        self.ring.push(Arc::clone(&entry));
        let (codec, node) = (Arc::clone(&self.codec), self.node);
        // Another topic may use the same keys on the same socket.
        let key = entry.key.map(|key| key ^ self.salt);
        let mut last: Option<(Shape, Encoded)> = None;
        for (number, subscriber) in &mut self.subscribers {
            let Place::Live { seen } = subscriber.place else {
                continue;
            };
            let id = MemberId {
                node,
                number: *number,
            };
            if at.offset() <= seen || entry.entry.except == Some(id) {
                continue;
            }
            let shape = subscriber.outlet.shape();
            let encoded = match &last {
                Some((known, encoded)) if *known == shape => encoded.clone(),
                _ => {
                    let encoded = entry.encoded(shape, &*codec);
                    last = Some((shape, encoded.clone()));
                    encoded
                }
            };
            if matches!(encoded, Encoded::Nothing) {
                continue;
            }
            match subscriber.outlet.offer(encoded, key) {
                Offer::Taken => self.counts.delivered += 1,
                Offer::Full => {
                    subscriber.place = Place::Lagging(before);
                    self.lagging.push(*number);
                    self.counts.lagging += 1;
                }
                Offer::Over => {}
            }
        }
        if entry.entry.kind == Kind::Evicted {
            self.evict(&entry.entry.evicted());
        }
    }

    /// Follows the changes of the members.
    fn note_members(&mut self, entry: &LogEntry) {
        let change = match (entry.entry.kind, entry.entry.member()) {
            (Kind::Joined, Some(member)) => Change::Joined(member),
            (Kind::Left, Some(member)) => {
                // Another node believed that this one was gone.
                if let Some(name) = self.own_name(member.id) {
                    self.due.insert(member.id.number, name);
                }
                Change::Left(member.id)
            }
            _ => return,
        };
        self.view.apply(entry.at.offset(), change);
    }

    /// Returns the name of a member that is connected to this node.
    fn own_name(&self, id: MemberId) -> Option<String> {
        let own = self.subscribers.get(&id.number);
        own.filter(|_| id.node == self.node)?.name.clone()
    }

    /// Closes the sockets of members that the program removes.
    fn evict(&mut self, ids: &[MemberId]) {
        let node = self.node;
        for id in ids.iter().filter(|id| id.node == node) {
            if let Some(subscriber) = self.remove(id.number) {
                subscriber.outlet.close(evicted());
            }
        }
    }

    /// Removes a subscriber. The engine must be told if it was a member.
    pub(in crate::topics) fn remove(&mut self, number: u64) -> Option<Subscribed> {
        let subscriber = self.subscribers.remove(&number)?;
        if let Some(name) = &subscriber.name {
            self.due.insert(number, name.clone());
        }
        Some(subscriber)
    }

    /// Reports that entries are lost, up to `at`. In another epoch, over the time of `spread`.
    pub(in crate::topics) fn lose(&mut self, at: Position, spread: Duration) {
        let is_reset = self.at.epoch() != at.epoch();
        self.at = at;
        self.ring = Ring::new(at);
        self.greetings.clear();
        self.view.invalidate();
        for (number, subscriber) in &mut self.subscribers {
            subscriber.greet = true;
            self.counts.lost += 1;
            if is_reset {
                let later = spread.mul_f64(f64::from(rand::random::<u16>()) / 65_536.0);
                subscriber.not_before = Some(Instant::now() + later);
                if subscriber.move_behind(at) {
                    self.lagging.push(*number);
                }
                continue;
            }
            if matches!(subscriber.place, Place::Lagging(_)) {
                // Its task finds the gap.
                continue;
            }
            match subscriber
                .outlet
                .offer(lost(subscriber.outlet.shape(), at), None)
            {
                Offer::Taken => {
                    subscriber.place = Place::Live { seen: 0 };
                    self.ungreeted.push(*number);
                }
                Offer::Full => {
                    subscriber.move_behind(at);
                    self.lagging.push(*number);
                    self.counts.lagging += 1;
                }
                Offer::Over => {}
            }
        }
    }

    /// Notes that the log is at `at`, behind the last entry. Only offsets without entries are
    /// between.
    pub(in crate::topics) fn move_to(&mut self, at: Position) {
        if self.at != at {
            self.at = at;
            self.greetings.clear();
        }
    }
}

/// The status of a socket that was evicted.
pub(in crate::topics) fn evicted() -> WsStatus {
    let status = WsStatus::POLICY_VIOLATION.with_reason("evicted from the topic");
    status.unwrap_or(WsStatus::POLICY_VIOLATION)
}
