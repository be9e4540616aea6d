//! A contract: the documents of an application and its TypeScript client, made from its routes and
//! approved in files.
//!
//! ```text
//! cargo run --example contract --features schema
//! curl http://127.0.0.1:9000/openapi.json
//! curl http://127.0.0.1:9000/asyncapi.json
//! ```
//!
//! A build for development has a console at `http://127.0.0.1:9000/_console`, which shows the routes
//! and calls them.
//!
//! Rooms are sockets, users are HTTP, and the messages of a room are a stream of events, too. The
//! tests below compare the documents with the files in `contract/`. A change of a type, a route or a
//! filter that clients notice fails until the files are written again and reviewed:
//!
//! ```text
//! HTTP4K_WS_APPROVE=1 cargo test --example contract --features schema
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use http4k_ws::PathParam;
use http4k_ws::document::Info;
use http4k_ws::filter::{
    CredentialSource as _, Principal, api_key_cookie, authenticate, bearer, max_body,
};
use http4k_ws::message::Credentials;
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseResult};
use http4k_ws::topics::{Feed, JoinError, Resume, Topics};
use schemars::JsonSchema;

/// A message to a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Say {
    /// Says a line of text.
    #[serde(rename_all = "camelCase")]
    Text {
        text: String,
        /// The user that the line is for; everyone, if it is missing.
        whisper_to: Option<u64>,
        #[serde(default)]
        tags: Vec<String>,
    },
    /// The user types.
    Typing,
}

/// An event in a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Event {
    /// A user has said something.
    Said { by: String, said: Say },
    /// The topic of the room is another one.
    Topic { topic: Option<String> },
}

/// A user of the chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message, JsonSchema)]
struct User {
    id: u64,
    name: String,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

/// A user to add.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// One word.
    name: String,
    email: Option<String>,
    #[serde(default)]
    role: Role,
}

/// The rights of a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Role {
    Admin,
    #[default]
    Guest,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, PathParam)]
#[path_param(rename_all = "lowercase")]
enum Order {
    Newest,
    Oldest,
}

/// A part of a list of users.
#[derive(FromRequest)]
struct Page {
    /// The number of the page, from 1.
    #[query(default = 1)]
    page: usize,
    /// A part of the name.
    #[query]
    name: Option<String>,
}

type Rooms = Topics<Event>;

/// All users, in the order of their ids.
#[derive(Clone, Debug, Default)]
struct Users(Arc<Mutex<Vec<User>>>);

impl Users {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<User>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn list(&self, order: Order, Page { page, name }: Page) -> Json<Vec<User>> {
        let name = name.unwrap_or_default();
        let mut found = self.with(|users| users.clone());
        found.retain(|user| user.name.contains(&name));
        if order == Order::Newest {
            found.reverse();
        }
        let before = page.saturating_sub(1).saturating_mul(10);
        Json(found.into_iter().skip(before).take(10).collect())
    }

    fn show(&self, id: u64) -> Option<User> {
        self.with(|users| users.iter().find(|user| user.id == id).cloned())
    }

    fn create(&self, Json(new): Json<NewUser>) -> Result<User, StatusCode> {
        if new.name.split_whitespace().count() != 1 {
            return Err(StatusCode::UNPROCESSABLE_ENTITY);
        }
        Ok(self.with(|users| {
            let user = User {
                id: users.len() as u64 + 1,
                name: new.name,
                role: new.role,
                email: new.email,
            };
            users.push(user.clone());
            user
        }))
    }
}

/// The name that a client has proved.
#[derive(Clone)]
struct Member(String);

/// A stand-in for a database of tokens.
async fn look_up(credentials: Credentials) -> Result<Option<Member>, StatusCode> {
    let (Credentials::Bearer(secret) | Credentials::ApiKey(secret)) = &credentials else {
        return Ok(None);
    };
    let known = [("token-of-ann", "ann"), ("token-of-bob", "bob")];
    let found = known.iter().find(|(token, _)| secret.matches(token));
    Ok(found.map(|(_, name)| Member((*name).to_owned())))
}

async fn chat(
    mut ws: WebSocket<Say, Feed<Event>>,
    rooms: Rooms,
    room: String,
    Principal(Member(by)): Principal<Member>,
    from: Resume,
) -> WsResult {
    let here = rooms.topic(room).join(&ws).member(&by).after(from).await?;
    while let Some(said) = ws.recv().await? {
        let by = by.clone();
        here.publish(Event::Said { by, said }).await?;
    }
    Ok(())
}

async fn events(sse: Sse<Feed<Event>>, rooms: Rooms, room: String) -> Result<(), JoinError> {
    rooms.topic(room).follow_events(sse).await
}

async fn clock(ticks: Sse<String>) -> SseResult {
    ticks.send("tick".to_owned()).await?;
    Ok(())
}

routes! {
    /// The chat, without its documents.
    fn api(rooms: Rooms, users: Users) -> PolyHandler {
        "/rooms/<room>" with(authenticate(bearer().or(api_key_cookie("key")), look_up)) => {
            /// Joins a room.
            ///
            /// The events since the position `after` come first, if the client has one.
            "/chat" => ws(chat(ws, rooms, room, _, _)),
            /// The events of a room.
            GET "/events" => sse(events(sse, rooms, room)),
        },
        "/users" => {
            /// A page of the list of users.
            GET "/by/<order>" as users => http(users.list(order, _)),
            /// One user.
            GET "/<id>" as user => http(users.show(id)),
            /// Adds a user.
            ///
            /// The name has one word. The user is a guest, unless the request says otherwise.
            POST "/" with(max_body(10_000)) as new_user => http(users.create(_)),
        },
        GET "/clock" => sse(clock(sse)),
    }
}

fn info() -> Info {
    Info::new("Chat", "1.0.0")
        .with_description("Rooms, and the users in them.")
        .with_license("MIT OR Apache-2.0")
        .with_contact("The team", "https://example.com/team")
        .with_server("http://127.0.0.1:9000")
}

/// The chat, with its documents, and in development with a console.
fn app() -> PolyHandler {
    let api = api(
        Topics::new("room").history(100, std::time::Duration::from_secs(3600)),
        Users::default(),
    );
    let (asyncapi, openapi) = (api.asyncapi(&info()), api.openapi(&info()));
    let api = match cfg!(debug_assertions) {
        true => api.with_console("/_console", info()),
        false => api,
    };
    routes! {
        GET "/asyncapi.json" => http(asyncapi),
        GET "/openapi.json"  => http(openapi),
        "/"                  => mount(api),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    app().serve("127.0.0.1:9000").await
}

#[cfg(test)]
mod tests {
    use http4k_ws::document::approved;

    use super::*;

    const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/contract");

    fn chat() -> PolyHandler {
        api(Topics::new("room"), Users::default())
    }

    #[test]
    fn the_documents_are_approved() {
        approved(format!("{FILES}/asyncapi.json"), chat().asyncapi(&info()));
        approved(format!("{FILES}/openapi.json"), chat().openapi(&info()));
        approved(format!("{FILES}/client.ts"), chat().typescript());
    }

    #[test]
    #[cfg(debug_assertions)]
    fn the_console_has_the_approved_client() {
        let app = app();
        assert_eq!(app.test_http("/_console").status(), 200);
        let client = app.test_http("/_console/client.ts");
        assert_eq!(client.body(), chat().typescript().as_str());
    }

    #[test]
    fn the_documents_are_served() {
        let app = app();
        for (path, document) in [
            ("/asyncapi.json", chat().asyncapi(&info())),
            ("/openapi.json", chat().openapi(&info())),
        ] {
            let response = app.test_http(path);
            assert_eq!(response.body(), document.to_json().as_str());
        }
    }

    #[test]
    fn a_user_is_added_and_found() {
        let app = app();
        let new = Request::post("/users").header("content-type", "application/json");
        let ann = new.body(Body::from(r#"{"name":"ann"}"#)).unwrap();
        let expected = r#"{"id":1,"name":"ann","role":"guest"}"#;
        assert_eq!(app.test_http(ann).body(), expected);
        assert_eq!(app.test_http("/users/1").body(), expected);
        assert_eq!(app.test_http("/users/2").status(), 404);
        let page = app.test_http("/users/by/newest?name=nn");
        assert_eq!(page.body(), format!("[{expected}]").as_str());
    }

    #[test]
    fn a_member_is_heard_in_the_room() {
        let app = app();
        let request =
            Request::get("/rooms/blue/chat").header("authorization", "Bearer token-of-ann");
        let mut ann = app.test_ws(request);
        ann.send(r#"{"type":"text","text":"hello"}"#).unwrap();
        let heard = ann.received().find(|message| {
            let message = message.as_ref().unwrap();
            message
                .text()
                .contains(r#""said":{"type":"text","text":"hello""#)
        });
        assert!(heard.is_some());
        assert_eq!(
            app.try_test_ws("/rooms/blue/chat").unwrap_err().status(),
            401
        );
    }
}
