//! The handles by which a handler replies to a call.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::call::{CallHandle, CallValue, private::Sealed};
use super::envelope::{CallId, Outlet};
use super::incoming::IncomingCall;
use super::problem::{CallFailure, CallResult};
use crate::message::WsMessage;
use crate::session::SendError;

/// The proof that a call has its reply, which its handler returns.
///
/// Only [`Reply`] and [`Replies`] create it, so that a handler that forgets the reply does not
/// compile.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallFailure, CallSocket, Calls, Replied, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Parse(String);
///
/// #[derive(Calls)]
/// enum Numbers {
///     Parse(Parse, Reply<u32>),
/// }
///
/// async fn parse(Numbers::Parse(Parse(text), reply): Numbers) -> Result<Replied, CallFailure> {
///     reply.send(text.parse()?)
/// }
///
/// async fn numbers(ws: CallSocket<Numbers>) -> WsResult {
///     ws.serve_calls(parse).await
/// }
///
/// let mut client = numbers.test_ws("/");
/// client.send(r#"{"id":1,"call":"parse","args":"42"}"#).unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"ok":42}"#);
/// ```
#[must_use = "the handler of a call returns this, and only then the reply is sent"]
pub struct Replied {
    pub(super) id: CallId,
    pub(super) message: WsMessage,
}

/// The handle of a call with one reply, a `T`.
///
/// A handler that fails returns an error instead; see [`CallFailure`]. A handle that is dropped
/// sends nothing by itself.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallResult, CallSocket, Calls, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Double {
///     number: u32,
/// }
///
/// #[derive(Calls)]
/// enum Sums {
///     Double(Double, Reply<u32>),
/// }
///
/// async fn respond(call: Sums) -> CallResult {
///     let Sums::Double(Double { number }, reply) = call;
///     reply.send(number * 2)
/// }
///
/// async fn sums(ws: CallSocket<Sums>) -> WsResult {
///     ws.serve_calls(respond).await
/// }
///
/// let app = routes! { "/sums" => ws(sums(ws)) };
/// let mut client = app.test_ws("/sums");
/// client.send(r#"{"id":1,"call":"double","args":{"number":21}}"#).unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"ok":42}"#);
/// ```
#[must_use = "a call needs a reply: return `reply.send(value)`"]
pub struct Reply<T> {
    outlet: Outlet,
    value: PhantomData<fn(T)>,
}

impl<T: Serialize> Reply<T> {
    /// Returns the reply with `value`, for the handler to return.
    ///
    /// # Errors
    ///
    /// The failure if the format of the socket cannot represent the value, such as NaN in JSON. The
    /// client then receives a 500.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallResult, CallSocket, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Divide(f64, f64);
    /// # #[derive(Calls)]
    /// # enum Math {
    /// #     Divide(Divide, Reply<f64>),
    /// # }
    ///
    /// async fn divide(Math::Divide(Divide(number, by), reply): Math) -> CallResult {
    ///     reply.send(number / by)
    /// }
    ///
    /// # async fn math(ws: CallSocket<Math>) -> WsResult {
    /// #     ws.serve_calls(divide).await
    /// # }
    /// let mut client = math.test_ws("/");
    /// client.send(r#"{"id":1,"call":"divide","args":[1,2]}"#).unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"ok":0.5}"#);
    /// client.send(r#"{"id":2,"call":"divide","args":[0,0]}"#).unwrap(); // JSON has no NaN.
    /// assert!(client.received().next().unwrap().unwrap().text().contains("500"));
    /// ```
    pub fn send(self, value: T) -> CallResult {
        let message = self.outlet.ok(&value)?;
        Ok(Replied {
            id: self.outlet.id,
            message,
        })
    }
}

/// The handle of a call whose reply is a stream of items.
///
/// It sends while the client reads: if the client is slow, sending waits. The stream ends with
/// [`end`](Self::end), or with the error that the handler returns.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallResult, CallSocket, Calls, Replies};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct CountTo {
///     last: u32,
/// }
///
/// #[derive(Calls)]
/// enum Numbers {
///     CountTo(CountTo, Replies<u32>),
/// }
///
/// async fn respond(call: Numbers) -> CallResult {
///     let Numbers::CountTo(CountTo { last }, mut replies) = call;
///     for number in 1..=last {
///         replies.send(number).await?;
///     }
///     replies.end()
/// }
///
/// async fn numbers(ws: CallSocket<Numbers>) -> WsResult {
///     ws.serve_calls(respond).await
/// }
///
/// let app = routes! { "/numbers" => ws(numbers(ws)) };
/// let mut client = app.test_ws("/numbers");
/// client.send(r#"{"id":1,"call":"count_to","args":{"last":1}}"#).unwrap();
/// let received: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
/// assert_eq!(received, [r#"{"id":1,"item":1}"#, r#"{"id":1,"end":true}"#]);
/// ```
#[must_use = "a call needs a reply: return `replies.end()`"]
pub struct Replies<T> {
    outlet: Outlet,
    /// The number of items that the client accepts now. `None` if it sets no window.
    credit: Option<Arc<Semaphore>>,
    item: PhantomData<fn(T)>,
}

impl<T: Serialize> Replies<T> {
    /// Sends an item, waiting while the client reads too slowly.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Closed`] if the socket is closing, and [`SendError::Unencodable`] if
    /// the format cannot represent the value.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, the item was not sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::calls::{CallResult, CallSocket, Calls, Replies};
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::testing::NextMessage;
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
    /// let mut client = counter.test_ws("/");
    /// // This client accepts one item, and then one more.
    /// client.send(r#"{"id":1,"call":"count_to","args":3,"window":1}"#).unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"item":1}"#);
    /// assert_eq!(client.next_within(Duration::from_millis(10)), NextMessage::Pending);
    /// client.send(r#"{"id":1,"more":1}"#).unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"item":2}"#);
    /// ```
    pub async fn send(&mut self, item: T) -> Result<(), SendError> {
        let permit = match &self.credit {
            // The semaphore is never closed.
            Some(credit) => credit.acquire().await.ok(),
            None => None,
        };
        self.outlet.send_item(item).await?;
        if let Some(permit) = permit {
            permit.forget();
        }
        Ok(())
    }

    /// Sends every item of `items`, and ends the stream.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Examples
    ///
    /// ```
    /// use futures_util::stream;
    /// use http4k_ws::calls::{CallResult, CallSocket, Calls, Replies};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct CountTo(u32);
    /// # #[derive(Calls)]
    /// # enum Counter {
    /// #     CountTo(CountTo, Replies<u32>),
    /// # }
    ///
    /// async fn count(Counter::CountTo(CountTo(last), replies): Counter) -> CallResult {
    ///     replies.send_all(stream::iter(1..=last)).await
    /// }
    ///
    /// # async fn counter(ws: CallSocket<Counter>) -> WsResult {
    /// #     ws.serve_calls(count).await
    /// # }
    /// let mut client = counter.test_ws("/");
    /// client.send(r#"{"id":1,"call":"count_to","args":1}"#).unwrap();
    /// let received: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
    /// assert_eq!(received, [r#"{"id":1,"item":1}"#, r#"{"id":1,"end":true}"#]);
    /// ```
    pub async fn send_all(mut self, items: impl Stream<Item = T>) -> CallResult {
        let mut items = std::pin::pin!(items);
        while let Some(item) = items.next().await {
            self.send(item).await?;
        }
        self.end()
    }

    /// Sends every item of `items` until one is an error, which ends the stream.
    ///
    /// # Errors
    ///
    /// The first error of the stream, and the errors of [`send`](Self::send).
    ///
    /// # Examples
    ///
    /// ```
    /// use futures_util::stream;
    /// use http4k_ws::calls::{CallProblem, CallResult, CallSocket, Calls, Replies};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Rows;
    /// # #[derive(Calls)]
    /// # enum Table {
    /// #     Rows(Rows, Replies<u32>),
    /// # }
    ///
    /// async fn rows(Table::Rows(Rows, replies): Table) -> CallResult {
    ///     // As a database returns them, until its connection is lost.
    ///     let lost = CallProblem::new(StatusCode::SERVICE_UNAVAILABLE);
    ///     replies.try_send_all(stream::iter([Ok(7), Err(lost)])).await
    /// }
    ///
    /// # async fn table(ws: CallSocket<Table>) -> WsResult {
    /// #     ws.serve_calls(rows).await
    /// # }
    /// let mut client = table.test_ws("/");
    /// client.send(r#"{"id":1,"call":"rows"}"#).unwrap();
    /// let received: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
    /// assert_eq!(received[0], r#"{"id":1,"item":7}"#);
    /// assert!(received[1].text().contains("503"));
    /// ```
    pub async fn try_send_all<E: Into<CallFailure>>(
        mut self,
        items: impl Stream<Item = Result<T, E>>,
    ) -> CallResult {
        let mut items = std::pin::pin!(items);
        while let Some(item) = items.next().await {
            self.send(item.map_err(Into::into)?).await?;
        }
        self.end()
    }

    /// Returns the end of the stream, for the handler to return.
    ///
    /// # Errors
    ///
    /// None. The result is that of a handler.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallResult, CallSocket, Calls, Replies};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Find(String);
    /// # #[derive(Calls)]
    /// # enum Search {
    /// #     Find(Find, Replies<String>),
    /// # }
    ///
    /// async fn find(Search::Find(Find(text), mut replies): Search) -> CallResult {
    ///     for title in ["tea", "teapot", "kettle"] {
    ///         if title.contains(&text) {
    ///             replies.send(title.to_owned()).await?;
    ///         }
    ///     }
    ///     replies.end()
    /// }
    ///
    /// # async fn search(ws: CallSocket<Search>) -> WsResult {
    /// #     ws.serve_calls(find).await
    /// # }
    /// let mut client = search.test_ws("/");
    /// // A stream may have no items.
    /// client.send(r#"{"id":1,"call":"find","args":"cup"}"#).unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"end":true}"#);
    /// ```
    pub fn end(self) -> CallResult {
        Ok(Replied {
            id: self.outlet.id,
            message: self.outlet.end()?,
        })
    }
}

impl<T> Sealed for Reply<T> {}

impl<T: CallValue> CallHandle for Reply<T> {
    type Value = T;
    const IS_STREAM: bool = false;

    fn of(call: &IncomingCall) -> Self {
        Self {
            outlet: call.outlet.clone(),
            value: PhantomData,
        }
    }
}

impl<T> Sealed for Replies<T> {}

impl<T: CallValue> CallHandle for Replies<T> {
    type Value = T;
    const IS_STREAM: bool = true;

    fn of(call: &IncomingCall) -> Self {
        Self {
            outlet: call.outlet.clone(),
            credit: call.credit.clone(),
            item: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reply").field(&self.outlet.id.0).finish()
    }
}

impl<T> fmt::Debug for Replies<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Replies").field(&self.outlet.id.0).finish()
    }
}

impl fmt::Debug for Replied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Replied").field(&self.id.0).finish()
    }
}
