//! The limit on the sockets and streams of each client.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::contract_test;
use http4k_ws::filter::{Principal, authenticate, bearer, guard, open_limit};
use http4k_ws::message::Credentials;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::sse::{Sse, SseResult};
use http4k_ws::testing::contract::Backend;
use http4k_ws::testing::{NextEvent, NextMessage, SseClient};

use super::{DEADLINE, eventually};

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        assert!(message.text() != "panic", "on purpose");
        ws.send(message).await?;
    }
    Ok(())
}

/// Sends one event, and then none until the end.
async fn feed(sse: Sse) -> SseResult {
    sse.send("one").await?;
    sse.closed().await;
    Ok(())
}

async fn short(sse: Sse) -> SseResult {
    sse.send("all").await?;
    Ok(())
}

async fn panicking(sse: Sse) -> SseResult {
    sse.send("one").await?;
    panic!("on purpose");
}

fn user(request: &Request) -> Option<String> {
    request.header("x-user").map(str::to_owned)
}

/// Allows two sockets and streams of each user.
fn app() -> PolyHandler {
    let limit = open_limit(user, 2);
    routes! {
        with(limit) => {
            "/echo" => ws(echo(ws)),
            GET "/feed" => sse(feed(sse)),
            GET "/short" => sse(short(sse)),
            GET "/panicking" => sse(panicking(sse)),
            GET "/page" => http(|| "page"),
        },
    }
}

fn by(user: &str, path: &str) -> Request {
    let request = Request::get(path).header("x-user", user);
    request.body(Body::empty()).expect("a request")
}

fn event(stream: &mut impl SseClient) -> String {
    match stream.next_within(Duration::from_secs(10)) {
        NextEvent::Event(event) => event.into_data(),
        other => panic!("{other:?}"),
    }
}

#[contract_test(app())]
fn sockets_and_streams_count_together_for_each_key(backend: &impl Backend) {
    let _socket = backend.ws(by("ann", "/echo"));
    let mut stream = backend.sse(by("ann", "/feed"));
    assert_eq!(event(&mut stream), "one");
    for refusal in [
        backend.try_ws(by("ann", "/echo")).err(),
        backend.try_sse(by("ann", "/feed")).err(),
    ] {
        let refusal = refusal.expect("a refusal");
        assert_eq!(refusal.status(), 429);
        let kind = refusal.header("content-type");
        assert_eq!(kind, Some("application/problem+json"));
        let text = refusal.into_body();
        let text = text.as_text().expect("a text").to_owned();
        assert!(text.contains("close one of 2"), "{text}");
    }
    // Others, requests without a key, and other responses pass.
    let _bob = backend.ws(by("bob", "/echo"));
    let _anonymous = [(); 3].map(|()| backend.ws("/echo"));
    assert_eq!(backend.http(by("ann", "/page")).body(), "page");
}

#[contract_test(app())]
fn a_slot_is_free_after_each_kind_of_end(backend: &impl Backend) {
    let mut held = backend.ws(by("ann", "/echo"));
    // Ends by itself.
    let stream = backend.http(by("ann", "/short").with_header("accept", "text/event-stream"));
    assert_eq!(stream.body(), "data: all\n\n");
    let mut is_free = || match backend.try_ws(by("ann", "/echo")) {
        Ok(mut socket) => {
            socket.close(WsStatus::NORMAL);
            socket.closed();
            true
        }
        Err(refusal) => {
            assert_eq!(refusal.status(), 429);
            // Time passes, also if it is virtual.
            let silent = held.next_within(Duration::from_millis(100));
            assert_eq!(silent, NextMessage::Pending);
            false
        }
    };
    eventually("a stream that ended is free", &mut is_free);
    // The consumer panics.
    let mut socket = backend.ws(by("ann", "/echo"));
    socket.send("panic").expect("an open socket");
    assert_eq!(socket.closed().map(|status| status.code()), Some(1011));
    eventually("a socket that panicked is free", &mut is_free);
    let mut stream = backend.sse(by("ann", "/panicking"));
    let _ = stream.closed();
    eventually("a stream that panicked is free", &mut is_free);
    // The client leaves without a close.
    drop(backend.ws(by("ann", "/echo")));
    eventually("a socket that was dropped is free", &mut is_free);
    let mut stream = backend.sse(by("ann", "/feed"));
    assert_eq!(event(&mut stream), "one");
    drop(stream);
    eventually("a stream that was dropped is free", &mut is_free);
}

#[contract_test(app())]
fn a_response_without_a_body_holds_no_slot(backend: &impl Backend) {
    for _ in 0..5 {
        let head = Request::head("/feed")
            .header("x-user", "ann")
            .header("accept", "text/event-stream");
        assert_eq!(backend.http(head).status(), 200);
    }
    let _socket = backend.ws(by("ann", "/echo"));
}

/// Refuses behind the limit.
fn refusing() -> PolyHandler {
    async fn refuse(request: Request) -> Result<Request, StatusCode> {
        match request.uri().query() {
            Some("open") => Ok(request),
            _ => Err(StatusCode::FORBIDDEN),
        }
    }
    routes! {
        "/echo" with(open_limit(user, 1), guard(refuse)) => ws(echo(ws)),
    }
}

#[contract_test(refusing())]
fn an_upgrade_refused_behind_the_limit_holds_no_slot(backend: &impl Backend) {
    for _ in 0..3 {
        let refusal = backend.try_ws(by("ann", "/echo")).err();
        assert_eq!(refusal.expect("a refusal").status(), 403);
    }
    let _open = backend.ws(by("ann", "/echo?open"));
}

#[derive(Clone)]
struct User(String);

/// Limits each user of the tokens to one socket.
fn authenticated() -> PolyHandler {
    async fn look_up(credentials: Credentials) -> Option<User> {
        match credentials {
            Credentials::Bearer(token) => {
                let known = ["ann", "bob"].into_iter().find(|name| token.matches(*name));
                known.map(|name| User(name.to_owned()))
            }
            _ => None,
        }
    }
    fn principal(request: &Request) -> Option<String> {
        let user = request.extensions().get::<Principal<User>>()?;
        Some(user.0.0.clone())
    }
    routes! {
        with(authenticate(bearer(), look_up), open_limit(principal, 1)) => {
            "/echo" => ws(echo(ws)),
            GET "/feed" => sse(feed(sse)),
        },
    }
}

#[contract_test(authenticated())]
fn the_key_may_be_the_principal(backend: &impl Backend) {
    let with = |token: &str, path: &str| -> Request {
        let field = format!("Bearer {token}");
        let request = Request::get(path).header("authorization", field);
        request.body(Body::empty()).expect("a request")
    };
    let _ann = backend.ws(with("ann", "/echo"));
    let refusal = backend.try_sse(with("ann", "/feed")).err();
    assert_eq!(refusal.expect("a refusal").status(), 429);
    let refusal = backend.try_sse(with("eve", "/feed")).err();
    assert_eq!(refusal.expect("a refusal").status(), 401);
    let mut bob = backend.sse(with("bob", "/feed"));
    assert_eq!(event(&mut bob), "one");
}

#[test]
fn a_client_that_ended_its_side_frees_its_stream() {
    let limit = open_limit(|_: &Request| Some(()), 1);
    let app = routes! { GET "/feed" => sse(feed(sse)) }.with(limit);
    let config = ServerConfig::default().with_stream_half_close(Duration::from_millis(50));
    let server = app.as_server("127.0.0.1:0").with_config(config);
    let server = server.start().expect("a server");
    let open = || {
        let mut stream = TcpStream::connect(server.addr()).expect("a connection");
        stream.set_read_timeout(Some(DEADLINE)).expect("a limit");
        let request = "GET /feed HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
        stream.write_all(request.as_bytes()).expect("a request");
        let mut start = [0; 12];
        stream.read_exact(&mut start).expect("a response");
        let is_open = start == *b"HTTP/1.1 200";
        assert!(is_open || start == *b"HTTP/1.1 429", "{start:?}");
        (stream, is_open)
    };
    let (first, is_open) = open();
    assert!(is_open && !open().1);
    first.shutdown(Shutdown::Write).expect("an end");
    // The connection is still there, and could be read.
    eventually("the stream is free", || open().1);
}

#[tokio::test]
async fn an_aborted_task_frees_its_socket() {
    let limit = open_limit(|_: &Request| Some(()), 1);
    let app = routes! { "/echo" => ws(echo(ws)) }.with(limit);
    let open = || {
        let (ours, theirs) = tokio::io::duplex(1024);
        let serving = app
            .clone()
            .serve_connection(theirs, ServerConfig::default());
        let serving = tokio::spawn(serving);
        async move {
            let socket = WebSocketClient::to("ws://localhost/echo");
            (serving, socket.connect_over(ours).await)
        }
    };
    let (serving, socket) = open().await;
    let socket = socket.expect("a socket");
    assert!(open().await.1.is_err());
    serving.abort();
    let _ = serving.await;
    assert!(open().await.1.is_ok());
    drop(socket);
}

#[test]
fn clones_share_the_limit_and_show_their_key() {
    let limit = open_limit(user, 1);
    let app = routes! {
        "/a" with(limit.clone()) => ws(echo(ws)),
        "/b" with(limit) => ws(echo(ws)),
    };
    let _open = app.test_ws(by("ann", "/a"));
    assert_eq!(app.try_test_ws(by("ann", "/b")).unwrap_err().status(), 429);
    let shown = app.routes().to_string();
    assert!(shown.contains("with(open_limit(user))"), "{shown}");
}

#[test]
fn a_limit_of_none_refuses_all() {
    let app = open_limit(user, 0).then(echo);
    assert_eq!(app.try_test_ws(by("ann", "/")).unwrap_err().status(), 429);
    assert!(app.try_test_ws("/").is_ok());
}
