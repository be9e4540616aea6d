//! The blocking variant, and typed messages.

use std::time::Duration;

use http4k_ws::SendError;
use http4k_ws::client::WebSocketClient;
use http4k_ws::client::reconnect::{
    BlockingReconnectingWebSocket, ReconnectEvent, Reconnecting, ReconnectingWebSocket,
};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::lens::Format;
use http4k_ws::prelude::*;
use http4k_ws::testing::NextMessage;

use super::{Told, echo, policy, received, serving};

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
    let until_connected = |client: &mut BlockingReconnectingWebSocket| loop {
        let event = client.next_event_within(Duration::from_secs(10));
        match event.expect("a connection") {
            ReconnectEvent::Connected { attempt } => return attempt,
            _ => continue,
        }
    };
    assert_eq!(until_connected(&mut client), 1);
    for message in ["hello", "hi"] {
        client.send(message).expect("room");
        assert_eq!(client.next(), NextMessage::Message("bob".into()));
        assert_eq!(client.next(), NextMessage::Message(message.into()));
        // A message sent while the server closes would be lost with the connection.
        until_connected(&mut client);
    }
    assert_eq!(client.next(), NextMessage::Message("bob".into()));
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    assert_eq!(client.received().last(), None);
}

#[test]
fn a_client_reconnects_without_a_runtime() {
    reads_on_after_the_server_closed();
}

#[tokio::test]
async fn a_client_reconnects_inside_a_runtime_of_one_thread() {
    reads_on_after_the_server_closed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_reconnects_inside_a_runtime_of_many_threads() {
    reads_on_after_the_server_closed();
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[message(json, msgpack)]
struct Price {
    of: String,
    cents: u32,
}

#[tokio::test(start_paused = true)]
async fn a_client_is_typed_like_any_socket() {
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

#[tokio::test(start_paused = true)]
async fn a_sender_sends() {
    let serving = serving(|_, ws| Box::pin(echo(ws)));
    let mut ws: ReconnectingWebSocket = serving.client().start();
    let sender = ws.sender();
    sender.send("waits for room").await.expect("room");
    sender.try_send("takes the room there is").expect("room");
    sender.clone().send("").await.expect("room");
    assert_eq!(received(&mut ws).await, "waits for room");
    assert_eq!(received(&mut ws).await, "takes the room there is");
    assert_eq!(received(&mut ws).await, "");
    sender.close(WsStatus::NORMAL);
    assert_eq!(ws.closed().await, WsStatus::NORMAL);
    let closed = Err(SendError::Closed(WsStatus::NORMAL));
    assert_eq!(sender.send("late").await, closed);
    assert_eq!(sender.try_send("late"), closed);
}

#[tokio::test(start_paused = true)]
async fn each_connection_speaks_the_subprotocol_that_it_agreed_on() {
    // Each connection reports what it received, and ends; every second one agrees on another
    // format.
    let serving = serving(|connection, mut ws| {
        Box::pin(async move {
            let message = ws.recv().await?.expect("a message");
            // The raw text, in any format: the response names it.
            let came = match message.is_binary() {
                true => Format::MessagePack,
                false => Format::Json,
            };
            let Price { cents, .. } = Price::from_message_in(came, message)?;
            let answer = Price {
                of: came.as_str().to_owned(),
                cents: cents + connection,
            };
            let format = match ws.subprotocol() {
                Some("v1+msgpack") => Format::MessagePack,
                _ => Format::Json,
            };
            ws.send(answer.into_message_in(format)?).await?;
            Err(WsError::closing(WsStatus::RESTART))
        })
    });
    let offers = [
        Some("v1+msgpack"),
        None,
        Some("v1+json"),
        Some("v1+msgpack"),
    ];
    let app = http4k_ws::filter::subprotocols(["v1+msgpack", "v1+json"]);
    let app = serving.app.clone().with(app);
    let mut connection = 0;
    let client = Reconnecting::over(move || {
        let offer = offers[connection];
        connection += 1;
        let request = Request::get("/");
        let request = match offer {
            Some(name) => request.header("sec-websocket-protocol", name),
            None => request,
        };
        let (app, request) = (app.clone(), request.body(Body::empty()));
        async move { app.connect_ws(request.expect("a request")).await }
    });
    let mut ws = client.with_policy(policy()).start::<Price, Price>();
    let mut told = Told(ws.events());
    assert_eq!(ws.subprotocol(), None);
    for (number, offer) in (1..).zip(offers) {
        while !told.next().await.starts_with("connected") {}
        assert_eq!(ws.subprotocol().as_deref(), offer);
        let price = |cents| Price {
            of: "tea".into(),
            cents,
        };
        ws.send(price(10)).await.expect("room");
        let format = match offer {
            Some("v1+msgpack") => Format::MessagePack,
            _ => Format::Json,
        };
        let expected = Price {
            of: format.as_str().to_owned(),
            cents: 10 + number,
        };
        assert_eq!(ws.recv().await, Ok(Some(expected)));
        // The last subprotocol still counts while disconnected.
        assert_eq!(ws.subprotocol().as_deref(), offer);
        if number == 4 {
            return;
        }
    }
}
