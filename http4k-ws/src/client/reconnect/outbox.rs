//! The messages that wait for a connection, and the flushes that wait for them.
//!
//! 1. Messages have rising numbers, and leave in their order.
//! 2. A message that is taken is in flight until its connection has flushed it. Messages that a
//!    connection did not write return to the front, with the number of the oldest in flight.
//! 3. A flush of everything up to a number is done when no message up to that number waits or is in
//!    flight.
//! 4. It fails if one of them is lost: written to a connection that ended before it was flushed, or
//!    discarded at the end. A message that is dropped for a newer one is not waited for.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::message::WsMessage;
use crate::session::{CoalesceKey, Offered, Outbound, Queued, SlowConsumer};

/// A queue from any number of senders to the task that holds the connection.
pub(super) struct Outbox {
    state: Mutex<State>,
    /// Wakes the task that holds the connection.
    ready: Notify,
    /// Wakes the tasks that wait for room, or for a flush.
    room: Notify,
}

/// A message, and its number.
#[derive(Debug)]
struct Numbered {
    message: WsMessage,
    number: u64,
}

impl Queued for Numbered {
    type Keyed = WsMessage;

    fn size(&self) -> usize {
        self.message.size()
    }

    fn key(&self, of: &CoalesceKey) -> Option<u64> {
        self.message.key(of)
    }
}

struct State {
    queue: Outbound<Numbered>,
    closed: bool,
    /// The number of the newest message.
    newest: u64,
    /// The number of the oldest message in flight.
    in_flight: Option<u64>,
    /// A task waits for a flush up to this number.
    flush_wanted: Option<u64>,
    /// The number of times that messages were lost, and the oldest message of the last time.
    losses: u64,
    lost: u64,
    /// The close frame is flushed too.
    close_flushed: bool,
}

impl State {
    /// Returns the number of the oldest message that waits or is in flight.
    fn oldest(&self) -> Option<u64> {
        let waiting = self.queue.front().map(|message| message.number);
        self.in_flight.or(waiting)
    }

    /// Returns `true` if no message up to `number` waits or is in flight.
    fn is_flushed(&self, number: u64) -> bool {
        self.oldest().is_none_or(|oldest| oldest > number) && (!self.closed || self.close_flushed)
    }

    fn note_loss(&mut self, oldest: Option<u64>) {
        if let Some(oldest) = oldest {
            self.losses += 1;
            self.lost = oldest;
        }
    }
}

/// A flush failed because a message was lost.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost;

/// The next step of the task that holds the connection.
pub(super) enum Next {
    /// Send the message, which is in flight from now on.
    Send(WsMessage),
    /// Flush everything in flight.
    Flush,
    /// Close the connection: the outbox is closed and empty.
    Close,
}

/// The outcome of offering a message to the outbox.
pub(super) enum Put {
    /// It waits in the queue, and so many others were dropped for it.
    Queued { dropped: u64 },
    /// It must wait for room.
    Full(WsMessage),
    /// The outbox is full, and [`SlowConsumer::Close`] ends the socket.
    TooSlow,
    /// The outbox is closed.
    Closed,
}

impl Outbox {
    pub(super) fn new(max_messages: usize, max_bytes: usize, when_full: SlowConsumer) -> Self {
        Self {
            state: Mutex::new(State {
                queue: Outbound::bounded(max_messages, max_bytes, when_full),
                closed: false,
                newest: 0,
                in_flight: None,
                flush_wanted: None,
                losses: 0,
                lost: 0,
                close_flushed: false,
            }),
            ready: Notify::new(),
            room: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, message: WsMessage) -> Put {
        let mut state = self.lock();
        if state.closed {
            return Put::Closed;
        }
        let number = state.newest + 1;
        match state.queue.offer(Numbered { message, number }) {
            Offered::Queued { dropped } => {
                state.newest = number;
                drop(state);
                self.ready.notify_one();
                if dropped > 0 {
                    // A flush does not wait for them.
                    self.room.notify_waiters();
                }
                Put::Queued { dropped }
            }
            Offered::MustWait(refused) => Put::Full(refused.message),
            Offered::TooSlow(_) => Put::TooSlow,
        }
    }

    /// Ends a connection. `unsent` are the messages of which it wrote nothing, and return to the
    /// front even if the outbox is full. With `lost`, others were written and not flushed.
    pub(super) fn put_back(&self, unsent: impl DoubleEndedIterator<Item = WsMessage>, lost: bool) {
        let mut state = self.lock();
        let in_flight = state.in_flight.take();
        for message in unsent.rev() {
            // A message that was taken is in flight, so there is a number.
            let number = in_flight.unwrap_or(state.newest);
            state.queue.put_back(Numbered { message, number });
        }
        state.note_loss(in_flight.filter(|_| lost));
        drop(state);
        self.ready.notify_one();
        self.room.notify_waiters();
    }

    /// Waits for the next step.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, it has taken no message.
    pub(super) async fn next(&self) -> Next {
        loop {
            {
                let mut state = self.lock();
                let front = state.queue.front().map(|message| message.number);
                // A flush goes before newer messages, so that it does not wait for more and more.
                let is_due = |wanted| front.is_none_or(|front| front > wanted);
                if state.in_flight.is_some() && state.flush_wanted.is_some_and(is_due) {
                    return Next::Flush;
                }
                if let Some(Numbered { message, number }) = state.queue.pop() {
                    state.in_flight.get_or_insert(number);
                    drop(state);
                    self.room.notify_waiters();
                    return Next::Send(message);
                }
                if state.closed {
                    return Next::Close;
                }
            }
            self.ready.notified().await;
        }
    }

    /// Notes that the connection has flushed everything in flight, and if `closed` the close frame.
    pub(super) fn flushed(&self, closed: bool) {
        let mut state = self.lock();
        state.in_flight = None;
        state.close_flushed |= closed;
        let wanted = state.flush_wanted;
        if wanted.is_some_and(|wanted| state.is_flushed(wanted)) {
            state.flush_wanted = None;
        }
        drop(state);
        self.room.notify_waiters();
    }

    /// Waits until every message put so far is flushed, and the close frame if the outbox is
    /// closed.
    pub(super) async fn flush(&self) -> Result<(), Lost> {
        let (newest, losses) = {
            let state = self.lock();
            (state.newest, state.losses)
        };
        loop {
            // Waiting starts before the check, so that a flush in between is not missed.
            let flushed = self.room.notified();
            {
                let mut state = self.lock();
                let missed = state.losses.wrapping_sub(losses);
                if missed > 1 || (missed == 1 && state.lost <= newest) {
                    return Err(Lost);
                }
                if state.is_flushed(newest) {
                    return Ok(());
                }
                // The one that waits for the fewest messages goes first, so that it does not fail
                // with a message that only another waits for.
                let wanted = state.flush_wanted.unwrap_or(newest);
                state.flush_wanted = Some(wanted.min(newest));
            }
            self.ready.notify_one();
            flushed.await;
        }
    }

    /// Waits until there is room, or the outbox is closed.
    pub(super) async fn room(&self) {
        loop {
            // Waiting starts before the check, so that room made in between is not missed.
            let room = self.room.notified();
            {
                let state = self.lock();
                if state.closed || !state.queue.must_wait() {
                    return;
                }
            }
            room.await;
        }
    }

    /// Closes the outbox. The messages in it can still be taken.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_one();
        self.room.notify_waiters();
    }

    /// Closes the outbox, and discards the messages in it. Returns their number.
    pub(super) fn discard(&self) -> u64 {
        let discarded = {
            let mut state = self.lock();
            let oldest = state.oldest();
            state.note_loss(oldest);
            state.in_flight = None;
            state.closed = true;
            state.close_flushed = true;
            let discarded = state.queue.len();
            state.queue.clear();
            discarded
        };
        self.ready.notify_one();
        self.room.notify_waiters();
        discarded as u64
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Outbox")
            .field("messages", &state.queue.len())
            .field("closed", &state.closed)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn outbox(max_messages: usize, max_bytes: usize) -> Outbox {
        Outbox::new(max_messages, max_bytes, SlowConsumer::Wait)
    }

    fn put(outbox: &Outbox, text: &str) -> bool {
        matches!(outbox.put(text.into()), Put::Queued { dropped: 0 })
    }

    fn dropped_for(outbox: &Outbox, text: &str) -> Option<u64> {
        match outbox.put(text.into()) {
            Put::Queued { dropped } => Some(dropped),
            _ => None,
        }
    }

    fn sent(outbox: &Outbox) -> WsMessage {
        match outbox.next().now_or_never() {
            Some(Next::Send(message)) => message,
            _ => panic!("nothing to send"),
        }
    }

    #[test]
    fn messages_and_bytes_are_bounded() {
        for (max_messages, max_bytes, texts, last) in [
            (2, 100, &["a", "b"][..], "c"),
            // Empty messages are messages.
            (2, 100, &["", ""], ""),
            (0, 100, &["a"], "b"),
            // The last message may exceed the limit of bytes.
            (10, 3, &["ab", "cdef"], "g"),
            (10, 3, &["abc"], ""),
            (10, 3, &["", "", "abcdef"], ""),
            (10, 1, &["abcd"], ""),
        ] {
            let outbox = outbox(max_messages, max_bytes);
            for text in texts {
                assert!(put(&outbox, text), "{text:?} of {texts:?}");
            }
            assert!(!put(&outbox, last), "{last:?} after {texts:?}");
            // Removing a message frees its space.
            let first = sent(&outbox);
            assert_eq!(first, texts[0]);
            outbox.put_back([first].into_iter(), false);
            assert!(!put(&outbox, last), "{texts:?}");
            for text in texts {
                assert_eq!(sent(&outbox), *text);
            }
            for text in texts {
                assert!(put(&outbox, text), "{text:?} of {texts:?}, again");
            }
            assert!(!put(&outbox, last), "{texts:?}, again");
        }
    }

    #[test]
    fn the_newest_messages_replace_the_oldest() {
        let outbox = Outbox::new(10, 4, SlowConsumer::DropOldest);
        for (text, dropped) in [
            ("aa", 0),
            ("bb", 0),
            ("c", 1),
            ("", 0),
            ("ddddd", 0),
            ("e", 4),
        ] {
            assert_eq!(dropped_for(&outbox, text), Some(dropped), "{text}");
        }
        assert_eq!(sent(&outbox), "e");
    }

    #[test]
    fn a_flush_completes_when_no_earlier_message_waits_or_is_in_flight() {
        let outbox = outbox(10, 100);
        assert_eq!(outbox.flush().now_or_never(), Some(Ok(())));
        assert!(put(&outbox, "a") && put(&outbox, "b"));
        let mut flush = std::pin::pin!(outbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert!(put(&outbox, "after the flush"));
        for text in ["a", "b"] {
            assert_eq!(sent(&outbox), text);
            assert_eq!(flush.as_mut().now_or_never(), None);
        }
        // The flush comes before newer messages.
        assert!(matches!(outbox.next().now_or_never(), Some(Next::Flush)));
        outbox.flushed(false);
        assert_eq!(flush.now_or_never(), Some(Ok(())));
        assert_eq!(sent(&outbox), "after the flush");
        // Without a flush, nothing is flushed.
        assert!(outbox.next().now_or_never().is_none());
    }

    #[test]
    fn a_flush_waits_for_messages_that_a_connection_did_not_send() {
        let outbox = outbox(10, 100);
        assert!(put(&outbox, "a") && put(&outbox, "b"));
        let mut flush = std::pin::pin!(outbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        let taken = [sent(&outbox), sent(&outbox)];
        outbox.put_back(taken.into_iter(), false);
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert_eq!(sent(&outbox), "a");
        assert_eq!(sent(&outbox), "b");
        outbox.flushed(false);
        assert_eq!(flush.now_or_never(), Some(Ok(())));
    }

    #[test]
    fn a_flush_fails_if_a_message_before_it_is_lost() {
        let outbox = outbox(10, 100);
        assert!(put(&outbox, "a") && put(&outbox, "b"));
        let mut flush = std::pin::pin!(outbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        let (_lost, unsent) = (sent(&outbox), sent(&outbox));
        outbox.put_back([unsent].into_iter(), true);
        assert_eq!(flush.now_or_never(), Some(Err(Lost)));
        // The next flush waits for the remaining messages.
        let mut flush = std::pin::pin!(outbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        outbox.close();
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert_eq!(outbox.discard(), 1);
        assert_eq!(flush.now_or_never(), Some(Err(Lost)));
        assert_eq!(outbox.flush().now_or_never(), Some(Ok(())));
    }

    #[test]
    fn a_flush_does_not_wait_for_dropped_messages() {
        let outbox = Outbox::new(1, 100, SlowConsumer::DropOldest);
        assert_eq!(dropped_for(&outbox, "a"), Some(0));
        let mut flush = std::pin::pin!(outbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert_eq!(dropped_for(&outbox, "b"), Some(1));
        assert_eq!(flush.now_or_never(), Some(Ok(())));
    }

    #[test]
    fn a_flush_of_a_closed_outbox_includes_the_close_frame() {
        let outbox = outbox(1, 100);
        outbox.close();
        let mut flush = std::pin::pin!(outbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert!(matches!(outbox.next().now_or_never(), Some(Next::Close)));
        outbox.flushed(true);
        assert_eq!(flush.now_or_never(), Some(Ok(())));
    }

    #[test]
    fn every_policy_for_a_full_queue_applies() {
        let outbox = Outbox::new(1, 100, SlowConsumer::Close);
        assert!(put(&outbox, "a"));
        assert!(matches!(outbox.put("b".into()), Put::TooSlow));

        let first = |message: &WsMessage| message.text().chars().next();
        let outbox = Outbox::new(2, 100, SlowConsumer::coalesce_by(first));
        assert!(put(&outbox, "a1") && put(&outbox, "b1"));
        let taken = sent(&outbox);
        outbox.put_back([taken].into_iter(), false);
        assert_eq!(dropped_for(&outbox, "b2"), Some(1));
        // The message that returned to the front has a key as well.
        assert_eq!(dropped_for(&outbox, "a2"), Some(1));
        assert_eq!((sent(&outbox), sent(&outbox)), ("b2".into(), "a2".into()));
    }
}
