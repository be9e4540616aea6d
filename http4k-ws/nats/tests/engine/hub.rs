//! Two nodes, each with an application, as a program uses them.

use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::topics::engine::Engine;
use http4k_ws::topics::{Feed, Resume, TopicName, TopicNode, Topics};
use tokio::time::{sleep, timeout};

use crate::engine::connect;
use crate::nats::Nats;
use crate::support::run;
use crate::together::replace_log;

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
    app(rooms(nats, Duration::from_secs(15)).await)
}

async fn rooms(nats: &Nats, lease: Duration) -> Topics<String> {
    TopicNode::new(connect("chat", &nats.url(), lease).await).topics("room")
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

/// A server may create two logs for nodes that start at once, of which one loses its name.
#[test]
fn members_of_a_node_that_is_alone_in_an_epoch_are_registered_with_the_others() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let rooms = rooms(&nats, Duration::from_millis(1500)).await;
        let alone = app(rooms.clone());
        let mut ann = open(&alone, "ann").await;
        while !matches!(next(&mut ann).await, Feed::Joined { .. }) {}
        let epoch = rooms.topic("lobby").position().await.unwrap().epoch();
        replace_log(&nats, "chat", epoch, epoch ^ 1).await;

        let other = connect("chat", &nats.url(), Duration::from_secs(15)).await;
        let lobby = TopicName::new("room", "lobby").unwrap();
        let present = async {
            loop {
                let (members, at) = other.members(&lobby).await.unwrap();
                assert_eq!(at.epoch(), epoch ^ 1);
                if members.iter().any(|member| member.name == "ann") {
                    break;
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(10), present).await.unwrap();
        while !matches!(next(&mut ann).await, Feed::Lost { .. }) {}
    });
}
