//! Sends back what it gets, over HTTP and WebSocket: the server that outside tools are run against.
//!
//! ```text
//! cargo run --example echo -- 127.0.0.1:9000 --threads 1 --max-message 67108864
//! ```

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http4k_ws::prelude::*;
use http4k_ws::{Json, ServerConfig, subprotocols};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Count {
    name: String,
    count: i64,
}

async fn hello() -> &'static str {
    "hello"
}

fn greet(name: String) -> String {
    format!("hello {name}")
}

/// The body, with the Content-Type it came with.
fn same_body(request: Request) -> Response {
    let content_type = request.headers().get(CONTENT_TYPE).cloned();
    let mut response = Response::new(request.into_body());
    if let Some(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}

fn same_json(Json(count): Json<Count>) -> Json<Count> {
    Json(count)
}

fn panics() -> StatusCode {
    panic!("asked to")
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        if message == "panic!" {
            panic!("asked to");
        }
        ws.send(message).await?;
    }
    Ok(())
}

/// Who is in which room.
#[derive(Clone, Debug, Default)]
struct Rooms(Arc<Mutex<HashMap<String, Vec<WsSender>>>>);

impl Rooms {
    async fn join(self, mut ws: WebSocket, room: String) -> WsResult {
        self.with(&room, |members| members.push(ws.sender()));
        while let Some(message) = ws.recv().await? {
            self.with(&room, |members| {
                members.retain(|member| sent(member, &message))
            });
        }
        self.with(&room, |members| {
            members.retain(|member| *member != ws.sender())
        });
        Ok(())
    }

    fn with(&self, room: &str, change: impl FnOnce(&mut Vec<WsSender>)) {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let members = rooms.entry(room.to_owned()).or_default();
        change(members);
        if members.is_empty() {
            rooms.remove(room);
        }
    }
}

/// Sends to one member; one who is gone, or too slow, is no member any more.
fn sent(member: &WsSender, message: &WsMessage) -> bool {
    match member.try_send(message.clone()) {
        Ok(()) => true,
        Err(SendError::Full) => {
            member.close(WsStatus::TRY_AGAIN_LATER);
            false
        }
        Err(_) => false,
    }
}

routes! {
    fn routed(rooms: Rooms) -> PolyHandler {
        GET  "/"             => http(hello()),
        GET  "/hello/<name>" => http(greet(name)),
        POST "/echo"         => http(same_body(req)),
        POST "/json"         => http(same_json(_)),
        GET  "/panic"        => http(panics()),
        "/ws"         with(subprotocols(["echo"])) => ws(echo(ws)),
        "/ws/<_name>" with(subprotocols(["echo"])) => ws(echo(ws)),
        "/room/<name>"       => ws(rooms.join(ws, name)),
    }
}

pub(crate) fn app() -> PolyHandler {
    routed(Rooms::default())
}

/// The address, and what the options say.
fn arguments() -> Result<(String, ServerConfig, Option<usize>), String> {
    let mut address = "127.0.0.1:9000".to_owned();
    let (mut config, mut threads) = (ServerConfig::default(), None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let value = arguments
                .next()
                .ok_or(format!("{argument} takes a number"))?;
            value
                .parse::<usize>()
                .map_err(|error| format!("{argument} {value}: {error}"))
        };
        match argument.as_str() {
            "--threads" => threads = Some(number()?),
            "--max-message" => {
                config = config.with_max_message(number()?);
            }
            option if option.starts_with("--") => {
                return Err(format!("there is no option {option}"));
            }
            _ => address = argument,
        }
    }
    Ok((address, config, threads))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (address, config, threads) = arguments()?;
    let mut server = app().as_server(address).with_config(config);
    if let Some(threads) = threads {
        server = server.with_threads(threads);
    }
    let running = server.start()?;
    println!("listening on {}", running.addr());
    running.block();
    Ok(())
}
