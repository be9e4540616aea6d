//! The request of an event source, before it is sent.

use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::EventSource;
use super::attempt::{Rules, SendRequest, Settings};
use super::blocking::BlockingEventSource;
use super::error::EventSourceError;
use super::event::SourceEvent;
use super::prepared::prepared;
use super::source::Source;
use crate::client::background;
use crate::client::http::HttpClient;
use crate::client::reconnect::ReconnectPolicy;
use crate::client::uri::without_secrets;
use crate::message::{IntoRequest, Request, Response};
use crate::sse::FromSseEvent;
#[cfg(feature = "tls")]
use crate::tls::ClientTls;

/// The request of an event source that is not connected yet.
/// [`EventSource::to`] returns it.
///
/// # Examples
///
/// A stream in response to a POST, as large language models have it:
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::EventSource;
///
/// async fn answer(request: Request) -> Response {
///     let prompt = request.into_body().text().await.unwrap();
///     let body = format!("data: {prompt}?\n\ndata: I see.\n\n");
///     Response::new(Body::from(body)).with_header("content-type", "text/event-stream")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = answer.as_server("127.0.0.1:0").start()?;
/// let uri = format!("http://{}/", server.addr());
/// let mut words = EventSource::to(Request::post(uri).body(Body::from("Rain")))
///     .with_header("x-api-key", "secret")
///     .start::<String>();
/// assert_eq!(words.recv().await?.as_deref(), Some("Rain?"));
/// assert_eq!(words.recv().await?.as_deref(), Some("I see."));
/// // A POST is not sent again.
/// assert_eq!(words.recv().await?, None);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is connected until `start` or `blocking` is called"]
pub struct EventSourceRequest {
    request: Result<Request, http::Error>,
    headers: Vec<(String, String)>,
    reconnection: Option<bool>,
    lenient: bool,
    retried_refusals: bool,
    max_redirects: u32,
    max_event: usize,
    max_silence: Option<Duration>,
    policy: ReconnectPolicy,
    send: Option<SendRequest>,
    client: HttpClient,
    observer: Option<Observer>,
}

pub(super) type Observer = Box<dyn Fn(&SourceEvent) + Send + Sync>;

impl EventSourceRequest {
    pub(super) fn new(request: impl IntoRequest) -> Self {
        // The source has limits of its own for each wait.
        let client = HttpClient::new()
            .streaming()
            .with_timeout(Duration::MAX)
            .with_max_body(u64::MAX);
        Self {
            request: request.into_request(),
            headers: Vec::new(),
            reconnection: None,
            lenient: false,
            retried_refusals: false,
            max_redirects: 20,
            max_event: 1024 * 1024,
            max_silence: Some(Duration::from_secs(45)),
            policy: ReconnectPolicy::default(),
            send: None,
            client,
            observer: None,
        }
    }

    /// Adds a field to the request, which is sent with every attempt. `Accept`, `Cache-Control` and
    /// `Last-Event-ID` replace those of this client. `Last-Event-ID` counts until the stream has
    /// another id.
    ///
    /// An invalid name or value is a [`EventSourceError::BadRequest`] of the source.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(request: Request) -> Response {
    /// #     let field = request.header("authorization").unwrap_or("no token").to_owned();
    /// #     let stream = Response::new(Body::from(format!("data: {field}\n\n")));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let source = EventSource::to("/news").over(send).with_header("authorization", "Bearer t1");
    /// assert_eq!(source.start::<String>().recv().await?.as_deref(), Some("Bearer t1"));
    ///
    /// let mut invalid = EventSource::to("/news").with_header("two words", "1").start::<String>();
    /// assert!(matches!(invalid.recv().await, Err(EventSourceError::BadRequest { .. })));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets whether the source connects again if a stream ends. Default `true` for GET, and `false`
    /// for any other method, because sending such a request again may repeat its effect (RFC 9110
    /// §9.2.2).
    ///
    /// With `false`, [`recv`](EventSource::recv) returns `None` once the server ends the stream.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let source = EventSource::to("/news").over(send).with_reconnection(false);
    /// let mut news = source.start::<String>();
    /// assert_eq!(news.recv().await?.as_deref(), Some("rain"));
    /// // The server has ended the stream.
    /// assert_eq!(news.recv().await?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_reconnection(mut self, reconnection: bool) -> Self {
        self.reconnection = Some(reconnection);
        self
    }

    /// Sets the policy for the delays and limits of reconnection. Its close codes are not used.
    /// Default [`ReconnectPolicy::default`].
    ///
    /// A `retry` of the server replaces the base of the delay, at most with
    /// [`retry_after_cap`](ReconnectPolicy::retry_after_cap). Servers send the same value to all
    /// clients, so a random time up to
    /// [`retry_after_spread`](ReconnectPolicy::retry_after_spread) is added.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # use http4k_ws::client::reconnect::ReconnectPolicy;
    /// let down = |_request| async { Err::<Response, _>("no route to host") };
    /// let policy = ReconnectPolicy::default().with_max_attempts(2);
    /// # let policy = policy.with_base(std::time::Duration::from_millis(1));
    /// let mut news = EventSource::to("/news").over(down).with_policy(policy).start::<String>();
    /// let error = news.recv().await.unwrap_err();
    /// assert!(matches!(error, EventSourceError::GaveUp { attempts: 2, .. }), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_policy(mut self, policy: ReconnectPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets whether a response with 408, 425, 429 or a 5xx leads to another attempt, as with the
    /// reconnecting socket, and after its `Retry-After` if it has one (RFC 9110 §10.2.3). Default
    /// `false`: such a response is final, as for a browser (WHATWG HTML §9.2.3).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # use http4k_ws::client::reconnect::ReconnectPolicy;
    /// # let busy = |_request| async {
    /// #     Ok::<_, EventSourceError>(StatusCode::SERVICE_UNAVAILABLE.into_response())
    /// # };
    /// let policy = ReconnectPolicy::default().with_max_attempts(2);
    /// # let policy = policy.with_base(std::time::Duration::from_millis(1));
    /// let source = || EventSource::to("/news").over(busy).with_policy(policy.clone());
    /// let first = source().start::<String>().recv().await.unwrap_err();
    /// assert!(matches!(first, EventSourceError::Refused { .. }), "{first}");
    /// let retried = source().with_retried_refusals(true);
    /// let retried = retried.start::<String>().recv().await.unwrap_err();
    /// assert!(matches!(retried, EventSourceError::GaveUp { attempts: 2, .. }), "{retried}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_retried_refusals(mut self, retried: bool) -> Self {
        self.retried_refusals = retried;
        self
    }

    /// Sets whether a response with status 200 and without a Content-Type is read as a stream.
    /// Another Content-Type is refused in any case. Default `false`.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// let old = |_request| async {
    ///     Ok::<_, EventSourceError>(Response::new(Body::from("data: rain\n\n")))
    /// };
    /// let source = || EventSource::to("/news").over(old);
    /// assert!(source().start::<String>().recv().await.is_err());
    /// let mut news = source().with_missing_content_type(true).start::<String>();
    /// assert_eq!(news.recv().await?.as_deref(), Some("rain"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_missing_content_type(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// Sets the number of redirects that one attempt follows. Default 20, as browsers have it; with
    /// 0, a redirect is refused like any other response.
    ///
    /// Another origin receives no credentials: of the fields of the request, only `Accept`,
    /// `Accept-Language`, `Cache-Control`, `Last-Event-ID`, `User-Agent` and those of the body are
    /// sent there. A redirect from `https` to `http` is refused. Each attempt starts at the target
    /// of the request.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// let moved = |_request| async {
    ///     let response = StatusCode::TEMPORARY_REDIRECT.into_response();
    ///     Ok::<_, EventSourceError>(response.with_header("location", "/elsewhere"))
    /// };
    /// let source = || EventSource::to("http://localhost/news").over(moved);
    /// let error = source().with_max_redirects(3).start::<String>().recv().await.unwrap_err();
    /// assert!(matches!(error, EventSourceError::TooManyRedirects { limit: 3 }), "{error}");
    /// let error = source().with_max_redirects(0).start::<String>().recv().await.unwrap_err();
    /// assert!(matches!(error, EventSourceError::Refused { .. }), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_max_redirects(mut self, limit: u32) -> Self {
        self.max_redirects = limit;
        self
    }

    /// Sets the bound of one event, in bytes. A longer one closes the source with
    /// [`SseEnd::TooLarge`](crate::sse::SseEnd::TooLarge). Default 1 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # use http4k_ws::sse::SseEnd;
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: a long event\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut news = EventSource::to("/news").over(send).with_max_event(8).start::<String>();
    /// let error = news.recv().await.unwrap_err();
    /// assert!(matches!(error, EventSourceError::Ended(SseEnd::TooLarge(_))), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_max_event(mut self, bytes: usize) -> Self {
        self.max_event = bytes;
        self
    }

    /// Sets the time without a byte after which a connection counts as lost; `None` for no limit.
    /// Default 45 s, which is three keep-alive comments of a server of this library. Only the time
    /// in which the source is read counts.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # use std::time::Duration;
    /// # use http4k_ws::sse::{Sse, SseEnd, respond};
    /// # let silent = |request| async {
    /// #     let stream = respond(request, async |sse: Sse| sse.closed().await);
    /// #     Ok::<_, EventSourceError>(stream)
    /// # };
    /// let limit = Duration::from_millis(20);
    /// let mut news = EventSource::to("/news")
    ///     .over(silent)
    ///     .with_reconnection(false)
    ///     .with_max_silence(limit)
    ///     .start::<String>();
    /// let error = news.recv().await.unwrap_err();
    /// let EventSourceError::Ended(end) = error else { panic!("{error}") };
    /// assert_eq!(end, SseEnd::Silent { after: limit });
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_max_silence(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.max_silence = limit.into();
        self
    }

    /// Sends every request over the Unix socket at `path`, also after a redirect. See
    /// [`HttpClient::with_unix_socket`].
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// let source = EventSource::to("/news").with_unix_socket("/nonexistent/app.sock");
    /// # let source = source.with_reconnection(false);
    /// let error = source.start::<String>().recv().await.unwrap_err();
    /// assert!(matches!(error, EventSourceError::Failed { .. }), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(unix)]
    pub fn with_unix_socket(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.client = self.client.with_unix_socket(path);
        self
    }

    /// Sets the certificate authorities to trust if the scheme is `https`. Default: those of the
    /// public web.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{ClientTls, EventSource};
    /// # use http4k_ws::server::{ServerConfig, ServerTls};
    /// # use http4k_ws::sse::Sse;
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let (authority, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// # let config = ServerConfig::default().with_tls(ServerTls::from_pem(&authority, key)?);
    /// # let app = routes! { GET "/" => sse(|sse: Sse| sse.try_send("rain")) };
    /// # let server = app.as_server("127.0.0.1:0").with_config(config).start()?;
    /// # let uri = format!("https://localhost:{}/", server.port());
    /// let ours = ClientTls::trusting_only(authority)?;
    /// let mut news = EventSource::to(&uri).with_tls(ours).start::<String>();
    /// assert_eq!(news.recv().await?.as_deref(), Some("rain"));
    /// // An authority of our own is not one of the public web.
    /// assert!(EventSource::to(&uri).start::<String>().recv().await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "tls")]
    pub fn with_tls(mut self, tls: ClientTls) -> Self {
        self.client = self.client.with_tls(tls);
        self
    }

    /// Needs the feature `tls`, and does not compile without it.
    #[cfg(not(feature = "tls"))]
    pub fn with_tls(self, _tls: impl crate::switched_off::TlsFeature) -> Self {
        self
    }

    /// Calls `observer` with each change of the connection, in the task that reads the source.
    /// Another call replaces the observer.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # use std::sync::mpsc::channel;
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let (report, reported) = channel();
    /// let mut news = EventSource::to("/news")
    ///     .over(send)
    ///     .observe(move |event| report.send(format!("{event:?}")).unwrap())
    ///     .start::<String>();
    /// news.recv().await?;
    /// assert!(reported.try_recv()?.starts_with("Connected"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn observe(mut self, observer: impl Fn(&SourceEvent) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Sends each request by `send` instead of a client of its own. It may be an application in
    /// memory, an [`HttpClient`] with other settings or behind filters, and may add a new token
    /// each time.
    ///
    /// The bodies of the responses must be streams, as those of [`HttpClient::streaming`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::client::{EventSource, EventSourceError};
    ///
    /// async fn greet(_request: Request) -> Response {
    ///     Response::new(Body::from("data: hello\n\n"))
    ///         .with_header("content-type", "text/event-stream")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), EventSourceError> {
    /// let mut source: EventSource = EventSource::to("/greeting")
    ///     .over(|request| async move { Ok::<_, EventSourceError>(greet.call(request).await) })
    ///     .start();
    /// assert_eq!(source.recv().await?.unwrap().data(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn over<F, Fut, E>(mut self, send: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.send = Some(Arc::new(move |request| {
            let sending = send(request);
            Box::pin(async { sending.await.map_err(EventSourceError::failed) })
        }));
        self
    }

    /// Returns the source of values of type `T`: events, or the messages in their data. It connects
    /// when it is first read.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: 21\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut degrees = EventSource::to("/degrees").over(send).start::<Json<i32>>();
    /// assert_eq!(degrees.recv().await?, Some(Json(21)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn start<T: FromSseEvent>(self) -> EventSource<T> {
        EventSource::new(self.source())
    }

    /// Returns the source with blocking calls. It needs no runtime, and can be used inside one. It
    /// connects when it is first read.
    ///
    /// # Errors
    ///
    /// Returns an `io::Error` if the threads of the background cannot be started.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{EventSource, EventSourceError};
    /// # async fn news(_request: Request) -> Response {
    /// #     let stream = Response::new(Body::from("data: rain\n\n"));
    /// #     stream.with_header("content-type", "text/event-stream")
    /// # }
    /// # let send = |request| async { Ok::<_, EventSourceError>(news(request).await) };
    /// let mut news = EventSource::to("/news").over(send).blocking()?;
    /// assert_eq!(news.received().next().unwrap()?.data(), "rain");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn blocking(self) -> io::Result<BlockingEventSource> {
        let runtime = background::runtime()?;
        Ok(BlockingEventSource::new(runtime, self.start()))
    }

    fn source(mut self) -> Source {
        let client = self.client;
        let send = self.send.take().unwrap_or_else(|| {
            Arc::new(move |request| {
                let client = client.clone();
                Box::pin(
                    async move { client.send(request).await.map_err(EventSourceError::failed) },
                )
            })
        });
        let prepared = prepared(self.request, &self.headers);
        let is_get = prepared.as_ref().is_ok_and(|request| request.is_get());
        let rules = Rules {
            send,
            max_redirects: self.max_redirects,
            lenient: self.lenient,
            limit: self.policy.attempt_timeout,
        };
        Source::new(
            prepared,
            Settings {
                rules,
                reconnection: self.reconnection.unwrap_or(is_get),
                retried_refusals: self.retried_refusals,
                max_event: self.max_event,
                max_silence: self.max_silence,
                policy: self.policy,
                observer: self.observer,
            },
        )
    }
}

/// Leaves out the values of fields, and the user and query of the URI, which may be secrets.
impl fmt::Debug for EventSourceRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = self.request.as_ref();
        let uri = request.map(|request| without_secrets(&request.uri().to_string()));
        let fields = self.headers.iter().map(|(name, _)| name);
        f.debug_struct("EventSourceRequest")
            .field("uri", &uri)
            .field("fields", &fields.collect::<Vec<_>>())
            .field("reconnection", &self.reconnection)
            .field("max_event", &self.max_event)
            .field("max_silence", &self.max_silence)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
