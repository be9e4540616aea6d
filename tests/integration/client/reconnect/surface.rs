//! The blocking twin, and typed messages.

use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::{IntoPolyHandler, NextMessage, ReconnectEvent, Reconnecting};

use super::{policy, received};

/// CASE 23, over the network.
fn reads_on_after_the_server_closed() {
    async fn greet_once(mut ws: WebSocket) -> WsResult {
        ws.send("bob").await?;
        if let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        Ok(())
    }
    let server = greet_once
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let policy = policy()
        .with_base(Duration::from_millis(1))
        .with_retried_code(1000);
    let mut client = WebSocketClient::to(format!("ws://{}/", server.addr()))
        .reconnecting()
        .with_policy(policy)
        .blocking()
        .expect("a client");
    for message in ["hello", "hi"] {
        client.send(message).expect("room");
        assert_eq!(client.next(), NextMessage::Message("bob".into()));
        assert_eq!(client.next(), NextMessage::Message(message.into()));
    }
    let second = Duration::from_secs(1);
    let first = client.next_event_within(second);
    assert!(
        matches!(first, Some(ReconnectEvent::Connected { attempt: 1 })),
        "{first:?}"
    );
    assert_eq!(client.next_within(Duration::ZERO), NextMessage::Pending);
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    assert_eq!(client.received().last(), None);
}

#[test]
fn it_goes_on_without_a_runtime() {
    reads_on_after_the_server_closed();
}

#[tokio::test]
async fn it_goes_on_inside_a_runtime_of_one_thread() {
    reads_on_after_the_server_closed();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_inside_a_runtime_of_many_threads() {
    reads_on_after_the_server_closed();
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
struct Price {
    of: String,
    cents: u32,
}

#[tokio::test(start_paused = true)]
async fn it_is_typed_as_any_socket() {
    async fn double(mut ws: WebSocket<Price, Price>) -> WsResult {
        while let Some(price) = ws.recv().await? {
            let cents = price.cents * 2;
            ws.send(Price { cents, ..price }).await?;
        }
        Ok(())
    }
    let app = double.into_poly_handler();
    let client = Reconnecting::over(move || {
        let app = app.clone();
        async move { app.connect_ws("/").await }
    });
    let mut ws = client.start::<Price, Price>();
    let price = |cents| Price {
        of: "tea".into(),
        cents,
    };
    ws.send(price(21)).await.expect("room");
    assert_eq!(ws.recv().await, Ok(Some(price(42))));
    ws.sender().try_send(price(1)).expect("room");
    let mut ws = ws.typed::<WsMessage, WsMessage>();
    assert_eq!(received(&mut ws).await, r#"{"of":"tea","cents":2}"#);
}
