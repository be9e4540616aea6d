//! An echo server over HTTP and WebSocket, for conformance tests and benchmarks with other tools.
//!
//! ```text
//! cargo run --example echo -- 127.0.0.1:9000 --threads 1 --max-message 67108864
//! cargo run --example echo -- --head-deadline 1 --dead 4 --ping 2 --shutdown 2
//! ```
//!
//! Each deadline and limit is an option. An unknown option prints the list.

use std::collections::HashMap;
use std::fmt::Display;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http4k_ws::filter::subprotocols;
use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::lens::json::Json;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::{Deflate, Group, GroupMember};

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

/// Returns the body of the request, with its Content-Type.
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
    panic!("on request")
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        if message == "panic!" {
            panic!("on request");
        }
        ws.send(message).await?;
    }
    Ok(())
}

/// The rooms that have members.
#[derive(Clone, Debug, Default)]
struct Rooms(Arc<Mutex<HashMap<String, Group>>>);

/// The presence of a socket in a room, until it is dropped.
struct Presence {
    member: Option<GroupMember>,
    rooms: Rooms,
    room: String,
}

impl Rooms {
    async fn join(self, mut ws: WebSocket, room: String) -> WsResult {
        let (group, _presence) = self.enter(&ws, room);
        while let Some(message) = ws.recv().await? {
            group.broadcast(message)?;
        }
        Ok(())
    }

    fn enter(self, ws: &WebSocket, room: String) -> (Group, Presence) {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let group = rooms.entry(room.clone()).or_default().clone();
        let member = Some(group.join(ws));
        drop(rooms);
        let rooms = self;
        (
            group,
            Presence {
                member,
                rooms,
                room,
            },
        )
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let mut rooms = self.rooms.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.member.take());
        if rooms.get(&self.room).is_some_and(Group::is_empty) {
            rooms.remove(&self.room);
        }
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

const USAGE: &str = "\
usage: echo [ADDRESS] [OPTION NUMBER]...

in seconds, such as 0.5:
  --head-deadline     a request's head, from its first byte
  --body-stall        a request body that pauses
  --idle              a connection between two requests
  --write-stall       a peer that reads nothing, of a response or on a socket
  --message-deadline  a socket message, from its first frame to its last byte
  --ping              silence on a socket before a ping
  --dead              silence on a socket before it is cut
  --close             the answer to a close frame
  --shutdown          everything that is open when the server stops
in bytes:
  --max-body  --max-head  --max-message  --max-unsent
others:
  --deflate           the level of compression, from 1 to 9, or 0 for none
  --takeover          1 for compression that refers to earlier messages
  --max-connections   connections at a time
  --threads           threads of the server";

/// The options of the command line.
pub(crate) struct Arguments {
    pub(crate) address: String,
    pub(crate) config: ServerConfig,
    pub(crate) threads: Option<usize>,
}

impl Arguments {
    pub(crate) fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut read = Self {
            address: "127.0.0.1:9000".to_owned(),
            config: ServerConfig::default(),
            threads: None,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if argument.starts_with('-') {
                let value = arguments.next();
                let value = value.ok_or_else(|| format!("{argument} takes a number"))?;
                read.set(&argument, &value)
                    .map_err(|reason| format!("{argument} {value}: {reason}"))?;
            } else {
                read.address = argument;
            }
        }
        Ok(read)
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), String> {
        let config = &mut self.config;
        let session = &mut config.session;
        match option {
            "--head-deadline" => config.head_timeout = seconds(value)?,
            "--body-stall" => config.body_stall = seconds(value)?,
            "--idle" => config.keep_alive = seconds(value)?,
            "--write-stall" => {
                config.write_stall = seconds(value)?;
                session.write_stall = config.write_stall;
            }
            "--message-deadline" => session.message_deadline = Some(seconds(value)?),
            "--ping" => session.ping_interval = Some(seconds(value)?),
            "--dead" => session.dead_after = Some(seconds(value)?),
            "--close" => session.close_timeout = seconds(value)?,
            "--shutdown" => config.shutdown_grace = seconds(value)?,
            "--max-body" => config.max_body = number(value)?,
            "--max-head" => config.max_head = number(value)?,
            "--max-message" => session.max_message = number(value)?,
            "--max-unsent" => config.max_unsent = number(value)?,
            "--deflate" => {
                let on = Deflate::default().with_max_ratio(None);
                let level = number(value)?;
                session.deflate = (level > 0).then(|| on.with_level(level));
            }
            "--takeover" => {
                let keeps = number::<u8>(value)? > 0;
                let deflate = session.deflate.unwrap_or_default();
                let deflate = deflate.with_context_takeover(keeps);
                session.deflate = Some(deflate.with_peer_context_takeover(keeps));
            }
            "--max-connections" => config.max_connections = Some(number(value)?),
            "--threads" => self.threads = Some(number(value)?),
            _ => return Err("there is no such option".to_owned()),
        }
        Ok(())
    }
}

fn number<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

fn seconds(text: &str) -> Result<Duration, String> {
    Duration::try_from_secs_f64(number(text)?).map_err(|error| error.to_string())
}

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => {
            eprintln!("{reason}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut server = app()
        .as_server(arguments.address)
        .with_config(arguments.config);
    if let Some(threads) = arguments.threads {
        server = server.with_threads(threads);
    }
    match server.start() {
        Ok(running) => {
            println!("listening on {}", running.addr());
            let report = running.block();
            println!("{report:?}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
