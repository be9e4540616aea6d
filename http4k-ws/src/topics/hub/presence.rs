//! The members of this node, as the engine must know them, and its lease.
//!
//! 1. A member that joined, changed its name or left is *due*. One task for each topic tells the
//!    engine about those that are due, one after another, until none is. A change that the engine
//!    knows already stores no entry, so repeating one is harmless.
//! 2. A member is due again if the log says that it left although it is here. That is how a node
//!    returns that was frozen for so long that others removed its members.
//! 3. A member is due if a snapshot of the engine differs from this node, in either direction.
//! 4. A node whose lease has ended is gone. Any other node removes its members, and then its lease.
//!    Two nodes that do so at once have the effect of one.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

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
}

impl Hub {
    /// Takes the lease, unless it was taken before.
    async fn take_lease(&self) -> bool {
        if self.engine.lease().is_none() || self.lease.needed.load(Ordering::Acquire) {
            return true;
        }
        let taken = self.engine.beat(self.id).await.is_ok();
        if taken {
            self.lease.needed.store(true, Ordering::Release);
        }
        taken
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

    /// Removes the members of a node that is gone (4).
    async fn bury(self: &Arc<Self>, node: NodeId) -> Result<(), Down> {
        let members = self.engine.members_of(node).await?;
        log::info!("a node is gone, with {} memberships", members.len());
        let topics: BTreeSet<TopicName> = members.into_iter().map(|(topic, _)| topic).collect();
        for topic in topics {
            let policy = self.find(&topic).map_or(OF_OTHERS, |topic| topic.policy);
            let (members, _) = self.engine.members(&topic).await?;
            for member in members.into_iter().filter(|member| member.id.node == node) {
                // If it fails, the lease stays ended, so that another beat finds it.
                let left = self.announce(&topic, policy, Kind::Left, member).await;
                left.map_err(Down::new)?;
            }
        }
        self.engine.forget(node).await
    }
}

/// Tells the engine the members of a topic that are due (1).
pub(super) async fn register(hub: Arc<Hub>, topic: Arc<NodeTopic>) {
    let _ended = Ended(&topic);
    loop {
        let next = {
            let mut state = topic.lock();
            let next = state.due.pop_first();
            state.registering = next.is_some();
            next.map(|(number, name)| {
                let here = state.subscribers.get(&number);
                let here = here.and_then(|here| here.name.clone());
                (number, here, name)
            })
        };
        let Some((number, here, last_name)) = next else {
            break;
        };
        let id = MemberId {
            node: hub.id,
            number,
        };
        let (kind, name) = match here {
            Some(name) => (Kind::Joined, name),
            None => (Kind::Left, last_name),
        };
        let member = Member {
            id,
            name: name.clone(),
        };
        let told = hub.take_lease().await
            && hub
                .announce(&topic.name, topic.policy, kind, member)
                .await
                .is_ok();
        if !told {
            topic.lock().due.entry(number).or_insert(name);
            hub.wait_for_engine(AGAIN).await;
        }
    }
    hub.close_unused(&topic);
}

/// Lets another task register if this one is dropped with its runtime.
struct Ended<'a>(&'a NodeTopic);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.lock().registering = false;
    }
}

/// Renews the lease of the node while it has members, and buries nodes that are gone.
pub(super) async fn beat(hub: Weak<Hub>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let Some(hub) = hub.upgrade() else { return };
        if !hub.lease.needed.load(Ordering::Acquire) {
            continue;
        }
        if let Ok(gone) = hub.engine.beat(hub.id).await {
            for node in gone {
                let _another_beat_repeats_it = hub.bury(node).await;
            }
        }
    }
}
