//! The trait that starts servers.

use std::future::Future;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{ToSocketAddrs, lookup_host};

use super::connection::serve_here;
use super::listeners::Listeners;
use super::running::{serve_until, serve_until_signal};
use super::state::ServerState;
use super::{Server, ServerConfig, ShutdownReport};
use crate::handler::{IntoPolyHandler, PolyHandler};

/// Applications that can be served: every [`IntoPolyHandler`], so a `PolyHandler`, an HTTP handler,
/// a WebSocket handler or a function over a socket.
///
/// `Kind` is always inferred.
///
/// # Examples
///
/// ```
/// use http4k_ws::{SendError, Serve, WebSocket};
///
/// async fn hello(ws: WebSocket) -> Result<(), SendError> {
///     ws.send("hello").await
/// }
///
/// let server = hello.as_server("127.0.0.1:0").start()?;
/// assert_ne!(server.port(), 0);
/// # std::io::Result::Ok(())
/// ```
pub trait Serve<Kind>: IntoPolyHandler<Kind> + Sized {
    /// Serves at `address`, or at every address that a name such as `localhost` resolves to, until
    /// Ctrl-C (on Unix also SIGTERM).
    ///
    /// Then the server stops in order: no further connection is accepted, requests get their
    /// responses, and sockets are closed with 1001. After [`ServerConfig::shutdown_grace`], or at a
    /// second signal, everything that is still open is dropped. TCP_NODELAY is always set.
    ///
    /// # Errors
    ///
    /// Fails if an address cannot be resolved or bound.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use http4k_ws::prelude::*;
    /// async fn hello(ws: WebSocket) -> WsResult {
    ///     Ok(ws.send("hello").await?)
    /// }
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     hello.serve("127.0.0.1:9000").await
    /// }
    /// ```
    fn serve(
        self,
        address: impl ToSocketAddrs + Send,
    ) -> impl Future<Output = io::Result<()>> + Send {
        self.into_poly_handler().serve(address)
    }

    /// Serves the connections of `listener` within `config` until Ctrl-C, and stops as
    /// [`serve`](Self::serve) does.
    ///
    /// `listener` is a `TcpListener` or `UnixListener` of tokio or std, a bound
    /// [`UnixSocket`](super::UnixSocket), a [`Listen`](super::Listen) of your own, or several of
    /// them: a tuple, an array, or [`Listeners`].
    ///
    /// # Errors
    ///
    /// Fails if a listener cannot be registered in the runtime, or does not know its address, and
    /// if there is none. A failure to accept a connection is logged and retried.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # use http4k_ws::server::ServerConfig;
    /// # use tokio::net::TcpListener;
    /// let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// let uri = format!("http://{}/", listener.local_addr()?);
    /// let app = |_request: Request| "hello";
    /// tokio::spawn(app.serve_with(listener, ServerConfig::default()));
    /// assert_eq!(HttpClient::new().send(uri).await?.body(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    fn serve_with(
        self,
        listener: impl Into<Listeners>,
        config: ServerConfig,
    ) -> impl Future<Output = io::Result<()>> + Send {
        self.into_poly_handler().serve_with(listener.into(), config)
    }

    /// Serves the connections of `listener` within `config` until `stop` completes, then stops as
    /// [`serve`](Self::serve) does, and reports the shutdown.
    ///
    /// `listener` is as for [`serve_with`](Self::serve_with). If that would fail, the error is
    /// logged, and the report is empty.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # use http4k_ws::server::ServerConfig;
    /// # use tokio::net::TcpListener;
    /// # use tokio::sync::oneshot;
    /// # let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// # let uri = format!("ws://{}/", listener.local_addr()?);
    /// let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// let (stop, stopped) = oneshot::channel::<()>();
    /// let until = async { drop(stopped.await) };
    /// let server = tokio::spawn(app.serve_until(listener, ServerConfig::default(), until));
    ///
    /// let client = WebSocketClient::connect(uri).await?;
    /// drop(stop);
    /// assert_eq!(client.closed().await.code(), 1001);
    /// let report = server.await?;
    /// assert_eq!((report.sockets, report.cut), (1, 0));
    /// # Ok(())
    /// # }
    /// ```
    fn serve_until(
        self,
        listener: impl Into<Listeners>,
        config: ServerConfig,
        stop: impl Future<Output = ()> + Send,
    ) -> impl Future<Output = ShutdownReport> + Send {
        self.into_poly_handler()
            .serve_until(listener.into(), config, stop)
    }

    /// Serves one connection over any stream of bytes, within `config`: its requests, and the
    /// socket that one of them may open. The connection has ended when the future completes.
    /// Dropping the future drops the connection.
    ///
    /// For connections that do not come from a listener, such as a pipe in memory. TCP_NODELAY
    /// should be set on a TCP stream. Only the clock of the current runtime is used, and all
    /// deadlines follow it, also if a test has paused it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # use http4k_ws::server::ServerConfig;
    /// let app = |_request: Request| "hello";
    /// let (io, theirs) = tokio::io::duplex(1024);
    /// let connection = tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    /// let response = HttpClient::new().send_over(io, "http://localhost/").await?;
    /// assert_eq!(response.body(), "hello");
    /// connection.await?;
    /// # Ok(())
    /// # }
    /// ```
    fn serve_connection(
        self,
        io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        config: ServerConfig,
    ) -> impl Future<Output = ()> + Send + 'static {
        self.into_poly_handler().serve_connection(io, config)
    }

    /// Creates a server for `address` that runs on threads of its own once it is started.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// async fn hello(ws: WebSocket) -> WsResult {
    ///     Ok(ws.send("hello").await?)
    /// }
    ///
    /// let server = hello.as_server("127.0.0.1:0").start()?;
    /// let mut client = WebSocketClient::blocking(format!("ws://{}/", server.addr()))?;
    /// assert_eq!(client.received().next().unwrap()?, "hello");
    /// # Ok(())
    /// # }
    /// ```
    #[allow(clippy::wrong_self_convention)] // http4k's name.
    fn as_server(self, address: impl std::net::ToSocketAddrs) -> Server {
        Server::new(self.into_poly_handler(), address)
    }

    /// Creates a server for the connections of `listener`, as [`as_server`](Self::as_server) does
    /// for an address. `listener` is as for [`serve_with`](Self::serve_with).
    ///
    /// A listener of std, and a bound [`UnixSocket`](super::UnixSocket), need no runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # use std::net::TcpListener;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let public = TcpListener::bind("127.0.0.1:0")?;
    /// let internal = TcpListener::bind("127.0.0.1:0")?;
    /// let uri = format!("http://{}/", internal.local_addr()?);
    /// let app = |_request: Request| "hello";
    /// let server = app.as_server_with((public, internal)).start()?;
    /// assert_eq!(server.addrs().len(), 2);
    /// assert_eq!(HttpClient::new().blocking().send(uri)?.body(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    #[allow(clippy::wrong_self_convention)] // As above.
    fn as_server_with(self, listener: impl Into<Listeners>) -> Server {
        Server::over(self.into_poly_handler(), listener.into())
    }
}

impl<A: IntoPolyHandler<Kind>, Kind> Serve<Kind> for A {}

/// The methods of [`Serve`], without the trait.
impl PolyHandler {
    /// Serves at `address` until Ctrl-C. See [`Serve::serve`].
    ///
    /// # Errors
    ///
    /// Fails if an address cannot be resolved or bound.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use http4k_ws::prelude::*;
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let app = routes! { "/hello" => ws(|ws: WebSocket| ws.try_send("hello")) };
    ///     app.serve("127.0.0.1:9000").await
    /// }
    /// ```
    pub async fn serve(self, address: impl ToSocketAddrs) -> io::Result<()> {
        let listeners = Listeners::bind_all(lookup_host(address).await?).await?;
        self.serve_with(listeners, ServerConfig::default()).await
    }

    /// Serves the connections of `listener` within `config` until Ctrl-C. See
    /// [`Serve::serve_with`].
    ///
    /// # Errors
    ///
    /// Fails if a listener cannot be registered in the runtime, or does not know its address, and
    /// if there is none. A failure to accept a connection is logged and retried.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # use http4k_ws::server::ServerConfig;
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// let uri = format!("http://{}/a/longer/path", listener.local_addr()?);
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// tokio::spawn(app.serve_with(listener, ServerConfig::default().with_max_target(10)));
    /// assert_eq!(HttpClient::new().send(uri).await?.status(), 414);
    /// # Ok(())
    /// # }
    /// ```
    pub fn serve_with(
        self,
        listener: impl Into<Listeners>,
        config: ServerConfig,
    ) -> impl Future<Output = io::Result<()>> + Send {
        // Converted here, so that the future does not depend on the type.
        let mut listeners = listener.into();
        async move {
            listeners.start()?;
            serve_until_signal(listeners, &ServerState::listening(self, config)).await;
            Ok(())
        }
    }

    /// Serves the connections of `listener` within `config` until `stop` completes. See
    /// [`Serve::serve_until`].
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::server::ServerConfig;
    /// # use std::time::Duration;
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let soon = tokio::time::sleep(Duration::from_millis(20));
    /// let report = app.serve_until(listener, ServerConfig::default(), soon).await;
    /// assert_eq!((report.sockets, report.cut), (0, 0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn serve_until(
        self,
        listener: impl Into<Listeners>,
        config: ServerConfig,
        stop: impl Future<Output = ()>,
    ) -> impl Future<Output = ShutdownReport> {
        let mut listeners = listener.into();
        async move {
            if let Err(error) = listeners.start() {
                log::error!("could not serve: {error}");
                return ShutdownReport::default();
            }
            serve_until(listeners, &ServerState::listening(self, config), stop).await
        }
    }

    /// Serves one connection over any stream of bytes, within `config`. See
    /// [`Serve::serve_connection`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{PolyHandler, Request, WebSocket};
    /// use http4k_ws::client::WebSocketClient;
    /// use http4k_ws::server::ServerConfig;
    ///
    /// async fn greet(ws: WebSocket) {
    ///     let _ = ws.send("hello").await;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = PolyHandler::new(|_request: Request| "http", greet);
    /// let (ours, theirs) = tokio::io::duplex(1024);
    /// tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    ///
    /// let mut socket = WebSocketClient::to("ws://localhost/").connect_over(ours).await?;
    /// assert_eq!(socket.recv().await?.unwrap().text(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn serve_connection(
        self,
        io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        config: ServerConfig,
    ) -> impl Future<Output = ()> + Send + 'static {
        serve_here(io, ServerState::new(self, config))
    }

    /// Creates a server for `address` that runs on threads of its own once it is started. See
    /// [`Serve::as_server`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = routes! { GET "/hello" => http(|| "hello") };
    /// let server = app.as_server("127.0.0.1:0").start()?;
    /// let uri = format!("http://{}/hello", server.addr());
    /// assert_eq!(HttpClient::new().blocking().send(uri)?.body(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn as_server(self, address: impl std::net::ToSocketAddrs) -> Server {
        Server::new(self, address)
    }

    /// Creates a server for the connections of `listener`. See [`Serve::as_server_with`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::net::TcpListener;
    /// # fn main() -> std::io::Result<()> {
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let server = app.as_server_with(listener).start()?;
    /// assert_eq!(server.addr(), address);
    /// # Ok(())
    /// # }
    /// ```
    pub fn as_server_with(self, listener: impl Into<Listeners>) -> Server {
        Server::over(self, listener.into())
    }
}
