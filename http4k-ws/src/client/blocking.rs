//! The client with blocking calls.

use std::time::Duration;

use http::HeaderMap;

use super::background::{LAST_FLUSH, after, wait, wait_until};
use crate::message::{WsMessage, WsStatus};
use crate::session::client::{NextMessage, WsClient};
use crate::session::{SendError, WebSocket, WsSender};

/// A socket to a server, whose calls block.
/// [`WebSocketClient::blocking`](super::WebSocketClient::blocking) returns it.
///
/// It works in a plain function, in a test, and inside a runtime of either flavour. Inside a
/// runtime it blocks the current thread, so that a server on the same thread cannot respond
/// meanwhile.
///
/// A sent message has left this process when the call returns, so that a program may end right
/// after. Dropping the socket closes it with 1000, and waits at most 1 s until the close frame has
/// left. To wait until the server has closed too, call [`closed`](WsClient::closed).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::WebSocketClient;
///
/// let app = |mut ws: WebSocket| async move {
///     while ws.recv().await?.is_some() {}
///     WsResult::Ok(())
/// };
/// let server = app.as_server("127.0.0.1:0").start()?;
/// let mut client = WebSocketClient::blocking(format!("ws://{}/", server.addr()))?;
/// client.send("passed to the operating system")?;
/// client.close(WsStatus::NORMAL);
/// assert_eq!(client.closed(), Some(WsStatus::NORMAL));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BlockingWebSocket {
    socket: WebSocket,
    patience: Duration,
}

impl BlockingWebSocket {
    pub(super) fn new(socket: WebSocket) -> Self {
        Self {
            socket,
            patience: Duration::from_secs(30),
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
    /// # use http4k_ws::client::WebSocketClient;
    /// # use http4k_ws::testing::NextMessage;
    /// # use std::time::Duration;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let client = WebSocketClient::blocking(uri)?;
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

    /// Returns a sender for other threads and tasks.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| {
    /// #     let sender = ws.sender();
    /// #     ws.on_message(move |message: WsMessage| sender.try_send(message));
    /// # };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let mut client = WebSocketClient::blocking(uri)?;
    /// let sender = client.sender();
    /// std::thread::spawn(move || sender.try_send("from a thread"));
    /// assert_eq!(client.received().next().unwrap()?, "from a thread");
    /// # Ok(())
    /// # }
    /// ```
    pub fn sender(&self) -> WsSender {
        self.socket.sender()
    }
}

impl WsClient for BlockingWebSocket {
    /// Sends `message`, and waits until it is flushed, so that the operating system has its bytes.
    /// While the server does not read and the buffers in between are full, this waits, at most for
    /// [`SessionConfig::write_stall`](crate::session::SessionConfig::write_stall).
    fn send(&mut self, message: impl Into<WsMessage>) -> Result<(), SendError> {
        let socket = &mut self.socket;
        wait(async {
            socket.send(message).await?;
            socket.flush().await
        })
    }

    fn next_within(&mut self, limit: Duration) -> NextMessage {
        let socket = &mut self.socket;
        let next = async {
            match socket.next_message().await {
                Some(message) => NextMessage::Message(message),
                None => NextMessage::Closed(socket.closed().await),
            }
        };
        wait_until(after(limit), next).unwrap_or(NextMessage::Pending)
    }

    fn next(&mut self) -> NextMessage {
        self.next_within(self.patience)
    }

    /// Closes the socket with `status`, and waits until everything queued and the close frame have
    /// left this process, at most for the [patience](Self::with_patience).
    fn close(&mut self, status: WsStatus) {
        self.socket.close(status);
        // A failure is the end of the socket, which `closed` reports.
        let _ = wait_until(after(self.patience), self.socket.flush());
    }

    fn subprotocol(&self) -> Option<&str> {
        self.socket.subprotocol()
    }

    fn response_headers(&self) -> &HeaderMap {
        self.socket.response_headers()
    }

    fn closed(&mut self) -> Option<WsStatus> {
        wait_until(after(self.patience), self.socket.closed())
    }
}

impl Drop for BlockingWebSocket {
    fn drop(&mut self) {
        self.socket.close(WsStatus::NORMAL);
        let _ = wait_until(after(LAST_FLUSH), self.socket.flush());
    }
}
