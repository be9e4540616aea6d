//! The part of a node that all its topics share: the table of topics, the events of the engine, and
//! the tasks that read, check and register.
//!
//! 1. A topic is in the table while it has subscribers, joins under way, or members that the engine
//!    must be told. The engine is interested in the same topics.
//! 2. The lock of the table is taken before that of a topic, never after.
//! 3. Tasks run in the runtime of the caller that needs them first. If that runtime ends, the next
//!    caller starts them again, and all topics are checked. A task that ends with its runtime
//!    leaves its work to be started again: each holds a value whose drop notes it.
//! 4. Interest comes first and the position second, so that no entry falls between.

mod check;
mod greet;
mod lanes;
mod presence;
mod pump;
mod ring;
mod running;
mod state;
mod view;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::codec::Codec;
use super::continuity::{Action, Continuity};
use super::engine::{Engine, Interest, NodeId};
use super::health::HealthState;
use super::metrics::Metrics;
use super::name::TopicName;
use super::position::Position;
use lanes::Lanes;
use running::Running;

pub(super) use lanes::{Outgoing, Policy};
pub(super) use state::{Place, State, Subscribed};

/// The time for which publishing and joining wait for an engine that cannot be reached.
pub(super) const WAIT: Duration = Duration::from_secs(2);

/// The time between two checks of all positions.
const CHECK: Duration = Duration::from_secs(60);

/// The longest time over which the sockets of a node are notified of another epoch.
const SPREAD: Duration = Duration::from_secs(2);

/// The node of a process, shared by its topics.
pub(super) struct Hub {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) id: NodeId,
    topics: Mutex<HashMap<TopicName, Arc<NodeTopic>>>,
    lanes: Lanes,
    running: Mutex<Option<Running>>,
    next_number: AtomicU64,
    pub(super) health: HealthState,
    pub(super) metrics: Metrics,
    /// Wakes what waits for the engine.
    up: Notify,
    lease: presence::Lease,
    /// The message type of each kind.
    pub(super) kinds: Mutex<HashMap<String, std::any::TypeId>>,
    /// The number of topics of each socket and stream.
    pub(super) sockets: Mutex<HashMap<u64, usize>>,
}

/// A topic on this node.
pub(super) struct NodeTopic {
    pub(super) name: TopicName,
    pub(super) policy: Policy,
    state: Mutex<State>,
    /// Wakes what waits for a change of the log.
    pub(super) changed: Notify,
    /// The part of the history that was read last for subscribers that lag.
    older: tokio::sync::Mutex<Option<pump::Page>>,
}

impl NodeTopic {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    pub(super) fn new(engine: Arc<dyn Engine>, metrics: Metrics) -> Arc<Self> {
        Arc::new(Self {
            engine,
            id: NodeId(rand::random()),
            topics: Mutex::default(),
            lanes: Lanes::default(),
            running: Mutex::default(),
            next_number: AtomicU64::new(1),
            health: HealthState::default(),
            metrics,
            up: Notify::new(),
            lease: presence::Lease::default(),
            kinds: Mutex::default(),
            sockets: Mutex::default(),
        })
    }

    /// Returns the number of the next membership.
    pub(super) fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    fn table(&self) -> MutexGuard<'_, HashMap<TopicName, Arc<NodeTopic>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(&self) -> Vec<Arc<NodeTopic>> {
        self.table().values().map(Arc::clone).collect()
    }

    /// Returns a topic if it is open.
    pub(super) fn find(&self, name: &TopicName) -> Option<Arc<NodeTopic>> {
        self.table().get(name).map(Arc::clone)
    }

    /// Returns the topic, which stays open until [`Hub::leave_open`] is called.
    pub(super) fn open(
        self: &Arc<Self>,
        name: &TopicName,
        policy: Policy,
        codec: &Arc<dyn Codec>,
    ) -> Arc<NodeTopic> {
        self.ensure_running();
        let mut table = self.table();
        if let Some(topic) = table.get(name) {
            topic.lock().joining += 1;
            return Arc::clone(topic);
        }
        let mut state = State::new(name, self.id, Arc::clone(codec));
        state.joining = 1;
        let topic = Arc::new(NodeTopic {
            name: name.clone(),
            policy,
            state: Mutex::new(state),
            changed: Notify::new(),
            older: tokio::sync::Mutex::new(None),
        });
        table.insert(name.clone(), Arc::clone(&topic));
        let open = table.len();
        self.engine.interest(vec![Interest::Add(name.clone())]);
        drop(table);
        self.metrics.notify(|metrics| metrics.topics(open));
        topic
    }

    /// Ends a join, and closes the topic if nothing needs it.
    pub(super) fn leave_open(&self, topic: &NodeTopic) {
        topic.lock().joining -= 1;
        self.close_unused(topic);
    }

    /// Closes the topic if nothing needs it (1).
    pub(super) fn close_unused(&self, topic: &NodeTopic) {
        let mut table = self.table();
        let mut state = topic.lock();
        let used = state.joining > 0 || state.registering || !state.due.is_empty();
        if used || !state.subscribers.is_empty() || state.closed {
            return;
        }
        state.closed = true;
        drop(state);
        table.remove(&topic.name);
        let open = table.len();
        self.engine
            .interest(vec![Interest::Remove(topic.name.clone())]);
        drop(table);
        self.metrics.notify(|metrics| metrics.topics(open));
    }

    /// Waits until the engine is reached again, for at most `time`.
    pub(super) async fn wait_for_engine(&self, time: Duration) {
        let _ = tokio::time::timeout(time, self.up.notified()).await;
    }

    /// Passes an input to the rule of a topic, and does what it says.
    pub(super) fn apply(
        self: &Arc<Self>,
        topic: &Arc<NodeTopic>,
        input: impl FnOnce(&mut Continuity, &mut Vec<Action>),
    ) {
        let mut state = topic.lock();
        let mut out = Vec::new();
        let known = state.rule.at().is_some();
        input(&mut state.rule, &mut out);
        if let (false, Some(at)) = (known, state.rule.at()) {
            // Entries that waited may be delivered in the same step.
            let first = out.iter().find_map(|action| match action {
                Action::Deliver(at, _) => Some(Position::new(at.epoch(), at.offset() - 1)),
                _ => None,
            });
            state.start(first.unwrap_or(at));
        }
        let (mut tasks, mut resets) = (Tasks::default(), 0);
        for action in out {
            match action {
                Action::Deliver(at, bytes) => state.deliver(at, &bytes),
                Action::Lost(at) => {
                    log::warn!("entries of the topic {} are lost before {at}", topic.name);
                    resets += 1;
                    state.lose(at, self.spread());
                    tasks.check = true;
                }
                Action::Read { after, up_to } => tasks.read = Some((after, up_to)),
                Action::Check => tasks.check = true,
            }
        }
        if let (true, Some(at)) = (state.rule.is_settled(), state.rule.at()) {
            state.move_to(at);
        }
        self.after_change(topic, state, tasks);
        for _ in 0..resets {
            self.metrics.notify(|metrics| metrics.reset(&topic.name));
        }
    }

    /// Returns the time over which the sockets of this node are notified of another epoch: 1 ms for
    /// each beyond 100, at most 2 s.
    fn spread(&self) -> Duration {
        let sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let many = sockets.len().saturating_sub(100);
        Duration::from_millis(many as u64).min(SPREAD)
    }

    /// Follows up a change of a topic, and starts the tasks that it needs.
    fn after_change(
        self: &Arc<Self>,
        topic: &Arc<NodeTopic>,
        mut state: MutexGuard<'_, State>,
        mut tasks: Tasks,
    ) {
        let (was_valid, at) = (state.view.is_valid(), state.at);
        tasks.check |= !state.view.advance(at);
        if !was_valid && state.view.is_valid() {
            state.compare_members();
        }
        state.greet();
        let lagging = std::mem::take(&mut state.lagging);
        let register = !state.due.is_empty() && !state.registering;
        state.registering |= register;
        let counts = std::mem::take(&mut state.counts);
        drop(state);
        topic.changed.notify_waiters();
        self.metrics
            .notify(|metrics| counts.report(&topic.name, metrics));
        for number in lagging {
            let task = pump::Pumping::new(topic, number);
            self.spawn(pump::pump(Arc::clone(self), task));
        }
        if register {
            let task = presence::Registering::new(topic);
            self.spawn(presence::register(Arc::clone(self), task));
        }
        if let Some((after, up_to)) = tasks.read {
            let task = check::Reading::new(topic);
            self.spawn(check::read(Arc::clone(self), task, after, up_to));
        }
        if tasks.check {
            self.check(vec![Arc::clone(topic)]);
        }
    }

    /// Changes the state of a topic outside of its log, such as its subscribers.
    pub(super) fn change<T>(
        self: &Arc<Self>,
        topic: &Arc<NodeTopic>,
        change: impl FnOnce(&mut State) -> T,
    ) -> T {
        let mut state = topic.lock();
        let done = change(&mut state);
        self.after_change(topic, state, Tasks::default());
        done
    }
}

/// The tasks that a change of a topic needs.
#[derive(Debug, Default)]
struct Tasks {
    read: Option<(u64, u64)>,
    check: bool,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TopicNode")
            .field("id", &self.id)
            .field("engine", &self.engine)
            .field("topics", &self.table().len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NodeTopic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.name)
    }
}
