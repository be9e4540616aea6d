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

impl Hub {
    async fn join(self, mut ws: WebSocket<Said, Event>, room: String, who: String) -> WsResult {
        self.enter(&room, &who, ws.sender());
        let talked = self.talk(&mut ws, &room, &who).await;
        self.leave(&room, &who, &ws.sender());
        talked
    }

    async fn talk(&self, ws: &mut WebSocket<Said, Event>, room: &str, who: &str) -> WsResult {
        while let Some(Said { text }) = ws.recv().await? {
            let event = Event::Said {
                who: who.to_owned(),
                text,
            };
            tell(self.rooms().get(room), &event);
        }
        Ok(())
    }

    fn enter(&self, room: &str, who: &str, sender: WsSender<Event>) {
        let mut rooms = self.rooms();
        let members = rooms.entry(room.to_owned()).or_default();
        members.push((who.to_owned(), sender));
        let present = names(members);
        tell(
            Some(members),
            &Event::Joined {
                who: who.to_owned(),
                present,
            },
        );
    }

    fn leave(&self, room: &str, who: &str, sender: &WsSender<Event>) {
        let mut rooms = self.rooms();
        let Some(members) = rooms.get_mut(room) else {
            return;
        };
        members.retain(|(_, member)| member != sender);
        if members.is_empty() {
            rooms.remove(room);
        } else {
            let present = names(members);
            tell(
                Some(members),
                &Event::Left {
                    who: who.to_owned(),
                    present,
                },
            );
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
