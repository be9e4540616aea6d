//! Publishing: one attempt after another for each topic, within the bounds of the node.
//!
//! 1. The attempts of one topic are made one after another, so that the engine can recognize a
//!    repeated one by its number.
//! 2. Each attempt names the epoch that it is for. One without a reply is repeated with the same
//!    epoch. If the epoch has changed since, the outcome is unknown, and nothing is repeated.
//! 3. Entries that wait are bounded in number and bytes. One that finds no space in time fails.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::{Hub, WAIT};
use crate::topics::engine::{AttemptError, MemberChange, Publication};
use crate::topics::entry::Entry;
use crate::topics::error::PublishError;
use crate::topics::name::TopicName;
use crate::topics::position::Position;

/// The number of entries of a node that wait for the engine.
const IN_FLIGHT: usize = 1024;

/// The kibibytes of entries of a node that wait for the engine.
const IN_FLIGHT_KIB: usize = 4 * 1024;

/// The first pause before an attempt is repeated. It doubles up to the last.
const PAUSE: Duration = Duration::from_millis(20);
const LAST_PAUSE: Duration = Duration::from_millis(500);

/// The number of lanes that are kept.
const LANES: usize = 10_000;

/// The entries of a topic that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::topics) struct Policy {
    pub(in crate::topics) keep: usize,
    pub(in crate::topics) keep_for: Duration,
}

/// An entry to be published.
#[derive(Debug)]
pub(in crate::topics) struct Outgoing {
    pub(in crate::topics) topic: TopicName,
    pub(in crate::topics) entry: Entry,
    pub(in crate::topics) change: Option<MemberChange>,
    pub(in crate::topics) policy: Policy,
}

/// The order of the attempts of one topic, with the last known epoch.
type Lane = Arc<tokio::sync::Mutex<Option<u64>>>;

#[derive(Debug)]
pub(super) struct Lanes {
    lanes: Mutex<HashMap<TopicName, Lane>>,
    next: AtomicU64,
    entries: Arc<Semaphore>,
    kib: Arc<Semaphore>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            lanes: Mutex::default(),
            next: AtomicU64::new(1),
            entries: Arc::new(Semaphore::new(IN_FLIGHT)),
            kib: Arc::new(Semaphore::new(IN_FLIGHT_KIB)),
        }
    }
}

impl Lanes {
    fn of(&self, topic: &TopicName) -> Lane {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() >= LANES && !lanes.contains_key(topic) {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        Arc::clone(lanes.entry(topic.clone()).or_default())
    }

    /// Waits for space (3).
    async fn space(
        &self,
        bytes: usize,
        deadline: Instant,
    ) -> Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        // An entry beyond the bound is published alone.
        let kib = bytes.div_ceil(1024).min(IN_FLIGHT_KIB);
        let kib = u32::try_from(kib).unwrap_or(u32::MAX);
        let (entries, kibs) = (Arc::clone(&self.entries), Arc::clone(&self.kib));
        let both = async {
            let entry = entries.acquire_owned().await.ok()?;
            Some((entry, kibs.acquire_many_owned(kib).await.ok()?))
        };
        timeout_at(deadline, both).await.ok().flatten()
    }
}

impl Hub {
    /// Publishes an entry, and reports the outcome to the metrics.
    pub(in crate::topics) async fn publish(
        self: &Arc<Self>,
        outgoing: Outgoing,
    ) -> Result<Position, PublishError> {
        self.ensure_running();
        let topic = outgoing.topic.clone();
        let published = self.attempt_until(outgoing, Instant::now() + WAIT).await;
        match &published {
            Ok(_) => self.metrics.notify(|metrics| metrics.published(&topic)),
            Err(error) => self
                .metrics
                .notify(|metrics| metrics.publish_failed(&topic, error)),
        }
        published
    }

    async fn attempt_until(
        self: &Arc<Self>,
        outgoing: Outgoing,
        deadline: Instant,
    ) -> Result<Position, PublishError> {
        let bytes = outgoing.entry.to_bytes();
        let space = self.lanes.space(bytes.len(), deadline).await;
        let _space = space.ok_or(PublishError::Full)?;
        let lane = self.lanes.of(&outgoing.topic);
        let late = || PublishError::Unavailable("earlier messages wait for it".to_owned());
        let mut epoch = timeout_at(deadline, lane.lock())
            .await
            .map_err(|_| late())?;
        if epoch.is_none() {
            *epoch = Some(self.epoch_of(&outgoing.topic, deadline).await?);
        }
        let mut publication = Publication {
            topic: outgoing.topic,
            bytes,
            change: outgoing.change,
            keep: outgoing.policy.keep,
            keep_for: outgoing.policy.keep_for,
            once: (self.id, self.lanes.next.fetch_add(1, Ordering::Relaxed)),
            expect: *epoch,
        };
        self.repeat(&mut publication, &mut epoch, deadline).await
    }

    /// Makes attempts until one has an outcome (1, 2).
    async fn repeat(
        self: &Arc<Self>,
        publication: &mut Publication,
        epoch: &mut Option<u64>,
        deadline: Instant,
    ) -> Result<Position, PublishError> {
        let (mut pause, mut uncertain) = (PAUSE, false);
        loop {
            let attempt = timeout_at(deadline, self.engine.publish(publication)).await;
            let attempt = attempt.map_err(|_| PublishError::Unknown)?;
            let error = match attempt {
                Ok(at) => {
                    *epoch = Some(at.epoch());
                    return Ok(at);
                }
                Err(AttemptError::NotSent(_)) if uncertain => PublishError::Unknown,
                Err(AttemptError::NotSent(cause)) => PublishError::Unavailable(cause),
                Err(AttemptError::NoReply(_)) => {
                    uncertain = true;
                    PublishError::Unknown
                }
                Err(AttemptError::Refused(_)) if uncertain => PublishError::Unknown,
                Err(AttemptError::Refused(cause)) => return Err(PublishError::Refused(cause)),
                Err(AttemptError::EpochChanged) if uncertain => {
                    *epoch = None;
                    return Err(PublishError::Unknown);
                }
                // No attempt was stored, so the next one is the first in this epoch.
                Err(AttemptError::EpochChanged) => {
                    *epoch = None;
                    *epoch = Some(self.epoch_now(&publication.topic, deadline).await?);
                    publication.expect = *epoch;
                    PublishError::Unavailable("the log has started again".to_owned())
                }
            };
            let now = Instant::now();
            if now >= deadline {
                return Err(error);
            }
            self.wait_for_engine(pause.min(deadline - now)).await;
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    /// Returns the epoch of a topic that nothing was published to (2).
    async fn epoch_of(
        self: &Arc<Self>,
        topic: &TopicName,
        deadline: Instant,
    ) -> Result<u64, PublishError> {
        if let Some(at) = self.find(topic).and_then(|topic| topic.lock().rule.at()) {
            return Ok(at.epoch());
        }
        self.epoch_now(topic, deadline).await
    }

    /// Reads the epoch of a topic.
    async fn epoch_now(
        self: &Arc<Self>,
        topic: &TopicName,
        deadline: Instant,
    ) -> Result<u64, PublishError> {
        let names = std::slice::from_ref(topic);
        let positions = self.retry(deadline, || self.engine.positions(names)).await;
        let positions = positions.map_err(|down| PublishError::Unavailable(down.cause))?;
        Ok(positions.first().map_or(0, |at| at.epoch()))
    }

    /// Repeats an operation that changes nothing, until `deadline`.
    pub(in crate::topics) async fn retry<T, F>(
        self: &Arc<Self>,
        deadline: Instant,
        mut operation: impl FnMut() -> F,
    ) -> Result<T, crate::topics::engine::Down>
    where
        F: Future<Output = Result<T, crate::topics::engine::Down>>,
    {
        self.ensure_running();
        let late = || crate::topics::engine::Down::new("no reply came in time");
        loop {
            let error = match timeout_at(deadline, operation()).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(down)) => down,
                Err(_) => late(),
            };
            let now = Instant::now();
            if now >= deadline {
                return Err(error);
            }
            self.wait_for_engine((PAUSE * 5).min(deadline - now)).await;
        }
    }
}
