//! From an application to its server.

use std::future::Future;
use std::io;

use tokio::net::{TcpListener, ToSocketAddrs};

use super::running::{serve_until, serve_until_signal};
use super::shared::Shared;
use super::{Server, ServerConfig};
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
    /// Serves at `address` until Ctrl-C (on Unix also SIGTERM).
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
    /// [`serve`](Self::serve) does; gives how many connections had to be cut.
    fn serve_until(
        self,
        listener: TcpListener,
        config: ServerConfig,
        stop: impl Future<Output = ()> + Send,
    ) -> impl Future<Output = usize> + Send {
        self.into_poly_handler().serve_until(listener, config, stop)
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
        let listener = TcpListener::bind(address).await?;
        self.serve_with(listener, ServerConfig::default()).await
    }

    /// Serves what `listener` takes, within `config`, until Ctrl-C; see [`Serve::serve_with`].
    ///
    /// # Errors
    ///
    /// None for now: a failure to take a connection is logged, and tried again.
    pub async fn serve_with(self, listener: TcpListener, config: ServerConfig) -> io::Result<()> {
        serve_until_signal(listener, &Shared::new(self, config)).await;
        Ok(())
    }

    /// Serves what `listener` takes, within `config`, until `stop`; see [`Serve::serve_until`].
    pub async fn serve_until(
        self,
        listener: TcpListener,
        config: ServerConfig,
        stop: impl Future<Output = ()>,
    ) -> usize {
        serve_until(listener, &Shared::new(self, config), stop).await
    }

    /// A server for `address`, to be started on threads of its own; see [`Serve::as_server`].
    pub fn as_server(self, address: impl std::net::ToSocketAddrs) -> Server {
        Server::new(self, address)
    }
}
