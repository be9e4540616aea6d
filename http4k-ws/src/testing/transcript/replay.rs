//! Replay of a transcript on a client.

use http::StatusCode;

use crate::message::{Party, Transcript, TranscriptEntry, WsStatus};
use crate::session::SendError;
use crate::session::client::{NextMessage, WsClient};
use crate::testing::contract::Backend;

/// The first difference between a session and its [`Transcript`]. Lines are counted from 1.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::transcript::{ReplayError, Transcript};
///
/// let mut client = (|ws: WebSocket| ws.try_send("hello")).test_ws("/ws");
/// let error = Transcript::new("/ws").server_says("goodbye").replay(&mut client).unwrap_err();
/// assert!(matches!(error, ReplayError::Differs { line: 2, .. }));
/// let text = "line 2: expected `server text goodbye`, received `server text hello`";
/// assert_eq!(error.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The target or the subprotocol is not valid in a request. Correct the transcript.
    #[error("line 1: `{target}` is not a valid request: {reason}")]
    NotOpened {
        /// The target.
        target: String,
        /// The rule that is broken.
        reason: String,
    },
    /// The application refused the upgrade.
    #[error("line 1: `{target}` was refused with {status}")]
    Refused {
        /// The target.
        target: String,
        /// The status of the refusal.
        status: StatusCode,
    },
    /// Another subprotocol was negotiated, or none.
    #[error("line 2: expected the subprotocol {expected:?}, negotiated {got:?}")]
    Subprotocol {
        /// The subprotocol of the transcript.
        expected: Option<String>,
        /// The subprotocol of the socket.
        got: Option<String>,
    },
    /// The server sent another message, or closed.
    #[error("line {line}: expected `{expected}`, received `{got}`")]
    Differs {
        /// The number of the line.
        line: usize,
        /// The entry of that line.
        expected: Box<TranscriptEntry>,
        /// The event that was received.
        got: Box<TranscriptEntry>,
    },
    /// Nothing arrived before the client's time limit.
    #[error("line {line}: expected `{expected}`, received nothing")]
    Silent {
        /// The number of the line.
        line: usize,
        /// The entry of that line.
        expected: Box<TranscriptEntry>,
    },
    /// The message could not be sent. Most often the socket is closed already.
    #[error("line {line}: could not send `{entry}`")]
    NotSent {
        /// The number of the line.
        line: usize,
        /// The entry of that line.
        entry: Box<TranscriptEntry>,
        /// The reason.
        #[source]
        error: SendError,
    },
    /// A client cannot close with this status. The connection was lost when the transcript was
    /// recorded.
    #[error("line {line}: a client cannot close with {status}")]
    NotClosed {
        /// The number of the line.
        line: usize,
        /// The status.
        status: WsStatus,
    },
}

impl Transcript {
    /// Sends the client's messages on `client`, and compares the server's with the transcript.
    ///
    /// `client` must be open, with no message received yet. Messages after the last line are
    /// ignored, and so are those after `cut`. End a transcript with `close` or `silence` to expect
    /// no more.
    ///
    /// # Errors
    ///
    /// Returns the first difference.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::transcript::{ReplayError, Transcript};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let echo = |ws: WebSocket| {
    /// #     let sender = ws.sender();
    /// #     ws.on_message(move |message: WsMessage| sender.try_send(message));
    /// # };
    /// let session: Transcript = "open /\nclient text hi\nserver text hi\n".parse()?;
    /// session.replay(&mut echo.test_ws("/"))?;
    ///
    /// let shouts: Transcript = "open /\nclient text hi\nserver text HI\n".parse()?;
    /// let error = shouts.replay(&mut echo.test_ws("/")).unwrap_err();
    /// assert!(matches!(error, ReplayError::Differs { line: 3, .. }), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn replay(&self, client: &mut impl WsClient) -> Result<(), ReplayError> {
        if client.subprotocol() != self.subprotocol() {
            return Err(ReplayError::Subprotocol {
                expected: self.subprotocol().map(str::to_owned),
                got: client.subprotocol().map(str::to_owned),
            });
        }
        let entries = self.entries().iter().enumerate();
        for (index, entry) in entries {
            if *entry == TranscriptEntry::Cut {
                break;
            }
            step(client, entry, self.line_of(index))?;
        }
        Ok(())
    }

    /// Opens a socket on `backend`, and [replays](Self::replay) the transcript on it.
    ///
    /// # Errors
    ///
    /// Returns the first difference, or the reason that no socket was opened.
    ///
    /// # Panics
    ///
    /// Panics if the application cannot be reached.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// # use http4k_ws::testing::contract::OverDuplex;
    /// # use http4k_ws::testing::transcript::{ReplayError, Transcript};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = routes! { "/hello" => ws(|ws: WebSocket| ws.try_send("hello")) };
    /// let session: Transcript = "open /hello\nserver text hello\nserver close 1000\n".parse()?;
    /// session.replay_in(&InMemory::new(app.clone()))?;
    /// session.replay_in(&OverDuplex::new(app.clone()))?;
    ///
    /// let error = Transcript::new("/hallo").replay_in(&InMemory::new(app)).unwrap_err();
    /// assert!(matches!(error, ReplayError::Refused { status, .. } if status == 404));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn replay_in(&self, backend: &impl Backend) -> Result<(), ReplayError> {
        let target = || self.target().to_owned();
        let request = self.request().map_err(|error| ReplayError::NotOpened {
            target: target(),
            reason: error.to_string(),
        })?;
        let mut client = backend
            .try_ws(request)
            .map_err(|refusal| ReplayError::Refused {
                target: target(),
                status: refusal.status(),
            })?;
        self.replay(&mut client)
    }
}

fn step(
    client: &mut impl WsClient,
    entry: &TranscriptEntry,
    line: usize,
) -> Result<(), ReplayError> {
    let next = match entry {
        TranscriptEntry::Message {
            by: Party::Client,
            message,
        } => {
            let sent = client.send(message.clone());
            return sent.map_err(|error| ReplayError::NotSent {
                line,
                entry: Box::new(entry.clone()),
                error,
            });
        }
        TranscriptEntry::Close {
            by: Party::Client,
            status,
        } => {
            let status = status.clone();
            if !status.is_sendable() {
                return Err(ReplayError::NotClosed { line, status });
            }
            client.close(status);
            return Ok(());
        }
        TranscriptEntry::Silence(time) => client.next_within(*time),
        _ => client.next(),
    };
    compared(entry, next, line)
}

fn compared(expected: &TranscriptEntry, next: NextMessage, line: usize) -> Result<(), ReplayError> {
    let by = Party::Server;
    let expected = Box::new(expected.clone());
    let got = match next {
        NextMessage::Message(message) => TranscriptEntry::Message { by, message },
        NextMessage::Closed(status) => TranscriptEntry::Close { by, status },
        NextMessage::Pending if matches!(*expected, TranscriptEntry::Silence(_)) => return Ok(()),
        NextMessage::Pending => return Err(ReplayError::Silent { line, expected }),
    };
    if *expected == got {
        return Ok(());
    }
    Err(ReplayError::Differs {
        line,
        expected,
        got: Box::new(got),
    })
}
