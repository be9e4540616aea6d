//! The errors of calls, at their client.

use crate::calls::problem::CallProblem;
use crate::lens::LensFailure;
use crate::message::WsStatus;
use crate::session::SendError;

/// The reason why a call has no reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server replied with this problem.
    #[error("the call failed: {0}")]
    Failed(#[source] CallProblem),
    /// The socket ended with this status before the reply. The server may have run the call or not,
    /// and it is not sent again.
    #[error("the socket ended before the reply: {0}")]
    Disconnected(WsStatus),
    /// The format of the socket cannot represent the arguments.
    #[error("the arguments cannot be sent: {0}")]
    Unencodable(#[source] LensFailure),
    /// The reply is not a value of the expected type.
    #[error("the reply cannot be read: {0}")]
    Undecodable(#[source] LensFailure),
    /// This many notices were dropped, because they were not read in time.
    #[error("{0} notices were dropped, because they were not read in time")]
    Missed(u64),
}

impl CallError {
    /// Returns the problem of a call that failed on the server.
    pub fn problem(&self) -> Option<&CallProblem> {
        match self {
            Self::Failed(problem) => Some(problem),
            _ => None,
        }
    }
}

impl From<SendError> for CallError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Closed(status) => Self::Disconnected(status),
            SendError::Unencodable(failure) => Self::Unencodable(failure),
            // Sending waits for space, so this does not occur.
            SendError::Full => Self::Disconnected(WsStatus::ABNORMAL),
        }
    }
}
