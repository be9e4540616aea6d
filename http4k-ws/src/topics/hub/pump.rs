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
    /// Nothing is sent before this time.
    Wait(Instant),
    /// The item must be sent.
    Send(Arc<dyn Outlet>, Encoded, Step),
    /// The history must be read, up to the ring.
    Read { behind: Behind, up_to: u64 },
}

/// The next step in a part of the history.
enum OfPage {
    /// The next entry follows.
    Next,
    /// The subscriber is elsewhere by now.
    Again,
    /// The subscriber is gone.
    Over,
    /// The item must be sent.
    Send(Arc<dyn Outlet>, Encoded, Step),
}

/// An item that is sent, and the number of times that the subscriber had been moved before.
#[derive(Debug, Clone, Copy)]
struct Step {
    sent: Sent,
    moved: u64,
}

/// The cursor of a subscriber, and the number of times that it had been moved before.
#[derive(Debug, Clone, Copy)]
struct Behind {
    cursor: Position,
    moved: u64,
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
            if let Some(time) = subscriber.not_before.filter(|time| *time > Instant::now()) {
                return Next::Wait(time);
            }
            let outlet = Arc::clone(&subscriber.outlet);
            let (shape, moved) = (outlet.shape(), subscriber.moved);
            let step = |sent| Step { sent, moved };
            if subscriber.lost {
                return Next::Send(outlet, lost(shape, cursor), step(Sent::Lost));
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
                    return Next::Send(outlet, greeting, step(Sent::Greeting));
                }
                self.make_live(number, cursor.offset());
                return Next::Done;
            }
            if cursor.offset() < self.ring.after().offset() {
                let up_to = self.ring.after().offset();
                let behind = Behind { cursor, moved };
                return Next::Read { behind, up_to };
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
                return Next::Send(outlet, encoded, step(Sent::Entry(entry.at)));
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

    /// Records that an item was sent. If the node has moved the subscriber since, it stays there.
    fn sent(&mut self, number: u64, Step { sent, moved }: Step) {
        let Some(subscriber) = self.subscribers.get_mut(&number) else {
            return;
        };
        if matches!(sent, Sent::Entry(_)) {
            self.counts.delivered += 1;
        }
        if subscriber.moved != moved {
            return;
        }
        match sent {
            Sent::Entry(at) => {
                subscriber.place = Place::Lagging(at);
                subscriber.after_loss = false;
            }
            Sent::Lost => (subscriber.lost, subscriber.after_loss) = (false, true),
            Sent::Greeting => subscriber.greet = false,
        }
    }

    /// Moves the cursor of a subscriber to `cursor`, unless the node has moved it since.
    fn pass(&mut self, number: u64, Behind { cursor, moved }: Behind) {
        let subscriber = self.subscribers.get(&number);
        if subscriber.is_some_and(|subscriber| subscriber.moved == moved) {
            self.set_cursor(number, cursor);
        }
    }

    /// Moves the subscriber to an entry of the history, or behind one that it is not sent.
    fn next_of_page(
        &mut self,
        number: u64,
        behind: Behind,
        entry: Option<&Arc<LogEntry>>,
    ) -> OfPage {
        let Some(subscriber) = self.subscribers.get(&number) else {
            return OfPage::Over;
        };
        if subscriber.moved != behind.moved {
            return OfPage::Again;
        }
        let Some(entry) = entry else {
            self.lost_for(number, behind);
            return OfPage::Again;
        };
        if entry.entry.except == Some(self.id_of(number)) || !self.ring.is_latest(entry) {
            self.pass(number, behind);
            return OfPage::Next;
        }
        let outlet = Arc::clone(&subscriber.outlet);
        let encoded = entry.encoded(outlet.shape(), &*self.codec);
        let (sent, moved) = (Sent::Entry(entry.at), behind.moved);
        OfPage::Send(outlet, encoded, Step { sent, moved })
    }

    /// Records that entries up to the cursor are lost for a subscriber that lags.
    fn lost_for(&mut self, number: u64, Behind { mut cursor, moved }: Behind) {
        let at = self.at;
        let Some(subscriber) = self.subscribers.get_mut(&number) else {
            return;
        };
        if subscriber.moved != moved {
            return;
        }
        // One that is too slow for the oldest entries continues with the next, so that it does not
        // receive one report after the other.
        if subscriber.after_loss && cursor.epoch() == at.epoch() {
            cursor = at;
        }
        subscriber.place = Place::Lagging(cursor);
        (subscriber.lost, subscriber.greet) = (true, true);
        self.counts.lost += 1;
    }
}

/// The task of a subscriber that lags. If it is dropped with its runtime, the next change of the
/// topic starts another one.
pub(super) struct Pumping {
    topic: Arc<NodeTopic>,
    number: u64,
    has_ended: bool,
}

impl Pumping {
    pub(super) fn new(topic: &Arc<NodeTopic>, number: u64) -> Self {
        Self {
            topic: Arc::clone(topic),
            number,
            has_ended: false,
        }
    }
}

impl Drop for Pumping {
    fn drop(&mut self) {
        if !self.has_ended {
            self.topic.lock().lagging.push(self.number);
        }
    }
}

/// Sends what is missing to a subscriber that lags, until it is live or gone.
pub(super) async fn pump(hub: Arc<Hub>, mut task: Pumping) {
    let (topic, number) = (Arc::clone(&task.topic), task.number);
    loop {
        // A subscriber that became live may have to be greeted.
        match hub.change(&topic, |state| state.next_for(number)) {
            Next::Done => break,
            Next::Wait(time) => tokio::time::sleep_until(time).await,
            Next::Send(outlet, encoded, step) => {
                if !outlet.send(encoded).await {
                    break;
                }
                topic.lock().sent(number, step);
            }
            Next::Read { behind, up_to } => {
                if !catch_up(&hub, &topic, number, behind, up_to).await {
                    break;
                }
            }
        }
    }
    task.has_ended = true;
}

/// Sends the entries of one part of the history. Returns `false` if the subscriber is over.
async fn catch_up(
    hub: &Arc<Hub>,
    topic: &NodeTopic,
    number: u64,
    Behind { cursor, moved }: Behind,
    up_to: u64,
) -> bool {
    let behind = |offset| Behind {
        cursor: Position::new(cursor.epoch(), offset),
        moved,
    };
    let Some(page) = page(hub, topic, cursor, up_to).await else {
        return true;
    };
    if page.epoch != cursor.epoch() {
        let cursor = topic.lock().at;
        topic.lock().lost_for(number, Behind { cursor, moved });
        // The node may not have noticed the other epoch yet.
        hub.wait_for_engine(AGAIN / 10).await;
        return true;
    }
    if page.first_kept > cursor.offset().saturating_add(1) {
        let offset = (page.first_kept - 1).min(up_to);
        topic.lock().lost_for(number, behind(offset));
        return true;
    }
    let entries = page.entries.iter();
    for (offset, entry) in entries.filter(|(offset, _)| *offset > cursor.offset()) {
        let behind = behind(*offset);
        let next = topic.lock().next_of_page(number, behind, entry.as_ref());
        match next {
            OfPage::Next => {}
            OfPage::Again => return true,
            OfPage::Over => return false,
            OfPage::Send(outlet, encoded, step) => {
                if !outlet.send(encoded).await {
                    return false;
                }
                topic.lock().sent(number, step);
            }
        }
    }
    let mut state = topic.lock();
    if page.up_to <= cursor.offset() {
        // An engine that returns nothing would be read forever.
        state.lost_for(number, behind(up_to));
    } else {
        state.pass(number, behind(page.up_to));
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
