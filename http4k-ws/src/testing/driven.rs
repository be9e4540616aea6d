//! A socket that a test drives from a plain function.

use std::time::Duration;

use futures_util::FutureExt;
use http::HeaderMap;
use tokio::time::timeout;

use super::runtime::TestRuntime;
use crate::message::{WsMessage, WsStatus};
use crate::session::client::NextMessage;
use crate::session::{SendError, WebSocket};

/// A socket in a test runtime. Each call runs the runtime until the call is done.
#[derive(Debug)]
pub(super) struct DrivenSocket {
    runtime: TestRuntime,
    /// `None` only during a call.
    socket: Option<WebSocket>,
    subprotocol: Option<String>,
    headers: HeaderMap,
}

impl DrivenSocket {
    pub(super) fn new(runtime: TestRuntime, socket: WebSocket) -> Self {
        let subprotocol = socket.subprotocol().map(str::to_owned);
        let headers = socket.response_headers().clone();
        runtime.settle();
        Self {
            runtime,
            socket: Some(socket),
            subprotocol,
            headers,
        }
    }

    /// Runs the application until it has nothing left to do.
    pub(super) fn settle(&self) {
        self.runtime.settle();
    }

    #[cfg(feature = "testing")]
    pub(super) fn advance(&mut self, time: Duration) {
        self.runtime.advance(time);
    }

    /// Runs `work` on the socket, in the test runtime.
    fn with_socket<T, F, Fut>(&mut self, work: F) -> T
    where
        F: FnOnce(WebSocket) -> Fut,
        Fut: Future<Output = (WebSocket, T)> + Send + 'static,
        T: Send + 'static,
    {
        let socket = self.socket.take().expect("the socket is put back below");
        let (socket, value) = self.runtime.run(work(socket));
        self.socket = Some(socket);
        value
    }

    pub(super) fn send(&mut self, message: WsMessage) -> Result<(), SendError> {
        let idle = self.runtime.idle();
        self.with_socket(|socket| async move {
            let sent = tokio::select! {
                biased;
                sent = socket.send(message) => sent,
                () = idle.settled() => Err(SendError::Full),
            };
            idle.settled().await;
            (socket, sent)
        })
    }

    pub(super) fn next_within(&mut self, limit: Duration) -> NextMessage {
        if let Some(message) = self.socket.as_mut().and_then(already_received) {
            return NextMessage::Message(message);
        }
        self.with_socket(|mut socket| async move {
            let next = next_within(&mut socket, limit).await;
            (socket, next)
        })
    }

    pub(super) fn next(&mut self) -> NextMessage {
        self.next_within(self.runtime.patience())
    }

    pub(super) fn close(&mut self, status: WsStatus) {
        if let Some(socket) = &self.socket {
            socket.close(status);
        }
        self.runtime.settle();
    }

    pub(super) fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    pub(super) fn response_headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(super) fn closed(&mut self) -> Option<WsStatus> {
        let patience = self.runtime.patience();
        self.with_socket(move |socket| async move {
            let closed = timeout(patience, socket.closed()).await.ok();
            (socket, closed)
        })
    }
}

impl Drop for DrivenSocket {
    fn drop(&mut self) {
        self.socket = None;
        self.runtime.settle();
    }
}

/// Returns a message that the session has already received. The runtime need not run for it.
fn already_received(socket: &mut WebSocket) -> Option<WsMessage> {
    socket.next_message().now_or_never().flatten()
}

async fn next_within(socket: &mut WebSocket, limit: Duration) -> NextMessage {
    let next = async {
        match socket.next_message().await {
            Some(message) => NextMessage::Message(message),
            None => NextMessage::Closed(socket.closed().await),
        }
    };
    timeout(limit, next).await.unwrap_or(NextMessage::Pending)
}

/// A duration by which a test can advance the clock. Without feature `testing` no type implements
/// it.
#[cfg(not(feature = "testing"))]
#[diagnostic::on_unimplemented(
    message = "`advance` needs the feature `testing` of http4k-ws",
    label = "the clock is the machine's, which a test cannot move",
    note = "in `Cargo.toml`, under `[dev-dependencies]`: `http4k-ws = {{ version = \"0.1\", features = [\"testing\"] }}`"
)]
pub trait VirtualTime {
    /// Advances the clock.
    fn pass(self);
}

/// Implements a client on a type with a field `socket: DrivenSocket`.
macro_rules! driven {
    ($client:ty) => {
        impl $client {
            /// Moves the clock forward by `time`. Every timer in between fires at its time, in
            /// order.
            ///
            /// # Examples
            ///
            /// ```
            /// # use http4k_ws::prelude::*;
            /// # use std::time::Duration;
            /// async fn bell(ws: WebSocket) -> WsResult {
            ///     tokio::time::sleep(Duration::from_secs(3600)).await;
            ///     Ok(ws.send("one hour").await?)
            /// }
            ///
            /// let mut client = bell.test_ws("/");
            /// client.advance(Duration::from_secs(3599));
            /// client.expect_silence(Duration::ZERO);
            /// client.advance(Duration::from_secs(1));
            /// assert_eq!(client.received().next().unwrap().unwrap(), "one hour");
            /// ```
            #[cfg(feature = "testing")]
            pub fn advance(&mut self, time: ::std::time::Duration) {
                self.socket.advance(time);
            }

            /// Moves virtual time, which needs the feature `testing`. Without it, this call does
            /// not compile.
            ///
            /// ```compile_fail,E0277
            /// use http4k_ws::prelude::*;
            ///
            /// let mut client = (|ws: WebSocket| ws.try_send("hello")).test_ws("/");
            /// client.advance(std::time::Duration::from_secs(1));
            /// ```
            #[cfg(not(feature = "testing"))]
            pub fn advance(&mut self, time: impl super::driven::VirtualTime) {
                time.pass();
            }
        }

        impl crate::session::client::WsClient for $client {
            /// Sends a message, and returns when the application has nothing left to do.
            ///
            /// # Errors
            ///
            /// Returns [`SendError::Full`](crate::SendError::Full) if the application reads so
            /// little that the message would have to wait.
            fn send(
                &mut self,
                message: impl Into<crate::message::WsMessage>,
            ) -> Result<(), crate::session::SendError> {
                self.socket.send(message.into())
            }

            fn next_within(
                &mut self,
                limit: ::std::time::Duration,
            ) -> crate::session::client::NextMessage {
                self.socket.next_within(limit)
            }

            fn next(&mut self) -> crate::session::client::NextMessage {
                self.socket.next()
            }

            fn close(&mut self, status: crate::message::WsStatus) {
                self.socket.close(status);
            }

            fn subprotocol(&self) -> Option<&str> {
                self.socket.subprotocol()
            }

            fn response_headers(&self) -> &::http::HeaderMap {
                self.socket.response_headers()
            }

            fn closed(&mut self) -> Option<crate::message::WsStatus> {
                self.socket.closed()
            }
        }
    };
}

pub(super) use driven;
