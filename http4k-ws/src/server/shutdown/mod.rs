//! The open connections and sockets of a server, and their orderly end.
//!
//! 1. Each connection and socket is a task with a [`ConnectionGuard`], registered while it is open.
//! 2. On shutdown all connections are woken at once, and end after the request they serve.
//! 3. Sockets and streams of events are closed in batches. Their clients are likely to reconnect at
//!    once, and ten thousand handshakes in one moment would overload the next server.
//! 4. Tasks that are still open after the grace are aborted.
//!
//! `tokio_util::task::TaskTracker` with a `CancellationToken` would replace the count of tasks and
//! the wait for the last one, about 30 lines. The rest would stay: the senders that close sockets
//! in batches, the abort handles, and the counts for the report. A token would also add a future to
//! each connection, which every request would poll.

#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::ServerConfig;
use super::config::LONGEST;
use crate::ids::IdMap;
use crate::message::WsStatus;
use crate::random::Random;
use crate::session::WsSender;
use crate::sse::{OpenStreams, StopSignal};

/// The number of sockets and streams that are closed at a time.
const BATCH: usize = 100;

/// The result of a shutdown.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Request, Serve};
///
/// let server = (|_request: Request| "hello").as_server("127.0.0.1:0").start()?;
/// let report = server.stop();
/// assert_eq!((report.sockets, report.cut), (0, 0));
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// The HTTP connections that were open at the start of the shutdown and ended by themselves,
    /// after their last request was served.
    pub connections: usize,
    /// The sockets that ended by themselves.
    pub sockets: usize,
    /// The streams of events that ended by themselves. Their connections count, too.
    pub streams: usize,
    /// The connections and sockets that were dropped, because the grace was over or a second signal
    /// arrived.
    pub cut: usize,
    /// The duration of the shutdown, from the moment at which the port was closed.
    pub took: Duration,
}

/// The open connections and sockets of one server.
#[derive(Debug, Default)]
pub(super) struct Connections {
    stopping: AtomicBool,
    registry: Mutex<Registry>,
    streams: Arc<OpenStreams>,
    /// Notified when the last one ended.
    none_left: Notify,
}

#[derive(Debug, Default)]
struct Registry {
    next: u64,
    open: IdMap<Open>,
    /// Counted from the start of the shutdown.
    connections_ended: usize,
    sockets_ended: usize,
}

#[derive(Debug, Default)]
struct Open {
    /// Known once the task is spawned, if the server spawned it.
    task: Option<AbortHandle>,
    /// Wakes an HTTP connection.
    connection: Option<Waker>,
    /// Closes a socket.
    socket: Option<WsSender>,
}

/// The registration of an open connection or socket. Dropping it unregisters it.
#[derive(Debug)]
pub(super) struct ConnectionGuard {
    connections: Arc<Connections>,
    id: u64,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns `true` once the shutdown has started.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Spawns a task that counts as open until its guard is dropped.
    pub(super) fn spawn<F>(self: &Arc<Self>, task: impl FnOnce(ConnectionGuard) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let guard = self.enter();
        let id = guard.id;
        let handle = tokio::spawn(task(guard)).abort_handle();
        if let Some(open) = self.lock().open.get_mut(&id) {
            open.task = Some(handle);
        }
    }

    /// Registers a connection whose task the server does not own.
    pub(super) fn enter(self: &Arc<Self>) -> ConnectionGuard {
        let mut registry = self.lock();
        let id = registry.next;
        registry.next += 1;
        registry.open.insert(id, Open::default());
        ConnectionGuard {
            connections: Arc::clone(self),
            id,
        }
    }

    /// Returns the open streams of events.
    pub(super) fn streams(&self) -> &Arc<OpenStreams> {
        &self.streams
    }

    /// Makes connections end after the request they serve, and returns the sockets and streams to
    /// close.
    fn stop(&self) -> Vec<Closing> {
        self.stopping.store(true, Ordering::Release);
        // Woken outside the lock: a waker may run any code.
        let mut wakers = Vec::new();
        let mut closing: Vec<_> = self
            .streams
            .stop()
            .into_iter()
            .map(Closing::Stream)
            .collect();
        for open in self.lock().open.values_mut() {
            wakers.extend(open.connection.take());
            closing.extend(open.socket.clone().map(Closing::Socket));
        }
        wakers.into_iter().for_each(Waker::wake);
        closing
    }

    async fn until_none_left(&self) {
        loop {
            let none_left = self.none_left.notified();
            if self.lock().open.is_empty() {
                return;
            }
            none_left.await;
        }
    }

    /// Ends everything that is open: waits for the grace of `config`, or until `hurry` completes,
    /// and then drops the rest.
    pub(super) async fn end(
        &self,
        config: &ServerConfig,
        hurry: impl Future<Output = ()>,
    ) -> ShutdownReport {
        let started = Instant::now();
        let closing = self.stop();
        let grace = config.shutdown_grace.min(LONGEST);
        let spread = config.shutdown_spread.min(grace / 2);
        tokio::select! {
            () = async {
                close_in_batches(closing, started, spread).await;
                self.until_none_left().await;
            } => {}
            () = sleep_until(started + grace) => {}
            () = hurry => {}
        }
        let report = self.drop_rest();
        ShutdownReport {
            took: started.elapsed(),
            ..report
        }
    }

    /// Drops everything that is still open, and reports the counts.
    fn drop_rest(&self) -> ShutdownReport {
        let mut registry = self.lock();
        let left = std::mem::take(&mut registry.open);
        let report = ShutdownReport {
            connections: registry.connections_ended,
            sockets: registry.sockets_ended,
            streams: self.streams.ended(),
            cut: left.len(),
            took: Duration::ZERO,
        };
        drop(registry);
        for open in left.values() {
            if let Some(task) = &open.task {
                task.abort();
            }
        }
        report
    }
}

/// A socket or a stream that the shutdown closes.
enum Closing {
    Socket(WsSender),
    Stream(StopSignal),
}

impl Closing {
    /// Closes a socket with 1001, and ends a stream.
    fn close(&self) {
        match self {
            Self::Socket(socket) => socket.close(WsStatus::GOING_AWAY),
            Self::Stream(stream) => stream.stop(),
        }
    }
}

/// Closes everything, a batch at a time: the first at once, each other at a random moment of its
/// share of `spread`.
async fn close_in_batches(closing: Vec<Closing>, started: Instant, spread: Duration) {
    let batches = closing.len().div_ceil(BATCH);
    let mut random = Random::new();
    for (index, batch) in closing.chunks(BATCH).enumerate() {
        if index > 0 {
            let share = spread.div_f64(batches as f64);
            let jitter = random.fraction();
            sleep_until(started + share.mul_f64(index as f64 + jitter)).await;
        }
        batch.iter().for_each(Closing::close);
    }
}

impl ConnectionGuard {
    /// Waits for `work` of a connection. Returns `None` as soon as the shutdown starts.
    pub(super) async fn unless_stopping<T>(
        &self,
        mut work: impl Future<Output = T> + Unpin,
    ) -> Option<T> {
        let mut stopping = self.stopping();
        poll_fn(|cx| {
            // Most work is done at once, and needs no watch.
            if self.connections.is_stopping() {
                return Poll::Ready(None);
            }
            match Pin::new(&mut work).poll(cx) {
                Poll::Pending if stopping.poll(cx) => Poll::Ready(None),
                work => work.map(Some),
            }
        })
        .await
    }

    /// Returns a watch for the start of the shutdown, for an HTTP connection and one task.
    pub(super) fn stopping(&self) -> Stopping<'_> {
        Stopping {
            guard: self,
            registered: false,
        }
    }

    /// Registers a socket, which the shutdown closes.
    pub(super) fn is_socket(&self, sender: WsSender) {
        if let Some(open) = self.connections.lock().open.get_mut(&self.id) {
            open.socket = Some(sender.clone());
            // The close wakes the task.
            open.connection = None;
        }
        // Checked after the registration, so that either this or the shutdown closes it.
        if self.connections.is_stopping() {
            sender.close(WsStatus::GOING_AWAY);
        }
    }
}

/// Notices the start of the shutdown, in the task that polls it.
pub(super) struct Stopping<'a> {
    guard: &'a ConnectionGuard,
    registered: bool,
}

impl Stopping<'_> {
    /// Returns `true` once the shutdown has started, which wakes the task.
    #[inline]
    pub(super) fn poll(&mut self, cx: &Context<'_>) -> bool {
        let connections = &self.guard.connections;
        if !self.registered {
            self.registered = true;
            // The waker of a task stays the same, so one registration is enough.
            if let Some(open) = connections.lock().open.get_mut(&self.guard.id) {
                open.connection = Some(cx.waker().clone());
            }
        }
        connections.is_stopping()
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        let mut registry = self.connections.lock();
        let Some(open) = registry.open.remove(&self.id) else {
            return; // Dropped by the shutdown.
        };
        if self.connections.is_stopping() {
            match open.socket {
                Some(_) => registry.sockets_ended += 1,
                None => registry.connections_ended += 1,
            }
        }
        if registry.open.is_empty() {
            drop(registry);
            self.connections.none_left.notify_waiters();
        }
    }
}
