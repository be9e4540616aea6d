//! The receiving ends of a topic: sockets and streams of events.

use std::fmt;

use super::engine::EngineFuture;
use super::render::{Encoded, Shape};
use crate::lens::Message;
use crate::message::{Request, WsStatus};
use crate::session::{SendError, WebSocket, WsSender};
use crate::sse::{IntoSseEvent, Sse, SseSendError, SseSender};

/// The outcome of an offered item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    Taken,
    /// The queue is full. The item must wait.
    Full,
    /// The socket or stream is over.
    Over,
}

/// One receiving end, whatever its type.
pub(super) trait Outlet: Send + Sync + 'static {
    /// Returns the number of the socket or stream in this process.
    fn id(&self) -> u64;

    /// Returns the shape of the items that it takes.
    fn shape(&self) -> Shape;

    /// Queues an item without waiting. With a key, it supersedes queued items with the same key if
    /// the queue is full.
    fn offer(&self, item: Encoded, key: Option<u64>) -> Offer;

    /// Queues an item, waiting for space. Returns `false` if the socket or stream is over.
    fn send(&self, item: Encoded) -> EngineFuture<'_, bool>;

    /// Closes the socket with `status`, or breaks the stream off.
    fn close(&self, status: WsStatus);
}

impl fmt::Debug for dyn Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.shape(), self.id())
    }
}

/// A socket, without its types.
struct Socket<Out> {
    sender: WsSender<Out>,
    shape: Shape,
}

impl<Out: Message> Outlet for Socket<Out> {
    fn id(&self) -> u64 {
        self.sender.id()
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn offer(&self, item: Encoded, key: Option<u64>) -> Offer {
        let sent = match item {
            Encoded::Message(message) => self.sender.try_send_encoded(key, message),
            Encoded::Close(status) => {
                self.sender.close(status);
                return Offer::Over;
            }
            Encoded::Event(_) | Encoded::Nothing => Ok(()),
        };
        match sent {
            Ok(()) => Offer::Taken,
            Err(SendError::Full) => Offer::Full,
            Err(_) => Offer::Over,
        }
    }

    fn send(&self, item: Encoded) -> EngineFuture<'_, bool> {
        Box::pin(async move {
            match item {
                Encoded::Message(message) => self.sender.send_encoded(message).await.is_ok(),
                other => self.offer(other, None) != Offer::Over,
            }
        })
    }

    fn close(&self, status: WsStatus) {
        self.sender.close(status);
    }
}

/// A stream, without its type.
struct Stream<Out> {
    sender: SseSender<Out>,
    shape: Shape,
}

impl<Out: IntoSseEvent> Outlet for Stream<Out> {
    fn id(&self) -> u64 {
        self.sender.id()
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn offer(&self, item: Encoded, _key: Option<u64>) -> Offer {
        let Encoded::Event(event) = item else {
            return Offer::Taken;
        };
        match self.sender.try_send_shared(event) {
            Ok(()) => Offer::Taken,
            Err(SseSendError::Full) => Offer::Full,
            Err(_) => Offer::Over,
        }
    }

    fn send(&self, item: Encoded) -> EngineFuture<'_, bool> {
        Box::pin(async move {
            match item {
                Encoded::Event(event) => self.sender.send_shared(event).await.is_ok(),
                other => self.offer(other, None) != Offer::Over,
            }
        })
    }

    fn close(&self, _status: WsStatus) {
        self.sender.break_off();
    }
}

/// Sockets and streams that can join a topic whose subscribers receive `Out`.
///
/// It is implemented for [`WebSocket`] and for [`Sse`]. Users never implement it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::topics::{Feed, Join, Subscriber, Topics};
///
/// /// Joins a socket or a stream as a guest.
/// fn enter(rooms: &Topics<String>, guest: &impl Subscriber<Feed<String>>) -> Join<String> {
///     rooms.topic("tea").join(guest).member("a guest")
/// }
///
/// async fn sit(ws: WebSocket<String, Feed<String>>, rooms: Topics<String>) -> WsResult {
///     let _here = enter(&rooms, &ws).await?;
///     ws.closed().await;
///     Ok(())
/// }
///
/// let rooms = Topics::new("rooms");
/// let app = routes! { "/tea" => ws(sit(ws, rooms)) };
/// let mut client = app.test_ws("/tea");
/// assert!(client.received().any(|message| message.unwrap().text().contains("a guest")));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot receive `{Out}`",
    label = "a socket joins as `WebSocket<In, Feed<M>>`, and a stream as `Sse<Feed<M>>`",
    note = "`join_plain` accepts a `WebSocket<In, M>` and an `Sse<M>`"
)]
pub trait Subscriber<Out>: private::Sealed {
    /// Returns the request that opened the socket or stream.
    #[doc(hidden)]
    fn opened_by(&self) -> &Request;

    #[doc(hidden)]
    fn outlet(&self, plain: bool) -> private::AnyOutlet;
}

pub(super) mod private {
    use std::sync::Arc;

    /// A receiving end that joins.
    #[derive(Debug)]
    pub struct AnyOutlet(pub(in crate::topics) Arc<dyn super::Outlet>);

    pub trait Sealed {}

    impl<In, Out> Sealed for super::WebSocket<In, Out> {}
    impl<Out> Sealed for super::Sse<Out> {}
}

impl<In: Message, Out: Message> Subscriber<Out> for WebSocket<In, Out> {
    fn opened_by(&self) -> &Request {
        self.request()
    }

    fn outlet(&self, plain: bool) -> private::AnyOutlet {
        let sender = self.sender();
        let named = sender.format();
        let named = named.filter(|format| Out::FORMATS.contains(format));
        let format = named.or(Out::FORMATS.first().copied());
        let shape = match (plain, format) {
            (false, Some(format)) => Shape::Feed(format),
            (_, format) => Shape::Plain(format),
        };
        private::AnyOutlet(std::sync::Arc::new(Socket { sender, shape }))
    }
}

impl<Out: IntoSseEvent> Subscriber<Out> for Sse<Out> {
    fn opened_by(&self) -> &Request {
        self.request()
    }

    fn outlet(&self, plain: bool) -> private::AnyOutlet {
        let shape = match plain {
            true => Shape::PlainEvent,
            false => Shape::FeedEvent,
        };
        let sender = self.sender();
        private::AnyOutlet(std::sync::Arc::new(Stream { sender, shape }))
    }
}
