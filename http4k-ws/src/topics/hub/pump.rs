//! Subscribers that lag: a task sends what is missing, from the ring and then from the history.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::state::{Place, State};
use super::{Hub, NodeTopic};
use crate::topics::engine::History;
use crate::topics::outlet::Outlet;
use crate::topics::position::Position;
use crate::topics::render::{Encoded, LogEntry, lost};

/// The time for which a part of the history is used for other subscribers.
const FRESH: Duration = Duration::from_secs(5);

/// The pause before an operation is repeated that failed.
const AGAIN: Duration = Duration::from_millis(500);

/// A part of the history, which serves all subscribers that lag in it.
#[derive(Debug, Clone)]
pub(super) struct Page {
    after: u64,
    history: Arc<PageOf>,
    read_at: Instant,
}

#[derive(Debug)]
struct PageOf {
    epoch: u64,
    first_kept: u64,
    up_to: u64,
    /// The entries with their offsets. `None` for one that cannot be read.
    entries: Vec<(u64, Option<Arc<LogEntry>>)>,
}

/// The next step of the task.
enum Next {
    /// The subscriber is live, or gone.
    Done,
    /// The item must be sent.
    Send(Arc<dyn Outlet>, Encoded, Sent),
    /// The history behind `after` must be read, up to the ring.
    Read { cursor: Position, up_to: u64 },
}

/// The state of the subscriber once the item is sent.
#[derive(Debug, Clone, Copy)]
enum Sent {
    Entry(Position),
    Lost,
    Greeting,
}

impl State {
    /// Moves the subscriber to the next item that it must be sent.
    fn next_for(&mut self, number: u64) -> Next {
        loop {
            let (at, id) = (self.at, self.id_of(number));
            let Some(subscriber) = self.subscribers.get_mut(&number) else {
                return Next::Done;
            };
            let Place::Lagging(cursor) = subscriber.place else {
                return Next::Done;
            };
            let outlet = Arc::clone(&subscriber.outlet);
            let shape = outlet.shape();
            if subscriber.lost {
                return Next::Send(outlet, lost(shape, cursor), Sent::Lost);
            }
            if cursor.epoch() != at.epoch() {
                subscriber.place = Place::Lagging(at);
                (subscriber.lost, subscriber.greet) = (true, true);
                self.counts.lost += 1;
                continue;
            }
            if cursor.offset() >= at.offset() {
                let greet = subscriber.greet && cursor == at;
                if let Some(greeting) = greet.then(|| self.greeting(shape)).flatten() {
                    return Next::Send(outlet, greeting, Sent::Greeting);
                }
                self.make_live(number, cursor.offset());
                return Next::Done;
            }
            if cursor.offset() < self.ring.after().offset() {
                let up_to = self.ring.after().offset();
                return Next::Read { cursor, up_to };
            }
            let Some(entry) = self.ring.next_after(cursor.offset()) else {
                self.set_cursor(number, at);
                continue;
            };
            let encoded = entry.encoded(shape, &*self.codec);
            let skipped = entry.entry.except == Some(id)
                || matches!(encoded, Encoded::Nothing)
                || !self.ring.is_latest(&entry);
            if !skipped {
                return Next::Send(outlet, encoded, Sent::Entry(entry.at));
            }
            self.set_cursor(number, entry.at);
        }
    }

    fn make_live(&mut self, number: u64, seen: u64) {
        if let Some(subscriber) = self.subscribers.get_mut(&number) {
            subscriber.place = Place::Live { seen };
            if subscriber.greet {
                self.ungreeted.push(number);
            }
        }
    }

    fn set_cursor(&mut self, number: u64, cursor: Position) {
        if let Some(subscriber) = self.subscribers.get_mut(&number) {
            subscriber.place = Place::Lagging(cursor);
        }
    }

    /// Records that an item was sent.
    fn sent(&mut self, number: u64, sent: Sent) {
        if let Some(subscriber) = self.subscribers.get_mut(&number) {
            match sent {
                Sent::Entry(at) => {
                    subscriber.place = Place::Lagging(at);
                    self.counts.delivered += 1;
                }
                Sent::Lost => subscriber.lost = false,
                Sent::Greeting => subscriber.greet = false,
            }
        }
    }

    /// Records that entries up to `cursor` are lost for a subscriber that lags.
    fn lost_for(&mut self, number: u64, cursor: Position) {
        if let Some(subscriber) = self.subscribers.get_mut(&number) {
            subscriber.place = Place::Lagging(cursor);
            (subscriber.lost, subscriber.greet) = (true, true);
            self.counts.lost += 1;
        }
    }
}

/// Sends what is missing to a subscriber that lags, until it is live or gone.
pub(super) async fn pump(hub: Arc<Hub>, topic: Arc<NodeTopic>, number: u64) {
    loop {
        // A subscriber that became live may have to be greeted.
        match hub.change(&topic, |state| state.next_for(number)) {
            Next::Done => return,
            Next::Send(outlet, encoded, sent) => {
                if !outlet.send(encoded).await {
                    return;
                }
                topic.lock().sent(number, sent);
            }
            Next::Read { cursor, up_to } => {
                if !catch_up(&hub, &topic, number, cursor, up_to).await {
                    return;
                }
            }
        }
    }
}

/// Sends the entries of one part of the history. Returns `false` if the subscriber is over.
async fn catch_up(
    hub: &Arc<Hub>,
    topic: &NodeTopic,
    number: u64,
    cursor: Position,
    up_to: u64,
) -> bool {
    let Some(page) = page(hub, topic, cursor, up_to).await else {
        return true;
    };
    if page.epoch != cursor.epoch() {
        let at = topic.lock().at;
        topic.lock().lost_for(number, at);
        // The node may not have noticed the other epoch yet.
        hub.wait_for_engine(AGAIN / 10).await;
        return true;
    }
    if page.first_kept > cursor.offset().saturating_add(1) {
        let offset = (page.first_kept - 1).min(up_to);
        topic
            .lock()
            .lost_for(number, Position::new(cursor.epoch(), offset));
        return true;
    }
    let entries = page.entries.iter();
    for (offset, entry) in entries.filter(|(offset, _)| *offset > cursor.offset()) {
        let position = Position::new(cursor.epoch(), *offset);
        let (outlet, codec, id) = {
            let mut state = topic.lock();
            let Some(subscriber) = state.subscribers.get(&number) else {
                return false;
            };
            let outlet = Arc::clone(&subscriber.outlet);
            match entry {
                None => {
                    state.lost_for(number, position);
                    return true;
                }
                Some(entry) if !state.ring.is_latest(entry) => {
                    state.set_cursor(number, position);
                    continue;
                }
                Some(_) => {}
            }
            (outlet, Arc::clone(&state.codec), state.id_of(number))
        };
        let Some(entry) = entry else { continue };
        let encoded = entry.encoded(outlet.shape(), &*codec);
        if entry.entry.except != Some(id) && !outlet.send(encoded).await {
            return false;
        }
        topic.lock().sent(number, Sent::Entry(position));
    }
    let complete = Position::new(cursor.epoch(), page.up_to.max(cursor.offset()));
    let mut state = topic.lock();
    if page.up_to <= cursor.offset() {
        // An engine that returns nothing would be read forever.
        state.lost_for(number, Position::new(cursor.epoch(), up_to));
    } else {
        state.set_cursor(number, complete);
    }
    true
}

/// Returns a part of the history behind `cursor`, which others may have read. `None` if the topic
/// is closed.
async fn page(
    hub: &Arc<Hub>,
    topic: &NodeTopic,
    cursor: Position,
    up_to: u64,
) -> Option<Arc<PageOf>> {
    let mut older = topic.older.lock().await;
    if let Some(page) = &*older {
        let covers = page.after <= cursor.offset() && cursor.offset() < page.history.up_to;
        let same = page.history.epoch == cursor.epoch();
        if covers && same && page.read_at.elapsed() < FRESH {
            return Some(Arc::clone(&page.history));
        }
    }
    let history = loop {
        if topic.lock().closed {
            return None;
        }
        let read = hub.engine.history(&topic.name, cursor.offset(), up_to);
        match read.await {
            Ok(history) => break history,
            Err(_) => hub.wait_for_engine(AGAIN).await,
        }
    };
    let history = Arc::new(PageOf::new(history, up_to));
    *older = Some(Page {
        after: cursor.offset(),
        history: Arc::clone(&history),
        read_at: Instant::now(),
    });
    Some(history)
}

impl PageOf {
    fn new(history: History, up_to: u64) -> Self {
        let epoch = history.last.epoch();
        let read = |(offset, bytes)| {
            let at = Position::new(epoch, offset);
            (offset, LogEntry::read(at, &bytes))
        };
        Self {
            epoch,
            first_kept: history.first_kept,
            up_to: history.up_to.min(up_to),
            entries: history.entries.into_iter().map(read).collect(),
        }
    }
}
