//! HTTP over the network, as a handler: a request goes out, an answer comes back.

mod blocking;
mod error;
mod exchange;
mod pool;
mod target;

use std::fmt;
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
use super::uri::without_secrets;
use crate::handler::HttpHandler;
use crate::message::{IntoRequest, IntoResponse, Request, Response, hide_secrets, printable};
#[cfg(feature = "tls")]
use crate::tls::ClientTls;

/// A client of HTTP/1.1 servers, which is itself an [`HttpHandler`]: filters stand in front of it as in front
/// of any other, and a function that takes a handler takes the network or an application in memory.
///
/// Connections are kept and used again, by all clones of a client that live in one runtime. A request whose connection ends just then is sent once more, where its method is idempotent and its
/// body in memory (RFC 9110 §9.2.2). Answers are given as they come: redirects are not followed, cookies not kept, nothing is
/// decompressed, and no proxy is asked. Fields that speak of one connection, such as `Connection` and
/// `Transfer-Encoding`, are neither sent nor given (RFC 9110 §7.6.1).
///
/// User information in a URI, as in `http://user:password@host/`, is sent as `Authorization: Basic`
/// (RFC 7617), also over a connection that is not encrypted. A fragment is not sent (RFC 9110 §7.1).
/// A URI is [`HttpClientError::BadTarget`] if its port is over 65,535, if its host is empty or an IPv6
/// address with a zone, or if it names a user and `Authorization` is set as well.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::HttpClient;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = (|request: Request| request.header("x-key").unwrap_or("nobody").to_owned())
///     .as_server("127.0.0.1:0")
///     .start()?;
///
/// let client = HttpClient::new().with_base(format!("http://{}", server.addr()))?;
/// let response = client.send("/").await?;
/// assert_eq!((response.status().as_u16(), response.body().as_text()), (200, Some("nobody")));
///
/// let signed = |request: Request, next: Next| async move {
///     next.call(request.with_header("x-key", "bob")).await
/// };
/// let client = signed.then(client);
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
        }
    }
}

impl HttpClient {
    /// A client with a pool of its own.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends requests whose target is only a path to the server of `base`, such as
    /// `http://localhost:9000`, and as its user, if it names one. The path of `base` is not used.
    ///
    /// # Errors
    ///
    /// [`HttpClientError::BadTarget`] and [`HttpClientError::UnsupportedScheme`] for a `base` that can't be
    /// asked.
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

    /// Whom to trust, where the scheme is `https`, with a pool of its own. Default: the authorities of the
    /// public web.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(mut self, tls: ClientTls) -> Self {
        self.trust.tls = Some(tls);
        // A connection that others trust may not be trusted here.
        self.pool = Arc::default();
        self
    }

    /// Needs the feature `tls`, and does not compile without it.
    #[cfg(not(feature = "tls"))]
    #[must_use]
    pub fn with_tls(self, _tls: impl crate::switched_off::TlsFeature) -> Self {
        self
    }

    /// How long it may take until a connection stands. Default 5 s.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an answer may take, from the connection to the last byte of its body. Where bodies are
    /// [`streaming`](Self::streaming): until its head is there, and then each time that the reader of
    /// the body waits for a piece.
    /// Default 30 s.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Bytes that the body of an answer may have. Default 8 MiB. The head is at most 64 KiB and 100 fields.
    #[must_use]
    pub fn with_max_body(mut self, bytes: u64) -> Self {
        self.max_body = bytes;
        self
    }

    /// Gives answers as soon as their head is there, with a body that is a stream; else the body is in
    /// memory, and can be compared as that of [`test_http`](crate::PolyHandler::test_http).
    ///
    /// A body that breaks off, stalls, or goes past its limit, is then [`BodyError::Upstream`](crate::message::BodyError::Upstream).
    #[must_use]
    pub fn streaming(mut self) -> Self {
        self.streaming = true;
        self
    }

    /// Sends the names of fields in title case, such as `Content-Length`, with a pool of its own: for
    /// old servers that break RFC 9110 §5.1, by which the case means nothing. Default: in lower case.
    #[must_use]
    pub fn with_title_case_fields(mut self, title_case: bool) -> Self {
        self.title_case = title_case;
        // A connection keeps the case that it began with.
        self.pool = Arc::default();
        self
    }

    /// The same client for code that waits in plain functions, with a pool of its own.
    pub fn blocking(self) -> BlockingHttpClient {
        BlockingHttpClient::new(Self {
            pool: Arc::default(),
            streaming: false,
            ..self
        })
    }

    /// Sends `request`, and gives its answer, whatever its status.
    ///
    /// Dropped before it is done, it ends the exchange; the server may have seen the request.
    ///
    /// # Errors
    ///
    /// [`HttpClientError`] says why there is no answer.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time.
    pub async fn send(&self, request: impl IntoRequest) -> Result<Response, HttpClientError> {
        let request = request.into_request().map_err(|error| no_request(&error))?;
        let after = self.timeout;
        timeout(after, self.answer(request))
            .await
            .unwrap_or(Err(HttpClientError::Timeout { after }))
    }

    /// Sends `request` over `io`, a stream of bytes to the server that serves this exchange alone, instead
    /// of a TCP connection: a Unix socket, a tunnel, a pipe in memory. The URI, or the
    /// [base](Self::with_base), says what is asked for, and is not connected to; where its scheme is
    /// `https`, TLS is spoken over `io`.
    ///
    /// # Errors
    ///
    /// [`HttpClientError`] says why there is no answer.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with time.
    pub async fn send_over(
        &self,
        io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        request: impl IntoRequest,
    ) -> Result<Response, HttpClientError> {
        let request = request.into_request().map_err(|error| no_request(&error))?;
        let (remote, request) = target::addressed(request, self.base.as_ref())?;
        let after = self.timeout;
        let answer = async {
            let response =
                exchange::exchange_over(io, &remote, request, &self.trust, self.title_case).await?;
            self.read(response).await
        };
        timeout(after, answer)
            .await
            .unwrap_or(Err(HttpClientError::Timeout { after }))
    }

    async fn answer(&self, request: Request) -> Result<Response, HttpClientError> {
        let (remote, request) = target::addressed(request, self.base.as_ref())?;
        let response = exchange::exchange(
            &self.pool,
            remote,
            request,
            &self.trust,
            self.connect_timeout,
            self.title_case,
        )
        .await?;
        self.read(response).await
    }

    async fn read(&self, mut response: Response<Incoming>) -> Result<Response, HttpClientError> {
        hide_secrets(response.headers_mut());
        if response.status().is_informational() {
            return Err(HttpClientError::broken("the answer is only an interim one"));
        }
        if self.streaming {
            Ok(exchange::streamed(response, self.max_body, self.timeout))
        } else {
            exchange::in_memory(response, self.max_body).await
        }
    }
}

fn no_request(error: &http::Error) -> HttpClientError {
    HttpClientError::BadTarget {
        target: String::new(),
        reason: error.to_string(),
    }
}

/// A failure is logged, and answered with [`HttpClientError::status`]: 502, or 504 where time ran out.
impl HttpHandler for HttpClient {
    async fn call(&self, request: Request) -> Response {
        let uri = without_secrets(&request.uri().to_string());
        let asked = format!("{} {uri}", request.method());
        self.send(request).await.unwrap_or_else(|error| {
            let cause = std::error::Error::source(&error);
            let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
            log::warn!("{}", printable(format_args!("{asked}: {error}{cause}")));
            error.into_response()
        })
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.base.as_ref();
        let base = base.map(|base| without_secrets(&base.to_string()));
        f.debug_struct("HttpClient")
            .field("base", &base)
            .field("timeout", &self.timeout)
            .field("max_body", &self.max_body)
            .finish_non_exhaustive()
    }
}
