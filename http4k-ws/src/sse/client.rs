//! The trait of blocking clients of a stream of events, in memory and over the network.

use std::time::Duration;

use http::HeaderMap;

use super::end::SseEnd;
use super::event::SseEvent;

/// A blocking client of a stream of events, in memory or over the network, so that one test can run
/// on both. It is to a stream what [`WsClient`](crate::session::client::WsClient) is to a socket.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::EventSource;
/// use http4k_ws::testing::{SseClient, SseEnd};
///
/// async fn count(_request: Request) -> Response {
///     let body = Body::from("data: one\n\ndata: two\n\n");
///     Response::new(body).with_header("content-type", "text/event-stream")
/// }
///
/// // Every client sees the same.
/// fn counts(client: &mut impl SseClient) {
///     let mut events = client.received().map(|event| event.unwrap().data().to_owned());
///     assert_eq!(events.next().as_deref(), Some("one"));
///     assert_eq!(events.next().as_deref(), Some("two"));
///     assert_eq!(events.next(), None);
///     drop(events);
///     assert_eq!(client.closed(), Some(SseEnd::Complete));
/// }
///
/// counts(&mut count.test_sse("/"));
/// # #[cfg(all(feature = "client", feature = "server"))] {
/// let server = count.as_server("127.0.0.1:0").start().unwrap();
/// let source = EventSource::to(format!("http://{}/", server.addr())).with_reconnection(false);
/// counts(&mut source.blocking().unwrap());
/// # }
/// ```
pub trait SseClient {
    /// Waits for the next event, for at most `limit`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::time::Duration;
    /// # use http4k_ws::sse::{NextEvent, Sse};
    /// async fn slow(sse: Sse) {
    ///     sse.send("first").await.unwrap();
    ///     sse.closed().await;
    /// }
    ///
    /// let app = routes! { GET "/" => sse(slow(sse)) };
    /// let mut client = app.test_sse("/");
    /// let limit = Duration::from_millis(10);
    /// assert_eq!(client.next_within(limit), NextEvent::Event("first".into()));
    /// assert_eq!(client.next_within(limit), NextEvent::Pending);
    /// ```
    fn next_within(&mut self, limit: Duration) -> NextEvent;

    /// Waits for the next event, up to the limit of this client.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{NextEvent, Sse, SseEnd};
    /// let app = routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) };
    /// let mut client = app.test_sse("/");
    /// assert_eq!(client.next(), NextEvent::Event("rain".into()));
    /// assert_eq!(client.next(), NextEvent::Closed(SseEnd::Complete));
    /// ```
    fn next(&mut self) -> NextEvent;

    /// Closes the stream. Calling it again has no effect.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseEnd};
    /// let app = routes! { GET "/" => sse(|sse: Sse| async move { sse.closed().await }) };
    /// let mut client = app.test_sse("/");
    /// client.close();
    /// assert_eq!(client.closed(), Some(SseEnd::Closed));
    /// ```
    fn close(&mut self);

    /// Returns the id that the client would send to resume; empty if no event had one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseEvent};
    /// let app = routes! {
    ///     GET "/" => sse(|sse: Sse| sse.try_send(SseEvent::new("rain").with_id(7))),
    /// };
    /// let mut client = app.test_sse("/");
    /// assert_eq!(client.last_event_id(), "");
    /// client.next();
    /// assert_eq!(client.last_event_id(), "7");
    /// ```
    fn last_event_id(&self) -> &str;

    /// Returns the number of comments that were read, such as those that keep a connection open.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// async fn quiet(sse: Sse) {
    ///     sse.comment("still here").await.unwrap();
    /// }
    ///
    /// let app = routes! { GET "/" => sse(quiet(sse)) };
    /// let mut client = app.test_sse("/");
    /// client.closed();
    /// assert_eq!(client.comments(), 1);
    /// ```
    fn comments(&self) -> u64;

    /// Returns the header fields of the response. Empty for a client that reconnects while it has
    /// no connection.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// let app = routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) };
    /// let client = app.test_sse("/");
    /// assert_eq!(client.response_headers()["content-type"], "text/event-stream");
    /// ```
    fn response_headers(&self) -> &HeaderMap;

    /// Waits until the stream has ended, and returns how. Events that arrive before are dropped.
    /// `None` if that exceeds the limit of this client.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseEnd};
    /// let app = routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) };
    /// let mut client = app.test_sse("/");
    /// assert_eq!(client.closed(), Some(SseEnd::Complete));
    /// // The event has been dropped.
    /// assert_eq!(client.received().next(), None);
    /// ```
    fn closed(&mut self) -> Option<SseEnd> {
        loop {
            match self.next() {
                NextEvent::Event(_) => {}
                NextEvent::Pending => return None,
                NextEvent::Closed(end) => return Some(end),
            }
        }
    }

    /// Asserts that for `time` no event arrives and the stream stays open.
    ///
    /// # Panics
    ///
    /// Panics if an event arrives or the stream ends, with the event or the end.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::time::Duration;
    /// # use http4k_ws::sse::Sse;
    /// async fn wait(sse: Sse) {
    ///     sse.send("hello").await.unwrap();
    ///     sse.closed().await;
    /// }
    ///
    /// let app = routes! { GET "/" => sse(wait(sse)) };
    /// let mut client = app.test_sse("/");
    /// assert_eq!(client.received().next().unwrap().unwrap().data(), "hello");
    /// client.expect_silence(Duration::from_millis(10));
    /// ```
    #[track_caller]
    fn expect_silence(&mut self, time: Duration) {
        match self.next_within(time) {
            NextEvent::Pending => {}
            NextEvent::Event(event) => {
                panic!("silence was expected for {time:?}, and an event came: {event:?}")
            }
            NextEvent::Closed(end) => panic!("silence was expected for {time:?}: {end}"),
        }
    }

    /// Returns an iterator over the events that arrive from now on, in order.
    ///
    /// It ends when the server or the client ends the stream. Any other end is one
    /// [`SseReceiveError::Ended`]. If no event arrives within the limit of this client, the item is
    /// [`SseReceiveError::Silent`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseReceiveError, SseResult};
    /// async fn news(sse: Sse) -> SseResult {
    ///     sse.send("rain").await?;
    ///     Err("no more news".into())
    /// }
    ///
    /// let app = routes! { GET "/" => sse(news(sse)) };
    /// let mut client = app.test_sse("/");
    /// let mut received = client.received();
    /// assert_eq!(received.next().unwrap().unwrap().data(), "rain");
    /// assert!(matches!(received.next(), Some(Err(SseReceiveError::Ended(_)))));
    /// assert_eq!(received.next(), None);
    /// ```
    fn received(&mut self) -> SseReceived<'_, Self>
    where
        Self: Sized,
    {
        SseReceived {
            client: self,
            ended: false,
        }
    }
}

/// The outcome of waiting for an event.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{NextEvent, Sse, SseEnd, SseEvent};
///
/// let app = routes! { GET "/" => sse(|sse: Sse| async move { sse.send("one").await }) };
/// let mut client = app.test_sse("/");
/// assert_eq!(client.next(), NextEvent::Event(SseEvent::new("one")));
/// assert_eq!(client.next(), NextEvent::Closed(SseEnd::Complete));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextEvent {
    /// An event.
    Event(SseEvent),
    /// No event has arrived, and the stream is open.
    Pending,
    /// The stream has ended, and every earlier event was received.
    Closed(SseEnd),
}

/// The reason why no event was received.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseReceiveError, SseResult};
///
/// async fn news(_sse: Sse) -> SseResult {
///     Err("no news".into())
/// }
///
/// let app = routes! { GET "/news" => sse(news(sse)) };
/// let error = app.test_sse("/news").received().next().unwrap().unwrap_err();
/// assert!(matches!(error, SseReceiveError::Ended(_)), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SseReceiveError {
    /// The stream ended early.
    #[error("{0}")]
    Ended(SseEnd),
    /// The stream is open, and no event arrived within the limit of the client.
    #[error("no event came, and none is on its way")]
    Silent,
}

/// The iterator of [`SseClient::received`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseEvent};
///
/// let app = routes! { GET "/" => sse(|sse: Sse| async move { sse.send("one").await }) };
/// let mut client = app.test_sse("/");
/// let events: Vec<_> = client.received().map(Result::unwrap).collect();
/// assert_eq!(events, [SseEvent::new("one")]);
/// ```
#[derive(Debug)]
pub struct SseReceived<'a, C> {
    client: &'a mut C,
    ended: bool,
}

impl<C: SseClient> Iterator for SseReceived<'_, C> {
    type Item = Result<SseEvent, SseReceiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let error = match self.client.next() {
            NextEvent::Event(event) => return Some(Ok(event)),
            NextEvent::Closed(end) if end.is_normal() => None,
            NextEvent::Closed(end) => Some(Err(SseReceiveError::Ended(end))),
            NextEvent::Pending => Some(Err(SseReceiveError::Silent)),
        };
        self.ended = true;
        error
    }
}
