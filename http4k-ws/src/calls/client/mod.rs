//! The client of calls.

mod driver;
mod error;
mod notices;
mod shared;
mod stream;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::call::{CallArgs, Calls};
use super::envelope::{CallId, WithCall};
use super::handles::{Replies, Reply};
pub(crate) use driver::CallDriver;
pub use error::CallError;
pub use notices::Notices;
use shared::{Connection, Shared, Slot};
pub use stream::CallStream;

use crate::lens::{Message, read_named, write_named};
use crate::message::{WsMessage, WsStatus};
use crate::session::WebSocket;

/// A client that makes the calls of `C` over one socket, many at a time.
///
/// A clone uses the same socket. When the last clone and the last stream are dropped, the socket is
/// closed with 1000.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallSocket, Calls, Replies, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Double {
///     number: i64,
/// }
///
/// #[derive(Serialize, Deserialize)]
/// struct Count {
///     to: u32,
/// }
///
/// #[derive(Calls)]
/// enum Math {
///     Double(Double, Reply<i64>),
///     Count(Count, Replies<u32>),
/// }
///
/// async fn math(ws: CallSocket<Math>) -> WsResult {
///     ws.serve_calls(|call| async move {
///         match call {
///             Math::Double(Double { number }, reply) => reply.send(number * 2),
///             Math::Count(Count { to }, mut replies) => {
///                 for number in 1..=to {
///                     replies.send(number).await?;
///                 }
///                 replies.end()
///             }
///         }
///     })
///     .await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // In memory. Over the network, it is `WebSocketClient::connect(uri).await?.calls()`.
/// let client = math.connect_ws("/").await.expect("it accepts").calls::<Math>();
/// assert_eq!(client.call(Double { number: 21 }).await?, 42);
///
/// let mut numbers = client.stream(Count { to: 2 });
/// assert_eq!(numbers.recv().await?, Some(1));
/// assert_eq!(numbers.recv().await?, Some(2));
/// assert_eq!(numbers.recv().await?, None);
/// # Ok(())
/// # }
/// ```
pub struct CallClient<C> {
    handle: Arc<Handle>,
    calls: PhantomData<fn() -> C>,
}

/// The last drop closes the socket.
struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.close(WsStatus::NORMAL);
    }
}

impl<In: Message, Out: Message> WebSocket<In, Out> {
    /// Makes calls of `C` over this socket, which is that of a client. A task of the current tokio
    /// runtime reads the replies.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallSocket, Calls, Reply};
    /// use http4k_ws::client::WebSocketClient;
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Now;
    /// # #[derive(Calls)]
    /// # enum Clock {
    /// #     Now(Now, Reply<u64>),
    /// # }
    ///
    /// async fn clock(ws: CallSocket<Clock>) -> WsResult {
    ///     ws.serve_calls(|Clock::Now(_, reply)| async move { reply.send(12) }).await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = clock.as_server("127.0.0.1:0").start()?;
    /// let socket = WebSocketClient::connect(format!("ws://{}/", server.addr())).await?;
    /// let client = socket.calls::<Clock>();
    /// assert_eq!(client.call(Now).await?, 12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn calls<C: Calls>(self) -> CallClient<C> {
        let (client, driver) = CallClient::unconnected();
        let socket = self.typed();
        tokio::spawn(async move {
            let status = driver.run(socket).await;
            driver.finish(&status);
        });
        client
    }
}

impl<C: Calls> CallClient<C> {
    /// Returns a client that waits for a connection, and the driver that runs one.
    pub(crate) fn unconnected() -> (Self, CallDriver) {
        let shared = Arc::new(Shared::new());
        let client = Self {
            handle: Arc::new(Handle(Arc::clone(&shared))),
            calls: PhantomData,
        };
        let name = C::NAME;
        (client, CallDriver { shared, name })
    }

    /// Makes a call, and waits for its reply.
    ///
    /// The call is sent when the future is first polled, and waits for a connection if necessary.
    ///
    /// # Errors
    ///
    /// [`CallError`] with the problem that the server replied with, or the end of the socket.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, the call is cancelled, and the server drops its work. It may
    /// have run before.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallProblem, CallResult, CallSocket, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Halve(u32);
    /// # #[derive(Calls)]
    /// # enum Math {
    /// #     Halve(Halve, Reply<u32>),
    /// # }
    ///
    /// async fn halve(Math::Halve(Halve(number), reply): Math) -> CallResult {
    ///     match number % 2 {
    ///         0 => reply.send(number / 2),
    ///         _ => Err(CallProblem::new(StatusCode::UNPROCESSABLE_ENTITY).into()),
    ///     }
    /// }
    ///
    /// # async fn math(ws: CallSocket<Math>) -> WsResult {
    /// #     ws.serve_calls(halve).await
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let client = math.connect_ws("/").await.unwrap().calls::<Math>();
    /// let (four, five) = tokio::join!(client.call(Halve(8)), client.call(Halve(5)));
    /// assert_eq!(four.unwrap(), 4);
    /// assert_eq!(five.unwrap_err().problem().unwrap().status(), 422);
    /// # }
    /// ```
    pub fn call<A, T>(
        &self,
        args: A,
    ) -> impl Future<Output = Result<T, CallError>> + Send + use<A, T, C>
    where
        A: CallArgs<Calls = C, Handle = Reply<T>>,
        T: DeserializeOwned + Send + 'static,
    {
        let handle = Arc::clone(&self.handle);
        async move {
            let (slot, reply) = oneshot::channel();
            let _pending = Pending::start(&handle, args, Slot::Once(slot), None).await?;
            // Only the end of the runtime drops the other half.
            let ended = || CallError::Disconnected(WsStatus::ABNORMAL);
            let encoded = reply.await.map_err(|_| ended())??;
            #[derive(Deserialize)]
            struct WithOk<T> {
                ok: T,
            }
            let read = read_named(encoded.format, &encoded.message, A::NAME);
            let with: WithOk<T> =
                read.map_err(|failure| CallError::Undecodable(failure.in_response()))?;
            Ok(with.ok)
        }
    }

    /// Makes a call whose reply is a stream of items.
    ///
    /// The call is sent when the stream is first polled. The server sends at most 64 items ahead of
    /// those that were read, so that a stream that is not read delays no other call. A drop cancels
    /// the call.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures_util::TryStreamExt;
    /// use http4k_ws::calls::{CallResult, CallSocket, Calls, Replies};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct CountTo(u32);
    /// # #[derive(Calls)]
    /// # enum Counter {
    /// #     CountTo(CountTo, Replies<u32>),
    /// # }
    ///
    /// async fn count(Counter::CountTo(CountTo(last), mut replies): Counter) -> CallResult {
    ///     for number in 1..=last {
    ///         replies.send(number).await?;
    ///     }
    ///     replies.end()
    /// }
    ///
    /// # async fn counter(ws: CallSocket<Counter>) -> WsResult {
    /// #     ws.serve_calls(count).await
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let client = counter.connect_ws("/").await.unwrap().calls::<Counter>();
    /// let numbers = client.stream(CountTo(4));
    /// let sum = numbers.try_fold(0, |sum, number| async move { Ok(sum + number) });
    /// assert_eq!(sum.await.unwrap(), 10);
    /// # }
    /// ```
    pub fn stream<A, T>(&self, args: A) -> CallStream<T>
    where
        A: CallArgs<Calls = C, Handle = Replies<T>>,
        T: DeserializeOwned + Send + 'static,
    {
        CallStream::new(Arc::clone(&self.handle), args)
    }

    /// Returns the notices of the server.
    ///
    /// The first reader receives them from the start of the client, and others from now on. 64 are
    /// kept. If more arrive before they are read, the oldest are dropped, and their number is
    /// reported as [`CallError::Missed`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallReply, CallSocket, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Now;
    /// # #[derive(Calls)]
    /// # #[calls(notice = String)]
    /// # enum Clock {
    /// #     Now(Now, Reply<u64>),
    /// # }
    ///
    /// async fn clock(ws: CallSocket<Clock>) -> WsResult {
    ///     for text in ["noon", "night"] {
    ///         ws.send(CallReply::notice(text.to_owned())).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = clock.connect_ws("/").await.unwrap().calls::<Clock>();
    /// client.closed().await;
    /// let mut notices = client.notices(); // The first reader misses nothing.
    /// assert_eq!(notices.recv().await?.as_deref(), Some("noon"));
    /// assert_eq!(notices.recv().await?.as_deref(), Some("night"));
    /// assert_eq!(notices.recv().await?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn notices(&self) -> Notices<C::Notice> {
        Notices::new(self.handle.0.take_notices())
    }

    /// Returns the number of calls and streams that wait for a reply.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallResult, CallSocket, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Wait;
    /// # #[derive(Calls)]
    /// # enum Slow {
    /// #     Wait(Wait, Reply<u32>),
    /// # }
    ///
    /// async fn never(Slow::Wait(_, _reply): Slow) -> CallResult {
    ///     std::future::pending().await
    /// }
    ///
    /// # async fn slow(ws: CallSocket<Slow>) -> WsResult {
    /// #     ws.serve_calls(never).await
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let client = slow.connect_ws("/").await.unwrap().calls::<Slow>();
    /// assert_eq!(client.open_calls(), 0);
    /// let call = tokio::spawn(client.call(Wait));
    /// tokio::task::yield_now().await;
    /// assert_eq!(client.open_calls(), 1);
    /// # call.abort();
    /// # }
    /// ```
    pub fn open_calls(&self) -> usize {
        self.handle.0.count()
    }

    /// Closes the socket with `status`. Open calls fail. Calling it again has no effect.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallResult, CallSocket, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Wait;
    /// # #[derive(Calls)]
    /// # enum Slow {
    /// #     Wait(Wait, Reply<u32>),
    /// # }
    /// # async fn never(Slow::Wait(_, _reply): Slow) -> CallResult {
    /// #     std::future::pending().await
    /// # }
    /// # async fn slow(ws: CallSocket<Slow>) -> WsResult {
    /// #     ws.serve_calls(never).await
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = slow.connect_ws("/").await.unwrap().calls::<Slow>();
    /// let call = tokio::spawn(client.call(Wait));
    /// client.close(WsStatus::GOING_AWAY);
    /// assert!(call.await.unwrap().is_err());
    /// assert_eq!(client.closed().await.code(), 1001);
    /// # }
    /// ```
    pub fn close(&self, status: WsStatus) {
        self.handle.0.close(status);
    }

    /// Waits until the socket is closed, and will not be opened again. Returns the status.
    ///
    /// The future does not keep the socket open.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, nothing changes.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallSocket, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Now;
    /// # #[derive(Calls)]
    /// # enum Clock {
    /// #     Now(Now, Reply<u64>),
    /// # }
    ///
    /// async fn stopped(ws: CallSocket<Clock>) {
    ///     ws.close(WsStatus::RESTART);
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = stopped.connect_ws("/").await.unwrap().calls::<Clock>();
    /// assert_eq!(client.closed().await.code(), 1012);
    /// # }
    /// ```
    pub fn closed(&self) -> impl Future<Output = WsStatus> + Send + use<C> {
        let shared = Arc::clone(&self.handle.0);
        async move { shared.over().await }
    }
}

/// A call that waits for its reply. A drop cancels it.
#[derive(Debug)]
struct Pending {
    handle: Arc<Handle>,
    id: CallId,
    is_sent: bool,
}

impl Pending {
    /// Registers a call and sends it.
    async fn start<A: CallArgs>(
        handle: &Arc<Handle>,
        args: A,
        slot: Slot,
        window: Option<u32>,
    ) -> Result<Self, CallError> {
        let connection = handle.0.connection().await?;
        let id = handle.0.register(&connection, slot)?;
        let mut pending = Self {
            handle: Arc::clone(handle),
            id,
            is_sent: false,
        };
        let message = written(&connection, id, args, window)?;
        connection.sender.send(message).await?;
        pending.is_sent = true;
        Ok(pending)
    }
}

/// Writes a call.
fn written<A: CallArgs>(
    connection: &Connection,
    id: CallId,
    args: A,
    window: Option<u32>,
) -> Result<WsMessage, CallError> {
    let call = WithCall {
        id,
        call: A::NAME,
        args: &args,
        window,
    };
    write_named(connection.format, &call, A::NAME).map_err(CallError::Unencodable)
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.handle.0.cancel(self.id, self.is_sent);
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.0.count()).finish()
    }
}

impl<C> Clone for CallClient<C> {
    fn clone(&self) -> Self {
        Self {
            handle: Arc::clone(&self.handle),
            calls: PhantomData,
        }
    }
}

impl<C: Calls> fmt::Debug for CallClient<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallClient")
            .field("calls", &C::NAME)
            .field("open", &self.handle.0.count())
            .finish_non_exhaustive()
    }
}
