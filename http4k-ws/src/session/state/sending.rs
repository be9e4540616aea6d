//! The way of a message into the outbound queue.

use std::future::Future;
use std::pin::Pin;
use std::sync::MutexGuard;
use std::task::{Context, Poll};

use super::{Inner, SocketState};
use crate::message::{WsMessage, WsStatus};
use crate::session::error::SendError;
use crate::session::exchange::{self, NotSent};
use crate::session::message_filter::{Filtering, MessageFilter, MessageFilters};
use crate::session::outbound::Offered;
use crate::session::queue::Amount;

/// A message that is sent: one that is queued, or the future that waits for queue space.
///
/// The wait is boxed, so that a socket reserves no memory for what is rare.
#[must_use = "a message that waits is not queued unless this is awaited"]
pub(in crate::session) struct Sending<'a>(Option<Wait<'a>>);

type Wait<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

impl Future for Sending<'_> {
    type Output = Result<(), SendError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            None => Poll::Ready(Ok(())),
            Some(wait) => wait.as_mut().poll(cx),
        }
    }
}

/// A message that was not queued, with the reason.
pub(in crate::session) struct Refused {
    pub(in crate::session) message: WsMessage,
    pub(in crate::session) error: SendError,
}

impl SocketState {
    /// Queues `message`, or returns it if the queue is full or the socket is closing.
    #[inline]
    pub(in crate::session) fn try_send(&self, message: WsMessage) -> Result<(), Refused> {
        match exchange::send(self.id, &self.published, message) {
            Ok(()) => Ok(()),
            Err(NotSent::Elsewhere(message)) => {
                self.queue_locked(self.lock_outside(), message, None)
            }
            Err(NotSent::MustEnd(message)) => self.queue(message, None),
        }
    }

    /// Adds `message` to the queue without waiting. With a key, it supersedes queued messages with
    /// the same key if the queue is full.
    pub(in crate::session) fn queue(
        &self,
        message: WsMessage,
        key: Option<u64>,
    ) -> Result<(), Refused> {
        self.queue_locked(self.lock(), message, key)
    }

    fn queue_locked(
        &self,
        mut inner: MutexGuard<'_, Inner>,
        message: WsMessage,
        key: Option<u64>,
    ) -> Result<(), Refused> {
        self.catch_up(&mut inner);
        if let Some(status) = inner.end() {
            let error = SendError::Closed(status.clone());
            return Err(Refused { message, error });
        }
        match inner.offer(message, key, self.published.sent()) {
            Offered::Queued { dropped } => {
                self.announce(inner);
                self.notifier.dropped(dropped);
                Ok(())
            }
            Offered::MustWait(message) => {
                inner.space_wanted = true;
                let error = SendError::Full;
                Err(Refused { message, error })
            }
            Offered::TooSlow(message) => {
                drop(inner);
                self.close(WsStatus::TRY_AGAIN_LATER);
                let error = SendError::Closed(WsStatus::TRY_AGAIN_LATER);
                Err(Refused { message, error })
            }
        }
    }

    /// Queues `message` as [`queue`](Self::queue), waiting for space if necessary.
    pub(in crate::session) async fn send_keyed(
        &self,
        key: u64,
        mut message: WsMessage,
    ) -> Result<(), SendError> {
        loop {
            // Registers before the attempt (2).
            let changed = self.changed.notified();
            match self.queue(message, Some(key)) {
                Ok(()) => return Ok(()),
                Err(Refused {
                    message: refused,
                    error: SendError::Full,
                }) => message = refused,
                Err(Refused { error, .. }) => return Err(error),
            }
            changed.await;
        }
    }

    /// Queues `message`, or returns the future that waits for queue space.
    #[inline]
    pub(in crate::session) fn send(&self, message: WsMessage) -> Result<Sending<'_>, SendError> {
        match self.try_send(message) {
            Ok(()) => Ok(Sending(None)),
            Err(Refused {
                message,
                error: SendError::Full,
            }) => {
                let waits = self.send_once_there_is_space(message);
                Ok(Sending(Some(Box::pin(waits))))
            }
            Err(Refused { error, .. }) => Err(error),
        }
    }

    async fn send_once_there_is_space(&self, mut message: WsMessage) -> Result<(), SendError> {
        loop {
            // Registers before the attempt (2).
            let changed = self.changed.notified();
            match self.try_send(message) {
                Ok(()) => return Ok(()),
                Err(Refused {
                    message: refused,
                    error: SendError::Full,
                }) => message = refused,
                Err(Refused { error, .. }) => return Err(error),
            }
            changed.await;
        }
    }

    /// Polls queue space for one message, for the `Sink` of the task that holds the socket.
    pub(in crate::session) fn poll_space(
        &self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SendError>> {
        let mut inner = self.lock();
        if let Some(status) = inner.end() {
            return Poll::Ready(Err(SendError::Closed(status.clone())));
        }
        if !inner.must_wait_beside(self.published.sent()) {
            return Poll::Ready(Ok(()));
        }
        inner.space_wanted = true;
        inner.sink = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Adds a filter of messages inside of the others. The session takes it when it starts.
    pub(in crate::session) fn add_filter(&self, filter: Box<dyn MessageFilter>) {
        let inner = &mut *self.lock();
        let filtering = inner.filtering.get_or_insert_with(|| {
            Box::new(Filtering {
                filters: MessageFilters::default(),
                unfiltered: inner.outbound.of_same_bounds(),
            })
        });
        filtering.filters.add(filter);
    }
}

impl Inner {
    /// Adds a message to the peer, in front of the filters if there are any. The consumer has sent
    /// `beside` that are not queued yet.
    #[inline]
    pub(super) fn offer(
        &mut self,
        message: WsMessage,
        key: Option<u64>,
        beside: Amount,
    ) -> Offered {
        if beside.messages > 0 && self.must_wait_beside(beside) {
            return Offered::MustWait(message);
        }
        match &mut self.filtering {
            None => match key {
                None => self.outbound.offer(message),
                Some(key) => self.outbound.offer_keyed(key, message),
            },
            // A filter may make another message of it, so the key has no effect.
            Some(_) if self.outbound.must_wait() => Offered::MustWait(message),
            Some(filtering) => filtering.unfiltered.offer(message),
        }
    }
}
