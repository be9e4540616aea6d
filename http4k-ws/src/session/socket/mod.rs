//! The handle of a socket, which its consumer receives.

mod messages;
mod sink;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use http::HeaderMap;

use super::message_filter::MessageFilter;
use super::sender::WsSender;
use super::state::SocketState;
use super::trace::Trace;
use super::transport::{Handshake, no_headers};
use crate::lens::{Format, Message};
use crate::message::{KeptRequest, Request, WsMessage};

/// One end of an open WebSocket, which receives `In` and sends `Out`.
///
/// A server passes one to the consumer, and a client receives one when it connects. A drop closes
/// the socket with 1000, once the consumer has returned and the queue is sent. If callbacks are
/// registered, such as [`on_message`](Self::on_message), the socket stays open for them instead.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// /// The sum so far, after every number.
/// async fn sum(mut ws: WebSocket) -> WsResult {
///     let mut sum = 0;
///     while let Some(message) = ws.recv().await? {
///         sum += message.text().parse::<i64>()?;
///         ws.send(sum.to_string()).await?;
///     }
///     Ok(())
/// }
///
/// let mut client = sum.test_ws("/");
/// client.send("40").unwrap();
/// client.send("2").unwrap();
/// let sums: Vec<_> = client.received().take(2).map(|message| message.unwrap()).collect();
/// assert_eq!(sums, ["40", "42"]);
/// ```
///
/// The same program with callbacks, which is the style of http4k:
///
/// ```
/// use http4k_ws::prelude::*;
///
/// fn sum(ws: WebSocket) {
///     let (sender, mut sum) = (ws.sender(), 0);
///     ws.on_message(move |message| {
///         sum += message.text().parse::<i64>()?;
///         WsResult::Ok(sender.try_send(sum.to_string())?)
///     });
/// }
///
/// let mut client = sum.test_ws("/");
/// client.send("42").unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap().text(), "42");
/// client.send("no number").unwrap();
/// assert_eq!(client.closed(), Some(WsStatus::INTERNAL_ERROR));
/// ```
pub struct WebSocket<In = WsMessage, Out = WsMessage> {
    pub(super) end: End,
    /// The format that the subprotocol names.
    pub(super) format: Option<Format>,
    types: PhantomData<fn(Out) -> In>,
}

/// One handle of the socket. The last drop lets the session close it.
pub(super) struct End {
    pub(super) state: Arc<SocketState>,
    handshake: Box<Handshake>,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut inner = self.state.lock();
        inner.handles -= 1;
        inner.wake_session();
    }
}

impl WebSocket {
    pub(super) fn new(state: Arc<SocketState>, handshake: Handshake) -> Self {
        let subprotocol = handshake.subprotocol.as_deref();
        Self {
            format: subprotocol.and_then(Format::of_subprotocol),
            end: End {
                state,
                handshake: Box::new(handshake),
            },
            types: PhantomData,
        }
    }
}

impl<In: Message, Out: Message> WebSocket<In, Out> {
    /// Changes the types of the messages that this socket receives and sends.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// /// Says hello in text, and then sends numbers as JSON.
    /// async fn squares(ws: WebSocket) -> WsResult {
    ///     ws.send("hello").await?;
    ///     let mut ws = ws.typed::<Json<u32>, Json<u32>>();
    ///     while let Some(Json(number)) = ws.recv().await? {
    ///         ws.send(Json(number * number)).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let mut client = squares.test_ws("/");
    /// client.send("12").unwrap();
    /// let messages: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
    /// assert_eq!(messages, ["hello", "144"]);
    /// ```
    pub fn typed<I: Message, O: Message>(self) -> WebSocket<I, O> {
        WebSocket {
            end: self.end,
            format: self.format,
            types: PhantomData,
        }
    }

    /// Returns the number of the socket, which is unique in this process. Its senders share it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let app = |ws: WebSocket| {
    ///     assert_eq!(ws.sender().id(), ws.id());
    ///     ws.try_send(ws.id().to_string())
    /// };
    /// let first = app.test_ws("/").received().next().unwrap().unwrap();
    /// let second = app.test_ws("/").received().next().unwrap().unwrap();
    /// assert_ne!(first, second);
    /// ```
    pub fn id(&self) -> u64 {
        self.end.state.id
    }

    /// Returns the upgrade request, with all changes by filters and with the path parameters of its
    /// route.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// async fn greet(ws: WebSocket) -> WsResult {
    ///     let name = ws.request().query("name").unwrap_or("stranger".into());
    ///     Ok(ws.send(format!("hello {name}")).await?)
    /// }
    ///
    /// let mut client = greet.test_ws("/ws?name=bob");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "hello bob");
    /// ```
    pub fn request(&self) -> &Request {
        self.end.handshake.request.get()
    }

    /// Returns the format that the subprotocol names.
    #[cfg(any(feature = "client", feature = "json"))]
    pub(crate) fn format(&self) -> Option<Format> {
        self.format
    }

    /// Keeps messages that cannot be sent from now on, for [`take_unsent`](Self::take_unsent).
    #[cfg(feature = "client")]
    pub(crate) fn keep_unsent(&self) {
        self.end.state.lock().keeps_unsent = true;
    }

    /// Removes and returns the messages, in order, that never reached the transport. For a socket
    /// that has ended.
    #[cfg(feature = "client")]
    pub(crate) fn take_unsent(&self) -> Vec<WsMessage> {
        let mut inner = self.end.state.lock();
        std::iter::from_fn(|| inner.outbound.pop()).collect()
    }

    /// Returns `true` if every message that reached the transport was flushed.
    #[cfg(feature = "client")]
    pub(crate) fn is_flushed(&self) -> bool {
        self.end.state.is_flushed()
    }

    /// Adds a filter of messages inside of those added before. Called before the session starts.
    pub(crate) fn add_filter(&self, filter: impl MessageFilter) {
        self.end.state.add_filter(Box::new(filter));
    }

    /// Returns the upgrade request as it is kept, for changes before the consumer sees it.
    pub(crate) fn kept_request(&mut self) -> &mut KeptRequest {
        &mut self.end.handshake.request
    }

    /// Returns the log of the socket.
    pub(crate) fn trace(&self) -> Trace {
        self.end.state.notifier.trace()
    }

    /// Adds the value of `field` to the span of the socket, with the feature `tracing`.
    pub(crate) fn label(&self, field: &'static str, value: &str) {
        self.trace().label(field, value);
    }

    /// Returns the template of the route that matched, such as `/rooms/<room>`. `None` without a
    /// route, and on a client.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// async fn label(ws: WebSocket) -> WsResult {
    ///     let route = ws.route().unwrap_or("no route").to_owned();
    ///     Ok(ws.send(route).await?)
    /// }
    ///
    /// let app = routes! { "/rooms/<_room>" => ws(label(ws)) };
    /// assert_eq!(app.test_ws("/rooms/7").received().next().unwrap().unwrap(), "/rooms/<_room>");
    /// assert_eq!(label.test_ws("/").received().next().unwrap().unwrap(), "no route");
    /// ```
    pub fn route(&self) -> Option<&str> {
        self.end.handshake.route.as_deref()
    }

    /// Returns the negotiated subprotocol (RFC 6455 §1.9).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::filter::subprotocols;
    /// async fn chat(ws: WebSocket) -> WsResult {
    ///     assert_eq!(ws.subprotocol(), Some("chat.v2"));
    ///     Ok(())
    /// }
    ///
    /// let app = routes! { "/chat" with(subprotocols(["chat.v2", "chat.v1"])) => ws(chat(ws)) };
    /// let offer = Request::get("/chat").header("sec-websocket-protocol", "chat.v1, chat.v2");
    /// let mut client = app.test_ws(offer);
    /// assert_eq!(client.subprotocol(), Some("chat.v2"));
    /// assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    /// ```
    pub fn subprotocol(&self) -> Option<&str> {
        self.end.handshake.subprotocol.as_deref()
    }

    /// Returns the header fields of the response that opened this socket, except those of the
    /// handshake itself, such as `Sec-WebSocket-Accept`.
    ///
    /// On a client, these are the fields that the server sent. On a server, these are the fields
    /// that the application set, with [`WsResponse::with_header`](crate::WsResponse::with_header)
    /// or in a filter.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// async fn greet(ws: WebSocket) -> WsResult {
    ///     assert_eq!(ws.response_headers()["x-node"], "7");
    ///     Ok(())
    /// }
    ///
    /// let app = |_request: Request| {
    ///     WsResponse::accept(WsConsumer::new(greet)).with_header("x-node", "7")
    /// };
    /// let client = app.connect_ws("/").await.expect("it accepts");
    /// assert_eq!(client.response_headers()["x-node"], "7");
    /// assert_eq!(client.closed().await, WsStatus::NORMAL);
    /// # Ok(())
    /// # }
    /// ```
    pub fn response_headers(&self) -> &HeaderMap {
        let headers = self.end.handshake.response.as_deref();
        headers.unwrap_or_else(|| no_headers())
    }

    /// Returns a sender for other tasks, threads and callbacks. It does not keep the socket open.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// async fn remind(mut ws: WebSocket) -> WsResult {
    ///     let sender = ws.sender();
    ///     tokio::spawn(async move { sender.send("your tea is ready").await });
    ///     while ws.recv().await?.is_some() {}
    ///     Ok(())
    /// }
    ///
    /// let mut client = remind.test_ws("/");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "your tea is ready");
    /// ```
    pub fn sender(&self) -> WsSender<Out> {
        WsSender::new(Arc::clone(&self.end.state), self.format)
    }
}

impl<In, Out> fmt::Debug for WebSocket<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("socket", &self.end.state)
            .field("subprotocol", &self.end.handshake.subprotocol)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "client"))]
mod tests;
