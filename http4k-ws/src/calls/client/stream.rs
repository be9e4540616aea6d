//! The items of a call whose reply is a stream.

use std::fmt;
use std::future::{self, Future};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use super::error::CallError;
use super::shared::{Encoded, Slot, WINDOW};
use super::{Handle, Pending};
use crate::calls::call::CallArgs;
use crate::lens::read_named;

type Items = mpsc::Receiver<Result<Encoded, CallError>>;

/// The number of items that are read before the server may send more.
const READ_AT_ONCE: u32 = WINDOW / 2;

/// The items of a call; see [`CallClient::stream`](super::CallClient::stream).
///
/// It ends when the server ends it, or after an error. A drop cancels the call.
///
/// # Examples
///
/// ```
/// use futures_util::{TryStreamExt, stream};
/// use http4k_ws::calls::{CallResult, CallSocket, Calls, Replies};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct CountTo(u32);
///
/// #[derive(Calls)]
/// enum Counter {
///     CountTo(CountTo, Replies<u32>),
/// }
///
/// async fn count(Counter::CountTo(CountTo(end), replies): Counter) -> CallResult {
///     replies.send_all(stream::iter(1..=end)).await
/// }
///
/// async fn counter(ws: CallSocket<Counter>) -> WsResult {
///     ws.serve_calls(count).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = counter.connect_ws("/").await.expect("it accepts").calls::<Counter>();
/// let numbers: Vec<u32> = client.stream(CountTo(3)).try_collect().await?;
/// assert_eq!(numbers, [1, 2, 3]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream is sent when it is first polled"]
pub struct CallStream<T> {
    state: State,
    name: &'static str,
    item: PhantomData<fn() -> T>,
}

enum State {
    Starting(
        Pin<Box<dyn Future<Output = Result<Pending, CallError>> + Send>>,
        Items,
    ),
    Open {
        pending: Pending,
        items: Items,
        /// The number of items that were read since the server was last told.
        read: u32,
    },
    Ended,
}

impl<T: DeserializeOwned + Send + 'static> CallStream<T> {
    pub(super) fn new<A: CallArgs>(handle: Arc<Handle>, args: A) -> Self {
        let (slot, items) = mpsc::channel(WINDOW as usize + 1);
        let start =
            async move { Pending::start(&handle, args, Slot::Stream(slot), Some(WINDOW)).await };
        Self {
            state: State::Starting(Box::pin(start), items),
            name: A::NAME,
            item: PhantomData,
        }
    }

    /// Receives the next item. Returns `None` when the stream is over.
    ///
    /// # Errors
    ///
    /// [`CallError`] with the problem that ended the stream, or the end of the socket.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, no item is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallProblem, CallResult, CallSocket, Calls, Replies};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Rows;
    /// # #[derive(Calls)]
    /// # enum Table {
    /// #     Rows(Rows, Replies<u32>),
    /// # }
    ///
    /// async fn rows(Table::Rows(_, mut replies): Table) -> CallResult {
    ///     replies.send(7).await?;
    ///     Err(CallProblem::new(StatusCode::SERVICE_UNAVAILABLE).into())
    /// }
    ///
    /// # async fn table(ws: CallSocket<Table>) -> WsResult {
    /// #     ws.serve_calls(rows).await
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let client = table.connect_ws("/").await.unwrap().calls::<Table>();
    /// let mut rows = client.stream(Rows);
    /// assert_eq!(rows.recv().await.unwrap(), Some(7));
    /// assert_eq!(rows.recv().await.unwrap_err().problem().unwrap().status(), 503);
    /// assert_eq!(rows.recv().await.unwrap(), None);
    /// # }
    /// ```
    pub async fn recv(&mut self) -> Result<Option<T>, CallError> {
        future::poll_fn(|cx| self.poll_item(cx)).await.transpose()
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, CallError>>> {
        let polled = ready!(self.poll_encoded(cx));
        let read = polled.map(|outcome| outcome.and_then(|encoded| self.read(&encoded)));
        if !matches!(read, Some(Ok(_))) {
            // A drop cancels a stream whose item cannot be read.
            self.state = State::Ended;
        }
        Poll::Ready(read)
    }

    fn poll_encoded(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Encoded, CallError>>> {
        if let State::Starting(start, _) = &mut self.state {
            let pending = match ready!(start.as_mut().poll(cx)) {
                Ok(pending) => pending,
                Err(error) => return Poll::Ready(Some(Err(error))),
            };
            if let State::Starting(_, items) = std::mem::replace(&mut self.state, State::Ended) {
                self.state = State::Open {
                    pending,
                    items,
                    read: 0,
                };
            }
        }
        let State::Open {
            pending,
            items,
            read,
        } = &mut self.state
        else {
            return Poll::Ready(None);
        };
        let polled = ready!(items.poll_recv(cx));
        *read += 1;
        if *read == READ_AT_ONCE {
            pending.handle.0.accept_more(pending.id, *read);
            *read = 0;
        }
        Poll::Ready(polled)
    }

    fn read(&self, encoded: &Encoded) -> Result<T, CallError> {
        #[derive(Deserialize)]
        struct WithItem<T> {
            item: T,
        }
        let read = read_named(encoded.format, &encoded.message, self.name);
        let with: WithItem<T> =
            read.map_err(|failure| CallError::Undecodable(failure.in_response()))?;
        Ok(with.item)
    }
}

/// Yields each item, until the stream is over or an error has ended it.
impl<T: DeserializeOwned + Send + 'static> Stream for CallStream<T> {
    type Item = Result<T, CallError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(cx)
    }
}

impl<T> fmt::Debug for CallStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Starting(..) => "starting",
            State::Open { .. } => "open",
            State::Ended => "ended",
        };
        f.debug_struct("CallStream")
            .field("call", &self.name)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
