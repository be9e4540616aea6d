//! The state of an engine: its link, the epoch of its streams, and the topics of interest.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http4k_ws::topics::TopicName;
use http4k_ws::topics::engine::{Down, EngineEvent, EngineEvents, EventSender, Interest, NodeId};
use tokio::sync::Notify;

use crate::config::NatsConfig;
use crate::layout::Layout;
use crate::link::Link;
use crate::members::Own;

/// The pause before a leader that lags is read again, and the number of attempts.
const LAG: Duration = Duration::from_millis(100);
const LAGS: u32 = 15;

/// The number of epochs of which an entry is remembered.
const WITNESSES: usize = 32;

/// The state that the operations and the tasks of an engine share.
pub(crate) struct Shared {
    pub(crate) config: NatsConfig,
    pub(crate) layout: Layout,
    state: Mutex<State>,
    /// Wakes the task of the subscriptions.
    pub(crate) changed: Notify,
    /// Held while the streams are checked.
    pub(crate) checking: tokio::sync::Mutex<()>,
}

/// The state behind the lock.
#[derive(Default)]
pub(crate) struct State {
    /// The link and the epoch, while the engine is up.
    current: Option<Current>,
    /// The cause of the last failure.
    cause: String,
    sender: Option<EventSender>,
    /// The topics of interest, with what is known of their logs.
    pub(crate) interest: HashMap<TopicName, Known>,
    /// The topics whose interest has changed since the task of the subscriptions looked.
    pub(crate) changes: Vec<TopicName>,
    /// An entry of each of the last epochs, which must still be there after a reconnection.
    pub(crate) witnesses: VecDeque<Witness>,
    /// The stream of the members: its epoch, and the time of its creation.
    pub(crate) members_created: Option<(u64, String)>,
    /// The members of this process, as they are stored.
    pub(crate) own: HashMap<(TopicName, http4k_ws::topics::engine::MemberId), Own>,
    /// The epoch in which the lease of a node was last renewed.
    pub(crate) leased: HashMap<NodeId, u64>,
    /// The leases that had ended at the last beat, by their sequences.
    pub(crate) ended: HashMap<NodeId, u64>,
}

/// The link in use and the epoch of its streams.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) link: Arc<Link>,
    pub(crate) epoch: u64,
}

/// The newest entry of a topic, as far as this node knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) epoch: u64,
    pub(crate) seq: u64,
    /// The entry before which nothing but entries without effect follow, if this is one.
    pub(crate) base: Option<u64>,
    /// `true` if it was the newest at the last look, too.
    pub(crate) is_quiet: bool,
}

/// An entry of the log and its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Witness {
    pub(crate) epoch: u64,
    pub(crate) seq: u64,
    pub(crate) id: String,
}

impl Shared {
    pub(crate) fn new(config: NatsConfig) -> Self {
        Self {
            layout: Layout::new(&config.app),
            config,
            state: Mutex::default(),
            changed: Notify::new(),
            checking: tokio::sync::Mutex::new(()),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the link and the epoch.
    pub(crate) fn current(&self) -> Result<Current, Down> {
        let state = self.lock();
        let current = state.current.clone();
        current.ok_or_else(|| Down::new(&state.cause))
    }

    /// Starts a new stream of events, without interest in any topic.
    pub(crate) fn events(&self) -> EngineEvents {
        let (sender, events) = EngineEvents::new();
        let mut state = self.lock();
        sender.send(match &state.current {
            Some(_) => EngineEvent::Up,
            None => EngineEvent::Down(state.cause.clone()),
        });
        state.sender = Some(sender);
        let removed = std::mem::take(&mut state.interest);
        state.changes.extend(removed.into_keys());
        drop(state);
        self.changed.notify_one();
        events
    }

    /// Adds or removes interest in topics.
    pub(crate) fn change(&self, changes: Vec<Interest>) {
        let mut state = self.lock();
        for change in changes {
            let (topic, changed) = match change {
                Interest::Add(topic) => {
                    let new = !state.interest.contains_key(&topic);
                    state.interest.entry(topic.clone()).or_default();
                    (topic, new)
                }
                Interest::Remove(topic) => {
                    let known = state.interest.remove(&topic).is_some();
                    (topic, known)
                }
            };
            if changed {
                state.changes.push(topic);
            }
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Returns the topics of interest.
    pub(crate) fn topics(&self) -> Vec<TopicName> {
        self.lock().interest.keys().cloned().collect()
    }

    /// Notes that the engine is up, or has streams of another epoch.
    pub(crate) fn up(&self, link: &Arc<Link>, epoch: u64) {
        let mut state = self.lock();
        let before = state.current.replace(Current {
            link: Arc::clone(link),
            epoch,
        });
        if before.is_none() {
            state.send(EngineEvent::Up);
        } else if before.is_some_and(|before| before.epoch != epoch) {
            let topics: Vec<TopicName> = state.interest.keys().cloned().collect();
            state.ready(topics);
        }
    }

    /// Notes that the engine is down.
    pub(crate) fn down(&self, cause: &str) {
        let cause = format!("NATS at {}: {}", self.config.shown(), cause.escape_debug());
        let mut state = self.lock();
        let before = state.current.take();
        state.cause.clone_from(&cause);
        if before.is_some() {
            state.send(EngineEvent::Down(cause));
        }
        // The link ends outside the lock.
        drop(state);
        drop(before);
    }

    /// Returns the patience with a leader that does not have what this node has seen.
    pub(crate) fn lags(&self) -> Lags {
        Lags(if self.config.replicas > 1 { LAGS } else { 0 })
    }

    /// Reports topics as ready.
    pub(crate) fn ready(&self, topics: Vec<TopicName>) {
        self.lock().ready(topics);
    }
}

/// The patience with a server that has become the leader of a stream, and is still reading what the
/// others have stored.
pub(crate) struct Lags(u32);

impl Lags {
    /// Waits before it is read again. Returns `false` if it was read often enough.
    pub(crate) async fn wait(&mut self) -> bool {
        let Some(left) = self.0.checked_sub(1) else {
            return false;
        };
        self.0 = left;
        tokio::time::sleep(LAG).await;
        true
    }
}

impl State {
    pub(crate) fn send(&self, event: EngineEvent) {
        if let Some(sender) = &self.sender {
            sender.send(event);
        }
    }

    fn ready(&self, topics: Vec<TopicName>) {
        if !topics.is_empty() {
            self.send(EngineEvent::Ready(topics));
        }
    }

    /// Notes an entry of the log, unless a later one is known.
    pub(crate) fn witness(&mut self, epoch: u64, seq: u64, id: &str) {
        let known = self.witnesses.iter().position(|one| one.epoch == epoch);
        let known = known.and_then(|place| self.witnesses.remove(place));
        let newest = known.filter(|known| known.seq >= seq);
        self.witnesses.push_back(newest.unwrap_or_else(|| Witness {
            epoch,
            seq,
            id: id.to_owned(),
        }));
        if self.witnesses.len() > WITNESSES {
            self.witnesses.pop_front();
        }
    }
}
