//! Messages that wait, in one direction.
//!
//! For a flush of the outbox:
//!
//! 1. Letters have rising numbers, and leave in their order.
//! 2. A letter that is taken flies until its connection has flushed it. Those that a connection gives
//!    back are put in front again, with the number of the oldest that flew.
//! 3. A flush of everything up to a number is done when no letter up to that number waits or flies.
//! 4. It fails if one of them is lost: written to a connection that ended before it was flushed, or
//!    thrown away at the end. One that is dropped for a newer one is not waited for.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::lens::Format;
use crate::message::WsMessage;

/// A message, and the format that the subprotocol of its connection names.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) message: WsMessage,
    pub(super) spoken: Option<Format>,
    /// Set when the letter is put in.
    number: u64,
}

impl Letter {
    pub(super) fn new(message: WsMessage, spoken: Option<Format>) -> Self {
        Self {
            message,
            spoken,
            number: 0,
        }
    }
}

/// A bounded queue with one who takes and any number who put.
pub(super) struct Mailbox {
    state: Mutex<State>,
    max_messages: usize,
    max_bytes: usize,
    /// Tells the one who takes.
    news: Notify,
    /// Wakes the tasks that wait for room, or for a flush.
    room: Notify,
}

#[derive(Default)]
struct State {
    letters: VecDeque<Letter>,
    bytes: usize,
    shut: bool,
    /// The number of the newest letter.
    newest: u64,
    /// The number of the oldest letter that flies.
    flying: Option<u64>,
    /// A task waits for a flush up to this number.
    wanted: Option<u64>,
    /// How often letters were lost, and the number of the oldest of the last time.
    losses: u64,
    lost: u64,
    /// The end is flushed too.
    ended: bool,
}

impl State {
    fn push(&mut self, mut letter: Letter) {
        self.newest += 1;
        letter.number = self.newest;
        self.bytes += letter.message.as_bytes().len();
        self.letters.push_back(letter);
    }

    fn push_front(&mut self, letter: Letter) {
        self.bytes += letter.message.as_bytes().len();
        self.letters.push_front(letter);
    }

    fn pop(&mut self) -> Option<Letter> {
        let letter = self.letters.pop_front()?;
        self.bytes -= letter.message.as_bytes().len();
        Some(letter)
    }

    /// The oldest letter that waits or flies.
    fn oldest(&self) -> Option<u64> {
        let waiting = self.letters.front().map(|letter| letter.number);
        self.flying.or(waiting)
    }

    /// Returns `true` if no letter up to `number` waits or flies.
    fn is_flushed(&self, number: u64) -> bool {
        self.oldest().is_none_or(|oldest| oldest > number) && (!self.shut || self.ended)
    }

    fn lose(&mut self, oldest: Option<u64>) {
        if let Some(oldest) = oldest {
            self.losses += 1;
            self.lost = oldest;
        }
    }
}

/// A flush of a mailbox did not succeed: some letter was lost.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost;

/// The next thing to do for the task that sends.
pub(super) enum Next {
    /// A letter, which flies from now on.
    Letter(Letter),
    /// A flush of everything that flies.
    Flush,
    /// The end: the mailbox is shut and empty.
    End,
}

/// What became of a letter that was to be put in.
pub(super) enum Put {
    Done,
    /// It did not fit.
    Full(Letter),
    /// Nothing more is taken.
    Shut(Letter),
}

impl Mailbox {
    pub(super) fn new(max_messages: usize, max_bytes: usize) -> Self {
        Self {
            state: Mutex::default(),
            max_messages: max_messages.max(1),
            max_bytes,
            news: Notify::new(),
            room: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_full(&self, state: &State) -> bool {
        state.letters.len() >= self.max_messages || state.bytes >= self.max_bytes
    }

    /// Puts `letter` in, where there is room.
    pub(super) fn put(&self, letter: Letter) -> Put {
        let mut state = self.lock();
        if state.shut {
            return Put::Shut(letter);
        }
        if self.is_full(&state) {
            return Put::Full(letter);
        }
        state.push(letter);
        drop(state);
        self.news.notify_one();
        Put::Done
    }

    /// Puts `letter` in, and drops the oldest where there is no room; says how many. Gives it back where
    /// nothing more is taken.
    pub(super) fn put_newest(&self, letter: Letter) -> Result<u64, Letter> {
        let mut state = self.lock();
        if state.shut {
            return Err(letter);
        }
        let mut dropped = 0;
        while self.is_full(&state) && state.pop().is_some() {
            dropped += 1;
        }
        state.push(letter);
        drop(state);
        self.news.notify_one();
        if dropped > 0 {
            // A flush does not wait for them.
            self.room.notify_waiters();
        }
        Ok(dropped)
    }

    /// The connection is over. Puts `letters`, of which it wrote nothing, in front of those that wait,
    /// room or not. With `lost`, others were written and not flushed.
    pub(super) fn put_back(&self, letters: impl DoubleEndedIterator<Item = Letter>, lost: bool) {
        let mut state = self.lock();
        let flying = state.flying.take();
        for mut letter in letters.rev() {
            letter.number = flying.unwrap_or(letter.number);
            state.push_front(letter);
        }
        state.lose(flying.filter(|_| lost));
        drop(state);
        self.news.notify_one();
        self.room.notify_waiters();
    }

    /// Waits for something to send, or to flush.
    ///
    /// Cancel safe: dropped before it is done, it has taken no letter.
    pub(super) async fn next(&self) -> Next {
        loop {
            {
                let mut state = self.lock();
                let front = state.letters.front().map(|letter| letter.number);
                let is_due = |wanted| front.is_none_or(|front| front > wanted);
                if state.flying.is_some() && state.wanted.is_some_and(is_due) {
                    return Next::Flush;
                }
                if let Some(letter) = state.pop() {
                    state.flying.get_or_insert(letter.number);
                    drop(state);
                    self.room.notify_waiters();
                    return Next::Letter(letter);
                }
                if state.shut {
                    return Next::End;
                }
            }
            self.news.notified().await;
        }
    }

    /// Everything that flies is flushed by its connection; with `end`, the close frame too.
    pub(super) fn flushed(&self, end: bool) {
        let mut state = self.lock();
        state.flying = None;
        state.ended |= end;
        if state.wanted.is_some_and(|wanted| state.is_flushed(wanted)) {
            state.wanted = None;
        }
        drop(state);
        self.room.notify_waiters();
    }

    /// Waits until every letter put in so far is flushed, and the end if the mailbox is shut.
    pub(super) async fn flush(&self) -> Result<(), Lost> {
        let (newest, losses) = {
            let state = self.lock();
            (state.newest, state.losses)
        };
        loop {
            // Listening starts before the look, so that a flush in between is not missed.
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
                state.wanted = state.wanted.max(Some(newest));
            }
            self.news.notify_one();
            flushed.await;
        }
    }

    /// Puts all of `letters` in, room or not, unless the box is over its bounds by such already; says how many
    /// were dropped then.
    pub(super) fn put_rest(&self, letters: Vec<Letter>) -> u64 {
        let mut state = self.lock();
        if state.letters.len() > self.max_messages || state.shut {
            return letters.len() as u64;
        }
        letters.into_iter().for_each(|letter| state.push(letter));
        drop(state);
        self.news.notify_one();
        0
    }

    /// Waits for room, which is then kept by whoever is the only one to put.
    pub(super) async fn room(&self) {
        loop {
            // Listening starts before the look, so that room made in between is not missed.
            let room = self.room.notified();
            {
                let state = self.lock();
                if state.shut || !self.is_full(&state) {
                    return;
                }
            }
            room.await;
        }
    }

    /// Waits for a letter, and takes it; `None` when the box is shut and empty.
    ///
    /// Cancel safe: dropped before it is done, it has taken none.
    pub(super) async fn take(&self) -> Option<Letter> {
        loop {
            {
                let mut state = self.lock();
                if let Some(letter) = state.pop() {
                    drop(state);
                    self.room.notify_waiters();
                    return Some(letter);
                }
                if state.shut {
                    return None;
                }
            }
            self.news.notified().await;
        }
    }

    /// Nothing more is put in; what is in can be taken.
    pub(super) fn shut(&self) {
        self.lock().shut = true;
        self.news.notify_one();
        self.room.notify_waiters();
    }

    /// Ends the mailbox for good, and throws away the letters in it. Returns their number.
    pub(super) fn clear(&self) -> u64 {
        let letters = {
            let mut state = self.lock();
            let oldest = state.oldest();
            state.lose(oldest);
            state.flying = None;
            state.ended = true;
            state.bytes = 0;
            std::mem::take(&mut state.letters)
        };
        self.room.notify_waiters();
        letters.len() as u64
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Mailbox")
            .field("messages", &state.letters.len())
            .field("bytes", &state.bytes)
            .field("shut", &state.shut)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn letter(text: &str) -> Letter {
        Letter::new(text.into(), None)
    }

    fn put(mailbox: &Mailbox, text: &str) -> bool {
        matches!(mailbox.put(letter(text)), Put::Done)
    }

    fn sent(mailbox: &Mailbox) -> Letter {
        match mailbox.next().now_or_never() {
            Some(Next::Letter(letter)) => letter,
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
            // The last message may go over the bytes.
            (10, 3, &["ab", "cdef"], "g"),
            (10, 3, &["abc"], ""),
            (10, 3, &["", "", "abcdef"], ""),
            (10, 1, &["abcd"], ""),
        ] {
            let mailbox = Mailbox::new(max_messages, max_bytes);
            for text in texts {
                assert!(put(&mailbox, text), "{text:?} of {texts:?}");
            }
            assert!(!put(&mailbox, last), "{last:?} after {texts:?}");
            // Room comes back in the measure in which it was taken.
            let first = sent(&mailbox);
            assert_eq!(first.message, texts[0]);
            mailbox.put_back([first].into_iter(), false);
            assert!(!put(&mailbox, last), "{texts:?}");
            for text in texts {
                assert_eq!(sent(&mailbox).message, *text);
            }
            for text in texts {
                assert!(put(&mailbox, text), "{text:?} of {texts:?}, again");
            }
            assert!(!put(&mailbox, last), "{texts:?}, again");
        }
    }

    #[test]
    fn the_newest_take_the_room_of_the_oldest() {
        let mailbox = Mailbox::new(10, 4);
        for (text, dropped) in [
            ("aa", 0),
            ("bb", 0),
            ("c", 1),
            ("", 0),
            ("ddddd", 0),
            ("e", 4),
        ] {
            assert_eq!(
                mailbox.put_newest(letter(text)).ok(),
                Some(dropped),
                "{text}"
            );
        }
        assert_eq!(sent(&mailbox).message, "e");
    }

    #[test]
    fn a_flush_is_done_when_nothing_before_it_waits_or_flies() {
        let mailbox = Mailbox::new(10, 100);
        assert_eq!(mailbox.flush().now_or_never(), Some(Ok(())));
        assert!(put(&mailbox, "a") && put(&mailbox, "b"));
        let mut flush = std::pin::pin!(mailbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert!(put(&mailbox, "after the flush"));
        for text in ["a", "b"] {
            assert_eq!(sent(&mailbox).message, text);
            assert_eq!(flush.as_mut().now_or_never(), None);
        }
        // Before what came after it, so that it does not wait for more and more.
        assert!(matches!(mailbox.next().now_or_never(), Some(Next::Flush)));
        mailbox.flushed(false);
        assert_eq!(flush.now_or_never(), Some(Ok(())));
        assert_eq!(sent(&mailbox).message, "after the flush");
        // Without a flush nothing is to be flushed.
        assert!(mailbox.next().now_or_never().is_none());
    }

    #[test]
    fn a_flush_waits_for_what_a_connection_gave_back() {
        let mailbox = Mailbox::new(10, 100);
        assert!(put(&mailbox, "a") && put(&mailbox, "b"));
        let mut flush = std::pin::pin!(mailbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        let taken = [sent(&mailbox), sent(&mailbox)];
        mailbox.put_back(taken.into_iter(), false);
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert_eq!(sent(&mailbox).message, "a");
        assert_eq!(sent(&mailbox).message, "b");
        mailbox.flushed(false);
        assert_eq!(flush.now_or_never(), Some(Ok(())));
    }

    #[test]
    fn a_flush_fails_if_a_letter_before_it_is_lost() {
        let mailbox = Mailbox::new(10, 100);
        assert!(put(&mailbox, "a") && put(&mailbox, "b"));
        let mut flush = std::pin::pin!(mailbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        let (_lost, given_back) = (sent(&mailbox), sent(&mailbox));
        mailbox.put_back([given_back].into_iter(), true);
        assert_eq!(flush.now_or_never(), Some(Err(Lost)));
        // The next one waits for what is still to be sent.
        let mut flush = std::pin::pin!(mailbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        mailbox.shut();
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert_eq!(mailbox.clear(), 1);
        assert_eq!(flush.now_or_never(), Some(Err(Lost)));
        assert_eq!(mailbox.flush().now_or_never(), Some(Ok(())));
    }

    #[test]
    fn a_flush_does_not_wait_for_what_was_dropped() {
        let mailbox = Mailbox::new(1, 100);
        assert_eq!(mailbox.put_newest(letter("a")).ok(), Some(0));
        let mut flush = std::pin::pin!(mailbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert_eq!(mailbox.put_newest(letter("b")).ok(), Some(1));
        assert_eq!(flush.now_or_never(), Some(Ok(())));
    }

    #[test]
    fn a_flush_of_a_mailbox_that_is_shut_includes_the_end() {
        let mailbox = Mailbox::new(1, 100);
        mailbox.shut();
        let mut flush = std::pin::pin!(mailbox.flush());
        assert_eq!(flush.as_mut().now_or_never(), None);
        assert!(matches!(mailbox.next().now_or_never(), Some(Next::End)));
        mailbox.flushed(true);
        assert_eq!(flush.now_or_never(), Some(Ok(())));
    }
}
