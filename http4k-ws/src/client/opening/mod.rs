//! The opening handshake of a client, before it is done.

mod fields;

use std::fmt;
#[cfg(unix)]
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "deflate")]
use http::header::SEC_WEBSOCKET_EXTENSIONS;
use tokio::io::{AsyncRead, AsyncWrite};

use super::background;
use super::blocking::BlockingWebSocket;
use super::connect::{Opening, connect, connect_over};
use super::dial::Trust;
use super::error::ConnectError;
use super::reconnect::Reconnecting;
use super::uri::{self, Destination};
use crate::message::{Body, Request, hide_secrets};
use crate::session::{SessionConfig, WebSocket};
#[cfg(feature = "tls")]
use crate::tls::ClientTls;
use crate::wire::new_key;
use fields::{add_handshake, fields_of};

/// An opening handshake that is not done yet (RFC 6455 §4.1).
/// [`WebSocketClient::to`](super::WebSocketClient::to) returns it.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use http4k_ws::{Serve, WebSocket};
/// use http4k_ws::client::WebSocketClient;
/// use http4k_ws::message::RequestExt;
/// use http4k_ws::testing::WsClient;
///
/// async fn greet(ws: WebSocket) {
///     let name = ws.request().header("x-name").unwrap_or("stranger").to_owned();
///     let _ = ws.send(format!("hello {name}")).await;
/// }
///
/// let server = greet.as_server("127.0.0.1:0").start()?;
/// let mut client = WebSocketClient::to(format!("ws://{}/", server.addr()))
///     .with_header("X-Name", "bob")
///     .with_timeout(Duration::from_secs(1))
///     .blocking()?;
/// assert_eq!(client.received().next().unwrap()?.text(), "hello bob");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "nothing is connected until `connect`, `blocking` or `non_blocking` is called"]
pub struct OpeningHandshake {
    uri: String,
    headers: Vec<(String, String)>,
    subprotocols: Vec<String>,
    timeout: Duration,
    config: SessionConfig,
    trust: Trust,
    title_case: bool,
    #[cfg(unix)]
    unix_socket: Option<Arc<Path>>,
}

impl OpeningHandshake {
    pub(super) fn new(uri: String) -> Self {
        Self {
            uri,
            headers: Vec::new(),
            subprotocols: Vec::new(),
            timeout: Duration::from_secs(5),
            config: SessionConfig::default(),
            trust: Trust::default(),
            title_case: false,
            #[cfg(unix)]
            unix_socket: None,
        }
    }

    /// Adds a field to the request. `Host` replaces that of the URI. The other fields of the
    /// handshake cannot be replaced, and fields that would change it, such as
    /// `Sec-WebSocket-Extensions`, fail with [`ConnectError::BadField`].
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Offers a subprotocol, after those offered before (RFC 6455 §1.9). The server may choose one
    /// of them, or none.
    pub fn with_subprotocol(mut self, name: impl Into<String>) -> Self {
        self.subprotocols.push(name.into());
        self
    }

    /// Sets the time limit for opening the socket. Default 5 s.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sends the names of fields in title case, such as `Sec-Websocket-Key`, for old servers that
    /// do not ignore the case (RFC 9110 §5.1). Default `false`, for lower case.
    pub fn with_title_case_fields(mut self, title_case: bool) -> Self {
        self.title_case = title_case;
        self
    }

    /// Sets the bounds of the socket.
    pub fn with_config(mut self, config: SessionConfig) -> Self {
        self.config = config;
        self
    }

    /// Connects to the Unix socket at `path` in the place of the host and port of the URI, which
    /// only become the `Host` of the request. With `wss`, TLS is used over the socket, and the host
    /// must match the certificate.
    ///
    /// A path that starts with a NUL byte is an abstract name, which exists on Linux only. If the
    /// socket cannot be connected to, the handshake fails with
    /// [`DialError::UnixUnreachable`](super::DialError::UnixUnreachable). If the queue of the
    /// server is full, this waits within the [time limit](Self::with_timeout).
    #[cfg(unix)]
    pub fn with_unix_socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.unix_socket = Some(path.into().into());
        self
    }

    /// Sets the certificate authorities to trust if the scheme is `wss`. Default: those of the
    /// public web.
    #[cfg(feature = "tls")]
    pub fn with_tls(mut self, tls: ClientTls) -> Self {
        self.trust.tls = Some(tls);
        self
    }

    /// Needs the feature `tls`, and does not compile without it.
    #[cfg(not(feature = "tls"))]
    pub fn with_tls(self, _tls: impl crate::switched_off::TlsFeature) -> Self {
        self
    }

    /// Does the handshake. The socket belongs to the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns [`ConnectError`] if the socket could not be opened.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime with I/O and time.
    pub async fn connect(self) -> Result<WebSocket, ConnectError> {
        connect(self.opening()?).await
    }

    /// Does the handshake over `io`, a stream of bytes to the server, instead of a TCP connection.
    /// It may be a Unix socket, a tunnel or an in-memory pipe.
    ///
    /// The URI is that of the request, and is not connected to. If its scheme is `wss`, the
    /// handshake of TLS is done over `io`. The socket belongs to the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns [`ConnectError`] if the socket could not be opened.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime with time.
    pub async fn connect_over(
        self,
        io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) -> Result<WebSocket, ConnectError> {
        connect_over(self.opening()?, io).await
    }

    /// Does the handshake, and blocks until the socket is open.
    ///
    /// # Errors
    ///
    /// Returns [`ConnectError`] if the socket could not be opened.
    pub fn blocking(self) -> Result<BlockingWebSocket, ConnectError> {
        let opening = self.opening()?;
        let runtime = background::runtime().map_err(ConnectError::broken)?;
        let connected = background::wait(runtime.spawn(connect(opening)));
        let socket = connected.map_err(ConnectError::broken)??;
        Ok(BlockingWebSocket::new(socket))
    }

    /// Returns a socket with automatic reconnection, which does this handshake for each connection.
    pub fn reconnecting(self) -> Reconnecting {
        Reconnecting::over(move || self.clone().connect())
    }

    pub(super) fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// Checks the URI and the fields.
    pub(super) fn opening(self) -> Result<Opening, ConnectError> {
        let uri = uri::of_websocket(&self.uri)?;
        let encrypted = uri.scheme_str().is_some_and(uri::is_encrypted);
        let bad = |reason| uri::bad(&self.uri, reason);
        let destination = Destination::of(&uri, encrypted).map_err(bad)?;
        let key = new_key();
        let mut fields = fields_of(&self.headers)?;
        #[cfg_attr(not(unix), allow(unused_mut))]
        let mut remote = destination.add_fields(&mut fields).map_err(bad)?;
        #[cfg(unix)]
        {
            remote.unix = self.unix_socket;
        }
        add_handshake(&mut fields, &key, &self.subprotocols)?;
        #[cfg(feature = "deflate")]
        if let Some(settings) = &self.config.deflate {
            let offer = crate::wire::deflate::offer(settings);
            fields.insert(SEC_WEBSOCKET_EXTENSIONS, offer);
        }
        let uri = uri::without_user(uri);
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = uri;
        hide_secrets(&mut fields);
        *request.headers_mut() = fields;
        Ok(Opening {
            remote,
            trust: self.trust,
            key,
            title_case: self.title_case,
            request,
            timeout: self.timeout,
            config: self.config,
            unconnected: None,
        })
    }
}

/// Leaves out the values of fields, the subprotocols, and the user and query of the URI, which may
/// be secrets.
impl fmt::Debug for OpeningHandshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = uri::without_secrets(&self.uri);
        let fields = self.headers.iter().map(|(name, _)| name);
        let mut shown = f.debug_struct("OpeningHandshake");
        #[cfg(unix)]
        shown.field("unix_socket", &self.unix_socket);
        shown
            .field("uri", &uri)
            .field("fields", &fields.collect::<Vec<_>>())
            .field("subprotocols", &self.subprotocols.len())
            .field("timeout", &self.timeout)
            .field("config", &self.config)
            .field("trust", &self.trust)
            .finish()
    }
}

#[cfg(test)]
mod tests;
