//! A server on a thread of its own.

use std::future::{Future, pending};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use tokio::runtime;
use tokio::sync::oneshot;

use super::ServerConfig;
use super::accept::accept_until;
use super::listeners::Listeners;
use super::shared::Shared;
use super::shutdown::ShutdownReport;
use super::signals::Signals;
use crate::handler::PolyHandler;

/// An application and the address it is to be served at; made by
/// [`as_server`](crate::Serve::as_server).
#[derive(Debug)]
#[must_use = "a server does nothing until it is started"]
pub struct Server {
    app: PolyHandler,
    addresses: io::Result<Vec<SocketAddr>>,
    config: ServerConfig,
    threads: Option<usize>,
}

impl Server {
    pub(super) fn new(app: PolyHandler, address: impl ToSocketAddrs) -> Self {
        Self {
            app: app.complete(),
            addresses: address.to_socket_addrs().map(Iterator::collect),
            config: ServerConfig::default(),
            threads: None,
        }
    }

    /// The same server with other bounds.
    pub fn with_config(mut self, config: ServerConfig) -> Self {
        self.config = config;
        self
    }

    /// The same server on so many threads, at least one. Default: one for each core.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    /// Binds the address, and each that a name such as `localhost` resolves to, and serves them on
    /// threads of its own; works with and without a runtime around.
    ///
    /// Port 0 is a free port, the same for all addresses. An address that this machine does not have
    /// is left out, if it has another.
    ///
    /// # Errors
    ///
    /// An address that can't be resolved or bound.
    pub fn start(self) -> io::Result<RunningServer> {
        let addresses = self.addresses?;
        let runtime = build_runtime(self.threads)?;
        let shared = Shared::listening(self.app, self.config);
        let (bound, address) = mpsc::channel();
        let (end, ended) = oneshot::channel();
        let (closed, is_closed) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("http4k-ws".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let listeners = match Listeners::bind(addresses).await {
                        Ok(listeners) => listeners,
                        Err(error) => {
                            let _ = bound.send(Err(error));
                            return ShutdownReport::default();
                        }
                    };
                    let _ = bound.send(listeners.local_addr());
                    run(listeners, &shared, ended, closed).await
                })
            })?;
        let address = address.recv().unwrap_or_else(|_| Err(stopped()))?;
        Ok(RunningServer {
            address,
            running: Some(Running {
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

/// When a running server is to end.
#[derive(Debug)]
enum End {
    Now,
    AtSignal,
}

async fn run(
    listeners: Listeners,
    shared: &Arc<Shared>,
    ended: oneshot::Receiver<End>,
    closed: mpsc::Sender<()>,
) -> ShutdownReport {
    let mut signals = None;
    accept_until(listeners, shared, async {
        if let Ok(End::AtSignal) = ended.await {
            signals.insert(Signals::new()).next().await;
        }
    })
    .await;
    let _ = closed.send(());
    let hurry = next_of(signals);
    shared.connections.end(&shared.config, hurry).await
}

/// Waits for another signal; for ever, where none was waited for.
async fn next_of(signals: Option<Signals>) {
    match signals {
        Some(mut signals) => signals.next().await,
        None => pending().await,
    }
}

/// A server that runs on a thread of its own. Dropping it stops it.
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
    address: SocketAddr,
    /// `None` once it is stopped.
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    end: oneshot::Sender<End>,
    is_closed: mpsc::Receiver<()>,
    thread: JoinHandle<ShutdownReport>,
}

impl RunningServer {
    /// The port it listens at, the same for all of its addresses; never 0.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address it listens at; the first, if it listens at several.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Stops in order, waits until that is done, and says how it went.
    ///
    /// No connection is taken any more, requests are answered, sockets closed with 1001, over
    /// [`shutdown_spread`](ServerConfig::shutdown_spread) where they are many. What has not
    /// ended after [`shutdown_grace`](ServerConfig::shutdown_grace) is cut. The thread that calls this
    /// is blocked meanwhile.
    pub fn stop(mut self) -> ShutdownReport {
        let running = self.running.take();
        running.map_or_else(ShutdownReport::default, |running| running.end(End::Now))
    }

    /// Serves until Ctrl-C (on Unix also SIGTERM), then stops as [`stop`](Self::stop) does; a second
    /// signal cuts what is still open.
    pub fn block(mut self) -> ShutdownReport {
        let running = self.running.take();
        running.map_or_else(ShutdownReport::default, |running| {
            running.end(End::AtSignal)
        })
    }
}

impl Running {
    fn end(self, end: End) -> ShutdownReport {
        let _ = self.end.send(end);
        self.thread.join().unwrap_or_default()
    }
}

/// Stops the server without waiting for what is open; the port is free when this returns.
impl Drop for RunningServer {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            let _ = running.end.send(End::Now);
            let _ = running.is_closed.recv();
        }
    }
}

/// Serves `shared` until a signal; a second one cuts what is still open.
pub(super) async fn serve_until_signal(listeners: Listeners, shared: &Arc<Shared>) {
    let mut signals = Signals::new();
    accept_until(listeners, shared, signals.next()).await;
    let hurry = signals.next();
    let ShutdownReport { cut, .. } = shared.connections.end(&shared.config, hurry).await;
    if cut > 0 {
        log::warn!("{cut} connections were cut");
    }
}

/// Serves `shared` until `stop`, and says how it ended.
pub(super) async fn serve_until(
    listeners: Listeners,
    shared: &Arc<Shared>,
    stop: impl Future<Output = ()>,
) -> ShutdownReport {
    accept_until(listeners, shared, stop).await;
    shared.connections.end(&shared.config, pending()).await
}
