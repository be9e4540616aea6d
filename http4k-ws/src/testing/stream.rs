//! The client of a stream of events in memory, and its methods of an application.

use std::time::Duration;

use futures_util::FutureExt;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Uri};
use tokio::time::timeout;

use super::in_memory::{InMemory, valid};
use super::read_ahead::{Reading, read_ahead};
use super::runtime::TestRuntime;
use crate::message::{IntoRequest, Request, Response, read_whole};
use crate::sse::SseEvent;
use crate::sse::{EVENT_STREAM, SseEnd, SseReader, is_stream};
use crate::sse::{NextEvent, SseClient};

/// A client of a stream of events in memory, or over a pipe of bytes.
///
/// Each call returns when the application has nothing left to do, so tests are deterministic. With
/// feature `testing` time is virtual: waiting for an event moves it to the next timer, and
/// [`advance`](Self::advance) moves it by hand. All clients of a test thread share one clock.
///
/// It reads ahead by at most 64 pieces or 64 KiB. So the handler has started, and has joined its
/// room, when the client is returned. Dropping the client closes the stream.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::{NextEvent, SseEnd};
///
/// async fn greet(_request: Request) -> Response {
///     let body = Body::from("event: greeting\ndata: hello\n\n");
///     Response::new(body).with_header("content-type", "text/event-stream")
/// }
///
/// let mut client = greet.test_sse("/");
/// let event = client.received().next().unwrap().unwrap();
/// assert_eq!((event.name(), event.data()), (Some("greeting"), "hello"));
/// assert_eq!(client.next(), NextEvent::Closed(SseEnd::Complete));
/// ```
#[derive(Debug)]
pub struct TestSseClient {
    runtime: TestRuntime,
    /// `None` only during a call.
    reader: Option<SseReader>,
    reading: Reading,
}

const TAKEN: &str = "the reader is put back at the end of each call";

impl TestSseClient {
    /// Opens a stream with the response of `call`, which runs in the test runtime of this thread.
    pub(super) fn open(
        call: impl Future<Output = Response> + Send + 'static,
    ) -> Result<Self, Response> {
        let runtime = TestRuntime::of_this_thread();
        let (reader, reading) = runtime.run(async { opened(call.await).await })?;
        runtime.settle();
        Ok(Self {
            runtime,
            reader: Some(reader),
            reading,
        })
    }

    /// Moves the clock forward by `time`. Every timer in between fires at its time, in order.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::time::Duration;
    /// # use http4k_ws::sse::Sse;
    /// let app = routes! { GET "/" => sse(|sse: Sse| async move { sse.closed().await }) };
    /// let mut client = app.test_sse("/");
    /// // A comment after 15 s of silence keeps the connection open.
    /// client.advance(Duration::from_secs(16));
    /// client.expect_silence(Duration::ZERO);
    /// assert_eq!(client.comments(), 1);
    /// ```
    #[cfg(feature = "testing")]
    pub fn advance(&mut self, time: Duration) {
        self.runtime.advance(time);
    }

    /// Moves virtual time, which needs the feature `testing`. Without it, this call does not
    /// compile.
    #[cfg(not(feature = "testing"))]
    pub fn advance(&mut self, time: impl super::driven::VirtualTime) {
        time.pass();
    }

    /// Stops reading from the connection, as a client whose process is suspended. The handler is
    /// not run any further, and the queue of its stream fills.
    ///
    /// Events that the client has read before can still be received.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::time::Duration;
    /// # use std::sync::Mutex;
    /// # use http4k_ws::sse::{Sse, SseSender, SseSendError};
    /// static LISTENER: Mutex<Option<SseSender>> = Mutex::new(None);
    ///
    /// async fn listen(sse: Sse) {
    ///     *LISTENER.lock().unwrap() = Some(sse.sender());
    ///     sse.closed().await;
    /// }
    ///
    /// let app = routes! { GET "/" => sse(listen(sse)) };
    /// let mut client = app.test_sse("/");
    /// client.stop_reading();
    /// let listener = LISTENER.lock().unwrap().take().unwrap();
    /// let full = |_: &u32| listener.try_send("tick") == Err(SseSendError::Full);
    /// let sent = (0..).take_while(|tick| !full(tick)).count();
    /// assert_eq!(sent, 256);
    /// client.read_on();
    /// assert_eq!(client.received().take(sent).count(), 256);
    /// ```
    pub fn stop_reading(&mut self) {
        self.reading.set_paused(true);
        self.runtime.settle();
    }

    /// Resumes reading after [`stop_reading`](Self::stop_reading).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::time::Duration;
    /// # use std::sync::Mutex;
    /// # use http4k_ws::sse::{NextEvent, Sse, SseSender};
    /// static LISTENER: Mutex<Option<SseSender>> = Mutex::new(None);
    ///
    /// async fn listen(sse: Sse) {
    ///     *LISTENER.lock().unwrap() = Some(sse.sender());
    ///     sse.closed().await;
    /// }
    ///
    /// let app = routes! { GET "/" => sse(listen(sse)) };
    /// let mut client = app.test_sse("/");
    /// client.stop_reading();
    /// LISTENER.lock().unwrap().as_ref().unwrap().try_send("rain").unwrap();
    /// client.expect_silence(Duration::from_millis(10));
    /// client.read_on();
    /// assert_eq!(client.next(), NextEvent::Event("rain".into()));
    /// ```
    pub fn read_on(&mut self) {
        self.reading.set_paused(false);
        self.runtime.settle();
    }

    fn reader(&self) -> &SseReader {
        self.reader.as_ref().expect(TAKEN)
    }
}

impl SseClient for TestSseClient {
    fn next_within(&mut self, limit: Duration) -> NextEvent {
        let mut reader = self.reader.take().expect(TAKEN);
        // The runtime need not run for an event that has arrived.
        if let Some(Some(event)) = reader.next_event().now_or_never() {
            self.reader = Some(reader);
            return NextEvent::Event(event);
        }
        let (reader, next) = self.runtime.run(async move {
            let next = match timeout(limit, reader.next_event()).await {
                Ok(next) => next_of(next, &reader),
                Err(_) => NextEvent::Pending,
            };
            (reader, next)
        });
        self.reader = Some(reader);
        next
    }

    fn next(&mut self) -> NextEvent {
        self.next_within(self.runtime.patience())
    }

    fn close(&mut self) {
        if let Some(reader) = &mut self.reader {
            reader.close();
        }
        self.runtime.settle();
    }

    fn last_event_id(&self) -> &str {
        self.reader().last_event_id()
    }

    fn comments(&self) -> u64 {
        self.reader().comments()
    }

    fn response_headers(&self) -> &HeaderMap {
        self.reader().response_headers()
    }
}

fn next_of(next: Option<SseEvent>, reader: &SseReader) -> NextEvent {
    match next {
        Some(event) => NextEvent::Event(event),
        None => NextEvent::Closed(reader.end().cloned().unwrap_or(SseEnd::Complete)),
    }
}

impl Drop for TestSseClient {
    fn drop(&mut self) {
        self.reader = None;
        self.runtime.settle();
    }
}

impl InMemory {
    /// Opens a stream of events, as [`test_sse`](crate::testing::Offline::test_sse) does.
    ///
    /// # Panics
    ///
    /// Panics if the response is not a stream of events, or `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// # use http4k_ws::testing::InMemory;
    /// let app = InMemory::new(routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) });
    /// assert_eq!(app.sse("/").received().next().unwrap().unwrap().data(), "rain");
    /// ```
    #[track_caller]
    pub fn sse(&self, request: impl IntoRequest) -> TestSseClient {
        let request = valid(request);
        let target = request.uri().clone();
        stream_of(self.try_sse(request), &target)
    }

    /// Opens a stream of events, as [`try_test_sse`](crate::testing::Offline::try_test_sse) does.
    ///
    /// # Errors
    ///
    /// Returns the response if it is not a stream of events, with its body read.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::InMemory;
    /// let app = InMemory::new(routes! { GET "/" => http(|| "a page") });
    /// assert_eq!(app.try_sse("/").unwrap_err().body(), "a page");
    /// ```
    #[track_caller]
    pub fn try_sse(&self, request: impl IntoRequest) -> Result<TestSseClient, Response> {
        let (this, request) = (self.clone(), accepting_events(valid(request)));
        TestSseClient::open(async move { this.respond(request).await })
    }

    /// Opens a stream of events inside the current tokio runtime, as
    /// [`connect_sse`](crate::testing::Offline::connect_sse) does.
    ///
    /// # Errors
    ///
    /// Returns the response if it is not a stream of events, with its body read.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or outside a tokio runtime.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the handler that responds.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::Sse;
    /// # use http4k_ws::testing::InMemory;
    /// let app = InMemory::new(routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) });
    /// let mut news = app.connect_sse("/").await.expect("a stream");
    /// assert_eq!(news.recv().await?, Some("rain".into()));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect_sse(&self, request: impl IntoRequest) -> Result<SseReader, Response> {
        let request = accepting_events(valid(request));
        let (reader, _reading) = opened(self.respond(request).await).await?;
        Ok(reader)
    }
}

/// Returns a reader of the events in `response`, or the response with its body read.
pub(super) async fn opened(response: Response) -> Result<(SseReader, Reading), Response> {
    if !is_stream(&response) {
        return Err(read_whole(response).await);
    }
    let (response, reading) = read_ahead(response);
    Ok((SseReader::lenient(response), reading))
}

/// Adds the `Accept` of a client of streams, unless the test has set one.
pub(super) fn accepting_events(mut request: Request) -> Request {
    let stream = HeaderValue::from_static(EVENT_STREAM);
    request.headers_mut().entry(ACCEPT).or_insert(stream);
    request
}

/// Returns the stream that was opened at `target`.
///
/// # Panics
///
/// Panics with the response if it is not a stream of events.
#[track_caller]
pub(super) fn stream_of<S>(opened: Result<S, Response>, target: &Uri) -> S {
    opened.unwrap_or_else(|response| {
        let kind = response.headers().get(CONTENT_TYPE);
        let kind = kind.map_or("no Content-Type", |kind| {
            kind.to_str().unwrap_or("unreadable")
        });
        let text = response
            .body()
            .as_bytes()
            .map(|bytes| String::from_utf8_lossy(bytes));
        panic!(
            "the response of {target} is not a stream of events: {} ({kind}) {}",
            response.status(),
            text.unwrap_or_default()
        )
    })
}
