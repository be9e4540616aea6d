//! The socket that goes on, as its holder sees it.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::event::ReconnectEvents;
use super::link::Link;
use crate::client::error::ConnectError;
use crate::lens::{LensFailure, Message, decoded, encoded};
use crate::message::{WsMessage, WsStatus};
use crate::session::SendError;

/// A socket that goes on over many connections: it receives `In` and sends `Out`; made by
/// [`Reconnecting::start`](super::Reconnecting::start).
///
/// It has the surface of a [`WebSocket`](crate::WebSocket). What is sent while there is no connection waits; what
/// was received is given in order, whichever connection it came over. [`events`](Self::events) tells
/// everything else, losses among it.
///
/// Dropping it sends what waits and closes with 1000, where there is a connection.
pub struct ReconnectingWebSocket<In = WsMessage, Out = WsMessage> {
    end: End,
    events: ReconnectEvents,
    types: PhantomData<fn(Out) -> In>,
}

pub(super) struct End(pub(super) Arc<Link>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close(WsStatus::NORMAL);
    }
}

impl<In, Out> ReconnectingWebSocket<In, Out> {
    pub(super) fn new(link: Arc<Link>, events: ReconnectEvents) -> Self {
        Self {
            end: End(link),
            events,
            types: PhantomData,
        }
    }

    pub(super) fn link(&self) -> &Arc<Link> {
        &self.end.0
    }
}

impl<In: Message, Out: Message> ReconnectingWebSocket<In, Out> {
    /// The same socket, for other messages.
    pub fn typed<I: Message, O: Message>(self) -> ReconnectingWebSocket<I, O> {
        ReconnectingWebSocket {
            end: self.end,
            events: self.events,
            types: PhantomData,
        }
    }

    /// The next message, or `None` when there will be no other connection.
    ///
    /// Cancel safe: dropped before it is done, it has taken no message.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] for a message that is no `In`; the next can be received.
    pub async fn recv(&mut self) -> Result<Option<In>, LensFailure> {
        let letter = self.end.0.inbox.take().await;
        letter
            .map(|letter| decoded(letter.spoken, letter.message))
            .transpose()
    }

    /// Queues `message`, to be sent over the connection that stands, or the next. Where the queue is
    /// full, this waits, or the oldest message is dropped, as [`WhenFull`](super::WhenFull) says.
    ///
    /// Cancel safe: dropped before it is done, it has sent nothing.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] once the socket is closing or has given up, [`SendError::Unencodable`] for a
    /// value that its format has no form for.
    pub async fn send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        send(&self.end.0, message.into()).await
    }

    /// Queues `message`, or fails at once.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`SendError::Full`] where that would wait.
    pub fn try_send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        try_send(&self.end.0, message.into())
    }

    /// Waits until everything sent so far has left this process over a connection, as
    /// [`WebSocket::flush`](crate::WebSocket::flush) does. Without a connection it waits for the next.
    ///
    /// After [`close`](Self::close) this includes the close frame. A message that is dropped because
    /// the queue is full is not waited for.
    ///
    /// Cancel safe: dropped before it is done, it has changed nothing.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] if a message was lost: its connection ended after it was written and
    /// before it was flushed, so that it may never arrive, or there will be no other connection. The
    /// status is that of the end, or 1006 if the socket goes on.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// use http4k_ws::handler::IntoPolyHandler;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = |mut ws: WebSocket| async move { while ws.recv().await?.is_some() {} WsResult::Ok(()) };
    /// let app = app.into_poly_handler();
    /// let feed: ReconnectingWebSocket = Reconnecting::over(move || {
    ///     let app = app.clone();
    ///     async move { app.connect_ws("/feed").await }
    /// })
    /// .start();
    /// feed.send("waits for the first connection").await?;
    /// feed.flush().await?;
    /// assert!(feed.is_connected());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn flush(&self) -> Result<(), SendError> {
        self.end.0.flush().await
    }

    /// A sender for other tasks and threads, which does not keep the socket open.
    pub fn sender(&self) -> ReconnectingSender<Out> {
        ReconnectingSender {
            link: Arc::clone(&self.end.0),
            out: PhantomData,
        }
    }

    /// What becomes of the connections, from the first on for the first call; later calls hear from then on.
    pub fn events(&mut self) -> ReconnectEvents {
        let later = self.events.later();
        std::mem::replace(&mut self.events, later)
    }

    /// Sends what waits, then closes with `status`, for good. Where there is no connection, what waits is
    /// lost, and told as such. Closing twice is nothing.
    pub fn close(&self, status: WsStatus) {
        self.end.0.close(status);
    }

    /// Closes the connection that stands with `status`, and opens another at once: for a server that has
    /// gone quiet, or credentials that have changed. Without a connection it is nothing.
    pub fn reconnect(&self, status: WsStatus) {
        self.end.0.renew(status);
    }

    /// Waits until there will be no other connection, and gives the status of the last; 1006 where the
    /// last attempt failed.
    pub fn closed(&self) -> impl Future<Output = WsStatus> + Send + use<In, Out> {
        let link = Arc::clone(&self.end.0);
        async move { link.closed().await }
    }

    /// The status of the end; `None` as long as there may be another connection.
    pub fn status(&self) -> Option<WsStatus> {
        self.end.0.status()
    }

    /// Whether a connection stands.
    pub fn is_connected(&self) -> bool {
        self.end.0.is_connected()
    }

    /// Why the last attempt that failed did so.
    pub fn last_error(&self) -> Option<Arc<ConnectError>> {
        self.end.0.last_error()
    }

    /// The subprotocol of the connection that stands, or stood last (RFC 6455 §1.9).
    pub fn subprotocol(&self) -> Option<String> {
        self.end.0.subprotocol()
    }
}

async fn send<Out: Message>(link: &Link, message: Out) -> Result<(), SendError> {
    link.send(encoded(link.spoken(), message)?).await
}

fn try_send<Out: Message>(link: &Link, message: Out) -> Result<(), SendError> {
    let message = encoded(link.spoken(), message)?;
    link.try_send(message).map_err(|(_, error)| error)
}

impl<In, Out> fmt::Debug for ReconnectingWebSocket<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReconnectingWebSocket")
            .field(&self.end.0)
            .finish()
    }
}

/// Sends to a socket that goes on over many connections, from anywhere; made by
/// [`ReconnectingWebSocket::sender`].
///
/// Cloning gives another sender to the same socket; the messages of one sender arrive in order.
pub struct ReconnectingSender<Out = WsMessage> {
    link: Arc<Link>,
    out: PhantomData<fn(Out)>,
}

impl<Out: Message> ReconnectingSender<Out> {
    /// As [`ReconnectingWebSocket::send`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        send(&self.link, message.into()).await
    }

    /// As [`ReconnectingWebSocket::try_send`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        try_send(&self.link, message.into())
    }

    /// As [`ReconnectingWebSocket::flush`], for the messages of all senders.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn flush(&self) -> Result<(), SendError> {
        self.link.flush().await
    }

    /// As [`ReconnectingWebSocket::close`].
    pub fn close(&self, status: WsStatus) {
        self.link.close(status);
    }
}

impl<Out> Clone for ReconnectingSender<Out> {
    fn clone(&self) -> Self {
        Self {
            link: Arc::clone(&self.link),
            out: PhantomData,
        }
    }
}

impl<Out> fmt::Debug for ReconnectingSender<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReconnectingSender")
            .field(&self.link)
            .finish()
    }
}
