//! The engine of one node.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use super::{FaultyEngine, Inner};
use crate::topics::engine::event::{EngineEvent, EngineEvents};
use crate::topics::engine::member::{Member, MemberId, NodeId};
use crate::topics::engine::publication::{AttemptError, Publication};
use crate::topics::engine::{Down, Engine, EngineFuture, History, Interest};
use crate::topics::name::TopicName;
use crate::topics::position::Position;

/// The time for which a lease lasts.
const LEASE: Duration = Duration::from_secs(15);

/// The engine of one node.
pub(super) struct FaultyNode {
    pub(super) engine: FaultyEngine,
    pub(super) node: usize,
}

impl FaultyNode {
    /// Waits while the node is frozen. Fails while it is cut off.
    async fn reach<T>(&self, operation: impl FnOnce(&mut Inner) -> T) -> Result<T, Down> {
        loop {
            let thawed = self.engine.0.thawed.notified();
            {
                let mut inner = self.engine.lock();
                let link = &inner.nodes[self.node];
                if link.cut {
                    return Err(Down::new("the connection is cut"));
                }
                if !link.frozen {
                    return Ok(operation(&mut inner));
                }
            }
            thawed.await;
        }
    }
}

impl Engine for FaultyNode {
    fn publish<'a>(
        &'a self,
        entry: &'a Publication,
    ) -> EngineFuture<'a, Result<Position, AttemptError>> {
        Box::pin(async move {
            let stored = self.reach(|inner| {
                let (at, event) = inner.store.publish(entry, Instant::now())?;
                if let Some(event) = event {
                    let nodes = inner.nodes.iter_mut();
                    for link in nodes.filter(|link| link.interest.contains(&entry.topic)) {
                        link.carry(event.clone());
                    }
                }
                let link = &mut inner.nodes[self.node];
                if link.lose_replies > 0 {
                    link.lose_replies -= 1;
                    return Err(AttemptError::NoReply("the reply was lost".to_owned()));
                }
                Ok(at)
            });
            match stored.await {
                Ok(stored) => stored,
                Err(down) => Err(AttemptError::NotSent(down.cause)),
            }
        })
    }

    fn interest(&self, changes: Vec<Interest>) {
        let mut inner = self.engine.lock();
        let link = &mut inner.nodes[self.node];
        let mut ready = Vec::new();
        for change in changes {
            match change {
                Interest::Add(topic) if link.interest.insert(topic.clone()) => ready.push(topic),
                Interest::Add(_) => {}
                Interest::Remove(topic) => drop(link.interest.remove(&topic)),
            }
        }
        if !ready.is_empty() && !link.cut {
            link.push(EngineEvent::Ready(ready));
        }
    }

    fn events(&self) -> EngineEvents {
        let (sender, events) = EngineEvents::new();
        let mut inner = self.engine.lock();
        let link = &mut inner.nodes[self.node];
        link.interest.clear();
        link.held.clear();
        sender.send(match link.cut {
            true => EngineEvent::Down("the connection is cut".to_owned()),
            false => EngineEvent::Up,
        });
        link.events = Some(sender);
        events
    }

    fn positions<'a>(
        &'a self,
        topics: &'a [TopicName],
    ) -> EngineFuture<'a, Result<Vec<Position>, Down>> {
        Box::pin(self.reach(|inner| inner.store.positions(topics, Instant::now())))
    }

    fn history<'a>(
        &'a self,
        topic: &'a TopicName,
        after: u64,
        up_to: u64,
    ) -> EngineFuture<'a, Result<History, Down>> {
        let read =
            move |inner: &mut Inner| inner.store.history(topic, after, up_to, Instant::now());
        Box::pin(self.reach(read))
    }

    fn members<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> EngineFuture<'a, Result<(Vec<Member>, Position), Down>> {
        Box::pin(self.reach(|inner| inner.store.members(topic, Instant::now())))
    }

    fn beat(&self, node: NodeId) -> EngineFuture<'_, Result<Vec<NodeId>, Down>> {
        Box::pin(self.reach(move |inner| {
            let now = Instant::now();
            inner.store.beat(node, now + LEASE, now)
        }))
    }

    fn members_of(
        &self,
        node: NodeId,
    ) -> EngineFuture<'_, Result<Vec<(TopicName, MemberId)>, Down>> {
        Box::pin(self.reach(move |inner| inner.store.members_of(node)))
    }

    fn forget(&self, node: NodeId) -> EngineFuture<'_, Result<(), Down>> {
        Box::pin(self.reach(move |inner| inner.store.forget(node, Instant::now())))
    }
}

impl fmt::Debug for FaultyNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultyNode {}", self.node)
    }
}
