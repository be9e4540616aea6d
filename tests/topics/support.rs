//! The application of these tests, and what its clients hear.

use http4k_ws::prelude::*;
use http4k_ws::testing::{NextMessage, TestWsClient};
use http4k_ws::topics::{Feed, Resume, Topics};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub(crate) struct Said {
    pub(crate) text: String,
}

pub(crate) fn said(text: &str) -> Said {
    Said {
        text: text.to_owned(),
    }
}

type Socket = WebSocket<Said, Feed<Said>>;
type Rooms = Topics<Said>;

async fn chat(mut ws: Socket, rooms: Rooms, room: String, who: String, from: Resume) -> WsResult {
    let room = rooms.topic(room);
    let membership = room.join(&ws).member(&who).after(from).await?;
    while let Some(said) = ws.recv().await? {
        membership.publish(said).await?;
    }
    Ok(())
}

pub(crate) async fn listen(
    ws: WebSocket<Said, Feed<Said>>,
    rooms: Topics<Said>,
    room: String,
    resume: Resume,
) -> WsResult {
    let _membership = rooms.topic(room).join(&ws).after(resume).await?;
    ws.closed().await;
    Ok(())
}

pub(crate) async fn say(rooms: Topics<Said>, room: String, text: String) -> String {
    match rooms.topic(room).publish(said(&text)).await {
        Ok(at) => at.to_string(),
        Err(error) => error.to_string(),
    }
}

routes! {
    pub(crate) fn app(rooms: Topics<Said>) -> PolyHandler {
        "/rooms/<room>/<name>" => ws(chat(ws, rooms, room, name, _)),
        "/listen/<room>" => ws(listen(ws, rooms, room, _)),
        POST "/say/<room>/<text>" => http(say(rooms, room, text)),
    }
}

pub(crate) fn one() -> PolyHandler {
    app(Topics::new("room"))
}

pub(crate) fn post(text: &str) -> Request {
    Request::post(format!("/say/r/{text}"))
        .into_request()
        .unwrap()
}

/// Writes what a client heard in one word: `hi`, `+ann`, `-ann`, `=ann,bob`, `lost`.
pub(crate) fn word(feed: &Feed<Said>) -> String {
    match feed {
        Feed::Message { data, .. } => data.text.clone(),
        Feed::Joined { member, .. } => format!("+{}", member.name),
        Feed::Left { member, .. } => format!("-{}", member.name),
        Feed::CaughtUp { present, .. } => {
            let present = present.as_deref().unwrap_or_default();
            let mut names: Vec<_> = present.iter().map(|member| member.name.as_str()).collect();
            names.sort_unstable();
            format!("={}", names.join(","))
        }
        Feed::Lost { .. } => "lost".to_owned(),
        _ => "other".to_owned(),
    }
}

pub(crate) fn read(message: WsMessage) -> Feed<Said> {
    Feed::from_message(message).unwrap()
}

/// Returns everything that a client has heard by now, and in the next milliseconds.
pub(crate) fn feeds(client: &mut TestWsClient) -> Vec<Feed<Said>> {
    let mut heard = Vec::new();
    while let NextMessage::Message(message) = client.next_within(Duration::from_millis(5)) {
        heard.push(read(message));
    }
    heard
}

pub(crate) fn heard(client: &mut TestWsClient) -> Vec<String> {
    feeds(client).iter().map(word).collect()
}
