//! A transcript, said again.

use http::StatusCode;

use crate::message::{Party, Transcript, TranscriptEntry, WsStatus};
use crate::session::SendError;
use crate::session::client::{NextMessage, WsClient};
use crate::testing::contract::Backend;

/// Where a session goes another way than its [`Transcript`] does; lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The target or the subprotocol can stand in no request.
    #[error("line 1: `{target}` can't be opened: {reason}")]
    NotOpened {
        /// The target.
        target: String,
        /// Why not.
        reason: String,
    },
    /// The application gives no socket.
    #[error("line 1: `{target}` was refused with {status}")]
    Refused {
        /// The target.
        target: String,
        /// With what.
        status: StatusCode,
    },
    /// Another subprotocol was agreed on, or none.
    #[error("line 2: the subprotocol {expected:?} was expected, and {got:?} is spoken")]
    Subprotocol {
        /// That of the transcript.
        expected: Option<String>,
        /// That of the socket.
        got: Option<String>,
    },
    /// Something else came.
    #[error("line {line}: `{expected}` was expected, and `{got}` came")]
    Differs {
        /// The line.
        line: usize,
        /// What stands there.
        expected: Box<TranscriptEntry>,
        /// What came.
        got: Box<TranscriptEntry>,
    },
    /// Nothing came, for as long as the client is willing to wait.
    #[error("line {line}: `{expected}` was expected, and nothing came")]
    Silent {
        /// The line.
        line: usize,
        /// What stands there.
        expected: Box<TranscriptEntry>,
    },
    /// The message can't be sent: most often the socket is closed already.
    #[error("line {line}: `{entry}` can't be sent")]
    NotSent {
        /// The line.
        line: usize,
        /// What stands there.
        entry: Box<TranscriptEntry>,
        /// Why.
        #[source]
        error: SendError,
    },
    /// A client closes with no such status: it was lost when the transcript was recorded.
    #[error("line {line}: a client can't close with {status}")]
    NotClosed {
        /// The line.
        line: usize,
        /// The status.
        status: WsStatus,
    },
}

impl Transcript {
    /// Does on `client` what the transcript's client does, and compares what the server says.
    ///
    /// `client` is open, and nothing was received on it. What comes after the last line is not looked at:
    /// end a transcript with `close`, or with a `silence`, to say that nothing does. What comes after
    /// `cut` isn't either.
    ///
    /// # Errors
    ///
    /// [`ReplayError`], which is the first difference.
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

    /// Opens a socket in `backend`, and [replays](Self::replay) the transcript on it: in memory, over a port
    /// or over a pipe.
    ///
    /// # Errors
    ///
    /// [`ReplayError`], also where no socket is opened.
    ///
    /// # Panics
    ///
    /// When the application can't be reached.
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
