//! The flush of a reconnecting socket: every sent message has left over some connection.

use std::time::Duration;

use futures_util::FutureExt;
use http4k_ws::SendError;
use http4k_ws::client::WebSocketClient;
use http4k_ws::client::reconnect::{ReconnectPolicy, Reconnecting, ReconnectingWebSocket};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::session::SlowConsumer;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::{Told, echo, failing, policy, received, serving, unreachable};

/// Returns an application that reports the messages of its sockets.
fn reporting() -> (PolyHandler, mpsc::UnboundedReceiver<WsMessage>) {
    let (tell, told) = mpsc::unbounded_channel();
    let app = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            while let Some(message) = ws.recv().await? {
                let _ = tell.send(message);
            }
            WsResult::Ok(())
        }
    };
    (app.into_poly_handler(), told)
}

#[tokio::test(start_paused = true)]
async fn a_flush_waits_for_a_connection() {
    let (client, _log) = failing(3);
    let mut ws = client.with_policy(policy()).start();
    ws.send("early").await.expect("room");
    assert!(!ws.is_connected());
    ws.flush().await.expect("a connection");
    assert!(ws.is_connected());
    ws.sender().flush().await.expect("nothing to flush");
    assert_eq!(received(&mut ws).await, "early");
}

#[tokio::test(start_paused = true)]
async fn a_flush_fails_after_the_last_connection() {
    let (client, _log) = failing(u32::MAX);
    let policy = policy().with_max_attempts(Some(3));
    let ws: ReconnectingWebSocket = client.with_policy(policy).start();
    ws.send("lost").await.expect("room");
    let lost = Err(SendError::Closed(WsStatus::ABNORMAL));
    assert_eq!(ws.flush().await, lost);
    assert_eq!(ws.status(), Some(WsStatus::ABNORMAL));
}

#[tokio::test(start_paused = true)]
async fn a_flush_waits_for_messages_that_a_connection_returned() {
    // The first connection reads nothing, and ends after a while.
    let serving = serving(|connection, ws| {
        Box::pin(async move {
            if connection > 1 {
                return echo(ws).await;
            }
            sleep(Duration::from_secs(1)).await;
            Err(WsError::closing(WsStatus::RESTART))
        })
    });
    let mut ws: ReconnectingWebSocket = serving.client().start();
    // More bytes than fit on the way to a server whose consumer receives nothing.
    for number in 0..600 {
        ws.send(format!("{number:01000}")).await.expect("room");
    }
    // Those that the first connection took have left with it, which the events report.
    let mut told = Told(ws.events());
    ws.flush().await.expect("the second connection");
    assert_eq!(told.next().await, "connected 1");
    let ended = told.next().await;
    let unconfirmed = ended.strip_prefix("disconnected 1012 unconfirmed ");
    assert_ne!(unconfirmed.expect("the end of the first connection"), "0");
    assert_eq!(serving.connections(), 2);
    let mut last = String::new();
    while !last.ends_with("0599") {
        last = received(&mut ws).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_flush_does_not_wait_for_dropped_messages() {
    let (client, _log) = failing(u32::MAX);
    let client = client
        .with_outbox(1, 100)
        .with_slow_consumer(SlowConsumer::DropOldest);
    let ws: ReconnectingWebSocket = client.start();
    ws.send("old").await.expect("room");
    let mut flush = Box::pin(ws.flush());
    assert!((&mut flush).now_or_never().is_none());
    ws.send("new").await.expect("room");
    flush.await.expect("nothing that it waits for");
}

#[test]
fn a_runtime_that_ends_after_a_flush_loses_nothing() {
    let (app, mut told) = reporting();
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let handshake = WebSocketClient::to(format!("ws://{}/", server.addr()));
        let ws: ReconnectingWebSocket = handshake.reconnecting().start();
        for number in 0..50 {
            ws.try_send(number.to_string()).expect("room");
        }
        ws.flush().await.expect("a connection");
    });
    for number in 0..50 {
        assert_eq!(told.blocking_recv(), Some(number.to_string().into()));
    }
}

#[test]
fn a_blocking_send_and_close_have_left_when_they_return() {
    let (app, mut told) = reporting();
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let handshake = WebSocketClient::to(format!("ws://{}/", server.addr()));
    let mut client = handshake.reconnecting().blocking().expect("a client");
    client
        .send("waits for the connection")
        .expect("a connection");
    assert!(client.as_socket().is_connected());
    client.as_socket().try_send("queued").expect("room");
    client.close(WsStatus::NORMAL);
    for expected in ["waits for the connection", "queued"] {
        assert_eq!(told.blocking_recv(), Some(expected.into()));
    }
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}

#[test]
fn a_blocking_send_fails_when_there_will_be_no_connection() {
    let policy = ReconnectPolicy::default().with_max_attempts(Some(1));
    let client = Reconnecting::over(|| async { Err::<WebSocket, _>(unreachable()) });
    let mut client = client.with_policy(policy).blocking().expect("a client");
    assert_eq!(
        client.send("lost"),
        Err(SendError::Closed(WsStatus::ABNORMAL))
    );
}
