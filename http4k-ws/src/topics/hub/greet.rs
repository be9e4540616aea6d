//! Subscribers that have caught up, and the members reported to them.

use super::state::{Place, State};
use crate::topics::engine::Member;
use crate::topics::outlet::Offer;
use crate::topics::render::{Encoded, Present, Shape, caught_up};

/// The number of members that a subscriber receives by name.
const PRESENT: usize = 10_000;

impl State {
    /// Returns the report for a subscriber that has caught up. `None` if the members are not known.
    pub(super) fn greeting(&mut self, shape: Shape) -> Option<Encoded> {
        if !self.view.is_valid() {
            return None;
        }
        if let Some((_, known)) = self.greetings.iter().find(|(known, _)| *known == shape) {
            return Some(known.clone());
        }
        let members = self.view.members();
        let list: Option<Vec<Member>> =
            (members.len() <= PRESENT).then(|| members.values().cloned().collect());
        let present = Present {
            members: members.len(),
            list: list.as_deref(),
        };
        let greeting = caught_up(shape, self.at, present);
        self.greetings.push((shape, greeting.clone()));
        Some(greeting)
    }

    /// Notifies the live subscribers that have caught up, if the members are known.
    pub(super) fn greet(&mut self) {
        if !self.view.is_valid() {
            return;
        }
        for number in std::mem::take(&mut self.ungreeted) {
            self.greet_one(number);
        }
    }

    fn greet_one(&mut self, number: u64) {
        let Some(subscriber) = self.subscribers.get(&number) else {
            return;
        };
        let shape = subscriber.outlet.shape();
        match subscriber.place {
            _ if !subscriber.greet => return,
            // Its task sends the report.
            Place::Lagging(_) => return,
            Place::Live { seen } if seen > self.at.offset() => return self.ungreeted.push(number),
            Place::Live { .. } => {}
        }
        let (Some(greeting), at) = (self.greeting(shape), self.at) else {
            return;
        };
        let Some(subscriber) = self.subscribers.get_mut(&number) else {
            return;
        };
        match subscriber.outlet.offer(greeting, None) {
            Offer::Full => {
                subscriber.place = Place::Lagging(at);
                self.lagging.push(number);
                self.counts.lagging += 1;
            }
            Offer::Taken | Offer::Over => subscriber.greet = false,
        }
    }

    /// Compares the members of this node with the view, and notes the differences.
    pub(super) fn compare_members(&mut self) {
        for (id, member) in self.view.members() {
            let here = || self.subscribers.get(&id.number);
            if id.node == self.node && here().is_none_or(|own| own.name.is_none()) {
                self.due.insert(id.number, member.name.clone());
            }
        }
        for (number, subscriber) in &self.subscribers {
            let Some(name) = &subscriber.name else {
                continue;
            };
            let known = self.view.members().get(&self.id_of(*number));
            if known.is_none_or(|known| known.name != *name) {
                self.due.insert(*number, name.clone());
            }
        }
    }
}
