//! Filters of the messages of sockets.

use crate::handler::{PolyFilter, WsHandler, WsNext, over_ws};
use crate::message::Request;
use crate::session::MessageFilter;

/// Passes each message of the sockets behind the filter through a [`MessageFilter`], in both
/// directions.
///
/// `make` is called with the upgrade request, before the handler, and returns the filter for its
/// socket. What it returns is dropped if the handler refuses the upgrade. Of two such filters, a
/// message from the client passes the outer one first, and a message to the client passes it last.
///
/// - [Observers](crate::WebSocket::observe), and filters such as
///   [`report_sockets`](crate::filter::report_sockets) and [`record`](crate::filter::record()), see
///   the messages as they travel: those of the client before the filter, and those to the client
///   after it.
/// - A message that is dropped counts as sent, so `flush` does not wait for it. It takes no space
///   from others, and `SlowConsumer` does not count it.
/// - Messages to the client wait for the filter in a second queue with the bounds of
///   [`SessionConfig`](crate::session::SessionConfig), which is emptied whenever the task of the
///   socket runs. Only a consumer that sends more than that at once finds it full.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::messages;
/// use http4k_ws::session::{MessageAction, MessageFilter};
///
/// /// Numbers the lines that a client receives, from the number that it asked for.
/// struct Numbered(u32);
///
/// impl MessageFilter for Numbered {
///     fn sent(&mut self, message: WsMessage) -> MessageAction {
///         self.0 += 1;
///         MessageAction::Pass(format!("{}: {}", self.0, message.text()).into())
///     }
/// }
///
/// fn numbered(request: &Request) -> Numbered {
///     let first = request.query("from").and_then(|from| from.parse().ok());
///     Numbered(first.unwrap_or(0))
/// }
///
/// async fn echo(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Ok(())
/// }
///
/// let app = routes! { "/lines" with(messages(numbered)) => ws(echo(ws)) };
/// let mut client = app.test_ws("/lines?from=7");
/// client.send("hello").unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap(), "8: hello");
/// ```
pub fn messages<F, M>(make: F) -> impl PolyFilter + Clone
where
    F: Fn(&Request) -> M + Send + Sync + 'static,
    M: MessageFilter,
{
    over_ws("messages", move |request: Request, next: WsNext| {
        let filter = make(&request);
        async move {
            let response = next.call(request).await;
            response.map_consumer(|consumer| consumer.after(|socket| socket.add_filter(filter)))
        }
    })
}
