//! A chat: rooms by path, messages to many sockets, and a web page for the users.
//!
//! ```text
//! cargo run --example chat
//! ```
//!
//! Then open <http://127.0.0.1:9000/> in two tabs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http4k_ws::SendError;
use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::prelude::*;

/// A message from the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub(crate) struct Said {
    pub(crate) text: String,
}

/// A message to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(crate) enum Event {
    Joined { who: String, present: Vec<String> },
    Said { who: String, text: String },
    Left { who: String, present: Vec<String> },
}

type Room = Vec<(String, WsSender<Event>)>;

/// Every room that has a member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hub(Arc<Mutex<BTreeMap<String, Room>>>);

/// The membership of a socket in a room, until it is dropped.
///
/// Its consumer owns it, so the socket also leaves if the consumer returns early, panics, or is
/// dropped with its task.
#[derive(Debug)]
struct Presence {
    hub: Hub,
    room: String,
    who: String,
    sender: WsSender<Event>,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.hub.leave(&self.room, &self.who, &self.sender);
    }
}

impl Hub {
    async fn join(self, mut ws: WebSocket<Said, Event>, room: String, who: String) -> WsResult {
        let presence = self.enter(room, who, ws.sender());
        while let Some(Said { text }) = ws.recv().await? {
            let who = presence.who.clone();
            tell(self.rooms().get(&presence.room), &Event::Said { who, text });
        }
        Ok(())
    }

    fn enter(&self, room: String, who: String, sender: WsSender<Event>) -> Presence {
        let mut rooms = self.rooms();
        let members = rooms.entry(room.clone()).or_default();
        members.push((who.clone(), sender.clone()));
        let joined = Event::Joined {
            who: who.clone(),
            present: names(members),
        };
        tell(Some(members), &joined);
        Presence {
            hub: self.clone(),
            room,
            who,
            sender,
        }
    }

    fn leave(&self, room: &str, who: &str, sender: &WsSender<Event>) {
        let mut rooms = self.rooms();
        let Some(members) = rooms.get_mut(room) else {
            return;
        };
        members.retain(|(_, member)| member != sender);
        let left = Event::Left {
            who: who.to_owned(),
            present: names(members),
        };
        tell(Some(members), &left);
        if members.is_empty() {
            rooms.remove(room);
        }
    }

    fn rooms(&self) -> MutexGuard<'_, BTreeMap<String, Room>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn names(room: &Room) -> Vec<String> {
    room.iter().map(|(name, _)| name.clone()).collect()
}

/// Sends a message to every member of the room. A member that is too slow is removed.
fn tell(room: Option<&Room>, event: &Event) {
    for (_, member) in room.into_iter().flatten() {
        if let Err(SendError::Full) = member.try_send(event.clone()) {
            member.close(WsStatus::TRY_AGAIN_LATER);
        }
    }
}

fn page() -> Response {
    Response::new(Body::from(include_str!("chat.html")))
        .with_header(CONTENT_TYPE, "text/html; charset=utf-8")
}

routes! {
    fn routed(hub: Hub) -> PolyHandler {
        GET "/"              => http(page()),
        "/rooms/<room>/<who>" => ws(hub.join(ws, room, who)),
    }
}

pub(crate) fn app() -> PolyHandler {
    routed(Hub::default())
}

fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:9000".to_owned());
    let server = app().as_server(address).start()?;
    println!("talk at http://{}/", server.addr());
    server.block();
    Ok(())
}
