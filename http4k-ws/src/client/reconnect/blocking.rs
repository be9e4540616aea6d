//! The reconnecting socket with blocking calls.

use std::sync::OnceLock;
use std::time::Duration;

use super::event::{ReconnectEvent, ReconnectEvents};
use super::socket::ReconnectingWebSocket;
use crate::client::background::{LAST_FLUSH, after, wait, wait_until};
use crate::message::{WsMessage, WsStatus};
use crate::session::SendError;
use crate::session::client::{NextMessage, WsClient};

/// A [`ReconnectingWebSocket`] whose calls block.
/// [`Reconnecting::blocking`](super::Reconnecting::blocking) returns it.
///
/// As a [`WsClient`] it is closed only once no other connection will follow. Dropping it closes it
/// with 1000, and waits at most 1 s until the queued messages have left.
///
/// # Examples
///
/// ```
/// use http4k_ws::client::WebSocketClient;
/// use http4k_ws::prelude::*;
///
/// /// Greets, and restarts.
/// async fn greet(ws: WebSocket) -> WsResult {
///     ws.send("hello").await?;
///     Err(WsError::closing(WsStatus::RESTART))
/// }
///
/// # use http4k_ws::client::reconnect::ReconnectPolicy;
/// # let policy = ReconnectPolicy::default().with_base(std::time::Duration::from_millis(1));
/// let server = greet.as_server("127.0.0.1:0").start()?;
/// let mut socket = WebSocketClient::to(format!("ws://{}/", server.addr()))
///     .reconnecting()
/// #   .with_policy(policy)
///     .blocking()?;
/// let greetings: Vec<_> = socket.received().take(2).collect::<Result<_, _>>()?;
/// assert_eq!(greetings, ["hello", "hello"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BlockingReconnectingWebSocket {
    socket: ReconnectingWebSocket,
    events: ReconnectEvents,
    patience: Duration,
    subprotocol: OnceLock<String>,
}

impl BlockingReconnectingWebSocket {
    pub(super) fn new(mut socket: ReconnectingWebSocket) -> Self {
        Self {
            events: socket.events(),
            socket,
            patience: Duration::from_secs(30),
            subprotocol: OnceLock::new(),
        }
    }

    /// Sets the time limit of [`next`](WsClient::next), [`received`](WsClient::received),
    /// [`close`](WsClient::close) and [`closed`](WsClient::closed). Default 30 s; with
    /// [`Duration::MAX`] they wait for ever.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::Reconnecting;
    /// # use http4k_ws::testing::NextMessage;
    /// # use std::time::Duration;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let client = Reconnecting::over(connect).blocking()?;
    /// let mut client = client.with_patience(Duration::from_millis(20));
    /// assert_eq!(client.next(), NextMessage::Pending);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits for the next event of the connections, at most for `limit`. Returns `None` if there
    /// was none in that time, or the socket has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{ReconnectEvent, Reconnecting};
    /// # use std::time::Duration;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut client = Reconnecting::over(connect).blocking()?;
    /// let event = client.next_event_within(Duration::from_secs(5));
    /// assert!(matches!(event, Some(ReconnectEvent::Connected { attempt: 1 })));
    /// assert!(client.next_event_within(Duration::from_millis(20)).is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn next_event_within(&mut self, limit: Duration) -> Option<ReconnectEvent> {
        wait_until(after(limit), self.events.next()).flatten()
    }

    /// Returns the socket itself, for other tasks and for calls that do not wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::Reconnecting;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| {
    /// #     let sender = ws.sender();
    /// #     ws.on_message(move |message: WsMessage| sender.try_send(message));
    /// # };
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut client = Reconnecting::over(connect).blocking()?;
    /// client.as_socket().try_send("does not wait for a connection")?;
    /// assert_eq!(client.received().next().unwrap()?, "does not wait for a connection");
    /// # Ok(())
    /// # }
    /// ```
    pub fn as_socket(&self) -> &ReconnectingWebSocket {
        &self.socket
    }
}

impl WsClient for BlockingReconnectingWebSocket {
    /// Sends `message`, and waits until a connection has flushed it, so that the operating system
    /// has its bytes. Without a connection this waits for the next, until the policy gives up. To
    /// queue a message without waiting, call `as_socket().try_send(..)`.
    fn send(&mut self, message: impl Into<WsMessage>) -> Result<(), SendError> {
        wait(async {
            self.socket.send(message).await?;
            self.socket.flush().await
        })
    }

    fn next_within(&mut self, limit: Duration) -> NextMessage {
        let state = self.socket.state();
        let next = async {
            match state.inbox.take().await {
                Some(received) => NextMessage::Message(received.message),
                None => NextMessage::Closed(state.closed().await),
            }
        };
        wait_until(after(limit), next).unwrap_or(NextMessage::Pending)
    }

    fn next(&mut self) -> NextMessage {
        self.next_within(self.patience)
    }

    /// Closes the socket with `status`, for good, and waits until everything queued and the close
    /// frame have left this process, at most for the [patience](Self::with_patience).
    fn close(&mut self, status: WsStatus) {
        self.socket.close(status);
        // A failure is the end of the socket, which `closed` reports.
        let _ = wait_until(after(self.patience), self.socket.flush());
    }

    /// Returns the subprotocol of the first connection, and `None` before that.
    fn subprotocol(&self) -> Option<&str> {
        if self.subprotocol.get().is_none() {
            let agreed = self.socket.subprotocol()?;
            return Some(self.subprotocol.get_or_init(|| agreed));
        }
        self.subprotocol.get().map(String::as_str)
    }

    fn closed(&mut self) -> Option<WsStatus> {
        wait_until(after(self.patience), self.socket.closed())
    }
}

impl Drop for BlockingReconnectingWebSocket {
    fn drop(&mut self) {
        self.socket.close(WsStatus::NORMAL);
        let _ = wait_until(after(LAST_FLUSH), self.socket.flush());
    }
}
