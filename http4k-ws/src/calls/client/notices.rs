//! The messages that a server sends without a call.

use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::error::CallError;
use super::shared::Encoded;
use crate::calls::envelope::WithNotice;
use crate::lens::read_named;

/// The notices of a server; see [`CallClient::notices`](super::CallClient::notices).
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallReply, CallSocket, Calls, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Now;
///
/// #[derive(Calls)]
/// #[calls(notice = String)]
/// enum Clock {
///     Now(Now, Reply<u64>),
/// }
///
/// async fn clock(ws: CallSocket<Clock>) -> WsResult {
///     Ok(ws.send(CallReply::notice("noon".to_owned())).await?)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = clock.connect_ws("/").await.expect("it accepts").calls::<Clock>();
/// let mut notices = client.notices();
/// assert_eq!(notices.recv().await?.as_deref(), Some("noon"));
/// assert_eq!(notices.recv().await?, None);
/// # Ok(())
/// # }
/// ```
pub struct Notices<N> {
    received: broadcast::Receiver<Encoded>,
    notice: PhantomData<fn() -> N>,
}

impl<N: DeserializeOwned> Notices<N> {
    pub(super) fn new(received: broadcast::Receiver<Encoded>) -> Self {
        Self {
            received,
            notice: PhantomData,
        }
    }

    /// Receives the next notice. Returns `None` when the client is over: its socket has ended, and
    /// no other will follow.
    ///
    /// # Errors
    ///
    /// [`CallError::Missed`] if notices were dropped, and [`CallError::Undecodable`] if a message
    /// is not such a notice. The next call returns the next notice.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, no notice is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallError, CallReply, CallSocket, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Now;
    /// # #[derive(Calls)]
    /// # #[calls(notice = u32)]
    /// # enum Clock {
    /// #     Now(Now, Reply<u64>),
    /// # }
    ///
    /// async fn clock(ws: CallSocket<Clock>) -> WsResult {
    ///     for number in 1..=70 {
    ///         ws.send(CallReply::notice(number)).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = clock.connect_ws("/").await.unwrap().calls::<Clock>();
    /// client.closed().await;
    /// let mut notices = client.notices();
    /// assert!(matches!(notices.recv().await, Err(CallError::Missed(6)))); // 64 are kept.
    /// assert_eq!(notices.recv().await.unwrap(), Some(7));
    /// # }
    /// ```
    pub async fn recv(&mut self) -> Result<Option<N>, CallError> {
        let encoded = match self.received.recv().await {
            Ok(encoded) => encoded,
            Err(RecvError::Lagged(missed)) => return Err(CallError::Missed(missed)),
            Err(RecvError::Closed) => return Ok(None),
        };
        let read = read_named(encoded.format, &encoded.message, "notice");
        let with: WithNotice<N> =
            read.map_err(|failure| CallError::Undecodable(failure.in_response()))?;
        Ok(Some(with.notice))
    }
}

impl<N> fmt::Debug for Notices<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices")
            .field("waiting", &self.received.len())
            .finish_non_exhaustive()
    }
}
