//! The members of this node, as the engine must know them, and its lease.
//!
//! 1. A member that joined, changed its name or left is *due*. One task for each topic tells the
//!    engine about those that are due, one after another, until none is. A change that the engine
//!    knows already stores no entry, so repeating one is harmless.
//! 2. A member is due again if the log says that it left although it is here. That is how a node
//!    returns that was frozen for so long that others removed its members.
//! 3. A member is due if a snapshot of the engine differs from this node, in either direction.
//! 4. Members are registered under a lease. Another node may have removed it, and the engine may
//!    have lost it, so it is renewed before and after, unless it was shortly before. Otherwise the
//!    members of a node that fails before its next heartbeat would stay.
//! 5. A node whose lease has ended is gone. Any other node removes its members, and then its lease.
//!    Two nodes that do so at once have the effect of one. Meanwhile they go on renewing their own
//!    leases, and stop if that of the other node is renewed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use super::{Hub, NodeTopic, Outgoing, Policy};
use crate::topics::engine::{Down, Member, MemberChange, MemberId, NodeId};
use crate::topics::entry::{Entry, Kind};
use crate::topics::error::PublishError;
use crate::topics::name::TopicName;

/// The pause before the engine is told again.
const AGAIN: Duration = Duration::from_secs(1);

/// The entries that are kept of topics which another node served.
const OF_OTHERS: Policy = Policy {
    keep: 500,
    keep_for: Duration::from_secs(24 * 60 * 60),
};

/// The state of the lease of this node.
#[derive(Debug, Default)]
pub(super) struct Lease {
    /// `true` once a member was registered, which must be removed if this node is gone.
    needed: AtomicBool,
    /// The number of times that the engine was reached again. It may have lost the lease each time.
    connections: AtomicU64,
    /// The number of `connections` and the time when the lease was last renewed. Locked while it is
    /// renewed for members.
    renewed: tokio::sync::Mutex<Option<(u64, Instant)>>,
    /// The nodes whose leases had ended when this one was last renewed.
    gone: Mutex<BTreeSet<NodeId>>,
    /// Locked while the members of nodes that are gone are removed.
    burying: Arc<tokio::sync::Mutex<()>>,
}

impl Lease {
    fn gone(&self) -> MutexGuard<'_, BTreeSet<NodeId>> {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_gone(&self, nodes: &[NodeId]) {
        *self.gone() = nodes.iter().copied().collect();
    }

    /// Notes that the engine is reached again.
    pub(super) fn reconnected(&self) {
        self.connections.fetch_add(1, Ordering::AcqRel);
    }
}

impl Hub {
    /// Renews the lease, unless it is certain that the engine still has it.
    async fn take_lease(&self) -> Result<(), Down> {
        let Some(lease) = self.engine.lease() else {
            return Ok(());
        };
        let mut renewed = self.lease.renewed.lock().await;
        let connection = self.lease.connections.load(Ordering::Acquire);
        let fresh = |(of, at): (u64, Instant)| of == connection && at.elapsed() < lease / 2;
        if renewed.is_some_and(fresh) {
            return Ok(());
        }
        let now = Instant::now();
        self.lease.note_gone(&self.engine.beat(self.id).await?);
        *renewed = Some((connection, now));
        self.lease.needed.store(true, Ordering::Release);
        Ok(())
    }

    /// Stores what the log says about a member of this node, under a lease (4).
    async fn tell(
        self: &Arc<Self>,
        topic: &NodeTopic,
        kind: Kind,
        member: Member,
    ) -> Result<(), Down> {
        self.take_lease().await?;
        let announced = self.announce(&topic.name, topic.policy, kind, member);
        announced.await.map_err(Down::new)
    }

    /// Renews the lease, and returns the nodes whose leases have ended.
    async fn renew_lease(&self) -> Result<Vec<NodeId>, Down> {
        let connection = self.lease.connections.load(Ordering::Acquire);
        let now = Instant::now();
        let gone = self.engine.beat(self.id).await?;
        self.lease.note_gone(&gone);
        *self.lease.renewed.lock().await = Some((connection, now));
        Ok(gone)
    }

    async fn announce(
        self: &Arc<Self>,
        topic: &TopicName,
        policy: Policy,
        kind: Kind,
        member: Member,
    ) -> Result<(), PublishError> {
        let entry = Entry::about(kind, &member);
        let change = match kind {
            Kind::Joined => MemberChange::Join(member),
            _ => MemberChange::Leave(member.id),
        };
        let outgoing = Outgoing {
            topic: topic.clone(),
            entry,
            change: Some(change),
            policy,
        };
        self.publish(outgoing).await.map(drop)
    }

    /// Removes the members of a node that is gone (5).
    async fn bury(self: &Arc<Self>, node: NodeId) -> Result<(), Down> {
        let members = self.engine.members_of(node).await?;
        log::info!("a node is gone, with {} memberships", members.len());
        let topics: BTreeSet<TopicName> = members.into_iter().map(|(topic, _)| topic).collect();
        for topic in topics {
            let policy = self.find(&topic).map_or(OF_OTHERS, |topic| topic.policy);
            let (members, _) = self.engine.members(&topic).await?;
            for member in members.into_iter().filter(|member| member.id.node == node) {
                // It was frozen, and registers its members again (2).
                if !self.lease.gone().contains(&node) {
                    return Ok(());
                }
                // If it fails, the lease stays ended, so that another beat finds it.
                let left = self.announce(&topic, policy, Kind::Left, member).await;
                left.map_err(Down::new)?;
            }
        }
        self.engine.forget(node).await
    }
}

/// The only task that tells the engine the members of a topic. If it is dropped with its runtime,
/// the member in hand is due again, and the next change of the topic starts another one.
pub(super) struct Registering {
    topic: Arc<NodeTopic>,
    /// The member in hand, with its last name.
    in_hand: Option<(u64, String)>,
    has_ended: bool,
}

impl Registering {
    /// Takes over, because no other task does so.
    pub(super) fn new(topic: &Arc<NodeTopic>) -> Self {
        Self {
            topic: Arc::clone(topic),
            in_hand: None,
            has_ended: false,
        }
    }

    /// Returns the next member that is due, as it is now, or ends.
    fn next(&mut self, node: NodeId) -> Option<(Kind, Member)> {
        let mut state = self.topic.lock();
        let Some((number, last_name)) = state.due.pop_first() else {
            // In the same step, so that a member that is due from now on starts another task.
            state.registering = false;
            self.has_ended = true;
            return None;
        };
        let here = state.subscribers.get(&number);
        let (kind, name) = match here.and_then(|here| here.name.clone()) {
            Some(name) => (Kind::Joined, name),
            None => (Kind::Left, last_name),
        };
        drop(state);
        self.in_hand = Some((number, name.clone()));
        let id = MemberId { node, number };
        Some((kind, Member { id, name }))
    }

    /// Notes that the member in hand is due again.
    fn again(&mut self) {
        if let Some((number, name)) = self.in_hand.take() {
            self.topic.lock().due.entry(number).or_insert(name);
        }
    }
}

impl Drop for Registering {
    fn drop(&mut self) {
        self.again();
        if !self.has_ended {
            self.topic.lock().registering = false;
        }
    }
}

/// Tells the engine the members of a topic that are due (1).
pub(super) async fn register(hub: Arc<Hub>, mut task: Registering) {
    let topic = Arc::clone(&task.topic);
    let mut told_any = false;
    while let Some((kind, member)) = task.next(hub.id) {
        match hub.tell(&topic, kind, member).await {
            Ok(()) => {
                task.in_hand = None;
                told_any = true;
            }
            Err(Down { cause }) => {
                log::debug!("a member is registered later: {}", cause.escape_debug());
                task.again();
                hub.wait_for_engine(AGAIN).await;
            }
        }
    }
    if told_any {
        // The lease may have ended while this node was frozen, between two steps above.
        let _the_next_beat_repeats_it = hub.take_lease().await;
    }
    hub.close_unused(&topic);
}

/// Renews the lease of the node while it has members, and buries nodes that are gone.
pub(super) async fn beat(hub: Weak<Hub>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let Some(hub) = hub.upgrade() else { return };
        if !hub.lease.needed.load(Ordering::Acquire) {
            continue;
        }
        let Ok(gone) = hub.renew_lease().await else {
            continue;
        };
        // Removing many members must not delay the next heartbeat.
        let burying = Arc::clone(&hub.lease.burying).try_lock_owned();
        if let (false, Ok(alone)) = (gone.is_empty(), burying) {
            hub.spawn(bury_all(Arc::clone(&hub), gone, alone));
        }
    }
}

/// Removes the members of nodes that are gone.
async fn bury_all(hub: Arc<Hub>, gone: Vec<NodeId>, _alone: OwnedMutexGuard<()>) {
    for node in gone {
        let _another_beat_repeats_it = hub.bury(node).await;
    }
}
