//! Everything that is open on a server, and how it is brought to an end.
//!
//! Connections are asked to end after the request they answer, all at once; sockets are told in batches.

mod batches;
mod report;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::{ServerConfig, timer};
use crate::message::WsStatus;
use crate::session::WsSender;
use batches::tell;
pub use report::ShutdownReport;

/// The connections and sockets of one server. Each is a task, with a [`Ticket`] while it runs.
#[derive(Debug, Default)]
pub(super) struct Connections {
    stopping: AtomicBool,
    state: Mutex<State>,
    /// Tells that the last one ended.
    none_left: Notify,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    open: HashMap<u64, Open>,
    /// Since the server began to stop.
    connections_ended: usize,
    sockets_ended: usize,
}

#[derive(Debug, Default)]
struct Open {
    /// Known once the task is spawned, where it is one of ours.
    task: Option<AbortHandle>,
    /// Wakes a connection that speaks HTTP.
    connection: Option<Waker>,
    /// Closes a socket.
    socket: Option<WsSender>,
}

/// One that is open; dropping it says that it is no more.
#[derive(Debug)]
pub(super) struct Ticket {
    connections: Arc<Connections>,
    id: u64,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether everything is to come to its end.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Runs a task that counts as open until its ticket is dropped.
    pub(super) fn spawn<F>(self: &Arc<Self>, task: impl FnOnce(Ticket) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let ticket = self.enter();
        let id = ticket.id;
        let handle = tokio::spawn(task(ticket)).abort_handle();
        if let Some(open) = self.lock().open.get_mut(&id) {
            open.task = Some(handle);
        }
    }

    /// Counts one more as open, which is not a task of ours.
    pub(super) fn enter(self: &Arc<Self>) -> Ticket {
        let mut state = self.lock();
        let id = state.next;
        state.next += 1;
        state.open.insert(id, Open::default());
        Ticket {
            connections: Arc::clone(self),
            id,
        }
    }

    /// Asks connections to end after the request they answer, and gives the sockets that are to be told.
    fn stop(&self) -> Vec<WsSender> {
        self.stopping.store(true, Ordering::Release);
        // Woken outside the lock: a waker may run anything.
        let mut wakers = Vec::new();
        let mut sockets = Vec::new();
        for open in self.lock().open.values_mut() {
            wakers.extend(open.connection.take());
            sockets.extend(open.socket.clone());
        }
        wakers.into_iter().for_each(Waker::wake);
        sockets
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

    /// Brings everything to its end: waits for the grace of `config`, or until `hurry`, then cuts the rest.
    pub(super) async fn end(
        &self,
        config: &ServerConfig,
        hurry: impl Future<Output = ()>,
    ) -> ShutdownReport {
        let begun = Instant::now();
        let sockets = self.stop();
        let grace = config.shutdown_grace.min(timer::LONGEST);
        let spread = config.shutdown_spread.min(grace / 2);
        tokio::select! {
            () = async {
                tell(sockets, begun, spread).await;
                self.until_none_left().await;
            } => {}
            () = sleep_until(begun + grace) => {}
            () = hurry => {}
        }
        let ended = self.cut();
        ShutdownReport {
            took: begun.elapsed(),
            ..ended
        }
    }

    /// Cuts what is open, and says what was not.
    fn cut(&self) -> ShutdownReport {
        let mut state = self.lock();
        let left = std::mem::take(&mut state.open);
        let report = ShutdownReport {
            connections: state.connections_ended,
            sockets: state.sockets_ended,
            cut: left.len(),
            took: Duration::ZERO,
        };
        drop(state);
        for open in left.values() {
            if let Some(task) = &open.task {
                task.abort();
            }
        }
        report
    }
}

impl Ticket {
    /// Does `work`, as a connection that is given up as soon as everything is to come to its end.
    pub(super) async fn unless_stopping<T>(
        &self,
        mut work: impl Future<Output = T> + Unpin,
    ) -> Option<T> {
        let mut known = false;
        poll_fn(|cx| {
            if !known {
                known = true;
                // The waker of a task stays the same.
                self.is_connection(cx.waker().clone());
            }
            if self.connections.is_stopping() {
                return Poll::Ready(None);
            }
            Pin::new(&mut work).poll(cx).map(Some)
        })
        .await
    }

    /// This is a connection that speaks HTTP, and looks at [`Connections::is_stopping`] when woken.
    pub(super) fn is_connection(&self, waker: Waker) {
        if let Some(open) = self.connections.lock().open.get_mut(&self.id) {
            open.connection = Some(waker);
        }
    }

    /// This is a socket.
    pub(super) fn is_socket(&self, sender: WsSender) {
        if let Some(open) = self.connections.lock().open.get_mut(&self.id) {
            open.socket = Some(sender.clone());
        }
        // After it is known, so that one of the two sees it.
        if self.connections.is_stopping() {
            sender.close(WsStatus::GOING_AWAY);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.connections.lock();
        let Some(open) = state.open.remove(&self.id) else {
            return; // It was cut.
        };
        if self.connections.is_stopping() {
            match open.socket {
                Some(_) => state.sockets_ended += 1,
                None => state.connections_ended += 1,
            }
        }
        if state.open.is_empty() {
            drop(state);
            self.connections.none_left.notify_waiters();
        }
    }
}
