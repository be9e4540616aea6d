//! Authentication of a peer by its first message.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;
use tokio::time::timeout;

use super::error::{SendError, WsError};
use super::socket::WebSocket;
use crate::lens::Message;
use crate::message::{LookedUp, WsStatus};

impl<In: Message, Out: Message> WebSocket<In, Out> {
    /// Authenticates the peer by its first message, which `look_up` turns into a user.
    ///
    /// `look_up` is a function over the message, or over a type that the message converts to. Text
    /// converts to [`Credentials::Bearer`](crate::message::Credentials::Bearer), so the look-up of
    /// the filter [`authenticate`](crate::filter::authenticate()) also serves here. For a message
    /// type of your own, implement `From<Login> for Credentials`.
    ///
    /// This is for clients that cannot set header fields on the opening handshake, such as
    /// browsers. For other clients, a filter that responds with 401 or 403 before the upgrade is
    /// cheaper. The message and the look-up together must end `within` the given time.
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
    /// One look-up for the filter and for the first message:
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::{Principal, authenticate, bearer};
    /// use http4k_ws::message::Credentials;
    ///
    /// async fn look_up(credentials: Credentials) -> Result<Option<&'static str>, StatusCode> {
    ///     match credentials {
    ///         Credentials::Bearer(token) if token.matches("t1") => Ok(Some("bob")),
    ///         Credentials::Bearer(token) if token.matches("t2") => Err(StatusCode::FORBIDDEN),
    ///         _ => Ok(None),
    ///     }
    /// }
    ///
    /// async fn me(Principal(name): Principal<&'static str>) -> &'static str {
    ///     name
    /// }
    ///
    /// async fn chat(mut ws: WebSocket<String, String>) -> WsResult {
    ///     let name = ws.authenticate(Duration::from_secs(5), look_up).await?;
    ///     Ok(ws.send(format!("hello {name}")).await?)
    /// }
    ///
    /// let app = routes! {
    ///     GET "/me" with(authenticate(bearer(), look_up)) => http(me(_)),
    ///     "/chat" => ws(chat(ws)),
    /// };
    /// let request = Request::get("/me").header("authorization", "Bearer t1");
    /// assert_eq!(app.test_http(request).body(), "bob");
    /// let mut page = app.test_ws("/chat");
    /// page.send("t1").unwrap();
    /// assert_eq!(page.received().next().unwrap().unwrap().text(), "hello bob");
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error with status 1008 if `look_up` returns `None`, if it returns an error whose
    /// response is not a failure of the server, or if the time passes. An error whose response is
    /// 503 has status 1013, and another failure of the server 1011. Returns the error of
    /// [`recv`](Self::recv) if the message is not an `In`, and [`SendError::Closed`] if the socket
    /// ends. A consumer that returns the error closes the socket with its status.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, the first message may be lost.
    pub async fn authenticate<C, R, When>(
        &mut self,
        within: Duration,
        look_up: impl FnOnce(C) -> R,
    ) -> Result<R::User, WsError>
    where
        In: Into<C>,
        R: LookedUp<When>,
    {
        let known = async {
            let Some(message) = self.recv().await? else {
                return Err(SendError::Closed(self.closed().await).into());
            };
            let user = look_up(message.into()).looked_up().await;
            let user = user.map_err(|response| failed(response.status()))?;
            user.ok_or_else(|| refused("the first message proves no user"))
        };
        timeout(within, known)
            .await
            .unwrap_or_else(|_| Err(refused(format!("not authenticated within {within:?}"))))
    }
}

fn refused(reason: impl Into<Cow<'static, str>>) -> WsError {
    closing(WsStatus::POLICY_VIOLATION, reason)
}

/// Returns the error of a look-up whose response has `status`.
fn failed(status: StatusCode) -> WsError {
    let reason = format!("the look-up refused: {status}");
    match status {
        StatusCode::SERVICE_UNAVAILABLE => closing(WsStatus::TRY_AGAIN_LATER, reason),
        status if status.is_server_error() => closing(WsStatus::INTERNAL_ERROR, reason),
        _ => refused(reason),
    }
}

fn closing(status: WsStatus, reason: impl Into<Cow<'static, str>>) -> WsError {
    WsError::closing(status.clone().with_reason(reason).unwrap_or(status))
}
