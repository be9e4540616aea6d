//! The events of all servers of an engine, as one stream for the node.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use super::server::Server;
use crate::topics::engine::{EngineEvent, EngineEvents, EventSender};

/// The stream of events to the node, and which servers cannot be reached.
#[derive(Default)]
pub(super) struct NodeEvents {
    state: Mutex<State>,
    servers: OnceLock<Vec<Weak<Server>>>,
}

#[derive(Default)]
struct State {
    sender: Option<EventSender>,
    /// The cause for each server that cannot be reached, by its index.
    down: Vec<(usize, String)>,
}

impl NodeEvents {
    /// Sets the servers, once.
    pub(super) fn set_servers(&self, servers: &[Arc<Server>]) {
        let servers = servers.iter().map(Arc::downgrade).collect();
        let _already_set = self.servers.set(servers);
    }

    /// Starts a new stream.
    pub(super) fn restart(&self) -> EngineEvents {
        let (sender, events) = EngineEvents::new();
        let mut state = self.lock();
        sender.send(match state.down.first() {
            Some((_, cause)) => EngineEvent::Down(cause.clone()),
            None => EngineEvent::Up,
        });
        state.sender = Some(sender);
        events
    }

    pub(super) fn send(&self, event: EngineEvent) {
        if let Some(sender) = &self.lock().sender {
            sender.send(event);
        }
    }

    /// Notes that a server cannot be reached. The engine is down if one of its servers is.
    pub(super) fn down(&self, index: usize, cause: String) {
        let mut state = self.lock();
        if state.down.iter().any(|(down, _)| *down == index) {
            return;
        }
        if state.down.is_empty() {
            if let Some(sender) = &state.sender {
                sender.send(EngineEvent::Down(cause.clone()));
            }
        }
        state.down.push((index, cause));
    }

    /// Notes that a server is reached again. If it was the last one, the engine is up, and the
    /// topics of the other servers are ready.
    pub(super) fn up(&self, index: usize) {
        let mut state = self.lock();
        let before = state.down.len();
        state.down.retain(|(down, _)| *down != index);
        if before == 0 || !state.down.is_empty() {
            return;
        }
        if let Some(sender) = &state.sender {
            sender.send(EngineEvent::Up);
        }
        // A server locks its own state before this one.
        drop(state);
        let servers = self.servers.get().into_iter().flatten();
        let others = servers.filter_map(Weak::upgrade);
        for other in others.filter(|server| server.index != index) {
            let topics = other.topics();
            if !topics.is_empty() {
                self.send(EngineEvent::Ready(topics));
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
