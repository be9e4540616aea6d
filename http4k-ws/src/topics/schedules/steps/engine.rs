//! An engine that fails in one operation, of all that its nodes make.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::topics::engine::{
    AttemptError, Down, Engine, EngineEvents, EngineFuture, FaultyEngine, History, Interest,
    Member, MemberId, NodeId, Publication,
};
use crate::topics::{Position, TopicName};

/// The time of an operation that is late. A publication waits for less.
const LATE: Duration = Duration::from_secs(3);

/// The time after which an operation without a reply ends.
const LIMIT: Duration = Duration::from_secs(5);

/// The time for which a node is frozen, which is longer than its lease.
const FROZEN: Duration = Duration::from_secs(20);

/// The failure of one operation, or of its node at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It fails at once, without effect.
    Refused,
    /// It has its effect, and the reply is lost at once.
    ReplyLost,
    /// It has its effect late.
    Late,
    /// Its reply is late.
    ReplyLate,
    /// It has no effect and no reply.
    Silent,
    /// It has its effect and no reply.
    ReplySilent,
    /// It fails at once, and has its effect later.
    Stray,
    /// The node is cut off for some time.
    Cut,
    /// The node is frozen for longer than its lease.
    Frozen,
    /// The node receives entries late for some time.
    Delayed,
    /// The node does not receive the next entries.
    Dropped,
    /// The engine forgets its history.
    Forgotten,
    Restarted,
    RolledBack,
    Switched,
    /// The node ends before the operation.
    Dead,
    /// The node ends behind the operation.
    DeadAfter,
    /// The runtime of the node ends. See [`Steps::reached`].
    RuntimeOver,
    /// The same, and the operation has its effect.
    RuntimeOverAfter,
}

impl Fault {
    /// All but those of the runtime.
    pub(super) const ALL: [Self; 17] = [
        Self::Refused,
        Self::ReplyLost,
        Self::Late,
        Self::ReplyLate,
        Self::Silent,
        Self::ReplySilent,
        Self::Stray,
        Self::Cut,
        Self::Frozen,
        Self::Delayed,
        Self::Dropped,
        Self::Forgotten,
        Self::Restarted,
        Self::RolledBack,
        Self::Switched,
        Self::Dead,
        Self::DeadAfter,
    ];

    /// Returns the time from the operation until everything must be as it should be.
    pub(super) fn settles_within(self) -> Duration {
        Duration::from_secs(match self {
            // A lost entry without a successor is found by the next check of all positions.
            Self::Dropped => 65,
            // The lease of the dead node must end, and another node notices it with a heartbeat.
            Self::Dead | Self::DeadAfter => 25,
            Self::Frozen => 25,
            _ => 12,
        })
    }
}

/// The count of the operations of all nodes, and the one that fails.
pub(super) struct Steps {
    engine: FaultyEngine,
    fault: Fault,
    at: usize,
    count: AtomicUsize,
    /// The node of the operation, and its time.
    pub(super) failed: Mutex<Option<(usize, Instant)>>,
    /// Notified once the operation is reached.
    pub(super) reached: Notify,
    /// The time that every operation takes.
    pub(super) pace: Mutex<Duration>,
}

impl Steps {
    pub(super) fn new(engine: &FaultyEngine, at: usize, fault: Fault) -> Arc<Self> {
        Arc::new(Self {
            engine: engine.clone(),
            fault,
            at,
            count: AtomicUsize::new(0),
            failed: Mutex::default(),
            reached: Notify::new(),
            pace: Mutex::default(),
        })
    }

    /// Returns the engine of the next node.
    pub(super) fn node(self: &Arc<Self>, number: usize) -> impl Engine {
        StepEngine {
            inner: Arc::new(self.engine.node()),
            steps: Arc::clone(self),
            node: number,
        }
    }

    /// Lets no later operation fail.
    pub(super) fn disarm(&self) {
        self.count.store(usize::MAX / 2, Ordering::Relaxed);
    }

    /// Counts an operation. Returns `true` if it is the one that fails.
    fn is_next(&self, node: usize) -> bool {
        let is_next = self.count.fetch_add(1, Ordering::Relaxed) == self.at;
        if is_next {
            *self.failed.lock().unwrap() = Some((node, Instant::now()));
        }
        is_next
    }

    /// Lets a fault of a node or of the whole engine happen.
    fn happen(&self, node: usize) {
        let engine = self.engine.clone();
        let later = move |time, end: fn(&FaultyEngine, usize)| {
            tokio::spawn(async move {
                sleep(time).await;
                end(&engine, node);
            });
        };
        let engine = &self.engine;
        match self.fault {
            Fault::Cut => {
                engine.partition(node);
                later(LATE, FaultyEngine::heal);
            }
            Fault::Frozen => {
                engine.freeze(node);
                later(FROZEN, FaultyEngine::thaw);
            }
            Fault::Delayed => {
                engine.delay(node, LATE);
                later(LATE, |engine, node| engine.delay(node, Duration::ZERO));
            }
            Fault::Dropped => engine.drop_next(node, 3),
            Fault::Forgotten => engine.forget_history(),
            Fault::Restarted => engine.restart(),
            Fault::RolledBack => engine.roll_back(),
            Fault::Switched => engine.switch(),
            Fault::Dead => engine.partition(node),
            _ => {}
        }
    }
}

/// The reply of an operation is lost.
struct Lost {
    /// `true` if the operation has had an effect, as far as the node knows.
    is_uncertain: bool,
}

impl From<Lost> for Down {
    fn from(_: Lost) -> Self {
        Self::new("the operation that fails")
    }
}

struct StepEngine {
    inner: Arc<dyn Engine>,
    steps: Arc<Steps>,
    node: usize,
}

impl StepEngine {
    /// Runs an operation, unless it is the one that fails.
    async fn step<T>(&self, run: EngineFuture<'_, T>) -> Result<T, Lost> {
        let pace = *self.steps.pace.lock().unwrap();
        if !pace.is_zero() {
            sleep(pace).await;
        }
        if !self.steps.is_next(self.node) {
            return Ok(run.await);
        }
        self.steps.happen(self.node);
        let lost = |is_uncertain| Err(Lost { is_uncertain });
        match self.steps.fault {
            Fault::Refused => return lost(false),
            Fault::Stray => return lost(true),
            Fault::Late => sleep(LATE).await,
            Fault::Silent => {
                sleep(LIMIT).await;
                return lost(true);
            }
            Fault::RuntimeOver => {
                self.steps.reached.notify_one();
                std::future::pending::<()>().await;
            }
            _ => {}
        }
        let done = run.await;
        match self.steps.fault {
            Fault::ReplyLost => return lost(true),
            Fault::ReplyLate => sleep(LATE).await,
            Fault::ReplySilent => {
                sleep(LIMIT).await;
                return lost(true);
            }
            Fault::DeadAfter => self.steps.engine.partition(self.node),
            Fault::RuntimeOverAfter => {
                self.steps.reached.notify_one();
                std::future::pending::<()>().await;
            }
            _ => {}
        }
        Ok(done)
    }

    /// Runs an operation that only fails as a whole.
    async fn read<T>(&self, run: EngineFuture<'_, Result<T, Down>>) -> Result<T, Down> {
        self.step(run).await?
    }
}

impl Engine for StepEngine {
    fn publish<'a>(
        &'a self,
        entry: &'a Publication,
    ) -> EngineFuture<'a, Result<Position, AttemptError>> {
        Box::pin(async move {
            let cause = || "the operation that fails".to_owned();
            match self.step(self.inner.publish(entry)).await {
                Ok(done) => done,
                Err(Lost { is_uncertain }) => {
                    if self.steps.fault == Fault::Stray {
                        let (inner, entry) = (Arc::clone(&self.inner), entry.clone());
                        tokio::spawn(async move {
                            sleep(LATE).await;
                            let _whatever_it_is = inner.publish(&entry).await;
                        });
                    }
                    Err(match is_uncertain {
                        true => AttemptError::NoReply(cause()),
                        false => AttemptError::NotSent(cause()),
                    })
                }
            }
        })
    }

    fn interest(&self, changes: Vec<Interest>) {
        self.inner.interest(changes);
    }

    fn events(&self) -> EngineEvents {
        self.inner.events()
    }

    fn positions<'a>(
        &'a self,
        topics: &'a [TopicName],
    ) -> EngineFuture<'a, Result<Vec<Position>, Down>> {
        Box::pin(self.read(self.inner.positions(topics)))
    }

    fn history<'a>(
        &'a self,
        topic: &'a TopicName,
        after: u64,
        up_to: u64,
    ) -> EngineFuture<'a, Result<History, Down>> {
        Box::pin(self.read(self.inner.history(topic, after, up_to)))
    }

    fn members<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> EngineFuture<'a, Result<(Vec<Member>, Position), Down>> {
        Box::pin(self.read(self.inner.members(topic)))
    }

    fn beat(&self, node: NodeId) -> EngineFuture<'_, Result<Vec<NodeId>, Down>> {
        Box::pin(self.read(self.inner.beat(node)))
    }

    fn members_of(
        &self,
        node: NodeId,
    ) -> EngineFuture<'_, Result<Vec<(TopicName, MemberId)>, Down>> {
        Box::pin(self.read(self.inner.members_of(node)))
    }

    fn forget(&self, node: NodeId) -> EngineFuture<'_, Result<(), Down>> {
        Box::pin(self.read(self.inner.forget(node)))
    }

    fn lease(&self) -> Option<Duration> {
        self.inner.lease()
    }
}

impl fmt::Debug for StepEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StepEngine {}", self.node)
    }
}
