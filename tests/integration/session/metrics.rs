//! The events of sockets, as an observer of metrics sees them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::{SessionConfig, SlowConsumer, SocketInfo, Traffic, WsMetrics};
use http4k_ws::testing::WsClient;

/// An observer that records every event.
#[derive(Debug, Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn write(&self, line: String) {
        self.0.lock().expect("the lock is not poisoned").push(line);
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("the lock is not poisoned").clone()
    }
}

impl WsMetrics for Diary {
    fn opened(&self, socket: &SocketInfo) {
        assert!(socket.id > 0);
        let route = socket.route.as_deref().unwrap_or("no route");
        self.write(format!("opened {} by {route}", socket.path));
    }

    fn failed(&self, _socket: &SocketInfo, status: &WsStatus) {
        self.write(format!("failed {}", status.code()));
    }

    fn dropped(&self, _socket: &SocketInfo, messages: u64) {
        self.write(format!("dropped {messages}"));
    }

    fn closed(&self, _socket: &SocketInfo, status: &WsStatus, traffic: &Traffic) {
        self.write(format!(
            "closed {}: {} messages of {} bytes in, {} of {} out",
            status.code(),
            traffic.messages_received,
            traffic.bytes_received,
            traffic.messages_sent,
            traffic.bytes_sent
        ));
    }

    fn refused(&self, request: &Request, status: StatusCode) {
        self.write(format!(
            "refused {} {}",
            request.uri().path(),
            status.as_u16()
        ));
    }
}

async fn twice(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message.clone()).await?;
        ws.send(message).await?;
    }
    Ok(())
}

fn app() -> PolyHandler {
    routes! { "/twice/<_times>" => ws(twice(ws)) }
}

fn recording() -> (Diary, SessionConfig) {
    let diary = Diary::default();
    let config = SessionConfig::default()
        .with_max_message(100)
        .with_metrics(diary.clone());
    (diary, config)
}

/// The records of a conversation, which are the same in each backend.
const CONVERSATION: [&str; 2] = [
    "opened /twice/4 by /twice/<_times>",
    "closed 4000: 2 messages of 7 bytes in, 4 of 14 out",
];

fn talk(client: &mut impl WsClient) {
    client.send("four").expect("open");
    client.send("one").expect("open");
    assert_eq!(client.received().take(4).filter(Result::is_ok).count(), 4);
    client.close(WsStatus::new(4000, "").expect("a status"));
    assert_eq!(client.closed().map(|status| status.code()), Some(4000));
}

#[test]
fn a_conversation_is_reported_in_memory() {
    let (diary, config) = recording();
    talk(&mut app().test_ws_with("/twice/4", config));
    assert_eq!(diary.lines(), CONVERSATION);
}

#[test]
fn a_conversation_and_refusals_are_reported_on_the_network() {
    let (diary, config) = recording();
    let server = app()
        .as_server("127.0.0.1:0")
        .with_config(ServerConfig::default().with_session(config))
        .start()
        .expect("a server");
    let address = format!("ws://{}", server.addr());
    assert!(WebSocketClient::blocking(format!("{address}/nowhere")).is_err());
    assert_eq!(diary.lines(), ["refused /nowhere 404"]);
    let mut peer = crate::server::peer::Peer::connect(server.addr());
    let no_key =
        crate::server::peer::handshake("/twice/4", "").replace("Sec-WebSocket-Key", "X-Key");
    assert_eq!(peer.send(no_key).answer().status, 400);
    talk(&mut WebSocketClient::blocking(format!("{address}/twice/4")).expect("a socket"));
    // The server sees the end no later than the client does.
    let mut expected = vec!["refused /nowhere 404", "refused /twice/4 400"];
    expected.extend(CONVERSATION);
    assert_eq!(diary.lines(), expected);
}

#[test]
fn a_violation_is_reported() {
    let (diary, config) = recording();
    let mut client = app().test_ws_with("/twice/4", config);
    client.send("x".repeat(101)).expect("open");
    client.closed();
    assert_eq!(
        diary.lines(),
        [
            "opened /twice/4 by /twice/<_times>",
            "failed 1009",
            "closed 1009: 0 messages of 0 bytes in, 0 of 0 out"
        ]
    );
}

#[test]
fn a_silent_peer_is_reported() {
    let (diary, config) = recording();
    let mut watch = app().test_ws("/twice/4");
    app().test_ws_with("/twice/4", config).vanish();
    watch.advance(Duration::from_secs(41));
    assert_eq!(
        diary.lines(),
        [
            "opened /twice/4 by /twice/<_times>",
            "failed 1001",
            "closed 1001: 0 messages of 0 bytes in, 0 of 0 out"
        ]
    );
}

#[test]
fn dropped_messages_are_reported() {
    let (diary, config) = recording();
    let burst = |ws: WebSocket| {
        for number in 0..4 {
            ws.try_send(number.to_string()).expect("room is made");
        }
    };
    let config = config
        .with_queue_messages(2)
        .with_slow_consumer(SlowConsumer::DropOldest);
    let mut client = burst.into_poly_handler().test_ws_with("/", config);
    client.closed();
    assert_eq!(
        diary.lines(),
        [
            "opened / by no route",
            "dropped 1",
            "dropped 1",
            "closed 1000: 0 messages of 0 bytes in, 2 of 2 out"
        ]
    );
}

#[test]
fn an_observer_of_metrics_that_panics_harms_no_socket() {
    struct Panics;
    impl WsMetrics for Panics {
        fn opened(&self, _socket: &SocketInfo) {
            panic!("opened");
        }
        fn closed(&self, _socket: &SocketInfo, _status: &WsStatus, _traffic: &Traffic) {
            panic!("closed");
        }
    }
    let config = SessionConfig::default().with_metrics(Panics);
    talk(&mut app().test_ws_with("/twice/4", config));
}

#[test]
fn every_socket_has_its_number() {
    let (tell, told) = std::sync::mpsc::channel();
    let app = move |ws: WebSocket| {
        assert_eq!(ws.id(), ws.sender().id());
        tell.send(ws.id()).expect("heard");
    };
    let app = app.into_poly_handler();
    let clients = [(); 3].map(|()| app.test_ws("/"));
    let mut numbers: Vec<_> = told.try_iter().collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), clients.len());
}
