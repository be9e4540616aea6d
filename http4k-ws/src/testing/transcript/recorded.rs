//! A client that records its session.

use std::time::Duration;

use http::HeaderMap;

use crate::message::{Party, Recorder, Transcript, WsMessage, WsStatus};
use crate::session::SendError;
use crate::session::client::{NextMessage, WsClient};

/// A client that wraps another client and records its session as a [`Transcript`].
///
/// It records the calls of its user. A message is recorded when the user receives it, not when it
/// arrives. A wait in [`next_within`](WsClient::next_within) or
/// [`expect_silence`](WsClient::expect_silence) without a message is recorded as `silence`. At most
/// 1 MiB is recorded, with 64 bytes and the payload for each entry. After that the transcript ends
/// in `cut`, and the client continues to work.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::transcript::Recorded;
///
/// let client = (|ws: WebSocket| ws.try_send("hello")).test_ws("/ws");
/// let mut client = Recorded::new(client, "/ws");
/// assert_eq!(client.received().count(), 1);
/// let text = "open /ws\nserver text hello\nserver close 1000\n";
/// assert_eq!(client.transcript().to_string(), text);
/// ```
#[derive(Debug)]
pub struct Recorded<C> {
    client: C,
    recorder: Recorder,
}

impl<C: WsClient> Recorded<C> {
    /// Records the session of `client`, which was opened at `target`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::filter::subprotocols;
    /// # use http4k_ws::testing::transcript::Recorded;
    /// let greet = |ws: WebSocket| ws.try_send("hello");
    /// let app = routes! { "/ws" with(subprotocols(["chat.v1"])) => ws(greet) };
    /// let offer = Request::get("/ws").header("sec-websocket-protocol", "chat.v1");
    /// let client = Recorded::new(app.test_ws(offer), "/ws");
    /// assert_eq!(client.transcript().to_string(), "open /ws\nsubprotocol chat.v1\n");
    /// ```
    pub fn new(client: C, target: impl Into<String>) -> Self {
        let mut transcript = Transcript::new(target);
        if let Some(subprotocol) = client.subprotocol() {
            transcript = transcript.with_subprotocol(subprotocol);
        }
        Self {
            client,
            recorder: Recorder::new(transcript, Recorder::LIMIT),
        }
    }

    /// Sets the number of bytes that may still be recorded. Default: 1 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::transcript::Recorded;
    /// let client = (|ws: WebSocket| ws.on_message(|_message: WsMessage| ())).test_ws("/ws");
    /// let mut client = Recorded::new(client, "/ws").with_limit(100);
    /// client.send("hello").unwrap();
    /// client.send("more than the limit").unwrap();
    /// assert_eq!(client.transcript().to_string(), "open /ws\nclient text hello\ncut\n");
    /// ```
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.recorder.set_limit(bytes);
        self
    }

    /// Returns the transcript so far.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::transcript::Recorded;
    /// let client = (|ws: WebSocket| ws.on_message(|_message: WsMessage| ())).test_ws("/ws");
    /// let mut client = Recorded::new(client, "/ws");
    /// assert!(client.transcript().entries().is_empty());
    /// client.send("hello").unwrap();
    /// assert_eq!(client.transcript().entries().len(), 1);
    /// ```
    pub fn transcript(&self) -> &Transcript {
        self.recorder.transcript()
    }

    /// Returns the transcript.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::transcript::{Recorded, Transcript};
    /// let client = (|ws: WebSocket| ws.on_message(|_message: WsMessage| ())).test_ws("/ws");
    /// let mut client = Recorded::new(client, "/ws");
    /// client.send("hello").unwrap();
    /// assert_eq!(client.into_transcript(), Transcript::new("/ws").client_says("hello"));
    /// ```
    pub fn into_transcript(self) -> Transcript {
        self.recorder.into_transcript()
    }

    /// Returns the wrapped client. Calls on it are not recorded.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::transcript::Recorded;
    /// let client = (|ws: WebSocket| ws.on_message(|_message: WsMessage| ())).test_ws("/ws");
    /// let mut client = Recorded::new(client, "/ws");
    /// client.client().send("a secret").unwrap();
    /// assert_eq!(client.transcript().to_string(), "open /ws\n");
    /// ```
    pub fn client(&mut self) -> &mut C {
        &mut self.client
    }

    fn recorded(&mut self, next: NextMessage) -> NextMessage {
        match &next {
            NextMessage::Message(message) => self.recorder.message(Party::Server, message),
            NextMessage::Closed(status) => self.recorder.close(Party::Server, status),
            NextMessage::Pending => {}
        }
        next
    }
}

impl<C: WsClient> WsClient for Recorded<C> {
    fn send(&mut self, message: impl Into<WsMessage>) -> Result<(), SendError> {
        let message = message.into();
        self.client.send(message.clone())?;
        self.recorder.message(Party::Client, &message);
        Ok(())
    }

    fn next_within(&mut self, limit: Duration) -> NextMessage {
        let next = self.client.next_within(limit);
        if next == NextMessage::Pending {
            self.recorder.silence(limit);
        }
        self.recorded(next)
    }

    fn next(&mut self) -> NextMessage {
        let next = self.client.next();
        self.recorded(next)
    }

    fn close(&mut self, status: WsStatus) {
        self.recorder.close(Party::Client, &status);
        self.client.close(status);
    }

    fn subprotocol(&self) -> Option<&str> {
        self.client.subprotocol()
    }

    fn response_headers(&self) -> &HeaderMap {
        self.client.response_headers()
    }

    fn closed(&mut self) -> Option<WsStatus> {
        self.client.closed()
    }
}
