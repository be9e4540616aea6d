//! A chat: rooms with their history and members, notices of typing, and a web page for all of it.
//!
//! ```text
//! cargo run --example chat
//! ```
//!
//! Then open <http://127.0.0.1:9000/> in two tabs. A tab that loses its connection comes back by
//! itself, receives what it has missed, and sends what was written meanwhile. Several processes are
//! one chat over Redis:
//!
//! ```text
//! cargo run --example chat --features redis -- 127.0.0.1:9001 --redis redis://127.0.0.1/
//! ```

use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime};

use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::prelude::*;
use http4k_ws::topics::engine::Member;
use http4k_ws::topics::{Feed, Membership, Resume, Topic, Topics};

/// A message from the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum FromPage {
    /// Says `text`. The page chooses `id`, and finds its own line by it.
    Say { id: String, text: String },
    /// The user types.
    Typing,
}

/// A message in a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum Said {
    /// A line of text, with its time in milliseconds since 1970.
    #[serde(rename_all = "camelCase")]
    Text {
        id: String,
        who: String,
        text: String,
        sent_at: u64,
    },
    /// A user types.
    Typing { who: String },
}

type Socket = WebSocket<FromPage, Feed<Said>>;
type Rooms = Topics<Said>;

/// The secret of a tab, by which it takes its own name over when it reconnects.
#[derive(FromRequest)]
struct Tab {
    #[query]
    tab: Option<String>,
}

async fn chat(
    mut ws: Socket,
    rooms: Rooms,
    room: String,
    who: String,
    tab: Tab,
    from: Resume,
) -> WsResult {
    let (room, who) = (name(&room).map_err(refused)?, name(&who).map_err(refused)?);
    let here = join(&ws, &rooms.topic(room), who, &tab, from).await?;
    while let Some(message) = ws.recv().await? {
        let who = who.to_owned();
        match message {
            FromPage::Say { id, text } => {
                let said = line(id, who, text.trim())?;
                here.publish(said).await?;
            }
            FromPage::Typing => {
                // A tab that lags needs only the latest of each user.
                let key = format!("typing {who}");
                let typing = Said::Typing { who };
                here.topic().publish_keyed(key, typing).await?;
            }
        }
    }
    Ok(())
}

fn line(id: String, who: String, text: &str) -> Result<Said, WsError> {
    if text.is_empty() || text.chars().count() > 2000 || id.len() > 64 {
        return Err(refused("a message has 1 to 2,000 characters"));
    }
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Ok(Said::Text {
        id,
        who,
        text: text.to_owned(),
        sent_at: now.as_millis() as u64,
    })
}

/// Returns the name of a user or a room without spaces around it.
///
/// Letters and digits are visible, so that no name looks empty or like another with a mark in it.
fn name(text: &str) -> Result<&str, &'static str> {
    /// The letters that are not visible.
    const FILLERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];
    let text = text.trim();
    let visible = |c: char| c.is_alphanumeric() && !FILLERS.contains(&c);
    if !text.chars().any(visible) {
        Err("a name needs a letter or a digit")
    } else if !text.chars().all(|c| visible(c) || " .-_'".contains(c)) {
        Err("a name has letters, digits, spaces and . - _ ' only")
    } else if text.chars().count() > 24 {
        Err("a name has at most 24 characters")
    } else {
        Ok(text)
    }
}

fn refused(reason: &'static str) -> WsError {
    let status = WsStatus::POLICY_VIOLATION.with_reason(reason);
    WsError::closing(status.unwrap_or(WsStatus::POLICY_VIOLATION))
}

/// Joins under a name that no other tab in the room has.
async fn join(
    ws: &Socket,
    room: &Topic<Said>,
    who: &str,
    tab: &Tab,
    from: Resume,
) -> Result<Membership<Said>, WsError> {
    let me = member_name(who, tab);
    let check = |members: &[Member]| {
        let other = |member: &&Member| member.name != me && user(member) == who.to_lowercase();
        match members.iter().find(other) {
            Some(_) => Err(refused("this name is taken in the room")),
            None => Ok(()),
        }
    };
    check(&room.members().await?.0)?;
    // An earlier connection of this tab, whose end the server has not noticed yet.
    room.evict(|member| member.name == me).await?;
    let here = room.join(ws).member(&me).after(from).await?;
    // Of two tabs that join at once, the later one sees the other, or each sees the other.
    for _ in 0..200 {
        let (members, _) = room.members().await?;
        check(&members)?;
        if members.iter().any(|member| member.id == here.id()) {
            return Ok(here);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err(WsError::closing(WsStatus::TRY_AGAIN_LATER))
}

/// Returns the name of a member: that of the user, a line end, and a hash of the tab's secret.
fn member_name(who: &str, tab: &Tab) -> String {
    let mut hasher = DefaultHasher::new();
    tab.tab.hash(&mut hasher);
    format!("{who}\n{:016x}", hasher.finish())
}

/// Returns the name of the user in lower case.
fn user(member: &Member) -> String {
    let (who, _tab) = member.name.split_once('\n').unwrap_or((&member.name, ""));
    who.to_lowercase()
}

/// The lines that a room keeps, and the position behind them, from which a page joins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Latest {
    at: String,
    said: Vec<Said>,
}

async fn latest(rooms: Rooms, room: String) -> Result<Json<Latest>, (StatusCode, &'static str)> {
    let room = name(&room).map_err(|reason| (StatusCode::BAD_REQUEST, reason))?;
    let (room, mut after, mut said) = (rooms.topic(room), None, Vec::new());
    loop {
        let down = (
            StatusCode::SERVICE_UNAVAILABLE,
            "the room cannot be reached",
        );
        let part = room.history(after).await.map_err(|_| down)?;
        if !part.complete {
            said.clear();
        }
        let texts = part.messages.into_iter().map(|(_, said)| said);
        said.extend(texts.filter(|said| matches!(said, Said::Text { .. })));
        if part.up_to == part.last || after == Some(part.up_to) {
            let at = part.up_to.to_string();
            return Ok(Json(Latest { at, said }));
        }
        after = Some(part.up_to);
    }
}

fn page() -> Response {
    Response::new(Body::from(include_str!("chat.html")))
        .with_header(CONTENT_TYPE, "text/html; charset=utf-8")
}

routes! {
    fn routed(rooms: Rooms) -> PolyHandler {
        GET "/"               => http(page()),
        GET "/latest/<room>"  => http(latest(rooms, room)),
        "/rooms/<room>/<who>" => ws(chat(ws, rooms, room, who, _, _)),
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
#[path = "chat/tests.rs"]
mod tests;
