//! The methods of a socket that responds to calls.

use std::future::{self, Future};

use super::call::Calls;
use super::config::CallsConfig;
use super::open_calls::OpenCalls;
use super::problem::CallResult;
use super::reply_message::CallReply;
use super::request::CallRequest;
use crate::message::WsMessage;
use crate::session::{WebSocket, WsResult};

impl<C: Calls> WebSocket<CallRequest<C>, CallReply<C>> {
    /// Responds to the calls of the client by `handler`, until the socket is over.
    ///
    /// Calls run at the same time, within the default [`CallsConfig`]. The handler may borrow from
    /// the consumer. A handler that fails or panics ends its own call with an error, and nothing
    /// else. All calls are dropped with the socket, and a call that the client cancels is dropped
    /// at once.
    ///
    /// # Errors
    ///
    /// The failure to read a message without an id, which has no reply: the socket closes with
    /// 1007.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, all calls are dropped, and the socket is closed with 1000.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallResult, CallSocket, Calls, Reply};
    /// use http4k_ws::prelude::*;
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Double {
    ///     number: i64,
    /// }
    ///
    /// #[derive(Calls)]
    /// enum Math {
    ///     Double(Double, Reply<i64>),
    /// }
    ///
    /// async fn double(Math::Double(Double { number }, reply): Math) -> CallResult {
    ///     reply.send(number * 2)
    /// }
    ///
    /// async fn math(ws: CallSocket<Math>) -> WsResult {
    ///     ws.serve_calls(double).await
    /// }
    ///
    /// let mut client = math.test_ws("/");
    /// client.send(r#"{"id":1,"call":"double","args":{"number":21}}"#).unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"ok":42}"#);
    /// ```
    pub fn serve_calls<'a, F, Fut>(self, handler: F) -> impl Future<Output = WsResult> + Send + 'a
    where
        F: FnMut(C) -> Fut + Send + 'a,
        Fut: Future<Output = CallResult> + Send + 'a,
    {
        self.serve_calls_with(CallsConfig::default(), handler)
    }

    /// Responds to calls as [`serve_calls`](Self::serve_calls) does, within `config`.
    ///
    /// # Errors
    ///
    /// As [`serve_calls`](Self::serve_calls).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallSocket, Calls, CallsConfig, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Wait;
    /// # #[derive(Calls)]
    /// # enum Slow {
    /// #     Wait(Wait, Reply<u32>),
    /// # }
    ///
    /// async fn slow(ws: CallSocket<Slow>) -> WsResult {
    ///     let config = CallsConfig::default().with_deadline(std::time::Duration::from_millis(10));
    ///     ws.serve_calls_with(config, |_call| std::future::pending()).await
    /// }
    ///
    /// let mut client = slow.test_ws("/");
    /// client.send(r#"{"id":1,"call":"wait"}"#).unwrap();
    /// assert!(client.received().next().unwrap().unwrap().text().contains("503"));
    /// ```
    pub fn serve_calls_with<'a, F, Fut>(
        self,
        config: CallsConfig,
        handler: F,
    ) -> impl Future<Output = WsResult> + Send + 'a
    where
        F: FnMut(C) -> Fut + Send + 'a,
        Fut: Future<Output = CallResult> + Send + 'a,
    {
        let mut handler = handler;
        let socket = self.typed::<WsMessage, WsMessage>();
        let mut calls = OpenCalls::new(socket, config);
        async move { future::poll_fn(|cx| calls.poll(cx, &mut handler)).await }
    }
}
