//! The connection of one node, with its faults.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use crate::random::Random;
use crate::topics::engine::event::{EngineEvent, EventSender};
use crate::topics::name::TopicName;

/// The connection of a node.
#[derive(Default)]
pub(super) struct Link {
    pub(super) interest: HashSet<TopicName>,
    pub(super) events: Option<EventSender>,
    pub(super) cut: bool,
    pub(super) frozen: bool,
    pub(super) drop_next: u64,
    pub(super) lose_replies: u64,
    pub(super) delay: Option<Duration>,
    pub(super) reorder: Option<Random>,
    /// The events of a node that is frozen, or whose events are reordered.
    pub(super) held: VecDeque<EngineEvent>,
}

/// The number of events that are mixed if they are reordered.
const MIXED: usize = 3;

impl Link {
    pub(super) fn send(&self, event: EngineEvent) {
        let Some(events) = &self.events else { return };
        let Some(delay) = self.delay else {
            events.send(event);
            return;
        };
        let events = events.clone();
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            events.send(event);
        });
    }

    /// Sends an event, unless the node is frozen.
    pub(super) fn push(&mut self, event: EngineEvent) {
        match self.frozen {
            true => self.held.push_back(event),
            false => self.send(event),
        }
    }

    /// Notifies the node that it is connected, with all its topics.
    pub(super) fn connected(&mut self) {
        self.push(EngineEvent::Up);
        let topics: Vec<_> = self.interest.iter().cloned().collect();
        self.push(EngineEvent::Ready(topics));
    }

    /// Sends the events that were held back.
    pub(super) fn release(&mut self) {
        while let Some(event) = self.held.pop_front() {
            self.send(event);
        }
    }

    /// Carries an entry, as the faults permit.
    pub(super) fn carry(&mut self, event: EngineEvent) {
        if self.cut {
            return;
        }
        if self.drop_next > 0 {
            self.drop_next -= 1;
            return;
        }
        let Some(random) = &mut self.reorder else {
            return self.push(event);
        };
        self.held.push_back(event);
        if self.held.len() > MIXED && !self.frozen {
            let place = random.below(self.held.len());
            if let Some(event) = self.held.remove(place) {
                self.send(event);
            }
        }
    }
}
