//! The application that the generated client and the console are tried with. The argument is its
//! address. Without one, it prints the client.

use std::time::Duration;

use http4k_ws::PathParam;
use http4k_ws::calls::{CallProblem, CallReply, CallResult, CallSocket, Calls, Replies, Reply};
use http4k_ws::document::{Console, Info};
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseEvent, SseResult};
use http4k_ws::topics::{Feed, Resume, Topics};
use schemars::JsonSchema;

/// A message of a member.
#[derive(Clone, Debug, Serialize, Deserialize, Message, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Said {
    /// The text, which may be empty.
    text: String,
    /// The number of the message that this is a reply to.
    reply_to: Option<u64>,
    #[serde(default)]
    tags: Vec<String>,
}

/// An event in a room.
#[derive(Clone, Debug, Serialize, Deserialize, Message, JsonSchema)]
#[serde(tag = "event", rename_all = "camelCase")]
enum Event {
    /// A member came.
    Joined { room: String, name: String },
    /// A member sent a message.
    Said(Said),
    /// The server closes the room.
    Closing,
}

#[derive(Clone, Debug, Serialize, Deserialize, Message, JsonSchema)]
struct User {
    id: u32,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    role: Role,
}

/// The rights of a user.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Role {
    /// May change users.
    Admin,
    Guest,
}

/// A part of a drawing.
#[derive(Clone, Debug, Serialize, Deserialize, Message, JsonSchema)]
#[serde(tag = "shape", rename_all = "camelCase")]
enum Shape {
    /// A straight line.
    Line {
        from: Point,
        to: Point,
        /// The width in pixels.
        width: Option<u8>,
    },
    /// A text at a place.
    Label {
        at: Point,
        text: String,
        #[serde(default)]
        bold: bool,
        colour: Option<Colour>,
        tags: Vec<String>,
    },
    /// Removes everything.
    Clear,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
}

#[derive(Clone, Copy, Debug, PartialEq, PathParam)]
#[path_param(rename_all = "lowercase")]
enum Side {
    Left,
    Right,
}

#[derive(FromRequest)]
struct Search {
    /// The page, counted from 1.
    #[query(default = 1)]
    page: u32,
    #[query]
    tag: Vec<String>,
    #[header("x-key")]
    key: Option<String>,
}

#[derive(FromRequest)]
struct NewUser {
    #[body]
    user: User,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Divide {
    number: i32,
    by: i32,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct CountTo {
    last: u32,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Never;

/// The calls of a calculator.
#[derive(Calls)]
#[calls(notice = String)]
enum Calculator {
    /// Divides.
    Divide(Divide, Reply<i32>),
    /// Counts from 1.
    CountTo(CountTo, Replies<u32>),
    /// Is never replied to.
    Never(Never, Reply<i32>),
}

async fn calculate(ws: CallSocket<Calculator>) -> WsResult {
    ws.send(CallReply::notice("welcome".to_owned())).await?;
    ws.serve_calls(respond).await
}

async fn respond(call: Calculator) -> CallResult {
    match call {
        Calculator::Divide(Divide { number, by }, reply) => match number.checked_div(by) {
            Some(quotient) => reply.send(quotient),
            None => {
                let problem = CallProblem::new(StatusCode::UNPROCESSABLE_ENTITY);
                Err(problem.with_detail("the divisor is 0").into())
            }
        },
        Calculator::CountTo(CountTo { last }, mut replies) => {
            for number in 1..=last {
                replies.send(number).await?;
            }
            replies.end()
        }
        Calculator::Never(Never, reply) => {
            std::future::pending::<()>().await;
            reply.send(0)
        }
    }
}

/// Greets, and sends each message back. `text: "close"` ends the room.
async fn join(mut ws: WebSocket<Said, Event>, room: String, name: String) -> WsResult {
    ws.send(Event::Joined { room, name }).await?;
    while let Some(said) = ws.recv().await? {
        match said.text.as_str() {
            "close" => {
                ws.send(Event::Closing).await?;
                return Ok(());
            }
            "restart" => {
                ws.close(WsStatus::RESTART);
                return Ok(());
            }
            _ => ws.send(Event::Said(said)).await?,
        }
    }
    Ok(())
}

async fn draw(mut ws: WebSocket<Shape, Shape>, board: String) -> WsResult {
    let _ = board;
    while let Some(shape) = ws.recv().await? {
        ws.send(shape).await?;
    }
    Ok(())
}

async fn echo(mut ws: WebSocket<String, String>, side: Side) -> WsResult {
    while let Some(text) = ws.recv().await? {
        ws.send(format!("{side:?} {text}")).await?;
    }
    Ok(())
}

/// A client of the topic that sends anything is closed with 1012, so that it connects again.
async fn news(
    mut ws: WebSocket<String, Feed<Said>>,
    topics: Topics<Said>,
    topic: String,
    resume: Resume,
) -> WsResult {
    let _membership = topics.topic(topic).join(&ws).after(resume).await?;
    if ws.recv().await?.is_some() {
        ws.close(WsStatus::RESTART);
    }
    Ok(())
}

async fn publish(topics: Topics<Said>, topic: String, Json(said): Json<Said>) -> StatusCode {
    match topics.topic(topic).publish(said).await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn show(id: u32) -> Option<User> {
    let user = User {
        id,
        name: "ann".into(),
        email: None,
        role: Role::Guest,
    };
    (id > 0).then_some(user)
}

fn search(search: Search) -> String {
    let Search { page, tag, key } = search;
    format!("{page} {} {}", tag.join("+"), key.unwrap_or_default())
}

fn create(new: NewUser) -> User {
    let NewUser { user } = new;
    user
}

/// Sends three numbers, then one with the name `last`.
async fn count(sse: Sse, from: u32) -> SseResult {
    for number in from..from + 3 {
        let said = Said {
            text: number.to_string(),
            reply_to: None,
            tags: Vec::new(),
        };
        let text = serde_json::to_string(&said).expect("a message is JSON");
        sse.send(SseEvent::new(text).with_id(number)).await?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sse.closed().await;
    Ok(())
}

async fn ticks(sse: Sse<Said>, from: u32) -> SseResult {
    for number in from.. {
        let said = Said {
            text: number.to_string(),
            reply_to: None,
            tags: Vec::new(),
        };
        sse.send(said).await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

routes! {
    fn app(topics: Topics<Said>) -> PolyHandler {
        /// Joins a room.
        ///
        /// The first event is `joined`.
        "/rooms/<room>/<name>" => ws(join(ws, room, name)),
        /// Draws on a board. Every shape comes back.
        "/boards/<board>" => ws(draw(ws, board)),
        "/echo/<side>" => ws(echo(ws, side)),
        /// Calculates.
        "/calculator" => ws(calculate(ws)),
        /// Follows a topic.
        "/topics/<topic>" => ws(news(ws, topics, topic, _)),
        /// Publishes in a topic.
        POST "/topics/<topic>" => http(publish(topics, topic, _)),
        /// Shows one user.
        GET "/users/<id>" => http(show(id)),
        /// Adds a user.
        POST "/users" => http(create(_)),
        /// Searches by page and tags.
        GET "/search" => http(search(_)),
        GET "/files/<path..>" => http(|path: String| path),
        /// Counts up.
        GET "/ticks/<from>" => sse(ticks(sse, from)),
        GET "/count/<from>" => sse(count(sse, from)),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let topics = Topics::new("topic").history(100, Duration::from_secs(60));
    let app = app(topics);
    let Some(address) = std::env::args().nth(1) else {
        print!("{}", app.typescript());
        return Ok(());
    };
    let info = Info::new("Rooms", "1.0.0").with_description("Rooms, topics and boards.");
    let app = app.with_console("/_console", Console::new(info).in_release());
    let server = app.as_server(address).start()?;
    println!("listening on {}", server.addr());
    server.block();
    Ok(())
}
