//! Who a peer is, told by its first message.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;

use super::{SendError, WebSocket, WsError};
use crate::lens::Message;
use crate::message::WsStatus;

impl<In: Message, Out: Message> WebSocket<In, Out> {
    /// Takes the first message as the peer's proof of who it is, which `check` turns into a user.
    ///
    /// For clients that can't send a field along with the opening handshake, as the WebSockets of browsers
    /// can't. Where they can, a filter that answers 401 or 403 before the upgrade is cheaper. `within` is for
    /// the message and the check together; a socket whose peer stays silent costs nothing for longer.
    ///
    /// Both failures close with 1008 (RFC 6455 §7.4.1), after which a client that reconnects gives up: what it
    /// says would be refused again.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::prelude::*;
    ///
    /// async fn user(token: String) -> Option<String> {
    ///     token.strip_prefix("token of ").map(str::to_owned)
    /// }
    ///
    /// async fn chat(mut ws: WebSocket<String, String>) -> WsResult {
    ///     let user = ws.authenticate(Duration::from_secs(5), user).await?;
    ///     ws.send(format!("hello {user}")).await?;
    ///     Ok(())
    /// }
    ///
    /// let mut bob = chat.test_ws("/");
    /// bob.send("token of bob").unwrap();
    /// assert_eq!(bob.received().next().unwrap().unwrap().text(), "hello bob");
    ///
    /// let mut eve = chat.test_ws("/");
    /// eve.send("let me in").unwrap();
    /// assert_eq!(eve.closed().unwrap().code(), 1008);
    /// ```
    ///
    /// # Errors
    ///
    /// Closes with 1008 where `check` gives `None`, and where `within` passes before it gives anything; as
    /// [`recv`](Self::recv) where the message is no `In`; [`SendError::Closed`] where the peer is gone.
    pub async fn authenticate<U, C>(
        &mut self,
        within: Duration,
        check: impl FnOnce(In) -> C,
    ) -> Result<U, WsError>
    where
        C: Future<Output = Option<U>>,
    {
        let known = async {
            let Some(message) = self.recv().await? else {
                return Err(SendError::Closed(self.closed().await).into());
            };
            let user = check(message).await;
            user.ok_or_else(|| refused("the first message proves no user"))
        };
        timeout(within, known)
            .await
            .unwrap_or_else(|_| Err(refused(format!("nobody authenticated within {within:?}"))))
    }
}

fn refused(reason: impl Into<Cow<'static, str>>) -> WsError {
    let status = WsStatus::POLICY_VIOLATION.with_reason(reason);
    WsError::closing(status.unwrap_or(WsStatus::POLICY_VIOLATION))
}
