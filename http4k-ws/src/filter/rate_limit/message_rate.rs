//! Rate limits of the messages of a socket.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::nanos_since;
use super::quota::Quota;
use crate::handler::{PolyFilter, changing_ws};
use crate::message::{WsMessage, WsStatus};
use crate::session::{MessageAction, MessageFilter};

/// The reason of the close frame.
const REASON: &str = "too many messages";

/// The number of quotas whose first close is logged. An application may have one for each client.
const LOGGED_QUOTAS: usize = 64;

/// Limits the messages that each socket behind the filter receives to a [`Quota`].
///
/// A socket over its quota is closed with 1008 and the reason `too many messages`. Responses to
/// earlier messages still reach the client. The first such close for each quota is logged at
/// `warn`, for up to 64 quotas of the process. Pings do not count:
/// [`SessionConfig`](crate::session::SessionConfig) bounds them. For quotas that depend on the
/// request, see [`MessageRate`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Quota, message_rate};
///
/// async fn echo(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Ok(())
/// }
///
/// let app = routes! { "/echo" with(message_rate(Quota::per_second(2))) => ws(echo(ws)) };
/// let mut client = app.test_ws("/echo");
/// for text in ["a", "b", "c"] {
///     client.send(text).unwrap();
/// }
/// assert_eq!(client.closed().unwrap().to_string(), "1008 too many messages");
/// ```
pub fn message_rate(quota: Quota) -> impl PolyFilter + Clone {
    changing_ws("message_rate", move |_fields| {
        let rate = MessageRate::new(quota);
        Some(Box::new(|response| {
            response.map_consumer(|consumer| consumer.after(|socket| socket.add_filter(rate)))
        }))
    })
}

/// The [`MessageFilter`] behind [`message_rate`], for a quota that depends on the request.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{MessageRate, Quota, messages};
///
/// fn by_plan(request: &Request) -> MessageRate {
///     MessageRate::new(match request.header("x-plan") {
///         Some("large") => Quota::per_second(100),
///         _ => Quota::per_second(1),
///     })
/// }
///
/// async fn count(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Ok(())
/// }
///
/// let app = routes! { "/ws" with(messages(by_plan)) => ws(count(ws)) };
/// let closes = |plan: &'static str| {
///     let mut client = app.test_ws(Request::get("/ws").header("x-plan", plan));
///     client.send("a").unwrap();
///     client.send("b").unwrap();
///     client.received().take(2).any(|received| received.is_err())
/// };
/// assert!(closes("small"));
/// assert!(!closes("large"));
/// ```
pub struct MessageRate {
    quota: Quota,
    started: Instant,
    full_at: u64,
}

impl MessageRate {
    /// Creates the limit of one socket. It logs as [`message_rate`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{MessageRate, Quota};
    /// use http4k_ws::message::WsMessage;
    /// use http4k_ws::session::{MessageAction, MessageFilter};
    ///
    /// /// Counts text only.
    /// struct TextRate(MessageRate);
    ///
    /// impl MessageFilter for TextRate {
    ///     fn received(&mut self, message: WsMessage) -> MessageAction {
    ///         match message.is_text() {
    ///             true => self.0.received(message),
    ///             false => MessageAction::Pass(message),
    ///         }
    ///     }
    /// }
    ///
    /// let mut rate = TextRate(MessageRate::new(Quota::per_hour(1)));
    /// assert!(matches!(rate.received("a".into()), MessageAction::Pass(_)));
    /// assert!(matches!(rate.received(vec![1].into()), MessageAction::Pass(_)));
    /// let second = rate.received("b".into());
    /// assert!(matches!(second, MessageAction::Close(status) if status.code() == 1008));
    /// ```
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            started: Instant::now(),
            full_at: 0,
        }
    }
}

impl MessageFilter for MessageRate {
    fn received(&mut self, message: WsMessage) -> MessageAction {
        match self.quota.decide(self.full_at, nanos_since(self.started)) {
            Ok(full_at) => {
                self.full_at = full_at;
                MessageAction::Pass(message)
            }
            Err(_) => {
                log_first(self.quota);
                let policy = WsStatus::POLICY_VIOLATION;
                MessageAction::Close(policy.with_reason(REASON).unwrap_or(policy))
            }
        }
    }
}

/// Logs a close, if it is the first for its quota. A client can cause closes as fast as it
/// connects, so there is no line for each.
fn log_first(quota: Quota) {
    static LOGGED: Mutex<Vec<Quota>> = Mutex::new(Vec::new());
    let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    if logged.len() < LOGGED_QUOTAS && !logged.contains(&quota) {
        logged.push(quota);
        drop(logged);
        log::warn!(
            "a socket was closed for more messages than its quota of {quota}; later ones are not \
             logged"
        );
    }
}

impl fmt::Debug for MessageRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageRate")
            .field("quota", &self.quota)
            .finish_non_exhaustive()
    }
}
