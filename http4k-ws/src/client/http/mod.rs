//! The HTTP client, which is a handler over the network.

mod blocking;
mod error;
mod exchange;
mod pool;
mod target;

use std::fmt;
use std::future::Future;
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

pub use blocking::BlockingHttpClient;
pub use error::HttpClientError;
use pool::Pool;

use super::dial::Trust;
use super::uri::{Remote, without_secrets};
use crate::handler::HttpHandler;
use crate::message::{
    IntoRequest, IntoResponse, Request, RequestedUri, Response, drop_fields_of_the_connection,
    hide_secrets, printable,
};
#[cfg(feature = "tls")]
use crate::tls::ClientTls;

/// A client for HTTP/1.1 servers, which is itself an [`HttpHandler`]. Filters wrap it like any
/// other handler, and a function over a handler accepts the network or an in-memory application.
///
/// All clones of a client in one runtime share a pool of connections. If a connection of the pool
/// ends before the response starts, the request is sent once more. This applies to idempotent
/// methods with a body in memory (RFC 9110 §9.2.2).
///
/// Responses are returned unchanged: redirects are not followed unless
/// [`follow_redirects`](crate::filter::follow_redirects) is put before the client, cookies are not
/// stored, bodies are not decompressed, and proxies are not used. Fields of the connection itself,
/// such as `Connection` and `Transfer-Encoding`, are neither sent nor returned (RFC 9110 §7.6.1).
///
/// User information in a URI, as in `http://user:password@host/`, is sent as `Authorization: Basic`
/// (RFC 7617), also over a connection that is not encrypted. A fragment is not sent (RFC 9110
/// §7.1).
///
/// A URI fails with [`HttpClientError::BadTarget`] if its port is over 65,535, or its host is empty
/// or an IPv6 address with a zone. It also fails if the URI names a user and `Authorization` is set
/// as well.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::HttpClient;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = (|request: Request| request.header("x-key").unwrap_or("stranger").to_owned())
///     .as_server("127.0.0.1:0")
///     .start()?;
///
/// let client = HttpClient::new().with_base(format!("http://{}", server.addr()))?;
/// let response = client.send("/").await?;
/// assert_eq!((response.status().as_u16(), response.body().as_text()), (200, Some("stranger")));
///
/// let authenticated = |request: Request, next: Next| async move {
///     next.call(request.with_header("x-key", "bob")).await
/// };
/// let client = authenticated.then(client);
/// assert_eq!(client.call("/".into_request()?).await.body(), "bob");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpClient {
    pool: Arc<Pool>,
    base: Option<Uri>,
    trust: Trust,
    connect_timeout: Duration,
    timeout: Duration,
    max_body: u64,
    streaming: bool,
    title_case: bool,
    #[cfg(unix)]
    unix_socket: Option<Arc<Path>>,
}

impl Default for HttpClient {
    fn default() -> Self {
        Self {
            pool: Arc::default(),
            base: None,
            trust: Trust::default(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            max_body: 8 * 1024 * 1024,
            streaming: false,
            title_case: false,
            #[cfg(unix)]
            unix_socket: None,
        }
    }
}

impl HttpClient {
    /// Returns a client with its own pool.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::{HttpClient, HttpClientError};
    /// let client = HttpClient::new().blocking();
    /// // Without a base, a target names its server.
    /// let error = client.send("/status").unwrap_err();
    /// assert!(matches!(error, HttpClientError::BadTarget { .. }), "{error}");
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the server of requests whose target is only a path, such as `http://localhost:9000`. If
    /// `base` names a user, these requests are sent with its credentials. The path of `base` is not
    /// used.
    ///
    /// # Errors
    ///
    /// Returns [`HttpClientError::BadTarget`] or [`HttpClientError::UnsupportedScheme`] for an
    /// invalid `base`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{HttpClient, HttpClientError};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |request: Request| format!("you called {}", request.uri().path());
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let address = server.addr();
    /// let client = HttpClient::new().with_base(format!("http://{address}"))?.blocking();
    /// assert_eq!(client.send("/status")?.body(), "you called /status");
    ///
    /// let error = HttpClient::new().with_base("ftp://localhost").unwrap_err();
    /// assert!(matches!(error, HttpClientError::UnsupportedScheme { .. }));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_base(mut self, base: impl AsRef<str>) -> Result<Self, HttpClientError> {
        let base = base.as_ref();
        let bad = |reason| HttpClientError::BadTarget {
            target: without_secrets(base),
            reason,
        };
        if base.contains('#') {
            return Err(bad("it has a fragment, which is never sent".to_owned()));
        }
        let uri: Uri = base
            .parse()
            .map_err(|error: http::uri::InvalidUri| bad(error.to_string()))?;
        target::destination(&uri)?;
        self.base = Some(uri);
        Ok(self)
    }

    /// Sends every request over the Unix socket at `path`, in the place of the host and port of its
    /// URI, which only become its `Host`. If the client has no [base](Self::with_base), it is
    /// `http://localhost`. With `https`, TLS is used over the socket, and the host must match the
    /// certificate.
    ///
    /// A path that starts with a NUL byte is an abstract name, which exists on Linux only. If the
    /// socket cannot be connected to, a request fails with
    /// [`DialError::UnixUnreachable`](crate::client::DialError::UnixUnreachable). If the queue of
    /// the server is full, it waits within the
    /// [time limit for connecting](Self::with_connect_timeout).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::client::{DialError, HttpClient, HttpClientError};
    ///
    /// let client = HttpClient::new().with_unix_socket("/nonexistent/app.sock").blocking();
    /// let Err(HttpClientError::Dial(error)) = client.send("/status") else {
    ///     panic!("nothing listens there");
    /// };
    /// assert!(matches!(error, DialError::UnixUnreachable { .. }));
    /// assert!(error.to_string().contains("`/nonexistent/app.sock`"));
    /// ```
    #[cfg(unix)]
    #[must_use]
    pub fn with_unix_socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.unix_socket = Some(path.into().into());
        if self.base.is_none() {
            self.base = Some(Uri::from_static("http://localhost"));
        }
        self
    }

    /// Sets the certificate authorities to trust if the scheme is `https`, and starts a new pool.
    /// Default: those of the public web.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{ClientTls, HttpClient};
    /// # use http4k_ws::server::{ServerConfig, ServerTls};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let (authority, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// # let config = ServerConfig::default().with_tls(ServerTls::from_pem(&authority, key)?);
    /// # let app = |_request: Request| "hello";
    /// # let server = app.as_server("127.0.0.1:0").with_config(config).start()?;
    /// # let uri = format!("https://localhost:{}/", server.port());
    /// let ours = ClientTls::trusting_only(authority)?;
    /// let client = HttpClient::new().with_tls(ours).blocking();
    /// assert_eq!(client.send(&uri)?.body(), "hello");
    /// // An authority of our own is not one of the public web.
    /// assert!(HttpClient::new().blocking().send(&uri).is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(mut self, tls: ClientTls) -> Self {
        self.trust.tls = Some(tls);
        // The new settings may not trust the connections of the old pool.
        self.pool = Arc::default();
        self
    }

    /// Needs the feature `tls`, and does not compile without it.
    #[cfg(not(feature = "tls"))]
    #[must_use]
    pub fn with_tls(self, _tls: impl crate::switched_off::TlsFeature) -> Self {
        self
    }

    /// Sets the time limit for connecting, with TLS. Default 5 s.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use http4k_ws::client::{HttpClient, HttpClientError};
    /// # use std::time::Duration;
    /// let limit = Duration::from_millis(200);
    /// let client = HttpClient::new().with_connect_timeout(limit).blocking();
    /// // An address of documentation, at which no machine responds (RFC 5737).
    /// let error = client.send("http://192.0.2.1/").unwrap_err();
    /// assert!(matches!(error, HttpClientError::ConnectTimeout { after } if after == limit));
    /// ```
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the time limit of a response, from connecting to the last byte of the body. With
    /// [`streaming`](Self::streaming), it applies until the head has arrived, and then to each wait
    /// for a piece of the body. Default 30 s.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::client::{HttpClient, HttpClientError};
    /// # use std::time::Duration;
    /// // A server that never responds.
    /// let (io, _server) = tokio::io::duplex(1024);
    /// let limit = Duration::from_millis(20);
    /// let client = HttpClient::new().with_timeout(limit);
    /// let error = client.send_over(io, "http://localhost/").await.unwrap_err();
    /// assert!(matches!(error, HttpClientError::Timeout { after } if after == limit));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the limit of a response body, in bytes. Default 8 MiB. The head is limited to 64 KiB
    /// and 100 fields.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{HttpClient, HttpClientError};
    /// # use http4k_ws::server::ServerConfig;
    /// let (io, theirs) = tokio::io::duplex(1024);
    /// let app = |_request: Request| "more than ten bytes";
    /// tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    /// let client = HttpClient::new().with_max_body(10);
    /// let error = client.send_over(io, "http://localhost/").await.unwrap_err();
    /// assert!(matches!(error, HttpClientError::BodyTooLarge { limit: 10 }));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_max_body(mut self, bytes: u64) -> Self {
        self.max_body = bytes;
        self
    }

    /// Returns responses as soon as their head has arrived, with a body that is a stream. By
    /// default, the body is in memory, and can be compared like that of
    /// [`test_http`](crate::PolyHandler::test_http).
    ///
    /// If the stream ends early, stalls, or exceeds its limit, it fails with
    /// [`BodyError::Upstream`](crate::message::BodyError::Upstream).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # use http4k_ws::server::ServerConfig;
    /// # use http4k_ws::sse::{Sse, SseReader};
    /// # let app = routes! { GET "/" => sse(|sse: Sse| async move {
    /// #     sse.send("rain").await.unwrap();
    /// #     sse.closed().await;
    /// # }) };
    /// # let (io, theirs) = tokio::io::duplex(1024);
    /// # tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    /// let client = HttpClient::new().streaming();
    /// // The body of this response has no end.
    /// let response = client.send_over(io, "http://localhost/").await?;
    /// let mut events = SseReader::new(response).expect("a stream");
    /// assert_eq!(events.recv().await?, Some("rain".into()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn streaming(mut self) -> Self {
        self.streaming = true;
        self
    }

    /// Sends the names of fields in title case, such as `Content-Length`, for old servers that do
    /// not ignore the case (RFC 9110 §5.1). It starts a new pool. Default `false`, for lower case.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::client::HttpClient;
    /// # use tokio::io::AsyncReadExt;
    /// let (io, mut server) = tokio::io::duplex(1024);
    /// let client = HttpClient::new().with_title_case_fields(true);
    /// tokio::spawn(async move { client.send_over(io, "http://localhost/").await });
    /// let mut head = vec![0; 1024];
    /// let read = server.read(&mut head).await?;
    /// let head = String::from_utf8_lossy(&head[..read]);
    /// assert!(head.contains("\r\nHost: localhost\r\n"), "{head}");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_title_case_fields(mut self, title_case: bool) -> Self {
        self.title_case = title_case;
        // The case is a setting of each connection.
        self.pool = Arc::default();
        self
    }

    /// Returns the same client with blocking calls and a new pool. The bodies of its responses are
    /// in memory, also after [`streaming`](Self::streaming).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = (|_request: Request| "hello").as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("http://{}/", server.addr());
    /// let client = HttpClient::new().blocking();
    /// assert_eq!(client.send(uri)?.body(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking(self) -> BlockingHttpClient {
        BlockingHttpClient::new(Self {
            pool: Arc::default(),
            streaming: false,
            ..self
        })
    }

    /// Sends `request`, and returns the response, whatever its status.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the exchange. The server may have received the request.
    ///
    /// # Errors
    ///
    /// Returns [`HttpClientError`] if there is no complete response.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime with I/O and time.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # let app = routes! { POST "/orders" => http(|| StatusCode::CREATED) };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let base = format!("http://{}", server.addr());
    /// let client = HttpClient::new().with_base(base)?;
    /// let response = client.send(Request::post("/orders").body("{}")?).await?;
    /// assert_eq!(response.status(), 201);
    /// // A refusal is a response too.
    /// assert_eq!(client.send("/orders").await?.status(), 405);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send(&self, request: impl IntoRequest) -> Result<Response, HttpClientError> {
        let (remote, request) = self.addressed(request)?;
        let exchange = exchange::exchange(
            &self.pool,
            remote,
            request,
            &self.trust,
            self.connect_timeout,
            self.title_case,
        );
        self.complete(exchange).await
    }

    /// Sends `request` over `io`, a stream of bytes to the server, instead of a TCP connection. It
    /// may be a Unix socket, a tunnel or an in-memory pipe, and is used for this exchange alone.
    ///
    /// The URI, or the [base](Self::with_base), is that of the request, and is not connected to. If
    /// its scheme is `https`, the handshake of TLS is done over `io`.
    ///
    /// # Errors
    ///
    /// Returns [`HttpClientError`] if there is no complete response.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime with time.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # use http4k_ws::server::ServerConfig;
    /// let app = |request: Request| request.header("host").unwrap_or("unknown").to_owned();
    /// let (io, theirs) = tokio::io::duplex(1024);
    /// tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    ///
    /// let response = HttpClient::new().send_over(io, "http://shop.example.com/").await?;
    /// assert_eq!(response.body(), "shop.example.com");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_over(
        &self,
        io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        request: impl IntoRequest,
    ) -> Result<Response, HttpClientError> {
        let (remote, request) = self.addressed(request)?;
        let exchange = exchange::exchange_over(io, &remote, request, &self.trust, self.title_case);
        self.complete(exchange).await
    }

    fn addressed(&self, request: impl IntoRequest) -> Result<(Remote, Request), HttpClientError> {
        let request = request.into_request();
        let request = request.map_err(|error| HttpClientError::BadTarget {
            target: String::new(),
            reason: error.to_string(),
        })?;
        #[cfg_attr(not(unix), allow(unused_mut))]
        let (mut remote, request) = target::addressed(request, self.base.as_ref())?;
        #[cfg(unix)]
        {
            remote.unix.clone_from(&self.unix_socket);
        }
        Ok((remote, request))
    }

    /// Waits for the response of `exchange`, and reads it, within the time limit.
    async fn complete(
        &self,
        exchange: impl Future<Output = Result<Response<Incoming>, HttpClientError>>,
    ) -> Result<Response, HttpClientError> {
        let after = self.timeout;
        let response = async { self.read(exchange.await?).await };
        timeout(after, response)
            .await
            .unwrap_or(Err(HttpClientError::Timeout { after }))
    }

    async fn read(&self, mut response: Response<Incoming>) -> Result<Response, HttpClientError> {
        drop_fields_of_the_connection(response.headers_mut());
        hide_secrets(response.headers_mut());
        if response.status().is_informational() {
            return Err(HttpClientError::broken("the final response is missing"));
        }
        if self.streaming {
            Ok(exchange::streamed(response, self.max_body, self.timeout))
        } else {
            exchange::in_memory(response, self.max_body).await
        }
    }
}

/// A failure is logged, and becomes a response with [`HttpClientError::status`]: 502, or 504 for a
/// time-out.
impl HttpHandler for HttpClient {
    async fn call(&self, request: Request) -> Response {
        let uri = without_secrets(&request.uri().to_string());
        let request_line = format!("{} {uri}", request.method());
        let requested = request.uri().clone();
        let sent = self.send(request).await.map(|mut response| {
            if response.status().is_redirection() {
                let requested = RequestedUri::new(requested, self.base.as_ref());
                response.extensions_mut().insert(requested);
            }
            response
        });
        sent.unwrap_or_else(|error| {
            let cause = std::error::Error::source(&error);
            let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
            log::warn!(
                "{}",
                printable(format_args!("{request_line}: {error}{cause}"))
            );
            error.into_response()
        })
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.base.as_ref();
        let base = base.map(|base| without_secrets(&base.to_string()));
        let mut shown = f.debug_struct("HttpClient");
        #[cfg(unix)]
        shown.field("unix_socket", &self.unix_socket);
        shown
            .field("base", &base)
            .field("timeout", &self.timeout)
            .field("max_body", &self.max_body)
            .finish_non_exhaustive()
    }
}
