//! The errors of calls, at their client.

use crate::calls::problem::CallProblem;
use crate::lens::LensFailure;
use crate::message::WsStatus;
use crate::session::SendError;

/// The reason why a call has no reply.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallError, CallProblem, CallResult, CallSocket, Calls, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Find(String);
///
/// #[derive(Calls)]
/// enum Shelf {
///     Find(Find, Reply<u32>),
/// }
///
/// async fn find(Shelf::Find(Find(title), reply): Shelf) -> CallResult {
///     match title.as_str() {
///         "tea" => reply.send(7),
///         _ => Err(CallProblem::new(StatusCode::NOT_FOUND).into()),
///     }
/// }
///
/// async fn shelf(ws: CallSocket<Shelf>) -> WsResult {
///     ws.serve_calls(find).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = routes! { "/" => ws(shelf(ws)) };
/// let client = app.connect_ws("/").await.expect("it accepts").calls::<Shelf>();
/// assert_eq!(client.call(Find("tea".into())).await?, 7);
/// let error = client.call(Find("coffee".into())).await.unwrap_err();
/// assert!(matches!(error, CallError::Failed(problem) if problem.status() == 404));
/// # Ok(())
/// # }
/// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallError, CallProblem};
    /// use http4k_ws::StatusCode;
    ///
    /// let error = CallError::Failed(CallProblem::new(StatusCode::NOT_FOUND));
    /// assert_eq!(error.problem().map(CallProblem::status), Some(404));
    /// ```
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
