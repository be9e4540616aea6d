//! Reading positions, members and history from the engine, for the rule of a topic.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::{CHECK, Hub, NodeTopic};
use crate::topics::engine::{Down, Member};
use crate::topics::position::Position;

/// The number of topics whose positions are read at once.
const BATCH: usize = 1000;

/// The pause before an operation is repeated that failed.
const AGAIN: Duration = Duration::from_millis(500);

impl Hub {
    /// Reads the positions of `topics`, and the members of those whose view is not valid.
    pub(super) fn check(self: &Arc<Self>, topics: Vec<Arc<NodeTopic>>) {
        let (valid, other): (Vec<_>, Vec<_>) = topics
            .into_iter()
            .partition(|topic| topic.lock().view.is_valid());
        for topic in other {
            self.spawn(read_members(Arc::clone(self), topic));
        }
        for part in self.parts(valid) {
            self.spawn(read_positions(Arc::clone(self), part));
        }
    }

    /// Groups topics by the parts of the engine, so that one that is down delays no other.
    fn parts(&self, topics: Vec<Arc<NodeTopic>>) -> Vec<Vec<Arc<NodeTopic>>> {
        let mut parts: BTreeMap<usize, Vec<_>> = BTreeMap::new();
        for topic in topics {
            let part = self.engine.part_of(&topic.name);
            parts.entry(part).or_default().push(topic);
        }
        parts.into_values().collect()
    }

    /// Passes a position to a topic, which was read after it was at `asked`.
    pub(in crate::topics) fn located(
        self: &Arc<Self>,
        topic: &Arc<NodeTopic>,
        asked: Option<Position>,
        now: Position,
    ) {
        self.apply(topic, |rule, out| rule.position(asked, now, out));
    }

    /// Passes the members to a topic, with the position at which they were read.
    fn counted_members(
        self: &Arc<Self>,
        topic: &Arc<NodeTopic>,
        asked: Option<Position>,
        (members, at): (Vec<Member>, Position),
    ) -> bool {
        self.located(topic, asked, at);
        self.change(topic, |state| {
            let (was_valid, here) = (state.view.is_valid(), state.at);
            let used = state.view.snapshot(at, members, here);
            if !was_valid && state.view.is_valid() {
                state.compare_members();
            }
            used
        })
    }
}

/// Repeats `read` until it succeeds, or the topic is closed.
async fn until_read<T, F: Future<Output = Result<T, Down>>>(
    hub: &Hub,
    topic: &NodeTopic,
    mut read: impl FnMut() -> F,
) -> Option<T> {
    loop {
        if topic.lock().closed {
            return None;
        }
        match read().await {
            Ok(done) => return Some(done),
            Err(_) => hub.wait_for_engine(AGAIN).await,
        }
    }
}

/// Reads the members of a topic, and its position with them.
async fn read_members(hub: Arc<Hub>, topic: Arc<NodeTopic>) {
    loop {
        let asked = topic.lock().rule.at();
        let members = until_read(&hub, &topic, || hub.engine.members(&topic.name)).await;
        let Some(members) = members else { return };
        if hub.counted_members(&topic, asked, members) {
            return;
        }
        // They are of another epoch than the log is by now.
        tokio::time::sleep(AGAIN / 10).await;
    }
}

/// Reads the positions of topics whose members are known, until the engine returns them.
async fn read_positions(hub: Arc<Hub>, topics: Vec<Arc<NodeTopic>>) {
    for batch in topics.chunks(BATCH) {
        while hub.read_once(batch).await.is_err() {
            hub.wait_for_engine(AGAIN).await;
        }
    }
}

impl Hub {
    /// Reads the positions of topics of one part of the engine.
    async fn read_once(self: &Arc<Self>, topics: &[Arc<NodeTopic>]) -> Result<(), Down> {
        let names: Vec<_> = topics.iter().map(|topic| topic.name.clone()).collect();
        let asked: Vec<_> = topics.iter().map(|topic| topic.lock().rule.at()).collect();
        let positions = self.engine.positions(&names).await?;
        for ((topic, asked), now) in topics.iter().zip(asked).zip(positions) {
            self.located(topic, asked, now);
        }
        Ok(())
    }
}

/// The task that reads history for the rule of a topic. If it is dropped with its runtime, the rule
/// requests it again once it knows the position.
pub(super) struct Reading {
    topic: Arc<NodeTopic>,
    has_ended: bool,
}

impl Reading {
    pub(super) fn new(topic: &Arc<NodeTopic>) -> Self {
        Self {
            topic: Arc::clone(topic),
            has_ended: false,
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if !self.has_ended {
            self.topic.lock().rule.forget_reading();
        }
    }
}

/// Reads the history that the rule of a topic requests.
pub(super) async fn read(hub: Arc<Hub>, mut task: Reading, after: u64, up_to: u64) {
    let topic = Arc::clone(&task.topic);
    let read = || hub.engine.history(&topic.name, after, up_to);
    let history = until_read(&hub, &topic, read).await;
    task.has_ended = true;
    if let Some(history) = history {
        let entries = history.entries.len() as u64;
        hub.metrics
            .notify(|metrics| metrics.filled(&topic.name, entries));
        hub.apply(&topic, |rule, out| rule.history(history, out));
    }
}

/// Checks all positions every minute, so that a lost entry is noticed even if none follows.
pub(super) async fn check_regularly(hub: Weak<Hub>) {
    loop {
        tokio::time::sleep(CHECK).await;
        let Some(hub) = hub.upgrade() else { return };
        for part in hub.parts(hub.all()) {
            for batch in part.chunks(BATCH) {
                // After an outage, the engine reports the topics as ready.
                let _down = hub.read_once(batch).await;
            }
        }
    }
}
