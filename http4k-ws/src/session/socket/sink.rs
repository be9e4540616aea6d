//! A socket as a stream of messages, and as a sink.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::{Sink, Stream};

use super::WebSocket;
use crate::lens::{LensFailure, Message, decoded};
use crate::message::WsStatus;
use crate::session::error::SendError;

/// Yields each message, or the failure to decode it, until the socket is over.
impl<In: Message, Out: Message> Stream for WebSocket<In, Out> {
    type Item = Result<In, LensFailure>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let message = ready!(self.end.state.poll_recv(cx));
        Poll::Ready(message.map(|message| decoded(self.format, message)))
    }
}

/// Queues each value. A flush waits as [`WebSocket::flush`] does. A close closes the socket with
/// 1000, waits for its end, and fails if a message was lost.
///
/// The items are the values that [`WebSocket::send`] accepts. If `SinkExt` is imported, its methods
/// win over the socket's own on a `&mut WebSocket`, and `ws.send("hello")` compiles with both. If
/// the item type is ambiguous, name it, as in `SinkExt::<WsMessage>::close(&mut ws)`. The socket's
/// own `close` is then `WebSocket::close(ws, status)`.
///
/// # Examples
///
/// ```
/// use futures_util::SinkExt;
/// use http4k_ws::prelude::*;
///
/// async fn greet(ws: &mut WebSocket) -> WsResult {
///     ws.feed("hello").await?;
///     ws.feed(String::from("and welcome")).await?;
///     ws.flush().await?;
///     Ok(ws.send("how are you?").await?)
/// }
///
/// let app = |mut ws: WebSocket| async move { greet(&mut ws).await };
/// let texts: Vec<_> = app.test_ws("/").received().map(|message| message.unwrap()).collect();
/// assert_eq!(texts, ["hello", "and welcome", "how are you?"]);
/// ```
impl<In: Message, Out: Message, T: Into<Out>> Sink<T> for WebSocket<In, Out> {
    type Error = SendError;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.end.state.poll_space(cx)
    }

    fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), SendError> {
        self.try_send(value)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.end.state.poll_flushed(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.close(WsStatus::NORMAL);
        self.end.state.poll_closed(cx)
    }
}
