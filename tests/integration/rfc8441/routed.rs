//! §4 and §5 through routes: the rules for upgrades of HTTP/1.1 apply here too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;
use http4k_ws::HttpHandler;
use http4k_ws::filter::session_config;
use http4k_ws::filter::{basic_auth, poly, subprotocols, tap};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;

use crate::http2::client::{Client, TEXT, handshake, whole};

async fn greet(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(format!("hello {name}")).await?;
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
struct Person {
    name: String,
    age: u32,
}

async fn age_me(mut ws: WebSocket<Person, Person>) -> WsResult {
    if let Some(person) = ws.recv().await? {
        let age = person.age + 10;
        ws.send(Person { age, ..person }).await?;
    }
    Ok(())
}

async fn numbered(ws: WebSocket, id: u64) -> WsResult {
    Ok(ws.send(id.to_string()).await?)
}

fn named(_request: Request) -> WsResponse {
    WsResponse::accept(WsConsumer::new(|ws: WebSocket| ws.try_send("hi")))
        .with_added_header("set-cookie", "a=1")
        .with_added_header("set-cookie", "b=2")
}

async fn stamped(request: Request, next: Next) -> Response {
    let response = next.call(request).await;
    response
        .with_header("x-filter", "yes")
        .with_header("connection", "close")
        .with_header("sec-websocket-accept", "AAAA")
        .with_header("content-length", 9)
}

routes! {
    fn app() -> PolyHandler {
        GET "/greet/<_name>" => http(|| "http"),
        "/greet/<name>"     => ws(greet(ws, name)),
        "/number/<id: u64>" => ws(numbered(ws, id)),
        "/ageMe" with(subprotocols(["people"])) => ws(age_me(ws)),
        "/short/<name>" with(session_config(|config| config.with_max_message(4))) => ws(greet(ws, name)),
        "/named" => ws(named),
        "/secret/<name>" with(basic_auth("here", |name, _password| name == "bob")) => ws(greet(ws, name)),
    }
}

async fn client() -> Client {
    Client::to(app(), ServerConfig::default()).await
}

async fn status_of(path: &str, fields: &[(&str, &str)]) -> StatusCode {
    let mut client = client().await;
    let (answer, _stream) = client.begin(handshake(path, fields), false);
    whole(answer).await.expect("an answer").status
}

#[tokio::test(start_paused = true)]
async fn parameters_of_the_path_are_arguments() {
    let mut client = client().await;
    let mut socket = client.open("/greet/b%C3%B6b", &[]).await;
    assert_eq!(socket.text().await, "hello böb");
    let mut socket = client.open("/number/7", &[]).await;
    assert_eq!(socket.text().await, "7");
    assert_eq!(socket.close_code().await, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_without_a_route_is_refused() {
    for (path, status) in [
        ("/number/seven", 404),
        ("/nowhere", 404),
        ("/greet/%zz", 400),
    ] {
        assert_eq!(status_of(path, &[]).await, status, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn messages_are_typed() {
    let mut client = client().await;
    let mut socket = client
        .open("/ageMe", &[("sec-websocket-protocol", "people")])
        .await;
    assert_eq!(socket.fields["sec-websocket-protocol"], "people");
    socket.send_frame(TEXT, br#"{"name":"Bob","age":50}"#);
    assert_eq!(socket.text().await, r#"{"name":"Bob","age":60}"#);
    assert_eq!(socket.close_code().await, 1000);

    let mut socket = client.open("/ageMe", &[]).await;
    socket.send_frame(TEXT, b"no person");
    assert_eq!(socket.close_code().await, 1007);
}

#[tokio::test(start_paused = true)]
async fn filters_stand_before_the_upgrade() {
    assert_eq!(
        status_of("/secret/bob", &[]).await,
        StatusCode::UNAUTHORIZED
    );
    let mut client = client().await;
    let bob = [("authorization", "Basic Ym9iOng=")];
    let mut socket = client.open("/secret/bob", &bob).await;
    assert_eq!(socket.text().await, "hello bob");
}

#[tokio::test(start_paused = true)]
async fn a_filter_of_the_application_sees_every_handshake() {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let app = app().with(tap(move |request: &Request| {
        assert_eq!(request.method(), Method::GET);
        count.fetch_add(1, Ordering::Relaxed);
    }));
    let mut client = Client::to(app, ServerConfig::default()).await;
    client.open("/greet/a", &[]).await;
    let (answer, _stream) = client.begin(handshake("/nowhere", &[]), false);
    assert_eq!(whole(answer).await.expect("an answer").status, 404);
    assert_eq!(seen.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn the_response_has_the_fields_of_the_application() {
    let app = app().with(poly(stamped));
    let mut client = Client::to(app, ServerConfig::default()).await;
    let mut socket = client.open("/named", &[]).await;
    let cookies: Vec<_> = socket.fields.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(socket.fields["x-filter"], "yes");
    for name in ["connection", "sec-websocket-accept", "content-length"] {
        assert!(!socket.fields.contains_key(name), "{name}");
    }
    assert_eq!(socket.text().await, "hi");
}

#[tokio::test(start_paused = true)]
async fn the_bounds_of_a_route_apply_to_its_sockets() {
    let mut client = client().await;
    let mut socket = client.open("/short/bob", &[]).await;
    assert_eq!(socket.text().await, "hello bob");
    socket.send_frame(TEXT, b"four");
    assert_eq!(socket.text().await, "four");
    socket.send_frame(TEXT, b"fives");
    assert_eq!(socket.close_code().await, 1009);
}
