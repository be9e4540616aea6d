//! From an application to its server.

use std::future::Future;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, ToSocketAddrs, lookup_host};

use super::connection::serve_here;
use super::listeners::Listeners;
use super::running::{serve_until, serve_until_signal};
use super::shared::Shared;
use super::{Server, ServerConfig, ShutdownReport};
use crate::handler::{IntoPolyHandler, PolyHandler};

/// What can be served: every [`IntoPolyHandler`], so an application, an HTTP handler, a WebSocket handler
/// or a function over a socket.
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
/// println!("ws://{}", server.addr());
/// # std::io::Result::Ok(())
/// ```
pub trait Serve<Kind>: IntoPolyHandler<Kind> + Sized {
    /// Serves at `address`, and at each that a name such as `localhost` resolves to, until Ctrl-C (on
    /// Unix also SIGTERM).
    ///
    /// Then it stops in order: no connection is taken any more, requests are answered, sockets closed
    /// with 1001; what has not ended after [`ServerConfig::shutdown_grace`], or at a second signal, is
    /// cut. TCP_NODELAY is always set.
    ///
    /// # Errors
    ///
    /// An address that can't be resolved or bound.
    fn serve(
        self,
        address: impl ToSocketAddrs + Send,
    ) -> impl Future<Output = io::Result<()>> + Send {
        self.into_poly_handler().serve(address)
    }

    /// Serves what `listener` takes, within `config`, until Ctrl-C; see [`serve`](Self::serve).
    ///
    /// # Errors
    ///
    /// None for now: a failure to take a connection is logged, and tried again.
    fn serve_with(
        self,
        listener: TcpListener,
        config: ServerConfig,
    ) -> impl Future<Output = io::Result<()>> + Send {
        self.into_poly_handler().serve_with(listener, config)
    }

    /// Serves what `listener` takes, within `config`, until `stop`, then stops as
    /// [`serve`](Self::serve) does; says how that went.
    fn serve_until(
        self,
        listener: TcpListener,
        config: ServerConfig,
        stop: impl Future<Output = ()> + Send,
    ) -> impl Future<Output = ShutdownReport> + Send {
        self.into_poly_handler().serve_until(listener, config, stop)
    }

    /// Serves one connection over any stream of bytes, within `config`: requests, and the socket that
    /// one of them may open. It is ended when this resolves, and cut when this is dropped.
    ///
    /// For connections that come from elsewhere than a port, such as a Unix socket, a pipe in memory or
    /// one that another program took; a TCP stream should have TCP_NODELAY set. Only the current runtime's
    /// clock is needed, and all deadlines follow it: also one that a test has paused.
    fn serve_connection(
        self,
        io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        config: ServerConfig,
    ) -> impl Future<Output = ()> + Send + 'static {
        self.into_poly_handler().serve_connection(io, config)
    }

    /// A server for `address`, to be started on threads of its own.
    #[allow(clippy::wrong_self_convention)] // http4k's name.
    fn as_server(self, address: impl std::net::ToSocketAddrs) -> Server {
        Server::new(self.into_poly_handler(), address)
    }
}

impl<A: IntoPolyHandler<Kind>, Kind> Serve<Kind> for A {}

/// The methods of [`Serve`], without the trait.
impl PolyHandler {
    /// Serves at `address` until Ctrl-C; see [`Serve::serve`].
    ///
    /// # Errors
    ///
    /// An address that can't be resolved or bound.
    pub async fn serve(self, address: impl ToSocketAddrs) -> io::Result<()> {
        let listeners = Listeners::bind(lookup_host(address).await?).await?;
        serve_until_signal(listeners, &Shared::listening(self, ServerConfig::default())).await;
        Ok(())
    }

    /// Serves what `listener` takes, within `config`, until Ctrl-C; see [`Serve::serve_with`].
    ///
    /// # Errors
    ///
    /// None for now: a failure to take a connection is logged, and tried again.
    pub async fn serve_with(self, listener: TcpListener, config: ServerConfig) -> io::Result<()> {
        serve_until_signal(listener.into(), &Shared::listening(self, config)).await;
        Ok(())
    }

    /// Serves what `listener` takes, within `config`, until `stop`; see [`Serve::serve_until`].
    pub async fn serve_until(
        self,
        listener: TcpListener,
        config: ServerConfig,
        stop: impl Future<Output = ()>,
    ) -> ShutdownReport {
        serve_until(listener.into(), &Shared::listening(self, config), stop).await
    }

    /// Serves one connection over any stream of bytes, within `config`; see
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
        serve_here(io, Shared::new(self, config))
    }

    /// A server for `address`, to be started on threads of its own; see [`Serve::as_server`].
    pub fn as_server(self, address: impl std::net::ToSocketAddrs) -> Server {
        Server::new(self, address)
    }
}
