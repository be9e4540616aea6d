//! The rooms and their history, in memory if not said otherwise.

mod history;
mod http;
mod presence;
mod size;
mod talk;

use std::path::Path;

use http4k_ws::filter::Principal;
use http4k_ws::prelude::*;
use http4k_ws::testing::{NextMessage, TestWsClient, WsClient};

use crate::chat::messages::{FromPage, Post, RoomName, ToPage};
use crate::chat::{History, Team, User};

fn team() -> Team {
    Team::new(History::open(Path::new(":memory:")).expect("a database in memory"))
}

fn room(name: &str) -> RoomName {
    name.parse().expect("the name of a room")
}

/// The rooms alone: the path names the user.
fn rooms(team: Team) -> PolyHandler {
    routes! { "/<room>/<user>" => ws(talk(ws, room, user, team)) }
}

async fn talk(ws: Socket, room: RoomName, name: String, team: Team) -> WsResult {
    team.talk(ws, room, Principal(User { name })).await
}

type Socket = WebSocket<FromPage, ToPage>;

fn next(client: &mut impl WsClient) -> ToPage {
    match client.next() {
        NextMessage::Message(message) => ToPage::from_message(message).expect("a message"),
        other => panic!("expected a message, got {other:?}"),
    }
}

fn say(client: &mut TestWsClient, text: &str) {
    let message = serde_json::json!({ "type": "say", "text": text });
    client
        .send(message.to_string())
        .expect("the socket is open");
}

fn said(client: &mut impl WsClient) -> (String, String) {
    match next(client) {
        ToPage::Said(post) => (post.author, post.text),
        other => panic!("expected a post, got {other:?}"),
    }
}

/// Receives `count` posts, and skips what is between them.
fn posts(client: &mut impl WsClient, count: usize) -> Vec<Post> {
    let mut posts = Vec::new();
    while posts.len() < count {
        if let ToPage::Said(post) = next(client) {
            posts.push(post);
        }
    }
    posts
}

fn present(message: ToPage) -> Vec<String> {
    match message {
        ToPage::Welcome { present, .. } => present,
        other => panic!("expected a welcome, got {other:?}"),
    }
}

fn joined(user: &str) -> ToPage {
    ToPage::Joined { user: user.into() }
}

fn left(user: &str) -> ToPage {
    ToPage::Left { user: user.into() }
}
