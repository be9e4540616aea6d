//! The task behind a socket that goes on: it connects, hands messages over, and connects again.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::time::{Instant, sleep, timeout};

use super::conversation::converse;
use super::event::ReconnectEvent;
use super::link::Link;
use super::policy::{ReconnectPolicy, Setback};
use crate::client::error::ConnectError;
use crate::message::{WsStatus, printable};
use crate::panics::text_of;
use crate::random::Random;
use crate::session::{WebSocket, WsError};

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Opens one connection.
pub(super) type Connect = Box<dyn FnMut() -> Boxed<Result<WebSocket, ConnectError>> + Send>;

/// Talks on a connection before anything that waits is sent.
pub(super) type OnConnect = Box<dyn FnMut(WebSocket) -> Boxed<Result<WebSocket, WsError>> + Send>;

pub(super) struct Driver {
    pub(super) link: Arc<Link>,
    pub(super) connect: Connect,
    pub(super) on_connect: Option<OnConnect>,
    pub(super) policy: ReconnectPolicy,
    pub(super) random: Random,
}

/// How an attempt or a connection ended.
enum Ended {
    /// As was asked for, for good.
    Asked(WsStatus),
    /// As was asked for, to be followed by another.
    Renewed,
    /// Otherwise.
    SetBack(Setback),
}

/// What happened since a connection was stable.
struct Outage {
    attempts: u32,
    setbacks: u32,
    since: Instant,
}

impl Outage {
    fn begin() -> Self {
        Self {
            attempts: 0,
            setbacks: 0,
            since: Instant::now(),
        }
    }
}

impl Driver {
    pub(super) async fn run(mut self) {
        let status = self.go_on().await;
        self.link.finish(status);
    }

    /// Connects, until there is an end; gives its status.
    async fn go_on(&mut self) -> WsStatus {
        let mut outage = Outage::begin();
        loop {
            outage.attempts += 1;
            let ended = match self.attempt().await {
                Ok(socket) => self.stay(socket, &mut outage).await,
                Err(ended) => ended,
            };
            match ended {
                Ended::Asked(status) => return status,
                Ended::Renewed => outage = Outage::begin(),
                Ended::SetBack(setback) => {
                    self.tell_failure(outage.attempts, &setback);
                    if let Err(status) = self.wait(&mut outage, &setback).await {
                        return status;
                    }
                }
            }
        }
    }

    /// Opens a connection, and talks on it before anybody else does.
    async fn attempt(&mut self) -> Result<WebSocket, Ended> {
        let failed = |error| Ended::SetBack(Setback::Failed(Arc::new(error)));
        let after = self.policy.attempt_timeout;
        let open = open(&mut self.connect, self.on_connect.as_mut());
        let open = timeout(after, AssertUnwindSafe(open).catch_unwind());
        tokio::select! {
            biased;
            status = self.link.close_asked() => Err(Ended::Asked(status)),
            opened = open => match opened {
                Ok(Ok(opened)) => opened.map_err(Ended::SetBack),
                Ok(Err(panic)) => {
                    let panic = text_of(panic);
                    log::error!("`over` or `on_connect` of a reconnecting client panicked: {panic}");
                    Err(failed(ConnectError::broken("connecting panicked")))
                }
                Err(_) => Err(failed(ConnectError::Timeout { after })),
            },
        }
    }

    /// Stays with a connection until it is over.
    async fn stay(&mut self, socket: WebSocket, outage: &mut Outage) -> Ended {
        let since = Instant::now();
        self.link.connected(socket.subprotocol());
        let attempt = outage.attempts;
        self.link.tell(ReconnectEvent::Connected { attempt });
        let (status, unconfirmed) = converse(&self.link, socket).await;
        let renewed = self.link.disconnected();
        self.link.tell(ReconnectEvent::Disconnected {
            status: status.clone(),
            unconfirmed,
        });
        if since.elapsed() >= self.policy.stable_after {
            *outage = Outage::begin();
        }
        if self.link.closing().is_some() {
            Ended::Asked(status)
        } else if renewed {
            Ended::Renewed
        } else {
            Ended::SetBack(Setback::Closed(status))
        }
    }

    fn tell_failure(&self, attempt: u32, setback: &Setback) {
        if let Setback::Failed(error) = setback {
            let error = Arc::clone(error);
            self.link.failed(Arc::clone(&error));
            self.link.tell(ReconnectEvent::Failed { attempt, error });
        }
    }

    /// Waits until the next attempt is due; gives the status of the end where there will be none.
    async fn wait(&mut self, outage: &mut Outage, setback: &Setback) -> Result<(), WsStatus> {
        outage.setbacks = outage.setbacks.saturating_add(1);
        let after = self
            .policy
            .delay(outage.setbacks, setback, &mut self.random);
        let waited = outage.since.elapsed().saturating_add(after);
        let spent = self
            .policy
            .max_attempts
            .is_some_and(|most| outage.attempts >= most)
            || self
                .policy
                .give_up_after
                .is_some_and(|limit| waited > limit);
        if spent || self.policy.is_final(setback) {
            let attempts = outage.attempts;
            self.link.tell(ReconnectEvent::GaveUp { attempts });
            return Err(setback.status());
        }
        let attempt = outage.attempts + 1;
        self.link
            .tell(ReconnectEvent::Reconnecting { attempt, after });
        tokio::select! {
            biased;
            status = self.link.close_asked() => Err(status),
            () = sleep(after) => Ok(()),
        }
    }
}

async fn open(
    connect: &mut Connect,
    on_connect: Option<&mut OnConnect>,
) -> Result<WebSocket, Setback> {
    let opened = connect().await;
    let socket = opened.map_err(|error| Setback::Failed(Arc::new(error)))?;
    let Some(on_connect) = on_connect else {
        return Ok(socket);
    };
    let sender = socket.sender();
    on_connect(socket).await.map_err(|error| {
        log::warn!(
            "a connection is given up by `on_connect`: {}",
            printable(&error)
        );
        sender.close(error.status().clone());
        Setback::Closed(error.status().clone())
    })
}

/// A driver that is dropped, with its runtime, leaves nobody waiting.
impl Drop for Driver {
    fn drop(&mut self) {
        self.link.finish(WsStatus::ABNORMAL);
    }
}
