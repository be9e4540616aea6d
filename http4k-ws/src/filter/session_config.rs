//! Bounds for the sockets of some routes.

use crate::handler::{PolyFilter, changing_ws};
use crate::panics::guarded_text;
use crate::session::SessionConfig;

/// Changes the configuration of the sockets behind the filter.
///
/// `adjust` receives the configuration of the server, or of the filter around this one, and returns
/// the one to use. It is also called once with the defaults when the filter is created, for the
/// descriptions of the routes. Therefore its result should depend on its argument alone.
/// Of two such filters, the one nearer to the route decides. The bounds also hold in memory.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::session_config;
/// use http4k_ws::session::SessionConfig;
///
/// async fn echo(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Ok(())
/// }
///
/// let short = |config: SessionConfig| config.with_max_message(1000);
/// let app = routes! {
///     "/chat"  with(session_config(short)) => ws(echo(ws)),
///     "/files" => ws(echo(ws)),
/// };
///
/// let mut chat = app.test_ws("/chat");
/// chat.send("a".repeat(1001)).unwrap();
/// assert_eq!(chat.closed().unwrap().code(), WsStatus::TOO_BIG.code());
///
/// let mut files = app.test_ws("/files");
/// files.send("a".repeat(1001)).unwrap();
/// assert!(files.received().next().unwrap().is_ok());
/// ```
pub fn session_config<F>(adjust: F) -> impl PolyFilter + Clone
where
    F: Fn(SessionConfig) -> SessionConfig + Clone + Send + Sync + 'static,
{
    // For the descriptions of routes. If it panics, it does so again for each socket.
    let adjusted = guarded_text("a filter", || adjust(SessionConfig::default()));
    let max_message = adjusted.ok().map(|config| config.max_message);
    let max_message = max_message.filter(|max| *max != SessionConfig::default().max_message);
    changing_ws("session_config", move |_fields| {
        let adjust = adjust.clone();
        Some(Box::new(|response| {
            response.map_consumer(|consumer| consumer.with_session(adjust))
        }))
    })
    .describing(|route| route.max_message = max_message)
}
