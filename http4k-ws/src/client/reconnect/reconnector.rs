//! The task of a reconnecting socket, which connects, passes messages on, and connects again.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::{Instant, sleep, timeout};

use super::connection;
use super::event::ReconnectEvent;
use super::outage::Outage;
use super::policy::{Interruption, ReconnectPolicy};
use super::state::ReconnectState;
#[cfg(feature = "json")]
use crate::calls::CallDriver;
use crate::client::error::ConnectError;
use crate::message::{WsStatus, printable};
use crate::panics::guarded_future;
use crate::random::Random;
use crate::session::{WebSocket, WsError};

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Opens one connection.
pub(super) type Connect = Box<dyn FnMut() -> Boxed<Result<WebSocket, ConnectError>> + Send>;

/// Uses a connection before any queued message is sent over it.
pub(super) type OnConnect = Box<dyn FnMut(WebSocket) -> Boxed<Result<WebSocket, WsError>> + Send>;

pub(super) struct Reconnector {
    pub(super) state: Arc<ReconnectState>,
    pub(super) connect: Connect,
    pub(super) on_connect: Option<OnConnect>,
    pub(super) policy: ReconnectPolicy,
    pub(super) random: Random,
    /// The calls that connections carry. `None` if they carry the messages of the socket.
    #[cfg(feature = "json")]
    pub(super) carried: Option<Arc<CallDriver>>,
}

/// The end of an attempt or of a connection.
enum Ended {
    /// The end was requested, for good.
    Closed(WsStatus),
    /// Another connection was requested.
    Renewed,
    Interrupted(Interruption),
}

impl Reconnector {
    pub(super) async fn run(mut self) {
        let status = self.reconnect().await;
        self.state.finish(status);
    }

    /// Connects again and again. Returns the status of the end.
    async fn reconnect(&mut self) -> WsStatus {
        let mut outage = Outage::begin();
        loop {
            outage.attempts += 1;
            let ended = match self.attempt().await {
                Ok(socket) => self.run_connection(socket, &mut outage).await,
                Err(ended) => ended,
            };
            match ended {
                Ended::Closed(status) => return status,
                Ended::Renewed => outage = Outage::begin(),
                Ended::Interrupted(interruption) => {
                    self.report_failure(outage.attempts, &interruption);
                    if let Err(status) = self.wait(&mut outage, &interruption).await {
                        return status;
                    }
                }
            }
        }
    }

    /// Opens a connection, and calls the hook with it.
    async fn attempt(&mut self) -> Result<WebSocket, Ended> {
        let failed = |error| Ended::Interrupted(Interruption::Failed(Arc::new(error)));
        let after = self.policy.attempt_timeout;
        let open = open(&mut self.connect, self.on_connect.as_mut());
        let open = guarded_future("connecting of a reconnecting client", open);
        let open = timeout(after, open);
        tokio::select! {
            biased;
            status = self.state.close_requested() => Err(Ended::Closed(status)),
            opened = open => match opened {
                Ok(Some(opened)) => opened.map_err(Ended::Interrupted),
                Ok(None) => Err(failed(ConnectError::broken("connecting panicked"))),
                Err(_) => Err(failed(ConnectError::Timeout { after })),
            },
        }
    }

    /// Uses a connection until it ends.
    async fn run_connection(&mut self, socket: WebSocket, outage: &mut Outage) -> Ended {
        let since = Instant::now();
        self.state.connected(socket.subprotocol());
        let attempt = outage.attempts;
        self.state.report(ReconnectEvent::Connected { attempt });
        let (status, unconfirmed) = self.use_connection(socket).await;
        let renewed = self.state.disconnected();
        self.state.report(ReconnectEvent::Disconnected {
            status: status.clone(),
            unconfirmed,
        });
        if since.elapsed() >= self.policy.stable_after {
            *outage = Outage::begin();
        }
        if self.state.closing().is_some() {
            Ended::Closed(status)
        } else if renewed {
            Ended::Renewed
        } else {
            Ended::Interrupted(Interruption::Closed(status))
        }
    }

    /// Moves messages or calls until the connection ends. Returns its status, and the number of
    /// messages that were written to it.
    async fn use_connection(&mut self, socket: WebSocket) -> (WsStatus, u64) {
        #[cfg(feature = "json")]
        if let Some(calls) = &self.carried {
            return (calls.run(socket).await, 0);
        }
        connection::run(&self.state, socket).await
    }

    fn report_failure(&self, attempt: u32, interruption: &Interruption) {
        if let Interruption::Failed(error) = interruption {
            let error = Arc::clone(error);
            self.state.failed(Arc::clone(&error));
            self.state.report(ReconnectEvent::Failed { attempt, error });
        }
    }

    /// Waits until the next attempt is due. Returns the status of the end if none will follow.
    async fn wait(
        &mut self,
        outage: &mut Outage,
        interruption: &Interruption,
    ) -> Result<(), WsStatus> {
        let requested = interruption.requested_delay();
        let after = outage.next_delay(&self.policy, requested, &mut self.random);
        let Some(after) = after.filter(|_| !self.policy.is_final(interruption)) else {
            let attempts = outage.attempts;
            self.state.report(ReconnectEvent::GaveUp { attempts });
            return Err(interruption.status());
        };
        let attempt = outage.attempts + 1;
        self.state
            .report(ReconnectEvent::Reconnecting { attempt, after });
        tokio::select! {
            biased;
            status = self.state.close_requested() => Err(status),
            () = sleep(after) => Ok(()),
        }
    }
}

async fn open(
    connect: &mut Connect,
    on_connect: Option<&mut OnConnect>,
) -> Result<WebSocket, Interruption> {
    let opened = connect().await;
    let socket = opened.map_err(|error| Interruption::Failed(Arc::new(error)))?;
    let Some(on_connect) = on_connect else {
        return Ok(socket);
    };
    let sender = socket.sender();
    on_connect(socket).await.map_err(|error| {
        log::warn!(
            "`on_connect` closed the connection of a reconnecting client: {}",
            printable(&error)
        );
        sender.close(error.status().clone());
        Interruption::Closed(error.status().clone())
    })
}

/// If the task is dropped with its runtime, the tasks that wait for the socket are woken.
impl Drop for Reconnector {
    fn drop(&mut self) {
        self.state.finish(WsStatus::ABNORMAL);
    }
}
