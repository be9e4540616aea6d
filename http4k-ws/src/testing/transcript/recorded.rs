//! A client that writes down what it sees.

use std::time::Duration;

use http::HeaderMap;

use crate::message::{Party, Recorder, Transcript, WsMessage, WsStatus};
use crate::session::SendError;
use crate::session::client::{NextMessage, WsClient};

/// A client around another, which writes down the session as a [`Transcript`].
///
/// It sees what its user does: a message stands where it was received, and not where it came. A wait in
/// [`next_within`](WsClient::next_within) or [`expect_silence`](WsClient::expect_silence) in which nothing
/// came is a `silence`. At most 1 MiB is written, 64 bytes and the payload for each entry; then the
/// transcript ends in `cut`, and the client goes on.
#[derive(Debug)]
pub struct Recorded<C> {
    client: C,
    recorder: Recorder,
}

impl<C: WsClient> Recorded<C> {
    /// Writes down what `client` does, which was opened at `target`.
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

    /// The same with another bound, in bytes from now on.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.recorder.set_limit(bytes);
        self
    }

    /// What is written so far.
    pub fn transcript(&self) -> &Transcript {
        self.recorder.transcript()
    }

    /// What was written.
    pub fn into_transcript(self) -> Transcript {
        self.recorder.into_transcript()
    }

    /// The client behind this one, for what it can do besides.
    pub fn client(&mut self) -> &mut C {
        &mut self.client
    }

    fn saw(&mut self, next: NextMessage) -> NextMessage {
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
        self.saw(next)
    }

    fn next(&mut self) -> NextMessage {
        let next = self.client.next();
        self.saw(next)
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
