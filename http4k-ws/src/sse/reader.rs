//! The events in the body of a response.

use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::Stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use http_body::Body as _;

use super::end::{SseEnd, SseReadError};
use super::event::SseEvent;
use super::from_event::FromSseEvent;
use super::parse::{SseParser, SseTooLarge};
use crate::message::{Body, BodyError, Response};

/// The media type of an event stream (WHATWG HTML §9.2.5).
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// The pieces without an event that are read before other tasks may run.
const PIECES_AT_ONCE: usize = 32;

/// A reader of the events in one response.
///
/// It reads any response with status 200 and the Content-Type `text/event-stream`, such as that of
/// an `HttpClient` with streaming bodies, or of a handler in memory. It does not reconnect. Nothing
/// is read unless [`recv`](Self::recv) is called, so that a slow reader slows the server down.
///
/// Dropping it closes the stream.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{SseEnd, SseReader};
///
/// async fn answer(_request: Request) -> Response {
///     let body = "data: how\n\ndata: are\ndata: you\n\n";
///     Response::new(Body::from(body)).with_header("content-type", "text/event-stream")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let response = answer.call(Request::default()).await;
/// let mut reader = SseReader::new(response).expect("a stream").typed::<String>();
/// assert_eq!(reader.recv().await?.as_deref(), Some("how"));
/// assert_eq!(reader.recv().await?.as_deref(), Some("are\nyou"));
/// assert_eq!(reader.recv().await?, None);
/// assert_eq!(reader.end(), Some(&SseEnd::Complete));
///
/// let page = SseReader::new(Response::new(Body::from("a page")));
/// assert_eq!(page.unwrap_err().body(), "a page");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SseReader<T = SseEvent> {
    headers: HeaderMap,
    body: Body,
    /// The part of the last frame that is not parsed yet.
    piece: Bytes,
    parser: SseParser,
    end: Option<SseEnd>,
    types: PhantomData<fn() -> T>,
}

impl SseReader {
    /// Returns a reader of the events in `response`.
    ///
    /// # Errors
    ///
    /// Returns the response itself if it is not a stream of events, because it has another status
    /// than 200 or another Content-Type.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::SseReader;
    /// let stream = Response::new(Body::from("data: rain\n\n"));
    /// let stream = stream.with_header("content-type", "text/event-stream; charset=utf-8");
    /// assert!(SseReader::new(stream).is_ok());
    ///
    /// let refused = Response::new(Body::from("not here")).with_status(StatusCode::NOT_FOUND);
    /// let response = SseReader::new(refused).unwrap_err();
    /// assert_eq!(response.status(), 404);
    /// ```
    pub fn new(response: Response) -> Result<Self, Box<Response>> {
        match is_stream(&response) {
            true => Ok(Self::lenient(response)),
            false => Err(Box::new(response)),
        }
    }

    /// Returns a reader of the events in `response`, whatever its status and Content-Type.
    pub(crate) fn lenient(response: Response) -> Self {
        let (head, body) = response.into_parts();
        Self {
            headers: head.headers,
            body,
            piece: Bytes::new(),
            parser: SseParser::new(),
            end: None,
            types: PhantomData,
        }
    }
}

impl<T> SseReader<T> {
    /// Sets the bound of one event, in bytes. A longer one ends the stream with
    /// [`SseEnd::TooLarge`]. Default 1 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{SseEnd, SseReader, SseTooLarge};
    /// let response = Response::new(Body::from("data: a long event\n\n"))
    ///     .with_header("content-type", "text/event-stream");
    /// let mut reader = SseReader::new(response).expect("a stream").with_max_event(8);
    /// assert!(reader.recv().await.is_err());
    /// assert_eq!(reader.end(), Some(&SseEnd::TooLarge(SseTooLarge { limit: 8 })));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_max_event(mut self, bytes: usize) -> Self {
        self.parser = self.parser.with_max_event(bytes);
        self
    }

    /// Sets the id that counts until the stream has another one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::SseReader;
    /// let response = Response::new(Body::from("data: rain\n\n"))
    ///     .with_header("content-type", "text/event-stream");
    /// let reader = SseReader::new(response).expect("a stream").with_last_event_id("7");
    /// assert_eq!(reader.last_event_id(), "7");
    /// ```
    #[must_use]
    pub fn with_last_event_id(mut self, id: impl Into<String>) -> Self {
        self.parser = self.parser.with_last_event_id(id);
        self
    }

    /// Returns the id of the last event that had one; empty if there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::SseReader;
    /// let response = Response::new(Body::from("id: 7\ndata: rain\n\n"))
    ///     .with_header("content-type", "text/event-stream");
    /// let mut reader = SseReader::new(response).expect("a stream");
    /// assert_eq!(reader.last_event_id(), "");
    /// reader.recv().await?;
    /// assert_eq!(reader.last_event_id(), "7");
    /// # Ok(())
    /// # }
    /// ```
    pub fn last_event_id(&self) -> &str {
        self.parser.last_event_id()
    }

    /// Returns the delay before a reconnection that the server requested last.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::SseReader;
    /// # use std::time::Duration;
    /// let response = Response::new(Body::from("retry: 5000\n\ndata: rain\n\n"))
    ///     .with_header("content-type", "text/event-stream");
    /// let mut reader = SseReader::new(response).expect("a stream");
    /// assert_eq!(reader.retry(), None);
    /// reader.recv().await?;
    /// assert_eq!(reader.retry(), Some(Duration::from_secs(5)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn retry(&self) -> Option<Duration> {
        self.parser.retry()
    }

    /// Returns the number of comments that were read.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::SseReader;
    /// let response = Response::new(Body::from(": still here\n\ndata: rain\n\n"))
    ///     .with_header("content-type", "text/event-stream");
    /// let mut reader = SseReader::new(response).expect("a stream");
    /// reader.recv().await?;
    /// assert_eq!(reader.comments(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn comments(&self) -> u64 {
        self.parser.comments()
    }

    /// Returns the header fields of the response.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::SseReader;
    /// let response = Response::new(Body::from("data: rain\n\n"))
    ///     .with_header("content-type", "text/event-stream")
    ///     .with_header("x-node", "7");
    /// let reader = SseReader::new(response).expect("a stream");
    /// assert_eq!(reader.response_headers()["x-node"], "7");
    /// ```
    pub fn response_headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the end of the stream, or `None` if it has not been reached.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{SseEnd, SseReader};
    /// let response = Response::new(Body::from("data: rain\n\n"))
    ///     .with_header("content-type", "text/event-stream");
    /// let mut reader = SseReader::new(response).expect("a stream");
    /// assert!(reader.recv().await?.is_some());
    /// assert_eq!(reader.end(), None);
    /// assert!(reader.recv().await?.is_none());
    /// assert_eq!(reader.end(), Some(&SseEnd::Complete));
    /// # Ok(())
    /// # }
    /// ```
    pub fn end(&self) -> Option<&SseEnd> {
        self.end.as_ref()
    }

    /// Closes the stream. The server notices it as the end of its connection. Events that were not
    /// read are lost, and calling it again has no effect.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{SseEnd, SseReader};
    /// let response = Response::new(Body::from("data: one\n\ndata: two\n\n"))
    ///     .with_header("content-type", "text/event-stream");
    /// let mut reader = SseReader::new(response).expect("a stream");
    /// assert!(reader.recv().await?.is_some());
    /// reader.close();
    /// assert_eq!(reader.recv().await?, None);
    /// assert_eq!(reader.end(), Some(&SseEnd::Closed));
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(&mut self) {
        self.finish(SseEnd::Closed);
    }

    fn finish(&mut self, end: SseEnd) {
        self.end.get_or_insert(end);
        (self.body, self.piece) = (Body::empty(), Bytes::new());
    }

    /// Polls for the next event. Returns `None` at the end of the stream. `came` is called with
    /// each piece of bytes that arrives.
    pub(crate) fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        came: &mut dyn FnMut(),
    ) -> Poll<Option<SseEvent>> {
        for _ in 0..PIECES_AT_ONCE {
            if self.end.is_some() {
                return Poll::Ready(None);
            }
            match self.parse() {
                Ok(Some(event)) => return Poll::Ready(Some(event)),
                Ok(None) => {}
                Err(error) => {
                    self.finish(SseEnd::TooLarge(error));
                    continue;
                }
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    came();
                    self.piece = frame.into_data().unwrap_or_default();
                }
                Some(Err(error)) => self.finish(broken(&error)),
                None => self.finish(SseEnd::Complete),
            }
        }
        // A server that sends comments without a pause must not keep other tasks waiting.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn parse(&mut self) -> Result<Option<SseEvent>, SseTooLarge> {
        let mut rest = &self.piece[..];
        let parsed = self.parser.read(&mut rest);
        let read = self.piece.len() - rest.len();
        self.piece.advance(read);
        parsed
    }

    /// Waits for the next event, whatever the type of the reader.
    pub(crate) async fn next_event(&mut self) -> Option<SseEvent> {
        poll_fn(|cx| self.poll_event(cx, &mut || {})).await
    }
}

fn broken(error: &BodyError) -> SseEnd {
    SseEnd::broken(error)
}

impl<T: FromSseEvent> SseReader<T> {
    /// Returns the same reader for values of another type.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::SseReader;
    /// let response = Response::new(Body::from("data: 21\n\n"))
    ///     .with_header("content-type", "text/event-stream");
    /// let mut degrees = SseReader::new(response).expect("a stream").typed::<Json<i32>>();
    /// assert_eq!(degrees.recv().await?, Some(Json(21)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn typed<U: FromSseEvent>(self) -> SseReader<U> {
        SseReader {
            headers: self.headers,
            body: self.body,
            piece: self.piece,
            parser: self.parser,
            end: self.end,
            types: PhantomData,
        }
    }

    /// Waits for the next event. Returns `None` once the server has ended the stream, or
    /// [`close`](Self::close) was called.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, no event is lost.
    ///
    /// # Errors
    ///
    /// Returns [`SseReadError::Unreadable`] if the data is not a `T`; the next event can be read.
    /// Returns [`SseReadError::Ended`] if the stream ended early.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{SseReadError, SseReader};
    /// let response = Response::new(Body::from("data: cold\n\ndata: 21\n\n"))
    ///     .with_header("content-type", "text/event-stream");
    /// let mut degrees = SseReader::new(response).expect("a stream").typed::<Json<i32>>();
    /// assert!(matches!(degrees.recv().await, Err(SseReadError::Unreadable(_))));
    /// assert_eq!(degrees.recv().await?, Some(Json(21)));
    /// assert_eq!(degrees.recv().await?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recv(&mut self) -> Result<Option<T>, SseReadError> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<T>, SseReadError>> {
        Poll::Ready(match ready!(self.poll_event(cx, &mut || {})) {
            Some(event) => Ok(Some(T::from_sse_event(event)?)),
            None => match &self.end {
                Some(end) if !end.is_normal() => Err(SseReadError::Ended(end.clone())),
                _ => Ok(None),
            },
        })
    }
}

/// Yields each value, or the failure to read it, until the stream ends. An early end is one item.
impl<T: FromSseEvent> Stream for SseReader<T> {
    type Item = Result<T, SseReadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let is_over = self.end.is_some();
        let next = ready!(self.poll_recv(cx));
        Poll::Ready(next.transpose().filter(|_| !is_over))
    }
}

/// Returns `true` if `response` is a stream of events (WHATWG HTML §9.2.3).
pub(crate) fn is_stream(response: &Response) -> bool {
    response.status() == StatusCode::OK && is_event_stream(response.headers())
}

/// Returns `true` if the Content-Type is that of an event stream. Its parameters are ignored.
pub(crate) fn is_event_stream(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(EVENT_STREAM))
}
