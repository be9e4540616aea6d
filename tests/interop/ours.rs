//! Our client against a package's server.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use http4k_ws::client::HttpClient;
use http4k_ws::client::WebSocketClient;
use http4k_ws::client::reconnect::ReconnectPolicy;
use http4k_ws::client::{BlockingWebSocket, ConnectError, OpeningHandshake};
use http4k_ws::prelude::*;
use http4k_ws::session::{Deflate, SessionConfig};
use http4k_ws::testing::NextMessage;

use super::Package;

/// A server that runs as long as this value lives.
struct Served {
    process: Child,
    port: u16,
}

impl Served {
    fn start(package: Package) -> Self {
        let mut process = package
            .program("server")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let port = line.trim().parse().expect("the port");
        Self { process, port }
    }

    fn to(&self, path: &str) -> OpeningHandshake {
        WebSocketClient::to(format!("ws://127.0.0.1:{}{path}", self.port))
    }

    fn connect(&self, path: &str) -> BlockingWebSocket {
        self.to(path).blocking().expect("a socket")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // The server ends with its input; the next line is for one that does not.
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn check_echo(client: &mut BlockingWebSocket, message: WsMessage) {
    client.send(message.clone()).expect("an open socket");
    match client.next() {
        NextMessage::Message(back) => assert!(back == message, "{back:.100?} for {message:.100?}"),
        other => panic!("{other:?} for {message:.100?}"),
    }
}

fn messages() -> [WsMessage; 7] {
    [
        "hello".into(),
        "grüße — 🦀".into(),
        "".into(),
        vec![0xFF, 0].into(),
        Vec::new().into(),
        "x".repeat(1 << 20).into(),
        vec![0xFF; 1 << 20].into(),
    ]
}

pub(super) fn messages_return_unchanged(package: Package) {
    let server = Served::start(package);
    let mut client = server.connect("/echo");
    for message in messages() {
        check_echo(&mut client, message);
    }
    for number in 0..1000 {
        client.send(number.to_string()).expect("an open socket");
    }
    for number in 0..1000 {
        assert_eq!(
            client.next(),
            NextMessage::Message(number.to_string().into())
        );
    }
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}

/// Their servers compress with windows of their own, and the contexts that both sides allow.
pub(super) fn compressed_messages_return_unchanged(package: Package) {
    let server = Served::start(package);
    let alone = Deflate::default().with_max_ratio(None);
    let kept = alone
        .with_context_takeover(true)
        .with_peer_context_takeover(true);
    for deflate in [alone, kept, kept.with_window_bits(9).with_level(9)] {
        let connect = |path| {
            let config = SessionConfig::default().with_deflate(deflate);
            // A ping follows each fragment.
            let config = config.with_max_control_rate(None);
            let opening = server.to(path).with_config(config);
            opening.blocking().expect("a socket")
        };
        let agreed = match connect("/extensions").next() {
            NextMessage::Message(agreed) => agreed,
            other => panic!("{other:?}"),
        };
        assert!(agreed.text().contains("permessage-deflate"), "{agreed:?}");
        for path in ["/echo", "/fragments"] {
            let mut client = connect(path);
            let long = path == "/echo";
            for message in messages() {
                // A server of fragments sends none for an empty message.
                if long || (1..1000).contains(&message.as_bytes().len()) {
                    check_echo(&mut client, message);
                }
            }
            for number in 0..100 {
                let line = format!("{{\"number\":{number},\"text\":\"the same words again\"}}");
                let times = if long { 100 } else { 20 };
                check_echo(&mut client, line.repeat(times).into());
            }
        }
    }
    let NextMessage::Message(agreed) = server.connect("/extensions").next() else {
        panic!("no message");
    };
    assert!(!agreed.text().contains("deflate"), "{agreed:?}");
}

pub(super) fn fragments_with_pings_between_are_one_message(package: Package) {
    let server = Served::start(package);
    let mut client = server.connect("/fragments");
    check_echo(&mut client, "in pieces of three characters, grüße".into());
    check_echo(&mut client, (0..=255).collect::<Vec<u8>>().into());
    check_echo(&mut client, "once more".into());
}

pub(super) fn pings_get_pongs_both_ways(package: Package) {
    let server = Served::start(package);
    let mut client = server.connect("/ping");
    assert_eq!(client.next(), NextMessage::Message("you are".into()));

    // A server that sends no pongs would be declared dead long before the end.
    let config = SessionConfig::default()
        .with_ping_interval(Some(Duration::from_millis(50)))
        .with_dead_after(Some(Duration::from_millis(250)));
    let mut client = server
        .to("/echo")
        .with_config(config)
        .blocking()
        .expect("a socket");
    client.expect_silence(Duration::from_millis(600));
}

pub(super) fn a_subprotocol_is_negotiated(package: Package) {
    let server = Served::start(package);
    let chat = server
        .to("/echo")
        .with_subprotocol("chat.v1")
        .with_subprotocol("chat.v2");
    assert_eq!(
        chat.blocking().expect("a socket").subprotocol(),
        Some("chat.v2")
    );
    assert_eq!(server.connect("/echo").subprotocol(), None);
}

pub(super) fn headers_arrive(package: Package) {
    let server = Served::start(package);
    let mut client = server
        .to("/headers")
        .with_header("X-Token", "sesame")
        .blocking()
        .expect("a socket");
    assert_eq!(client.next(), NextMessage::Message("sesame".into()));
}

pub(super) fn a_refusal_has_its_status_and_body(package: Package) {
    let server = Served::start(package);
    match server.to("/refused").blocking() {
        Err(ConnectError::Refused { response }) => {
            assert_eq!(response.status(), StatusCode::FORBIDDEN);
            assert_eq!(&response.body()[..], b"not you\n");
        }
        other => panic!("{other:?}"),
    }
}

pub(super) fn close_codes_and_reasons_travel_both_ways(package: Package) {
    let server = Served::start(package);
    let theirs = WsStatus::new(4001, "as you wish — so sei es").expect("a status");
    assert_eq!(server.connect("/close").closed(), Some(theirs));

    let ours = WsStatus::new(4002, "enough — genug").expect("a status");
    let mut client = server.connect("/witness");
    client.close(ours.clone());
    assert_eq!(client.closed(), Some(ours));
    // The server may still process the end of that socket.
    let last = (0..100).find_map(|_| match server.connect("/last").next() {
        NextMessage::Message(message) if message.text() != "null" => Some(message),
        _ => None,
    });
    let last: serde_json::Value =
        serde_json::from_str(&last.expect("a close").text()).expect("JSON");
    assert_eq!(
        last,
        serde_json::json!({ "code": 4002, "reason": "enough — genug" })
    );
}

pub(super) fn an_end_without_a_close_is_1006(package: Package) {
    let server = Served::start(package);
    let mut client = server.connect("/abort");
    client.send("go").expect("an open socket");
    assert_eq!(client.closed(), Some(WsStatus::ABNORMAL));
}

pub(super) fn a_client_reconnects_to_a_restarted_server(package: Package) {
    let server = Served::start(package);
    let mut aborted = false;
    let (abort, echo) = (server.to("/abort"), server.to("/echo"));
    let policy = ReconnectPolicy::default().with_base(Duration::from_millis(1));
    let mut client = http4k_ws::client::reconnect::Reconnecting::over(move || {
        let next = if std::mem::replace(&mut aborted, true) {
            &echo
        } else {
            &abort
        };
        next.clone().connect()
    })
    .with_policy(policy)
    .blocking()
    .expect("a client");
    client.send("go").expect("room");
    let mut events = Vec::new();
    while events.len() < 4 {
        let event = client
            .next_event_within(Duration::from_secs(10))
            .expect("an event");
        events.push(format!("{event:?}"));
    }
    assert!(
        events[1].starts_with("Disconnected { status: WsStatus { code: 1006"),
        "{events:?}"
    );
    assert!(
        events[3].starts_with("Connected { attempt: 2"),
        "{events:?}"
    );
    client.send("again").expect("room");
    assert_eq!(client.next(), NextMessage::Message("again".into()));
}

pub(super) fn pages_are_fetched(package: Package) {
    let server = Served::start(package);
    let client = HttpClient::new().blocking();
    for _ in 0..3 {
        let page = client.send(format!("http://127.0.0.1:{}/page", server.port));
        assert_eq!(page.expect("a response").body(), "a page\n");
    }
}
