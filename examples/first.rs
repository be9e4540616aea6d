//! The first program: HTTP, WebSocket, and their tests.
//!
//! ```text
//! cargo run --example first
//! ```

use http4k_ws::prelude::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
struct Person {
    name: String,
    age: u32,
}

async fn home() -> &'static str {
    "hiya world"
}

/// Path parameters arrive as ordinary typed arguments.
async fn greet(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(format!("hello {name}")).await?;
    while let Some(_message) = ws.recv().await? {
        ws.send(format!("{name} is responding")).await?;
    }
    Ok(())
}

/// Typed both ways, as JSON. Returning closes the socket with 1000.
async fn age_me(mut ws: WebSocket<Person, Person>) -> WsResult {
    if let Some(person) = ws.recv().await? {
        let age = person.age + 10;
        ws.send(Person { age, ..person }).await?;
    }
    Ok(())
}

routes! {
    /// The whole application.
    pub fn app() -> PolyHandler {
        GET "/"      => http(home()),
        "/ws/<name>" => ws(greet(ws, name)),
        "/ageMe"     => ws(age_me(ws)),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    app().serve("127.0.0.1:9000").await
}

// No port, no runtime, no sleep.
#[test]
fn greets() {
    let mut client = app().test_ws("/ws/bob");
    let message = client.received().next().unwrap().unwrap();
    assert_eq!(message.text(), "hello bob");
}

#[test]
fn ages() {
    let mut client = app().test_ws("/ageMe");
    client.send(r#"{ "name": "Bob", "age": 50 }"#).unwrap();
    let message = client.received().next().unwrap().unwrap();
    assert_eq!(message.text(), r#"{"name":"Bob","age":60}"#);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}

#[test]
fn answers() {
    assert_eq!(app().test_http("/").body(), "hiya world");
}
