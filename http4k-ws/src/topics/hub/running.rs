//! The tasks of a node, and the events of its engine.

use std::sync::{Arc, MutexGuard, PoisonError, Weak};

use tokio::runtime::Handle;

use super::{Hub, check, presence};
use crate::topics::engine::{EngineEvent, EngineEvents, Interest};
use crate::topics::health::Health;

/// The runtime of the tasks of a node.
pub(super) struct Running {
    /// Alive while the task of the events runs.
    alive: Weak<()>,
    runtime: Handle,
}

impl Hub {
    /// Starts the tasks of the node, unless they run (3).
    pub(in crate::topics) fn ensure_running(self: &Arc<Self>) {
        let mut running = self.running();
        if running
            .as_ref()
            .is_some_and(|running| running.alive.strong_count() > 0)
        {
            return;
        }
        let alive = Arc::new(());
        let runtime = Handle::current();
        *running = Some(Running {
            alive: Arc::downgrade(&alive),
            runtime: runtime.clone(),
        });
        drop(running);
        let events = self.engine.events();
        let again: Vec<_> = self.table().keys().cloned().map(Interest::Add).collect();
        self.engine.interest(again);
        runtime.spawn(receive(Arc::downgrade(self), events, alive));
        if let Some(lease) = self.engine.lease() {
            runtime.spawn(presence::beat(Arc::downgrade(self), lease / 3));
            runtime.spawn(check::check_regularly(Arc::downgrade(self)));
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `task` in the runtime of the node. If that has ended, it is the one of the caller.
    /// Outside a runtime, the task is dropped.
    pub(super) fn spawn(self: &Arc<Self>, task: impl Future<Output = ()> + Send + 'static) {
        if Handle::try_current().is_ok() {
            self.ensure_running();
        }
        let runtime = self
            .running()
            .as_ref()
            .map(|running| running.runtime.clone());
        if let Some(runtime) = runtime {
            runtime.spawn(task);
        }
    }

    /// Handles an event of the engine.
    fn handle(self: &Arc<Self>, event: EngineEvent) {
        match event {
            EngineEvent::Entry {
                topic,
                at,
                prev,
                bytes,
            } => {
                if let Some(topic) = self.find(&topic) {
                    self.apply(&topic, |rule, out| rule.entry(at, prev, bytes, out));
                }
            }
            EngineEvent::Ready(names) => {
                let topics = names.iter().filter_map(|name| self.find(name));
                self.check(topics.collect());
            }
            EngineEvent::Down(cause) => {
                if self.health.down(&cause) {
                    log::warn!("the engine of the topics cannot be reached: {cause}");
                    self.metrics.notify(|metrics| metrics.engine_down());
                }
            }
            EngineEvent::Up => {
                self.lease.reconnected();
                if let Some(Health::Down { since, .. }) = self.health.up() {
                    let outage = since.elapsed();
                    log::info!("the engine of the topics is reached again after {outage:?}");
                    self.metrics.notify(|metrics| metrics.engine_up());
                }
                self.up.notify_waiters();
            }
        }
    }
}

/// Handles the events of the engine until the node is gone.
async fn receive(hub: Weak<Hub>, mut events: EngineEvents, alive: Arc<()>) {
    let _alive = alive;
    while let Some(event) = events.next().await {
        let Some(hub) = hub.upgrade() else { return };
        hub.handle(event);
    }
}
