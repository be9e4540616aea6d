use http4k_ws::prelude::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
struct Person {
    name: String,
    age: u32,
}

async fn home() -> &'static str {
    "hiya world"
}

/// Path parameters are passed as ordinary typed arguments.
async fn greet(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(format!("hello {name}")).await?;
    while let Some(_message) = ws.recv().await? {
        ws.send(format!("{name} is responding")).await?;
    }
    Ok(())
}

/// Receives and sends typed values as JSON. When it returns, the socket closes with 1000.
async fn age_me(mut ws: WebSocket<Person, Person>) -> WsResult {
    if let Some(person) = ws.recv().await? {
        let age = person.age + 10;
        ws.send(Person { age, ..person }).await?;
    }
    Ok(())
}

routes! {
    /// The complete application.
    pub fn app() -> PolyHandler {
        GET "/"      => http(home()),
        "/ws/<name>" => ws(greet(ws, nam)),
        "/ageMe"     => ws(age_me(ws)),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    app().serve("127.0.0.1:9000").await
}

// The tests need no port, no runtime and no sleep.
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
fn says_hello() {
    assert_eq!(app().test_http("/").body(), "hiya world");
}
