//! Authentication of a peer by its first message.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;

use super::error::{SendError, WsError};
use super::socket::WebSocket;
use crate::lens::Message;
use crate::message::WsStatus;

impl<In: Message, Out: Message> WebSocket<In, Out> {
    /// Authenticates the peer by its first message, which `check` turns into a user.
    ///
    /// This is for clients that cannot set header fields on the opening handshake, such as
    /// browsers. For other clients, a filter that responds with 401 or 403 before the upgrade is
    /// cheaper. The message and the check together must end `within` the given time.
    ///
    /// Both failures close with 1008 (RFC 6455 §7.4.1). A client that reconnects gives up after
    /// that, because the same message would be rejected again.
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
    /// Returns an error with status 1008 if `check` returns `None`, or if the time passes. Returns
    /// the error of [`recv`](Self::recv) if the message is not an `In`, and [`SendError::Closed`]
    /// if the socket ends. A consumer that returns the error closes the socket with its status.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, the first message may be lost.
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
            .unwrap_or_else(|_| Err(refused(format!("not authenticated within {within:?}"))))
    }
}

fn refused(reason: impl Into<Cow<'static, str>>) -> WsError {
    let status = WsStatus::POLICY_VIOLATION.with_reason(reason);
    WsError::closing(status.unwrap_or(WsStatus::POLICY_VIOLATION))
}
