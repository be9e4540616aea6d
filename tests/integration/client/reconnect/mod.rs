//! The reconnecting client, with an application in memory and on its clock.

mod books;
mod ends;
mod flushing;
mod hook;
mod policy;
mod spread;
mod surface;
mod waiting;

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::client::reconnect::{
    ReconnectEvent, ReconnectEvents, ReconnectPolicy, Reconnecting, ReconnectingWebSocket,
};
use http4k_ws::client::{ConnectError, DialError};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use tokio::time::{Instant, timeout};

type Served = Pin<Box<dyn Future<Output = WsResult> + Send>>;

/// An application that handles each connection by the next entry of a list, and then echoes.
struct Serving {
    app: PolyHandler,
    connections: Arc<AtomicU32>,
}

fn serving(each: impl Fn(u32, WebSocket) -> Served + Send + Sync + Clone + 'static) -> Serving {
    let connections = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&connections);
    let app = move |ws: WebSocket| each(counted.fetch_add(1, Ordering::Relaxed) + 1, ws);
    Serving {
        app: app.into_poly_handler(),
        connections,
    }
}

impl Serving {
    fn client(&self) -> Reconnecting {
        let app = self.app.clone();
        Reconnecting::over(move || {
            let app = app.clone();
            async move { app.connect_ws("/feed").await }
        })
        .with_policy(policy())
    }

    fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }
}

fn policy() -> ReconnectPolicy {
    ReconnectPolicy::default().with_seed(Some(7))
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn closing(code: u16) -> WsError {
    WsError::closing(WsStatus::new(code, "on purpose").expect("a code that can be sent"))
}

/// Returns the events so far, in short form.
struct Told(ReconnectEvents);

impl Told {
    async fn next(&mut self) -> String {
        let event = timeout(Duration::from_secs(3600), self.0.next());
        match event.await.expect("an event in time") {
            None => "over".into(),
            Some(ReconnectEvent::Connected { attempt }) => format!("connected {attempt}"),
            Some(ReconnectEvent::Disconnected {
                status,
                unconfirmed,
            }) => {
                format!("disconnected {} unconfirmed {unconfirmed}", status.code())
            }
            Some(ReconnectEvent::Failed { attempt, .. }) => format!("failed {attempt}"),
            Some(ReconnectEvent::Reconnecting { attempt, .. }) => format!("reconnecting {attempt}"),
            Some(ReconnectEvent::Lost { messages }) => format!("lost {messages}"),
            Some(ReconnectEvent::Unread { messages }) => format!("unread {messages}"),
            Some(ReconnectEvent::GaveUp { attempts }) => format!("gave up {attempts}"),
            Some(ReconnectEvent::Missed { events }) => format!("missed {events}"),
            Some(other) => panic!("{other:?}"),
        }
    }

    async fn all(mut self) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            match self.next().await.as_str() {
                "over" => return all,
                event => all.push(event.to_owned()),
            }
        }
    }
}

async fn received(ws: &mut ReconnectingWebSocket) -> String {
    let received = timeout(Duration::from_secs(3600), ws.recv());
    let message = received
        .await
        .expect("a message in time")
        .expect("any message");
    message.expect("a socket that goes on").text().into_owned()
}

fn unreachable() -> ConnectError {
    ConnectError::Dial(DialError::Unresolvable {
        host: "nobody".into(),
        source: std::io::Error::other("no such host"),
    })
}

/// Returns a client whose attempts fail until they are used up, with the time of each.
fn failing(times: u32) -> (Reconnecting, Arc<Mutex<Vec<Duration>>>) {
    let (begun, log) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    let (noted, mut left) = (Arc::clone(&log), times);
    let app = echo.into_poly_handler();
    let client = Reconnecting::over(move || {
        noted.lock().unwrap().push(begun.elapsed());
        let (fails, app) = (left > 0, app.clone());
        left = left.saturating_sub(1);
        async move {
            if fails {
                return Err(unreachable());
            }
            app.connect_ws("/").await.map_err(ConnectError::from)
        }
    });
    (client, log)
}
