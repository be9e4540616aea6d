//! URIs in both clients, which drop no part of them silently.

use std::sync::mpsc::channel;
use std::time::Duration;

use http4k_ws::client::reconnect::ReconnectEvent;
use http4k_ws::client::{ConnectError, HttpClientError};
use http4k_ws::client::{HttpClient, WebSocketClient};
use http4k_ws::prelude::*;
use http4k_ws::server::RunningServer;

const SOON: Duration = Duration::from_secs(20);

/// Returns a server that responds with each request's user, and sends it over each socket.
fn reporting() -> RunningServer {
    fn user(request: &Request) -> String {
        let values: Vec<_> = request.header_values("authorization").collect();
        format!("{} at {:?}", values.join(", "), request.header("host"))
    }
    let app = PolyHandler::new(
        |request: Request| user(&request),
        |ws: WebSocket| async move { ws.send(user(ws.request())).await },
    );
    app.as_server("127.0.0.1:0").start().expect("a server")
}

const BAD: [&str; 9] = [
    "127.0.0.1:65536/",
    "127.0.0.1:99999999999999999999/",
    "user:pass@127.0.0.1:65536/",
    "[::1]:70000/",
    "[fe80::1%25eth0]/",
    ":80/",
    "user@:80/",
    "us%3Aer:pass@127.0.0.1/",
    "us%FFer@127.0.0.1/",
];

#[tokio::test]
async fn an_unusable_authority_is_refused() {
    for bad in BAD {
        let uri = format!("ws://{bad}");
        let opened = WebSocketClient::connect(uri.as_str()).await.map(drop);
        assert!(
            matches!(opened, Err(ConnectError::BadUri { .. })),
            "{uri}: {opened:?}"
        );
        let opened = WebSocketClient::blocking(uri.as_str()).map(drop);
        assert!(
            matches!(opened, Err(ConnectError::BadUri { .. })),
            "{uri}: {opened:?}"
        );
        let (ours, _theirs) = tokio::io::duplex(1024);
        let opened = WebSocketClient::to(uri.as_str())
            .connect_over(ours)
            .await
            .map(drop);
        assert!(
            matches!(opened, Err(ConnectError::BadUri { .. })),
            "{uri}: {opened:?}"
        );

        let url = format!("http://{bad}");
        let sent = HttpClient::new().send(url.as_str()).await.map(drop);
        assert!(
            matches!(sent, Err(HttpClientError::BadTarget { .. })),
            "{url}: {sent:?}"
        );
        let sent = HttpClient::new().blocking().send(url.as_str()).map(drop);
        assert!(
            matches!(sent, Err(HttpClientError::BadTarget { .. })),
            "{url}: {sent:?}"
        );
        let (ours, _theirs) = tokio::io::duplex(1024);
        let sent = HttpClient::new()
            .send_over(ours, url.as_str())
            .await
            .map(drop);
        assert!(
            matches!(sent, Err(HttpClientError::BadTarget { .. })),
            "{url}: {sent:?}"
        );
        let base = HttpClient::new().with_base(&url).map(drop);
        assert!(
            matches!(base, Err(HttpClientError::BadTarget { .. })),
            "{url}: {base:?}"
        );
    }
}

#[test]
fn a_port_above_65535_is_refused() {
    let opened = WebSocketClient::blocking("ws://127.0.0.1:65536/").map(drop);
    assert!(matches!(opened, Err(ConnectError::BadUri { .. })));
}

#[test]
fn callbacks_report_a_port_above_65535() {
    let (tell, told) = channel();
    let client = WebSocketClient::non_blocking("ws://127.0.0.1:65536/", |_: WebSocket| {});
    client.on_error(move |error| {
        let cause = error.cause().and_then(|cause| cause.downcast_ref());
        let bad = matches!(cause, Some(ConnectError::BadUri { .. }));
        tell.send(bad).expect("the test listens");
    });
    assert_eq!(told.recv_timeout(SOON), Ok(true));
}

#[tokio::test]
async fn a_port_above_65535_is_not_tried_again() {
    let handshake = WebSocketClient::to("ws://user:secret@127.0.0.1:65536/");
    let mut feed = handshake.reconnecting().start::<WsMessage, WsMessage>();
    let mut events = feed.events();
    let Some(ReconnectEvent::Failed { attempt: 1, error }) = events.next().await else {
        panic!("no failure");
    };
    assert!(matches!(*error, ConnectError::BadUri { .. }));
    assert!(!format!("{error} {error:?}").contains("secret"));
    assert!(matches!(
        events.next().await,
        Some(ReconnectEvent::GaveUp { attempts: 1 })
    ));
}

#[test]
fn credentials_in_a_uri_are_sent_or_refused() {
    let server = reporting();
    let url = format!("http://user:pass@{}/", server.addr());
    let response = HttpClient::new().blocking().send(url).expect("a response");
    let expected = format!("Basic dXNlcjpwYXNz at Some(\"{}\")", server.addr());
    assert_eq!(response.body(), expected.as_str());
}

#[tokio::test]
async fn credentials_are_sent_by_every_client() {
    let server = reporting();
    let place = format!("us%40er:p%C3%A4ss@{}/", server.addr());
    let expected = format!("Basic dXNAZXI6cMOkc3M= at Some(\"{}\")", server.addr());

    let mut ws = WebSocketClient::connect(format!("ws://{place}"))
        .await
        .expect("a socket");
    assert_eq!(ws.request().uri(), &*format!("ws://{}/", server.addr()));
    assert_eq!(ws.recv().await, Ok(Some(expected.as_str().into())));

    let mut ws = WebSocketClient::blocking(format!("ws://{place}")).expect("a socket");
    assert_eq!(
        ws.next(),
        http4k_ws::testing::NextMessage::Message(expected.as_str().into())
    );

    let (tell, told) = channel();
    let ws = WebSocketClient::non_blocking(format!("ws://{place}"), |_: WebSocket| {});
    ws.on_message(move |message| tell.send(message).expect("the test listens"));
    assert_eq!(told.recv_timeout(SOON), Ok(expected.as_str().into()));

    let feed = WebSocketClient::to(format!("ws://{place}")).reconnecting();
    let mut feed = feed.start::<WsMessage, WsMessage>();
    assert_eq!(feed.recv().await, Ok(Some(expected.as_str().into())));

    let client = HttpClient::new()
        .with_base(format!("http://{place}"))
        .expect("a base");
    assert!(!format!("{client:?}").contains("p%C3%A4ss"));
    let response = client.send("/").await.expect("a response");
    assert_eq!(response.body(), expected.as_str());
}

#[tokio::test]
async fn two_users_of_one_request_are_refused() {
    let server = reporting();
    let url = format!("http://user:pass@{}/", server.addr());
    let request = Request::get(url)
        .header("authorization", "Bearer x")
        .body(Body::empty());
    let sent = HttpClient::new().send(request.expect("a request")).await;
    assert!(matches!(sent, Err(HttpClientError::BadTarget { .. })));

    let handshake = WebSocketClient::to(format!("ws://user:pass@{}/", server.addr()));
    let opened = handshake
        .with_header("Authorization", "Bearer x")
        .connect()
        .await;
    assert!(matches!(opened, Err(ConnectError::BadUri { .. })));
}

#[tokio::test]
async fn a_fragment_is_refused_or_not_sent() {
    let server = reporting();
    // RFC 6455 §3 forbids it; RFC 9110 §7.1 leaves it to the client.
    let opened = WebSocketClient::connect(format!("ws://{}/#top", server.addr())).await;
    assert!(matches!(opened, Err(ConnectError::BadUri { .. })));
    let base = HttpClient::new().with_base(format!("http://{}/#top", server.addr()));
    assert!(matches!(base, Err(HttpClientError::BadTarget { .. })));
    let sent = HttpClient::new()
        .send(format!("http://{}/#top", server.addr()))
        .await;
    assert_eq!(sent.expect("a response").status(), 200);
}
