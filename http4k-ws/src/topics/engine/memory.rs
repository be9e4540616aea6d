//! The engine inside one process, which is the default.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::event::{EngineEvent, EngineEvents, EventSender};
use super::member::{Member, MemberId, NodeId};
use super::publication::{AttemptError, Publication};
use super::store::Store;
use super::{Down, Engine, EngineFuture, History, Interest};
use crate::topics::name::TopicName;
use crate::topics::position::Position;

/// The engine of one node, which is never down.
#[derive(Debug, Default)]
pub(in crate::topics) struct MemoryEngine(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    store: Store,
    interest: HashSet<TopicName>,
    events: Option<EventSender>,
}

impl MemoryEngine {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready<'a, T: Send + 'a>(
        &self,
        operation: impl FnOnce(&mut Store, Instant) -> T,
    ) -> EngineFuture<'a, T> {
        let done = operation(&mut self.lock().store, Instant::now());
        Box::pin(std::future::ready(done))
    }
}

impl Inner {
    fn send(&mut self, event: EngineEvent) {
        if let Some(events) = &self.events {
            events.send(event);
        }
    }
}

impl Engine for MemoryEngine {
    fn publish<'a>(
        &'a self,
        entry: &'a Publication,
    ) -> EngineFuture<'a, Result<Position, AttemptError>> {
        let mut inner = self.lock();
        let published = inner.store.publish(entry, Instant::now());
        let published = published.map(|(at, event)| {
            if let Some(event) = event.filter(|_| inner.interest.contains(&entry.topic)) {
                inner.send(event);
            }
            at
        });
        Box::pin(std::future::ready(published))
    }

    fn interest(&self, changes: Vec<Interest>) {
        let mut inner = self.lock();
        let mut ready = Vec::new();
        for change in changes {
            match change {
                Interest::Add(topic) => {
                    if inner.interest.insert(topic.clone()) {
                        ready.push(topic);
                    }
                }
                Interest::Remove(topic) => {
                    inner.interest.remove(&topic);
                }
            }
        }
        if !ready.is_empty() {
            inner.send(EngineEvent::Ready(ready));
        }
    }

    fn events(&self) -> EngineEvents {
        let (sender, events) = EngineEvents::new();
        sender.send(EngineEvent::Up);
        let mut inner = self.lock();
        inner.interest.clear();
        inner.events = Some(sender);
        events
    }

    fn positions<'a>(
        &'a self,
        topics: &'a [TopicName],
    ) -> EngineFuture<'a, Result<Vec<Position>, Down>> {
        self.ready(|store, now| Ok(store.positions(topics, now)))
    }

    fn history<'a>(
        &'a self,
        topic: &'a TopicName,
        after: u64,
        up_to: u64,
    ) -> EngineFuture<'a, Result<History, Down>> {
        self.ready(|store, now| Ok(store.history(topic, after, up_to, now)))
    }

    fn members<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> EngineFuture<'a, Result<(Vec<Member>, Position), Down>> {
        self.ready(|store, now| Ok(store.members(topic, now)))
    }

    fn beat(&self, _node: NodeId) -> EngineFuture<'_, Result<Vec<NodeId>, Down>> {
        self.ready(|_store, _now| Ok(Vec::new()))
    }

    fn members_of(
        &self,
        node: NodeId,
    ) -> EngineFuture<'_, Result<Vec<(TopicName, MemberId)>, Down>> {
        self.ready(|store, _now| Ok(store.members_of(node)))
    }

    fn forget(&self, node: NodeId) -> EngineFuture<'_, Result<(), Down>> {
        self.ready(|store, now| {
            store.forget(node, now);
            Ok(())
        })
    }

    /// No other node can use this engine.
    fn lease(&self) -> Option<Duration> {
        None
    }
}
