//! A server on threads of its own, and the signals that stop one.

use std::future::{Future, pending};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use tokio::runtime;
use tokio::sync::oneshot;

use super::ServerConfig;
use super::accept::accept_until;
use super::listeners::{ListenAddr, Listeners};
use super::shutdown::ShutdownReport;
use super::state::ServerState;
use crate::handler::PolyHandler;

/// An application and the addresses to serve it at, from [`as_server`](crate::Serve::as_server) or
/// [`as_server_with`](crate::Serve::as_server_with).
///
/// # Examples
///
/// ```
/// use http4k_ws::client::HttpClient;
/// use http4k_ws::prelude::*;
///
/// let server = (|_request: Request| "hello").as_server("127.0.0.1:0").start()?;
/// let client = HttpClient::new().blocking();
/// assert_eq!(client.send(format!("http://{}/", server.addr()))?.body(), "hello");
/// assert_eq!(server.stop().cut, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a server does nothing until it is started"]
pub struct Server {
    app: PolyHandler,
    place: ServerPlace,
    config: ServerConfig,
    threads: Option<usize>,
}

/// The place to serve at.
#[derive(Debug)]
enum ServerPlace {
    /// Addresses that are not bound yet.
    Addresses(Vec<SocketAddr>),
    Listeners(Listeners),
    /// The addresses could not be resolved.
    Unknown(io::Error),
}

impl ServerPlace {
    /// Returns the listeners, ready to accept in the current runtime, and their addresses.
    async fn listen(self) -> io::Result<(Listeners, Vec<ListenAddr>)> {
        let mut listeners = match self {
            Self::Addresses(addresses) => Listeners::bind_all(addresses).await?,
            Self::Listeners(listeners) => listeners,
            Self::Unknown(error) => return Err(error),
        };
        let addresses = listeners.start()?;
        Ok((listeners, addresses))
    }
}

impl Server {
    pub(super) fn new(app: PolyHandler, address: impl ToSocketAddrs) -> Self {
        let addresses = address.to_socket_addrs().map(Iterator::collect);
        let place = addresses.map_or_else(ServerPlace::Unknown, ServerPlace::Addresses);
        Self::at(app, place)
    }

    pub(super) fn over(app: PolyHandler, listeners: Listeners) -> Self {
        Self::at(app, ServerPlace::Listeners(listeners))
    }

    fn at(app: PolyHandler, place: ServerPlace) -> Self {
        Self {
            app: app.complete(),
            place,
            config: ServerConfig::default(),
            threads: None,
        }
    }

    /// Sets the bounds of the server. Default [`ServerConfig::default`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # use http4k_ws::server::ServerConfig;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # async fn app(request: Request) -> Result<String, http4k_ws::message::BodyError> {
    /// #     request.into_body().text().await
    /// # }
    /// let config = ServerConfig::default().with_max_body(5);
    /// let server = app.as_server("127.0.0.1:0").with_config(config).start()?;
    /// let client = HttpClient::new().with_base(format!("http://{}", server.addr()))?.blocking();
    /// assert_eq!(client.send(Request::post("/").body("hello")?)?.status(), 200);
    /// assert_eq!(client.send(Request::post("/").body("too long")?)?.status(), 413);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_config(mut self, config: ServerConfig) -> Self {
        self.config = config;
        self
    }

    /// Sets the number of threads, at least one. Default: one per core.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// // The runtime of one thread is cheaper for a small tool.
    /// let app = |_request: Request| "hello";
    /// let server = app.as_server("127.0.0.1:0").with_threads(1).start()?;
    /// let uri = format!("http://{}/", server.addr());
    /// assert_eq!(HttpClient::new().blocking().send(uri)?.body(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    /// Binds the address, or every address that a name such as `localhost` resolves to, and serves
    /// them on threads of its own, or serves the listeners. Works inside and outside a runtime.
    ///
    /// Port 0 selects a free port, the same for all addresses. An address that this machine does
    /// not have is skipped if it has another one.
    ///
    /// # Errors
    ///
    /// Fails if an address cannot be resolved or bound, a listener cannot be registered, or a
    /// thread cannot be started.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # fn main() -> std::io::Result<()> {
    /// let app = |_request: Request| "hello";
    /// let server = app.as_server("127.0.0.1:0").start()?;
    /// // The port is taken, until the server stops.
    /// let error = app.as_server(server.addr()).start().unwrap_err();
    /// assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(self) -> io::Result<RunningServer> {
        let place = self.place;
        let runtime = build_runtime(self.threads)?;
        let server = ServerState::listening(self.app, self.config);
        let (bound, addresses) = mpsc::channel();
        let (end, ended) = oneshot::channel();
        let (closed, is_closed) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("http4k-ws".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let (listeners, addresses) = match place.listen().await {
                        Ok(listening) => listening,
                        Err(error) => {
                            let _ = bound.send(Err(error));
                            return ShutdownReport::default();
                        }
                    };
                    let _ = bound.send(Ok(addresses));
                    run(listeners, &server, ended, closed).await
                })
            })?;
        let addresses = addresses.recv().unwrap_or_else(|_| Err(stopped()))?;
        Ok(RunningServer {
            addresses,
            thread: Some(ServerThread {
                end,
                is_closed,
                thread,
            }),
        })
    }
}

fn stopped() -> io::Error {
    io::Error::other("the server's thread has ended")
}

fn build_runtime(threads: Option<usize>) -> io::Result<runtime::Runtime> {
    match threads {
        Some(1) => runtime::Builder::new_current_thread().enable_all().build(),
        threads => {
            let mut builder = runtime::Builder::new_multi_thread();
            if let Some(threads) = threads {
                builder.worker_threads(threads);
            }
            builder.thread_name("http4k-ws").enable_all().build()
        }
    }
}

/// The event that ends a running server.
#[derive(Debug)]
enum StopAt {
    Now,
    Signal,
}

async fn run(
    listeners: Listeners,
    server: &Arc<ServerState>,
    ended: oneshot::Receiver<StopAt>,
    closed: mpsc::Sender<()>,
) -> ShutdownReport {
    let mut signals = None;
    accept_until(listeners, server, async {
        if let Ok(StopAt::Signal) = ended.await {
            signals.insert(Signals::new()).next().await;
        }
    })
    .await;
    let _ = closed.send(());
    let hurry = next_of(signals);
    server.connections.end(&server.config, hurry).await
}

/// Waits for another signal, or forever if the server was not stopped by one.
async fn next_of(signals: Option<Signals>) {
    match signals {
        Some(mut signals) => signals.next().await,
        None => pending().await,
    }
}

/// A server that runs on threads of its own.
///
/// Dropping it stops the server without waiting: its ports are free and the files of its sockets
/// removed when the drop returns. The rest of the shutdown follows on the threads of the server.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Request, Serve};
///
/// let server = (|_request: Request| "hello").as_server("127.0.0.1:0").start()?;
/// assert_ne!(server.port(), 0);
/// assert_eq!(server.stop().cut, 0);
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug)]
pub struct RunningServer {
    addresses: Vec<ListenAddr>,
    /// `None` once it is stopped.
    thread: Option<ServerThread>,
}

#[derive(Debug)]
struct ServerThread {
    end: oneshot::Sender<StopAt>,
    is_closed: mpsc::Receiver<()>,
    thread: JoinHandle<ShutdownReport>,
}

impl RunningServer {
    /// Returns the port of [`addr`](Self::addr), which is never 0. It is the same for all addresses
    /// of [`as_server`](crate::Serve::as_server).
    ///
    /// # Panics
    ///
    /// Panics as [`addr`](Self::addr) does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # fn main() -> std::io::Result<()> {
    /// let server = (|_request: Request| "hello").as_server("127.0.0.1:0").start()?;
    /// assert_ne!(server.port(), 0);
    /// assert_eq!(server.port(), server.addr().port());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn port(&self) -> u16 {
        self.addr().port()
    }

    /// Returns the TCP address, or the first one if the server listens at several.
    ///
    /// # Panics
    ///
    /// Panics if the server does not listen at any, which is possible only for listeners of
    /// [`as_server_with`](crate::Serve::as_server_with). [`addrs`](Self::addrs) has them all.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # fn main() -> std::io::Result<()> {
    /// let server = (|_request: Request| "hello").as_server("127.0.0.1:0").start()?;
    /// assert!(server.addr().ip().is_loopback());
    /// assert!(std::net::TcpStream::connect(server.addr()).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn addr(&self) -> SocketAddr {
        let tcp = self.addresses.iter().find_map(|address| match address {
            ListenAddr::Tcp(address) => Some(*address),
            _ => None,
        });
        tcp.expect("the server does not listen at a TCP address: see `addrs`")
    }

    /// Returns the addresses of all listeners.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::server::ListenAddr;
    /// # fn main() -> std::io::Result<()> {
    /// let server = (|_request: Request| "hello").as_server("127.0.0.1:0").start()?;
    /// assert_eq!(server.addrs(), [ListenAddr::Tcp(server.addr())]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn addrs(&self) -> &[ListenAddr] {
        &self.addresses
    }

    /// Returns the path of the Unix socket, or of the first one; `None` if the server does not
    /// listen at any.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # #[cfg(unix)]
    /// # use http4k_ws::server::UnixSocket;
    /// # #[cfg(unix)]
    /// # fn main() -> std::io::Result<()> {
    /// # let name = format!("http4k-ws-path-{}.sock", std::process::id());
    /// # let path = std::env::temp_dir().join(name);
    /// let app = |_request: Request| "hello";
    /// let server = app.as_server_with(UnixSocket::at(&path).bind()?).start()?;
    /// assert_eq!(server.unix_path(), Some(path.as_path()));
    ///
    /// let server = app.as_server("127.0.0.1:0").start()?;
    /// assert_eq!(server.unix_path(), None);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(unix))]
    /// # fn main() {}
    /// ```
    pub fn unix_path(&self) -> Option<&Path> {
        self.addresses.iter().find_map(|address| match address {
            ListenAddr::Unix(path) => Some(path.as_path()),
            _ => None,
        })
    }

    /// Stops the server in three steps, and reports the result. Blocks the calling thread
    /// meanwhile.
    ///
    /// 1. The listeners are closed: no further connection is accepted. The files of bound Unix
    ///    sockets are removed.
    /// 2. Running requests get their responses. Sockets are closed with 1001, and streams of events
    ///    end, spread over [`shutdown_spread`](ServerConfig::shutdown_spread) if there are more
    ///    than a hundred.
    /// 3. Connections and sockets that are still open after
    ///    [`shutdown_grace`](ServerConfig::shutdown_grace) are dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// let server = app.as_server("127.0.0.1:0").start()?;
    /// let mut client = WebSocketClient::blocking(format!("ws://{}/", server.addr()))?;
    ///
    /// let report = server.stop();
    /// assert_eq!((report.sockets, report.cut), (1, 0));
    /// assert_eq!(client.closed().unwrap().code(), 1001);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stop(mut self) -> ShutdownReport {
        let thread = self.thread.take();
        thread.map_or_else(ShutdownReport::default, |thread| thread.end(StopAt::Now))
    }

    /// Serves until Ctrl-C (on Unix also SIGTERM), then stops as [`stop`](Self::stop) does. A
    /// second signal drops everything that is still open.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use http4k_ws::prelude::*;
    /// fn main() -> std::io::Result<()> {
    ///     let server = (|_request: Request| "hello").as_server("0.0.0.0:9000").start()?;
    ///     println!("listening on port {}", server.port());
    ///     let report = server.block();
    ///     println!("{} connections were dropped", report.cut);
    ///     Ok(())
    /// }
    /// ```
    pub fn block(mut self) -> ShutdownReport {
        let thread = self.thread.take();
        thread.map_or_else(ShutdownReport::default, |thread| thread.end(StopAt::Signal))
    }
}

impl ServerThread {
    fn end(self, end: StopAt) -> ShutdownReport {
        let _ = self.end.send(end);
        self.thread.join().unwrap_or_default()
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.end.send(StopAt::Now);
            let _ = thread.is_closed.recv();
        }
    }
}

/// Serves `server` until a signal. A second one drops everything that is still open.
pub(super) async fn serve_until_signal(listeners: Listeners, server: &Arc<ServerState>) {
    let mut signals = Signals::new();
    accept_until(listeners, server, signals.next()).await;
    let hurry = signals.next();
    let ShutdownReport { cut, .. } = server.connections.end(&server.config, hurry).await;
    if cut > 0 {
        log::warn!("{cut} connections dropped: still open when the shutdown ended");
    }
}

/// Serves `server` until `stop` completes, and reports the shutdown.
pub(super) async fn serve_until(
    listeners: Listeners,
    server: &Arc<ServerState>,
    stop: impl Future<Output = ()>,
) -> ShutdownReport {
    accept_until(listeners, server, stop).await;
    server.connections.end(&server.config, pending()).await
}

/// The signals that stop a server: Ctrl-C, and on Unix SIGTERM.
struct Signals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminate: {
                use tokio::signal::unix::{SignalKind, signal};
                signal(SignalKind::terminate())
                    .inspect_err(|error| log::warn!("cannot listen for SIGTERM: {error}"))
                    .ok()
            },
        }
    }

    /// Waits for the next signal.
    async fn next(&mut self) {
        tokio::select! {
            () = interrupted() => {}
            () = self.terminated() => {}
        }
    }

    #[cfg(unix)]
    async fn terminated(&mut self) {
        match &mut self.terminate {
            Some(signal) => {
                signal.recv().await;
            }
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    async fn terminated(&mut self) {
        std::future::pending().await
    }
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        log::warn!("cannot listen for Ctrl-C: {error}");
        std::future::pending::<()>().await;
    }
}
