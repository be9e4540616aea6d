//! Messages that wait, in one direction.

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
}

/// A bounded queue with one who takes and any number who put.
pub(super) struct Mailbox {
    state: Mutex<State>,
    max_messages: usize,
    max_bytes: usize,
    /// Tells the one who takes.
    news: Notify,
    /// Tells those who wait for room.
    room: Notify,
}

#[derive(Default)]
struct State {
    letters: VecDeque<Letter>,
    bytes: usize,
    shut: bool,
}

impl State {
    fn push(&mut self, letter: Letter) {
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
        Ok(dropped)
    }

    /// Puts `letters` in, room or not, in front of those that wait.
    pub(super) fn put_back(&self, letters: impl DoubleEndedIterator<Item = Letter>) {
        let mut state = self.lock();
        letters.rev().for_each(|letter| state.push_front(letter));
        drop(state);
        self.news.notify_one();
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

    /// Throws away what is in; says how many.
    pub(super) fn clear(&self) -> u64 {
        let letters = {
            let mut state = self.lock();
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
