//! Rejections that an operator can cure: a log line and a body, with the values and the setting.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::filter::Cors;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::message::{HostPolicy, OriginPolicy};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::InMemoryConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::{TcpListener, TcpStream};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Event, Level, Metadata, Subscriber};

use super::peer::{TEXT, frame};
use crate::tls::certificates::self_signed;
use crate::tls::server_tls;

/// A subscriber that keeps the library's warnings.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            write!(self.0, "{value:?}").expect("a string takes all");
        }
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("http4k_ws") && *metadata.level() == Level::WARN
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0
            .lock()
            .expect("the lock is not poisoned")
            .push(message.0);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

impl Warnings {
    /// Collects the warnings of this thread. The runtime of each test runs on its thread.
    async fn of_this_thread() -> (Self, DefaultGuard) {
        // `tracing` must know the call site before its interest cache is rebuilt.
        let known = set_default(Self::default());
        for _ in 0..2 {
            let evil = "GET / HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n";
            response_for(HostPolicy::loopback(), evil).await;
        }
        drop(known);
        let warnings = Self::default();
        let guard = set_default(warnings.clone());
        (warnings, guard)
    }

    /// Waits for a warning that contains `text`.
    async fn until(&self, text: &str) {
        let seen = async {
            while !self.take().concat().contains(text) {
                tokio::task::yield_now().await;
            }
        };
        let seen = tokio::time::timeout(Duration::from_secs(20), seen).await;
        seen.unwrap_or_else(|_| panic!("no warning has {text}"));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("the lock is not poisoned"))
    }
}

async fn read(_body: String) -> &'static str {
    "hello"
}

fn app() -> PolyHandler {
    routes! {
        "/" => http(read(_)),
        "/ws" => ws(|ws: WebSocket| ws.try_send("hello")),
    }
}

async fn response_of(app: PolyHandler, config: ServerConfig, request: &[u8]) -> String {
    let (mut ours, theirs) = duplex(64 * 1024);
    let serving = tokio::spawn(app.serve_connection(theirs, config));
    ours.write_all(request).await.expect("room");
    ours.shutdown().await.expect("an end");
    let mut answer = Vec::new();
    ours.read_to_end(&mut answer).await.expect("an answer");
    serving.await.expect("a connection that ended");
    String::from_utf8_lossy(&answer).into_owned()
}

async fn response_for(hosts: HostPolicy, request: &str) -> String {
    let config = ServerConfig::default().with_hosts(hosts);
    response_of(app(), config, request.as_bytes()).await
}

fn handshake(fields: &str) -> String {
    let own = |name: &str| fields.contains(name);
    let mut request =
        "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n".to_owned();
    for (name, value) in [
        ("Host", "chat.example"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
    ] {
        if !own(name) {
            request += &format!("{name}: {value}\r\n");
        }
    }
    request + fields + "\r\n"
}

#[tokio::test(start_paused = true)]
async fn each_refusal_names_the_values_and_the_setting() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let only = HostPolicy::only(["chat.example".parse().expect("a host")]);
    let config = ServerConfig::default()
        .with_hosts(only)
        .with_max_target(20)
        .with_max_head(2000)
        .with_max_body(3);
    let post = |body: &str| {
        let length = body.len();
        format!("POST / HTTP/1.1\r\nHost: chat.example\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    for (request, status, parts) in [
        (
            handshake("Origin: https://evil.example\r\n"),
            "403",
            &[
                "`https://evil.example`",
                "`chat.example`",
                "`ServerConfig::origins`",
            ][..],
        ),
        (
            handshake("Host: evil.example:80\r\n"),
            "421",
            &["`evil.example:80`", "`ServerConfig::hosts`"],
        ),
        (
            "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(),
            "421",
            &["`evil.example`", "`ServerConfig::hosts`"],
        ),
        (
            handshake("Sec-WebSocket-Key: short\r\n"),
            "400",
            &["Sec-WebSocket-Key", "`short`", "16 bytes"],
        ),
        (
            handshake("Sec-WebSocket-Version: 8\r\n"),
            "426",
            &["Sec-WebSocket-Version", "`8`", "13"],
        ),
        (
            handshake("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8\r\n"),
            "400",
            &["`13` and `8`"],
        ),
        (
            format!(
                "GET /{} HTTP/1.1\r\nHost: chat.example\r\n\r\n",
                "a".repeat(20)
            ),
            "414",
            &["21 bytes", "limit of 20", "`ServerConfig::max_target`"],
        ),
        (post("four"), "413", &["limit", "3"]),
        (
            "GET / HTTP/1.1\r\nHost: chat.example\r\nContent-Length: a\r\n\r\n".to_owned(),
            "400",
            &[],
        ),
    ] {
        let answer = response_of(app(), config.clone(), request.as_bytes()).await;
        let warned = warnings.take();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        if parts.is_empty() {
            // Bytes that are not HTTP are not logged: an operator can't cure them.
            assert!(warned.is_empty(), "{warned:?}");
            continue;
        }
        let [line] = &warned[..] else {
            panic!("one line is logged, not {warned:?}");
        };
        for part in parts {
            assert!(line.contains(part), "{part} is not in {line}");
            assert!(answer.contains(part), "{part} is not in {answer}");
        }
    }
}

/// Some responses are hyper's, without a body; the others come from the body's reader.
#[tokio::test(start_paused = true)]
async fn limits_of_the_head_and_the_body_are_logged_with_their_settings() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let config = ServerConfig::default().with_max_head(2000).with_max_body(3);
    let long = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n",
        "a".repeat(3000)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "x: y\r\n".repeat(101)
    );
    let body =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n\r\n";
    for (request, status, parts) in [
        (
            &*long,
            "431",
            &["2000 bytes", "`ServerConfig::max_head`"][..],
        ),
        (&*many, "431", &["100 fields", "`ServerConfig::max_fields`"]),
        (
            body,
            "413",
            &["`/`", "3 bytes", "`ServerConfig::max_body`", "`max_body`"],
        ),
    ] {
        let answer = response_of(app(), config.clone(), request.as_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        let warned = warnings.take();
        assert_eq!(warned.len(), 1, "{warned:?}");
        for part in parts {
            assert!(warned[0].contains(part), "{part} is not in {warned:?}");
        }
    }
}

/// Limits of sockets are logged like those of requests: with their setting, one line per second.
#[tokio::test(start_paused = true)]
async fn bounds_of_sockets_are_logged_with_their_settings() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let session = SessionConfig::default()
        .with_max_message(3)
        .with_queue_messages(1)
        .with_dead_after(None);
    let config = ServerConfig::default()
        .with_session(session)
        .with_hosts(HostPolicy::any());
    let unread = |ws: WebSocket| async move {
        ws.closed().await;
    };
    let app = unread.into_poly_handler();
    for (frames, code, parts) in [
        (
            frame(TEXT, b"four"),
            1009,
            &["at most 3 bytes", "`SessionConfig::max_message`"][..],
        ),
        (
            frame(TEXT, b"x").repeat(3),
            1013,
            &["received nothing for", "`SessionConfig::consumer_stall`"],
        ),
        (
            frame(TEXT, b"abc")[..7].to_vec(),
            1008,
            &["bytes a second", "`SessionConfig::message_rate`"],
        ),
    ] {
        let (mut ours, theirs) = duplex(64 * 1024);
        tokio::spawn(app.clone().serve_connection(theirs, config.clone()));
        ours.write_all(handshake("").as_bytes())
            .await
            .expect("room");
        ours.write_all(&frames).await.expect("room");
        let mut answer = Vec::new();
        ours.read_to_end(&mut answer).await.expect("an end");
        let sent = answer
            .windows(4)
            .any(|bytes| bytes[0] == 0x88 && bytes[2..] == u16::to_be_bytes(code));
        assert!(sent, "{code}: {}", String::from_utf8_lossy(&answer));
        let warned = warnings.take();
        assert_eq!(warned.len(), 1, "{warned:?}");
        for part in parts {
            assert!(warned[0].contains(part), "{part} is not in {warned:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_kind_has_a_line_per_second() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let (mut ours, theirs) = duplex(64 * 1024);
    tokio::spawn(app().serve_connection(theirs, ServerConfig::default()));
    for (requests, line) in [(5, None), (1, Some("(and 4 more since the last line)"))] {
        for _ in 0..requests {
            let refused = handshake("Origin: https://evil.example\r\n");
            ours.write_all(refused.as_bytes()).await.expect("room");
            let mut answer = Vec::new();
            while !answer.ends_with(b"10.2)\n") {
                answer.push(ours.read_u8().await.expect("an answer"));
            }
        }
        // Another kind has its own line.
        ours.write_all(handshake("Sec-WebSocket-Key: k\r\n").as_bytes())
            .await
            .expect("room");
        let mut answer = Vec::new();
        while !answer.ends_with(b"4.2.1, 5)\n") {
            answer.push(ours.read_u8().await.expect("an answer"));
        }
        let warned = warnings.take();
        assert_eq!(warned.len(), 2, "{warned:?}");
        assert_eq!(
            warned[0].contains("more since"),
            line.is_some(),
            "{warned:?}"
        );
        assert!(warned[0].contains(line.unwrap_or_default()), "{warned:?}");
        assert!(warned[1].contains("Sec-WebSocket-Key"), "{warned:?}");
        tokio::time::advance(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_begins_no_line_of_its_own() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let origin = handshake("Origin: a\u{85}ERROR \u{9b}31m\u{202e}\r\n");
    response_of(app(), ServerConfig::default(), origin.as_bytes()).await;
    let warned = warnings.take().concat();
    assert!(
        warned.contains("`a\\u{85}ERROR \\u{9b}31m\\u{202e}`"),
        "{warned}"
    );
}

#[tokio::test]
async fn too_many_connections_are_logged_with_their_settings() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let config = ServerConfig::default().with_max_connections_per_address(1);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async { drop(stopped.await) };
    let serving = tokio::spawn(app().serve_until(listener, config, stopped));
    let _first = TcpStream::connect(address).await.expect("a connection");
    let mut second = TcpStream::connect(address).await.expect("a connection");
    let mut answer = String::new();
    second.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    let warned = warnings.take().concat();
    for part in ["1", "`ServerConfig::max_connections_per_address`"] {
        assert!(
            warned.contains(part) && answer.contains(part),
            "{warned} {answer}"
        );
    }
    assert!(warned.contains("127.0.0.1"), "{warned}");
    drop(stop);
    serving.await.expect("a server that stops");
}

#[tokio::test]
async fn a_full_server_is_logged_with_its_setting() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let config = ServerConfig::default().with_max_connections(1);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async { drop(stopped.await) };
    let serving = tokio::spawn(app().serve_until(listener, config, stopped));
    let only = TcpStream::connect(address).await.expect("a connection");
    let _waiting = TcpStream::connect(address).await.expect("a connection");
    warnings.until("`ServerConfig::max_connections`").await;
    drop((only, stop));
    serving.await.expect("a server that stops");
}

#[tokio::test]
async fn peers_that_do_not_shake_hands_are_logged() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let pair = self_signed(&["localhost"]);
    for (begun, reason) in [
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "HTTP without TLS",
        ),
        ("\0", "no TLS"),
        ("\u{16}\u{3}\u{1}\0\u{5}hello", "TLS handshake failed"),
    ] {
        let config = ServerConfig::default().with_tls(server_tls(&pair));
        response_of(app(), config, begun.as_bytes()).await;
        let warned = warnings.take();
        assert_eq!(warned.len(), 1, "{warned:?}");
        assert!(warned[0].contains("TLS handshake failed"), "{warned:?}");
        assert!(warned[0].contains(reason), "{warned:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_takes_too_long_is_logged_with_its_setting() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let config = ServerConfig::default().with_tls(server_tls(&self_signed(&["localhost"])));
    let (_silent, theirs) = duplex(64);
    app().serve_connection(theirs, config).await;
    let warned = warnings.take().concat();
    assert!(warned.contains("`ServerConfig::tls_handshake`"), "{warned}");
}

#[tokio::test]
async fn a_host_is_refused_over_http2_with_the_same_line() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let (ours, theirs) = duplex(64 * 1024);
    let config = ServerConfig::default().with_hosts(HostPolicy::loopback());
    tokio::spawn(app().serve_connection(theirs, config));
    let (mut requests, connection) = h2::client::handshake(ours).await.expect("HTTP/2");
    tokio::spawn(connection);
    for lines in [1, 0] {
        let request = http::Request::get("http://evil.example/").body(());
        let request = request.expect("a request");
        let (response, _) = requests.send_request(request, true).expect("a stream");
        assert_eq!(response.await.expect("a response").status(), 421);
        let warned = warnings.take();
        // The second rejection comes within one second of the first.
        assert_eq!(warned.len(), lines, "{warned:?}");
        for part in ["`evil.example`", "`ServerConfig::hosts`"] {
            assert!(warned.iter().all(|line| line.contains(part)), "{warned:?}");
        }
    }
}

/// The lines are the same in memory and from the filter.
#[tokio::test]
async fn the_refusals_in_memory_and_of_cors_are_logged() {
    let (warnings, _guard) = Warnings::of_this_thread().await;
    let page = |path| Request::get(path).header("origin", "https://evil.example");
    let refused = app().connect_ws(page("/ws")).await.expect_err("a refusal");
    let logged = warnings.take().concat();
    let body = refused.body().as_text().unwrap_or_default();
    assert_eq!(logged, body.trim_end());
    assert!(
        logged.contains("`https://evil.example`") && logged.contains("`localhost`"),
        "{logged}"
    );

    let cors = Cors::new(OriginPolicy::own());
    let any = InMemoryConfig::default().with_origins(OriginPolicy::any());
    let refused = app().with(cors).test_with(any).send_http(page("/")).await;
    let logged = warnings.take().concat();
    assert_eq!(
        Some(logged.as_str()),
        refused.body().as_text().map(str::trim_end)
    );
    for part in ["`https://evil.example`", "`OriginPolicy` of `Cors`"] {
        assert!(logged.contains(part), "{logged}");
    }
}
