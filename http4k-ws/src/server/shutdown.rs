//! Everything that is open on a server, and how it is brought to an end.

use std::collections::HashMap;
use std::future::Future;
#[cfg(feature = "tls")]
use std::future::poll_fn;
#[cfg(feature = "tls")]
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "tls")]
use std::task::Poll;
use std::task::Waker;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::handler::WsSender;
use crate::message::WsStatus;

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

    /// Asks everything to end: connections after the request they answer, sockets with 1001.
    fn tell(&self) {
        self.stopping.store(true, Ordering::Release);
        // Told outside the lock: a waker may run anything.
        let mut wakers = Vec::new();
        let mut senders = Vec::new();
        for open in self.lock().open.values_mut() {
            wakers.extend(open.connection.take());
            senders.extend(open.socket.take());
        }
        wakers.into_iter().for_each(Waker::wake);
        for sender in senders {
            sender.close(WsStatus::GOING_AWAY);
        }
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

    /// Brings everything to its end: waits for `grace`, or until `hurry`, then cuts the rest and says
    /// how many that were.
    pub(super) async fn end(&self, grace: Duration, hurry: impl Future<Output = ()>) -> usize {
        self.tell();
        tokio::select! {
            ended = timeout(grace, self.until_none_left()) => if ended.is_ok() {
                return 0;
            },
            () = hurry => {}
        }
        let left = std::mem::take(&mut self.lock().open);
        for open in left.values() {
            if let Some(task) = &open.task {
                task.abort();
            }
        }
        left.len()
    }
}

impl Ticket {
    /// Does `work`, as a connection that is given up as soon as everything is to come to its end.
    #[cfg(feature = "tls")]
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
        state.open.remove(&self.id);
        if state.open.is_empty() {
            drop(state);
            self.connections.none_left.notify_waiters();
        }
    }
}

/// Ctrl-C, and on Unix SIGTERM.
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminate: {
                use tokio::signal::unix::{SignalKind, signal};
                signal(SignalKind::terminate())
                    .inspect_err(|error| log::warn!("SIGTERM will not be seen: {error}"))
                    .ok()
            },
        }
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) {
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
        log::warn!("Ctrl-C will not be seen: {error}");
        std::future::pending::<()>().await;
    }
}
