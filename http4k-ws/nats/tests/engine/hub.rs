//! Two nodes, each with an application, as a program uses them.

use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::topics::{Feed, Resume, TopicNode, Topics};
use http4k_ws_nats::NatsEngine;
use tokio::time::timeout;

use crate::nats::Nats;
use crate::support::run;

type Socket = WebSocket<String, Feed<String>>;

async fn chat(mut ws: Socket, rooms: Topics<String>, name: String, resume: Resume) -> WsResult {
    let member = rooms
        .topic("lobby")
        .join(&ws)
        .member(&name)
        .after(resume)
        .await?;
    while let Some(text) = ws.recv().await? {
        member.publish(text).await?;
    }
    Ok(())
}

routes! {
    fn app(rooms: Topics<String>) -> PolyHandler {
        "/<name>" => ws(chat(ws, rooms, name, _)),
    }
}

/// Returns the application of another node.
async fn node(nats: &Nats) -> PolyHandler {
    let engine = NatsEngine::connect("chat", &nats.url()).await.unwrap();
    app(TopicNode::new(engine).topics("room"))
}

async fn open(app: &PolyHandler, path: &str) -> WebSocket {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let serving = app
        .clone()
        .serve_connection(theirs, ServerConfig::default());
    tokio::spawn(serving);
    let socket = WebSocketClient::to(format!("ws://localhost/{path}"));
    socket.connect_over(ours).await.unwrap()
}

async fn next(socket: &mut WebSocket) -> Feed<String> {
    let message = timeout(Duration::from_secs(10), socket.recv()).await;
    let message = message.expect("a message in time").unwrap().unwrap();
    Feed::from_message(message).unwrap()
}

/// Waits for a message, and returns it.
async fn said(socket: &mut WebSocket) -> String {
    loop {
        match next(socket).await {
            Feed::Message { data, .. } => return data,
            Feed::Lost { at, .. } => panic!("lost before {at}"),
            _ => {}
        }
    }
}

#[test]
fn two_applications_are_one_chat() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let (one, other) = (node(&nats).await, node(&nats).await);
        let mut ann = open(&one, "ann").await;
        while !matches!(next(&mut ann).await, Feed::Joined { .. }) {}
        let mut bob = open(&other, "bob").await;
        let present = loop {
            if let Feed::CaughtUp { present, .. } = next(&mut bob).await {
                break present.unwrap_or_default();
            }
        };
        assert!(
            present.iter().any(|member| member.name == "ann"),
            "{present:?}"
        );
        let joined = loop {
            if let Feed::Joined { member, .. } = next(&mut ann).await {
                break member.name;
            }
        };
        assert_eq!(joined, "bob");

        bob.send("hello".to_owned()).await.unwrap();
        let heard = loop {
            if let feed @ Feed::Message { .. } = next(&mut ann).await {
                break feed;
            }
        };
        assert_eq!(said(&mut bob).await, "hello");
        // Ann is away for two messages, and returns to the other node.
        let after = heard.at();
        drop(ann);
        while !matches!(next(&mut bob).await, Feed::Left { .. }) {}
        bob.send("one".to_owned()).await.unwrap();
        bob.send("two".to_owned()).await.unwrap();
        assert_eq!(said(&mut bob).await, "one");
        let mut ann = open(&other, &format!("ann?after={after}")).await;
        assert_eq!(said(&mut ann).await, "one");
        assert_eq!(said(&mut ann).await, "two");
    });
}
