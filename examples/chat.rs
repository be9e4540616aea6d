//! A chat: rooms by path, their history and their members, and a web page for the users.
//!
//! ```text
//! cargo run --example chat
//! ```
//!
//! Then open <http://127.0.0.1:9000/> in two tabs. A tab that loses its connection comes back, and
//! receives what it has missed. Several processes are one chat over Redis:
//!
//! ```text
//! cargo run --example chat --features redis -- 127.0.0.1:9001 --redis redis://127.0.0.1/
//! ```

use std::error::Error;

use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::prelude::*;
use http4k_ws::topics::{Feed, Resume, Topics};

/// A message from the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub(crate) struct Say {
    pub(crate) text: String,
}

/// A message in a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub(crate) struct Said {
    pub(crate) who: String,
    pub(crate) text: String,
}

type Socket = WebSocket<Say, Feed<Said>>;
type Rooms = Topics<Said>;

async fn chat(mut ws: Socket, rooms: Rooms, room: String, who: String, from: Resume) -> WsResult {
    let room = rooms.topic(room);
    let member = room.join(&ws).member(&who).after(from).await?;
    while let Some(Say { text }) = ws.recv().await? {
        let who = who.clone();
        member.publish(Said { who, text }).await?;
    }
    Ok(())
}

/// Returns the latest messages of a room, which a page shows before it joins.
async fn latest(rooms: Rooms, room: String) -> Result<Json<Vec<Said>>, StatusCode> {
    let history = rooms.topic(room).history(None).await;
    let history = history.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let said = history.messages.into_iter().map(|(_, said)| said);
    Ok(Json(said.collect()))
}

fn page() -> Response {
    Response::new(Body::from(include_str!("chat.html")))
        .with_header(CONTENT_TYPE, "text/html; charset=utf-8")
}

routes! {
    fn routed(rooms: Rooms) -> PolyHandler {
        GET "/"               => http(page()),
        GET "/latest/<room>"  => http(latest(rooms, room)),
        "/rooms/<room>/<who>" => ws(chat(ws, rooms, room, who, _)),
    }
}

pub(crate) fn app() -> PolyHandler {
    routed(Topics::new("room"))
}

/// Returns the rooms that all processes with this Redis share, and the runtime of its connections.
#[cfg(feature = "redis")]
fn shared(url: &str) -> Result<(Rooms, tokio::runtime::Runtime), Box<dyn Error>> {
    use http4k_ws::topics::TopicNode;
    use http4k_ws::topics::engine::redis::RedisEngine;

    let runtime = tokio::runtime::Runtime::new()?;
    let engine = runtime.block_on(RedisEngine::connect("chat", url))?;
    Ok((TopicNode::new(engine).topics("room"), runtime))
}

#[cfg(not(feature = "redis"))]
fn shared(_url: &str) -> Result<(Rooms, ()), Box<dyn Error>> {
    Err("`--redis` needs `cargo run --features redis`".into())
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut address, mut redis) = ("127.0.0.1:9000".to_owned(), None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--redis" => redis = arguments.next(),
            _ => address = argument,
        }
    }
    let shared = redis.map(|url| shared(&url)).transpose()?;
    let app = match &shared {
        Some((rooms, _runtime)) => routed(rooms.clone()),
        None => app(),
    };
    let server = app.as_server(address).start()?;
    println!("talk at http://{}/", server.addr());
    server.block();
    Ok(())
}

#[cfg(test)]
mod tests {
    use http4k_ws::testing::TestWsClient;

    use super::*;

    fn next(client: &mut TestWsClient) -> Feed<Said> {
        Feed::from_message(client.received().next().unwrap().unwrap()).unwrap()
    }

    #[test]
    fn a_tab_that_comes_back_receives_what_it_missed() {
        let app = app();
        let mut ann = app.test_ws("/rooms/lobby/ann");
        let Feed::CaughtUp { at, members: 0, .. } = next(&mut ann) else {
            panic!("the room is empty")
        };
        drop(ann);
        let mut bob = app.test_ws("/rooms/lobby/bob");
        bob.send(r#"{"text":"anyone here?"}"#).unwrap();
        let mut ann = app.test_ws(format!("/rooms/lobby/ann?after={at}"));
        let said = Said {
            who: "bob".into(),
            text: "anyone here?".into(),
        };
        let missed = std::iter::repeat_with(|| next(&mut ann)).find_map(|feed| match feed {
            Feed::Message { data, .. } => Some(data),
            _ => None,
        });
        assert_eq!(missed, Some(said.clone()));
        let latest = app.test_http("/latest/lobby");
        assert_eq!(latest.body(), r#"[{"who":"bob","text":"anyone here?"}]"#);
    }
}
