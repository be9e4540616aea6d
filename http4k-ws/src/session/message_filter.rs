//! Filters of the messages of one socket.
//!
//! 1. The filters of a socket belong to its session, which calls them one at a time, without a
//!    lock. A filter may therefore use the socket's sender.
//! 2. A message from the peer passes the filters from the outside in, before it is queued for the
//!    consumer.
//! 3. A message to the peer waits in a queue of its own until the session runs. Then it passes the
//!    filters from the inside out, and enters the queue to the peer. A message that is dropped
//!    there never takes space from those that travel, however slowly the peer reads. Senders wait
//!    while one of the queues is full, so the two hold at most twice the bound.
//! 4. Messages keep their numbers in both queues, so that a flush waits for those that passed, and
//!    not for those that were dropped.
//! 5. After a panic, no filter is called again, and nothing passes.

use std::fmt;

use super::outbound::Outbound;
use crate::message::{WsMessage, WsStatus};
use crate::panics::guarded;

/// A filter of the messages of one socket.
///
/// Each socket has its own value, which [`messages`](crate::filter::messages) creates, so a filter
/// may count. By default, both methods pass every message.
///
/// The methods are called by the task that moves the messages of the socket, in the order of the
/// messages, and never at the same time. They should be quick. Work that waits belongs to the
/// consumer. If a method panics, the socket closes with 1011.
///
/// Pings, pongs and close frames do not pass the filters, and fragments arrive as one message.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::messages;
/// use http4k_ws::session::{MessageAction, MessageFilter};
///
/// /// Removes empty lines, and closes the socket after a number of others.
/// struct Lines {
///     left: u32,
/// }
///
/// impl MessageFilter for Lines {
///     fn received(&mut self, message: WsMessage) -> MessageAction {
///         if message.as_bytes().is_empty() {
///             return MessageAction::Drop;
///         }
///         match self.left.checked_sub(1) {
///             None => MessageAction::Close(WsStatus::POLICY_VIOLATION),
///             Some(left) => {
///                 self.left = left;
///                 MessageAction::Pass(message)
///             }
///         }
///     }
/// }
///
/// async fn echo(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Ok(())
/// }
///
/// let app = routes! { "/echo" with(messages(|_| Lines { left: 2 })) => ws(echo(ws)) };
/// let mut client = app.test_ws("/echo");
/// for line in ["", "a", "", "b", "c"] {
///     client.send(line).unwrap();
/// }
/// let lines: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
/// assert_eq!(lines, ["a", "b"]);
/// assert_eq!(client.closed(), Some(WsStatus::POLICY_VIOLATION));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message filter",
    label = "a message filter is a value of a type with `impl MessageFilter`",
    note = "`messages(|request| ..)` is passed a function that creates one for each socket"
)]
pub trait MessageFilter: Send + 'static {
    /// Decides about a message from the peer, before the consumer receives it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::filter::messages;
    /// # use http4k_ws::session::{MessageAction, MessageFilter};
    /// struct TextOnly;
    ///
    /// impl MessageFilter for TextOnly {
    ///     fn received(&mut self, message: WsMessage) -> MessageAction {
    ///         match message.is_text() {
    ///             true => MessageAction::Pass(message),
    ///             false => MessageAction::Close(WsStatus::UNSUPPORTED),
    ///         }
    ///     }
    /// }
    ///
    /// let discard = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// let app = routes! { "/" with(messages(|_| TextOnly)) => ws(discard) };
    /// let mut client = app.test_ws("/");
    /// client.send(WsMessage::new_binary("picture")).unwrap();
    /// assert_eq!(client.closed(), Some(WsStatus::UNSUPPORTED));
    /// ```
    fn received(&mut self, message: WsMessage) -> MessageAction {
        MessageAction::Pass(message)
    }

    /// Decides about a message to the peer, after the consumer sent it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::filter::messages;
    /// # use http4k_ws::session::{MessageAction, MessageFilter};
    /// struct NoSecrets;
    ///
    /// impl MessageFilter for NoSecrets {
    ///     fn sent(&mut self, message: WsMessage) -> MessageAction {
    ///         match message.text().contains("secret") {
    ///             true => MessageAction::Drop,
    ///             false => MessageAction::Pass(message),
    ///         }
    ///     }
    /// }
    ///
    /// let tell = |ws: WebSocket| {
    ///     ws.try_send("the secret plan").unwrap();
    ///     ws.try_send("the weather")
    /// };
    /// let app = routes! { "/" with(messages(|_| NoSecrets)) => ws(tell) };
    /// assert_eq!(app.test_ws("/").received().next().unwrap().unwrap(), "the weather");
    /// ```
    fn sent(&mut self, message: WsMessage) -> MessageAction {
        MessageAction::Pass(message)
    }
}

/// The decision of a [`MessageFilter`] about one message.
///
/// # Examples
///
/// ```
/// use http4k_ws::session::MessageAction;
/// use http4k_ws::{WsMessage, WsStatus};
///
/// fn in_capitals(message: &WsMessage) -> MessageAction {
///     match message.is_text() {
///         true => MessageAction::Pass(message.text().to_uppercase().into()),
///         false => MessageAction::Close(WsStatus::UNSUPPORTED),
///     }
/// }
///
/// assert_eq!(in_capitals(&"hi".into()), MessageAction::Pass("HI".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageAction {
    /// Passes this message on, which may be another one.
    Pass(WsMessage),
    /// Drops the message. For its sender it counts as sent.
    Drop,
    /// Drops the message, and closes the socket, as
    /// [`WebSocket::close`](crate::WebSocket::close) does. Messages that were sent before it still
    /// reach the peer, and those sent after it are dropped.
    Close(WsStatus),
}

/// The part of a socket's state that only sockets with message filters have.
#[derive(Debug)]
pub(super) struct Filtering {
    /// The filters, until the session starts.
    pub(super) filters: MessageFilters,
    /// The messages to the peer that the filters have not seen.
    pub(super) unfiltered: Outbound,
}

/// The message filters of one socket, the outermost first.
#[derive(Default)]
pub(super) struct MessageFilters {
    filters: Vec<Box<dyn MessageFilter>>,
    /// `true` after a panic (5).
    panicked: bool,
}

impl MessageFilters {
    /// Adds a filter inside of the others.
    pub(super) fn add(&mut self, filter: Box<dyn MessageFilter>) {
        self.filters.push(filter);
    }

    /// Passes a message from the peer through the filters.
    pub(super) fn received(&mut self, message: WsMessage) -> MessageAction {
        self.decide(|filters| {
            let mut outside_in = filters.iter_mut();
            passed(outside_in.try_fold(message, |message, filter| one(filter.received(message))))
        })
    }

    /// Passes a message to the peer through the filters.
    pub(super) fn sent(&mut self, message: WsMessage) -> MessageAction {
        self.decide(|filters| {
            let mut inside_out = filters.iter_mut().rev();
            passed(inside_out.try_fold(message, |message, filter| one(filter.sent(message))))
        })
    }

    fn decide(
        &mut self,
        work: impl FnOnce(&mut [Box<dyn MessageFilter>]) -> MessageAction,
    ) -> MessageAction {
        if self.panicked {
            return MessageAction::Close(WsStatus::INTERNAL_ERROR);
        }
        guarded("a message filter", || work(&mut self.filters)).unwrap_or_else(|| {
            self.panicked = true;
            MessageAction::Close(WsStatus::INTERNAL_ERROR)
        })
    }
}

/// Returns the message that a filter passes on, or its other decision.
fn one(action: MessageAction) -> Result<WsMessage, MessageAction> {
    match action {
        MessageAction::Pass(message) => Ok(message),
        other => Err(other),
    }
}

/// Returns the decision of all filters.
fn passed(result: Result<WsMessage, MessageAction>) -> MessageAction {
    result.map_or_else(|decided| decided, MessageAction::Pass)
}

impl Drop for MessageFilters {
    fn drop(&mut self) {
        for filter in self.filters.drain(..) {
            guarded("the drop of a message filter", || drop(filter));
        }
    }
}

impl fmt::Debug for MessageFilters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageFilters")
            .field("filters", &self.filters.len())
            .field("panicked", &self.panicked)
            .finish()
    }
}
