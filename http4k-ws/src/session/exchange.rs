//! The messages that a consumer receives and sends while its session polls it.
//!
//! The session and its consumer share a thread then, so these messages need no lock:
//!
//! 1. An exchange lasts while the session polls its consumer, and belongs to the thread. A thread
//!    has one at a time. A session that is polled inside of another one has none, and uses the lock
//!    of its state, as every task does.
//! 2. The session lends what it has read. It counts as queued until it is received. The rest
//!    returns to the front of the queue when the exchange ends.
//! 3. The consumer sends up to half of the space that the queue had at the start. Other tasks read
//!    the number and the bytes in [`Published`], and count them against the bounds. A bound can be
//!    exceeded by one message only, if other tasks fill the other half in the instant in which that
//!    message is added.
//! 4. Any other use of the socket by the consumer ends the exchange first (`SocketState::lock`).
//! 5. If another task sends or closes, it sets [`Published::interrupt`] under the lock. The next
//!    call of the consumer sees it, and ends the exchange.
//! 6. What the consumer has sent is queued behind all messages from before the exchange, and in
//!    front of those that others sent meanwhile. So if one task sends after it has learned that the
//!    other did, the messages leave in that order.
//! 7. A consumer that waits for a message with the waker of its session leaves no waker. The
//!    session polls it after each batch that it reads, and after the end of the socket.
//! 8. No message is dropped and no user code runs while the exchange is borrowed.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{RawWakerVTable, Waker};

use super::queue::Amount;
use crate::message::WsMessage;

thread_local! {
    static EXCHANGE: RefCell<Exchange> = const { RefCell::new(Exchange::none()) };
}

/// The part of an exchange that other tasks see (3, 5).
#[derive(Debug, Default)]
pub(super) struct Published {
    interrupted: AtomicBool,
    messages: AtomicUsize,
    bytes: AtomicUsize,
}

impl Published {
    /// Returns the messages that the consumer has sent and that are not queued yet.
    #[inline]
    pub(super) fn sent(&self) -> Amount {
        Amount {
            messages: self.messages.load(Ordering::Acquire),
            bytes: self.bytes.load(Ordering::Acquire),
        }
    }

    #[inline]
    fn set_sent(&self, sent: Amount) {
        self.messages.store(sent.messages, Ordering::Release);
        self.bytes.store(sent.bytes, Ordering::Release);
    }

    /// Makes the next call of the consumer end the exchange (5).
    #[inline]
    pub(super) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Release);
    }

    /// Allows an exchange, under the lock.
    #[inline]
    pub(super) fn allow(&self) {
        self.interrupted.store(false, Ordering::Relaxed);
    }

    /// Records that what the consumer has sent is queued, under the lock.
    #[inline]
    pub(super) fn queued(&self) {
        self.set_sent(Amount::default());
    }

    #[inline]
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Acquire)
    }
}

/// The messages of an exchange.
#[derive(Debug)]
pub(super) struct Exchange {
    /// The number of the socket, or 0 if there is no exchange.
    socket: u64,
    /// The waker of the session, to compare only.
    waker: (*const (), *const RawWakerVTable),
    /// The messages for the consumer.
    pub(super) received: VecDeque<WsMessage>,
    /// The messages that were never in the inbound queue.
    pub(super) unqueued: Amount,
    /// The messages to the peer.
    pub(super) sent: VecDeque<WsMessage>,
    pub(super) sent_amount: Amount,
    /// The messages that the consumer may send, of which the last may have any size.
    space: Amount,
}

impl Exchange {
    const fn none() -> Self {
        Self {
            socket: 0,
            waker: (std::ptr::null(), std::ptr::null()),
            received: VecDeque::new(),
            unqueued: Amount {
                messages: 0,
                bytes: 0,
            },
            sent: VecDeque::new(),
            sent_amount: Amount {
                messages: 0,
                bytes: 0,
            },
            space: Amount {
                messages: 0,
                bytes: 0,
            },
        }
    }
}

/// Returns `true` if an exchange may begin on this thread.
pub(super) fn is_free() -> bool {
    let free = EXCHANGE.try_with(|exchange| {
        let exchange = exchange.try_borrow();
        exchange.is_ok_and(|exchange| exchange.socket == 0)
    });
    free.unwrap_or(false)
}

/// Begins the exchange of `socket`, whose session is polled with `waker`. The consumer receives
/// `received`, and may send `space`. The thread must be [free](is_free).
pub(super) fn begin(
    socket: u64,
    waker: &Waker,
    received: &mut VecDeque<WsMessage>,
    unqueued: Amount,
    space: Amount,
) {
    EXCHANGE.with_borrow_mut(|exchange| {
        exchange.socket = socket;
        exchange.waker = identity(waker);
        std::mem::swap(&mut exchange.received, received);
        exchange.unqueued = unqueued;
        exchange.sent_amount = Amount::default();
        exchange.space = space;
    });
}

/// Lets `waker` stand for `of`, the waker of the session whose exchange this is. It wakes that
/// session, so a consumer that waits with it leaves no waker either (7).
pub(crate) fn stand_in(of: &Waker, waker: &Waker) {
    EXCHANGE.with_borrow_mut(|exchange| {
        if exchange.waker == identity(of) {
            exchange.waker = identity(waker);
        }
    });
}

/// Ends the exchange of `socket`, and calls `settle` with it. `None` if there is none.
#[inline]
pub(super) fn end<R>(socket: u64, settle: impl FnOnce(&mut Exchange) -> R) -> Option<R> {
    let ended = EXCHANGE.try_with(|exchange| {
        let mut exchange = exchange.try_borrow_mut().ok()?;
        if exchange.socket != socket {
            return None;
        }
        exchange.socket = 0;
        Some(settle(&mut exchange))
    });
    ended.ok().flatten()
}

/// The result of [`receive`].
pub(super) enum Received {
    /// A message.
    Message(WsMessage),
    /// There is no message, and the consumer waits with the waker of its session (7).
    Waits,
    /// There is no message, and the waker must be stored.
    Empty,
    /// The lock is needed.
    Elsewhere,
}

/// Receives a message in the exchange of `socket`, by a task with `waker`.
#[inline]
pub(super) fn receive(socket: u64, published: &Published, waker: &Waker) -> Received {
    let received = EXCHANGE.try_with(|exchange| {
        let Ok(mut exchange) = exchange.try_borrow_mut() else {
            return Received::Elsewhere;
        };
        if exchange.socket != socket || published.is_interrupted() {
            return Received::Elsewhere;
        }
        match exchange.received.pop_front() {
            Some(message) => Received::Message(message),
            None if exchange.waker == identity(waker) => Received::Waits,
            None => Received::Empty,
        }
    });
    received.unwrap_or(Received::Elsewhere)
}

/// A message that is not sent in an exchange.
pub(super) enum NotSent {
    /// The socket has no exchange on this thread.
    Elsewhere(WsMessage),
    /// The exchange must end first.
    MustEnd(WsMessage),
}

/// Sends a message in the exchange of `socket`.
#[inline]
pub(super) fn send(socket: u64, published: &Published, message: WsMessage) -> Result<(), NotSent> {
    // A thread that ends has none, and would drop the message.
    if EXCHANGE.try_with(|_| ()).is_err() {
        return Err(NotSent::Elsewhere(message));
    }
    EXCHANGE.with(|exchange| {
        let mut exchange = match exchange.try_borrow_mut() {
            Ok(exchange) if exchange.socket == socket => exchange,
            _ => return Err(NotSent::Elsewhere(message)),
        };
        if published.is_interrupted() || !exchange.sent_amount.is_below(exchange.space) {
            return Err(NotSent::MustEnd(message));
        }
        exchange.sent_amount.add(message.as_bytes().len());
        exchange.sent.push_back(message);
        published.set_sent(exchange.sent_amount);
        Ok(())
    })
}

/// Returns a value that is the same for two wakers only if one [would wake](Waker::will_wake) the
/// same task as the other.
#[inline]
fn identity(waker: &Waker) -> (*const (), *const RawWakerVTable) {
    (waker.data(), waker.vtable())
}
