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
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{ConnectError, WebSocketClient};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| {
    /// #     let token = ws.request().header("authorization").unwrap_or_default().to_owned();
    /// #     ws.try_send(token)
    /// # };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let handshake = WebSocketClient::to(uri).with_header("authorization", "Bearer t1");
    /// let mut client = handshake.clone().blocking()?;
    /// assert_eq!(client.received().next().unwrap()?, "Bearer t1");
    ///
    /// let handshake = handshake.with_header("sec-websocket-extensions", "mine");
    /// let error = handshake.blocking().unwrap_err();
    /// assert!(matches!(error, ConnectError::BadField { .. }), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Offers a subprotocol, after those offered before (RFC 6455 §1.9). The server may choose one
    /// of them, or none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # use http4k_ws::filter::subprotocols;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let greet = |ws: WebSocket| ws.try_send("hello");
    /// # let app = routes! { "/" with(subprotocols(["chat.v2", "chat.v1"])) => ws(greet) };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let client = WebSocketClient::to(uri)
    ///     .with_subprotocol("chat.v3")
    ///     .with_subprotocol("chat.v2")
    ///     .blocking()?;
    /// assert_eq!(client.subprotocol(), Some("chat.v2"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_subprotocol(mut self, name: impl Into<String>) -> Self {
        self.subprotocols.push(name.into());
        self
    }

    /// Sets the time limit for opening the socket. Default 5 s.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{ConnectError, WebSocketClient};
    /// # use std::time::Duration;
    /// // A server that never responds.
    /// let (io, _server) = tokio::io::duplex(1024);
    /// let limit = Duration::from_millis(20);
    /// let handshake = WebSocketClient::to("ws://localhost/").with_timeout(limit);
    /// let error = handshake.connect_over(io).await.unwrap_err();
    /// assert!(matches!(error, ConnectError::Timeout { after } if after == limit));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sends the names of fields in title case, such as `Sec-Websocket-Key`, for old servers that
    /// do not ignore the case (RFC 9110 §5.1). Default `false`, for lower case.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::client::WebSocketClient;
    /// # use tokio::io::AsyncReadExt;
    /// let (io, mut server) = tokio::io::duplex(1024);
    /// let handshake = WebSocketClient::to("ws://localhost/").with_title_case_fields(true);
    /// tokio::spawn(handshake.connect_over(io));
    /// let mut head = vec![0; 1024];
    /// let read = server.read(&mut head).await?;
    /// let head = String::from_utf8_lossy(&head[..read]);
    /// assert!(head.contains("\r\nSec-Websocket-Version: 13\r\n"), "{head}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_title_case_fields(mut self, title_case: bool) -> Self {
        self.title_case = title_case;
        self
    }

    /// Sets the bounds of the socket at this end. Default [`SessionConfig::default`]. The server
    /// has bounds of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # use http4k_ws::session::SessionConfig;
    /// # use http4k_ws::server::ServerConfig;
    /// # let app = |ws: WebSocket| ws.try_send("more than ten bytes");
    /// # let (io, theirs) = tokio::io::duplex(1024);
    /// # tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    /// let config = SessionConfig::default().with_max_message(10);
    /// let handshake = WebSocketClient::to("ws://localhost/").with_config(config);
    /// let mut socket = handshake.connect_over(io).await?;
    /// assert_eq!(socket.recv().await?, None);
    /// assert_eq!(socket.closed().await.code(), 1009);
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::{ConnectError, DialError, WebSocketClient};
    /// let handshake = WebSocketClient::to("ws://localhost/chat");
    /// let handshake = handshake.with_unix_socket("/nonexistent/app.sock");
    /// let Err(ConnectError::Dial(error)) = handshake.blocking() else {
    ///     panic!("nothing listens there");
    /// };
    /// assert!(matches!(error, DialError::UnixUnreachable { .. }));
    /// ```
    #[cfg(unix)]
    pub fn with_unix_socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.unix_socket = Some(path.into().into());
        self
    }

    /// Sets the certificate authorities to trust if the scheme is `wss`. Default: those of the
    /// public web.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{ClientTls, WebSocketClient};
    /// # use http4k_ws::server::{ServerConfig, ServerTls};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let (authority, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// # let config = ServerConfig::default().with_tls(ServerTls::from_pem(&authority, key)?);
    /// # let app = |ws: WebSocket| ws.try_send("hello");
    /// # let server = app.as_server("127.0.0.1:0").with_config(config).start()?;
    /// # let uri = format!("wss://localhost:{}/", server.port());
    /// let ours = ClientTls::trusting_only(authority)?;
    /// let mut client = WebSocketClient::to(&uri).with_tls(ours).blocking()?;
    /// assert_eq!(client.received().next().unwrap()?, "hello");
    /// // An authority of our own is not one of the public web.
    /// assert!(WebSocketClient::blocking(&uri).is_err());
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # let app = |ws: WebSocket| ws.try_send(ws.request().header("x-name").unwrap().to_owned());
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let handshake = WebSocketClient::to(uri).with_header("x-name", "bob");
    /// let mut socket = handshake.connect().await?;
    /// assert_eq!(socket.recv().await?, Some("bob".into()));
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # use http4k_ws::server::ServerConfig;
    /// let app = |ws: WebSocket| ws.try_send(ws.request().header("host").unwrap().to_owned());
    /// let (io, theirs) = tokio::io::duplex(1024);
    /// tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    ///
    /// let handshake = WebSocketClient::to("ws://chat.example.com/");
    /// let mut socket = handshake.connect_over(io).await?;
    /// assert_eq!(socket.recv().await?, Some("chat.example.com".into()));
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| ws.try_send(ws.request().header("x-name").unwrap().to_owned());
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let mut client = WebSocketClient::to(uri).with_header("x-name", "bob").blocking()?;
    /// assert_eq!(client.received().next().unwrap()?, "bob");
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking(self) -> Result<BlockingWebSocket, ConnectError> {
        let opening = self.opening()?;
        let runtime = background::runtime().map_err(ConnectError::broken)?;
        let connected = background::wait(runtime.spawn(connect(opening)));
        let socket = connected.map_err(ConnectError::broken)??;
        Ok(BlockingWebSocket::new(socket))
    }

    /// Returns a socket with automatic reconnection, which does this handshake for each connection.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # use http4k_ws::client::reconnect::{ReconnectPolicy, ReconnectingWebSocket};
    /// # use std::time::Duration;
    /// # let app = |ws: WebSocket| {
    /// #     ws.try_send(ws.request().header("x-name").unwrap().to_owned()).unwrap();
    /// #     ws.close(WsStatus::RESTART);
    /// # };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// # let policy = ReconnectPolicy::default().with_base(Duration::from_millis(1));
    /// let handshake = WebSocketClient::to(uri).with_header("x-name", "bob");
    /// let reconnecting = handshake.reconnecting();
    /// # let reconnecting = reconnecting.with_policy(policy);
    /// let mut socket: ReconnectingWebSocket = reconnecting.start();
    /// // Each connection repeats the handshake.
    /// assert_eq!(socket.recv().await?, Some("bob".into()));
    /// assert_eq!(socket.recv().await?, Some("bob".into()));
    /// # Ok(())
    /// # }
    /// ```
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
