//! Filters of messages.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::client::{ClientTls, WebSocketClient};
use http4k_ws::filter::{messages, report_sockets, session_config};
use http4k_ws::prelude::*;
use http4k_ws::server::{ServerConfig, ServerTls};
use http4k_ws::session::{MessageAction, MessageFilter, SessionConfig, SlowConsumer, WsEvent};
use http4k_ws::testing::contract::Backend;
use http4k_ws::testing::{NextMessage, WsClient};
use http4k_ws::{PolyFilter, SendError, WsSender, contract_test};

const BOUND: Duration = Duration::from_secs(20);

/// Obeys the text of each message: `drop`, `close` and `panic`, before or after a `>` for the
/// messages from and to the client. Other messages pass with a mark.
struct Obedient(&'static str);

impl Obedient {
    fn decide(&self, text: &str, mark: char) -> MessageAction {
        match text {
            "drop" => MessageAction::Drop,
            "close" => MessageAction::Close(WsStatus::POLICY_VIOLATION),
            "panic" => panic!("a message filter that panics"),
            text => MessageAction::Pass(format!("{text}{mark}{}", self.0).into()),
        }
    }
}

impl MessageFilter for Obedient {
    fn received(&mut self, message: WsMessage) -> MessageAction {
        let text = message.text();
        match text.strip_prefix('>') {
            Some(_) => MessageAction::Pass(message),
            None => self.decide(&text, '<'),
        }
    }

    fn sent(&mut self, message: WsMessage) -> MessageAction {
        let text = message.text();
        self.decide(text.strip_prefix('>').unwrap_or(&text), '>')
    }
}

fn obedient(name: &'static str) -> impl PolyFilter + Clone {
    messages(move |_| Obedient(name))
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Responds to each message by callbacks.
fn echo_by_callbacks(ws: WebSocket) {
    let sender = ws.sender();
    ws.on_message(move |message: WsMessage| sender.try_send(message));
}

fn app() -> PolyHandler {
    routes! {
        "/echo"      with(obedient("a"), obedient("b")) => ws(echo(ws)),
        "/joined"    with(obedient("a").and(obedient("b"))) => ws(echo(ws)),
        "/callbacks" with(obedient("a"), obedient("b")) => ws(echo_by_callbacks(ws)),
    }
}

const PATHS: [&str; 3] = ["/echo", "/joined", "/callbacks"];

/// Sends the texts, and returns what arrives until the end or until `count` messages.
fn said<C: WsClient>(client: &mut C, texts: &[&str], count: usize) -> Vec<String> {
    for text in texts {
        // The filter may have closed the socket already.
        drop(client.send(*text));
    }
    let arrived = client.received().take(count).map_while(Result::ok);
    arrived.map(|message| message.text().into_owned()).collect()
}

#[contract_test(app())]
fn messages_pass_the_outer_filter_first_and_last(backend: &impl Backend) {
    for path in PATHS {
        let mut client = backend.ws(path);
        let expected = ["x<a<b>b>a", "y<a<b>b>a"];
        assert_eq!(said(&mut client, &["x", "drop", "y", ">drop"], 2), expected);
        // What was dropped to the client did not disturb the socket.
        assert_eq!(said(&mut client, &["z"], 1), ["z<a<b>b>a"]);
    }
}

#[contract_test(app())]
fn a_close_lets_earlier_messages_out(backend: &impl Backend) {
    for path in PATHS {
        for close in ["close", ">close"] {
            let mut client = backend.ws(path);
            let said = said(&mut client, &["x", close, "y"], 2);
            assert!(said.len() <= 1, "{path} {close}: {said:?}");
            // A message that the consumer had not received when the filter closed has no response.
            if close == ">close" {
                assert_eq!(said, ["x<a<b>b>a"], "{path}");
            }
            assert_eq!(
                client.closed(),
                Some(WsStatus::POLICY_VIOLATION),
                "{path} {close}"
            );
        }
    }
}

#[contract_test(app())]
fn a_panic_closes_one_socket_with_1011(backend: &impl Backend) {
    for path in PATHS {
        let mut other = backend.ws(path);
        for panic in ["panic", ">panic"] {
            let mut client = backend.ws(path);
            client.send(panic).expect("open");
            assert_eq!(
                client.closed(),
                Some(WsStatus::INTERNAL_ERROR),
                "{path} {panic}"
            );
            assert_eq!(said(&mut other, &["x"], 1), ["x<a<b>b>a"], "{path} {panic}");
        }
    }
}

/// Passes nothing to the client that begins with `#`.
struct WithoutNotes;

impl MessageFilter for WithoutNotes {
    fn sent(&mut self, message: WsMessage) -> MessageAction {
        match message.text().strip_prefix('#') {
            Some(_) => MessageAction::Drop,
            None => MessageAction::Pass(message),
        }
    }
}

/// Sends notes, which are dropped, and waits for flushes in between.
async fn notes(mut ws: WebSocket) -> WsResult {
    ws.send("#1").await?;
    ws.flush().await?;
    ws.send("one").await?;
    ws.send("#2").await?;
    ws.flush().await?;
    ws.sender().flush().await?;
    futures_util::SinkExt::<WsMessage>::flush(&mut ws).await?;
    ws.ping().await?;
    ws.send("two").await?;
    ws.send("#3").await?;
    ws.close(WsStatus::NORMAL);
    Ok(ws.flush().await?)
}

#[contract_test(routes! { "/" with(messages(|_| WithoutNotes)) => ws(notes(ws)) })]
fn a_dropped_message_counts_as_flushed(backend: &impl Backend) {
    let mut client = backend.ws("/");
    assert_eq!(said(&mut client, &[], 9), ["one", "two"]);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}

/// Sends from another thread, and waits for a message that never comes.
async fn sent_from_outside(mut ws: WebSocket) -> WsResult {
    let sender = ws.sender();
    let sending =
        std::thread::spawn(move || ["one", "#2", "three"].map(|text| sender.try_send(text)));
    ws.recv().await?;
    drop(sending.join());
    Ok(())
}

fn bounded(policy: SlowConsumer) -> impl PolyFilter + Clone {
    session_config(move |config| config.with_slow_consumer(policy.clone()))
}

#[contract_test(routes! {
    "/wait" with(bounded(SlowConsumer::Wait), messages(|_| WithoutNotes)) => ws(sent_from_outside(ws)),
    "/close" with(bounded(SlowConsumer::Close), messages(|_| WithoutNotes)) => ws(sent_from_outside(ws)),
    "/drop" with(bounded(SlowConsumer::DropOldest), messages(|_| WithoutNotes)) => ws(sent_from_outside(ws)),
})]
fn a_message_of_another_task_passes_the_filters_without_other_traffic(backend: &impl Backend) {
    for path in ["/wait", "/close", "/drop"] {
        let mut client = backend.ws(path);
        for text in ["one", "three"] {
            let next = client.next_within(BOUND);
            assert_eq!(next, NextMessage::Message(text.into()), "{path}");
        }
    }
}

/// Reports the result of a flush behind a message that the filter closes for.
fn flushed_after_a_close(report: Sender<Result<(), SendError>>) -> PolyHandler {
    let talk = move |ws: WebSocket| {
        let report = report.clone();
        async move {
            ws.send("one").await?;
            let before = ws.sender();
            ws.send("close").await?;
            ws.send("never seen").await?;
            drop(report.send(before.flush().await));
            WsResult::Ok(())
        }
    };
    routes! { "/" with(obedient("a")) => ws({ talk }) }
}

#[test]
fn a_flush_of_a_message_that_closed_the_socket_fails() {
    let (report, reported) = channel();
    let mut client = flushed_after_a_close(report).test_ws("/");
    assert_eq!(said(&mut client, &[], 9), ["one>a"]);
    assert_eq!(client.closed(), Some(WsStatus::POLICY_VIOLATION));
    let closed = SendError::Closed(WsStatus::POLICY_VIOLATION);
    assert_eq!(reported.recv_timeout(BOUND), Ok(Err(closed)));
}

/// The reports of a consumer: the number of messages that were dropped for a slow peer, and the
/// result of the last send.
type Flooded = (u64, Result<(), SendError>);

/// Fills what the connection takes with large messages, and then sends `text` 2,000 times, while
/// the client does not read.
fn flooded(policy: SlowConsumer, text: &'static str) -> Flooded {
    let (report, reported) = channel();
    let flood = move |mut ws: WebSocket| {
        let report = report.clone();
        async move {
            ws.recv().await?;
            for _ in 0..3 {
                // The session runs in between.
                tokio::task::yield_now().await;
                ws.try_send("x".repeat(300_000))?;
            }
            let mut last = Ok(());
            for _ in 0..2000 {
                tokio::task::yield_now().await;
                last = ws.try_send(text);
            }
            drop(report.send((ws.dropped(), last)));
            WsResult::Ok(())
        }
    };
    let config = SessionConfig::default()
        .with_queue_messages(4)
        .with_slow_consumer(policy);
    let bounds = session_config(move |_| config.clone());
    let app = routes! { "/" with(bounds, messages(|_| WithoutNotes)) => ws({ flood }) };
    let mut client = app.test_ws("/");
    client.stop_reading();
    client.send("go").expect("open");
    reported.recv_timeout(BOUND).expect("a report")
}

fn by_first_letter() -> SlowConsumer {
    SlowConsumer::coalesce_by(|message| message.text().chars().next())
}

#[test]
fn dropped_messages_take_no_space_from_a_client_that_does_not_read() {
    for policy in [
        SlowConsumer::Wait,
        SlowConsumer::Close,
        SlowConsumer::DropOldest,
        by_first_letter(),
    ] {
        assert_eq!(flooded(policy.clone(), "#"), (0, Ok(())), "{policy:?}");
    }
}

#[test]
fn passed_messages_count_for_a_client_that_does_not_read() {
    let (dropped, last) = flooded(SlowConsumer::Wait, "y");
    assert_eq!((dropped, last), (0, Err(SendError::Full)));
    let (dropped, last) = flooded(SlowConsumer::Close, "y");
    assert_eq!(
        (dropped, last),
        (0, Err(SendError::Closed(WsStatus::TRY_AGAIN_LATER)))
    );
    for policy in [SlowConsumer::DropOldest, by_first_letter()] {
        let (dropped, last) = flooded(policy, "y");
        assert!(dropped >= 1990, "{dropped}");
        assert_eq!(last, Ok(()));
    }
}

/// A flush of more than the connection takes at once, without a filter.
#[test]
fn a_large_flush_waits_for_a_client_that_reads_later() {
    async fn burst(mut ws: WebSocket) -> WsResult {
        for number in 0..5000 {
            ws.send(number.to_string()).await?;
        }
        ws.flush().await?;
        Ok(ws.send("flushed").await?)
    }
    let app = routes! { "/" => ws(burst(ws)) };
    assert_eq!(said(&mut app.test_ws("/"), &[], 6000).len(), 5001);
}

#[test]
fn a_large_burst_passes_in_order_with_its_numbers() {
    async fn burst(mut ws: WebSocket) -> WsResult {
        for number in 0..5000 {
            let note = if number % 3 == 0 { "" } else { "#" };
            ws.send(format!("{note}{number}")).await?;
        }
        ws.flush().await?;
        Ok(ws.send("flushed").await?)
    }
    let app = routes! { "/" with(messages(|_| WithoutNotes)) => ws(burst(ws)) };
    let mut client = app.test_ws("/");
    let mut expected: Vec<_> = (0..5000).step_by(3).map(|n| n.to_string()).collect();
    expected.push("flushed".to_owned());
    assert_eq!(said(&mut client, &[], 5000), expected);
}

/// Responds by itself, with the sender of its socket.
struct Responder(Arc<Mutex<Option<WsSender>>>);

impl MessageFilter for Responder {
    fn received(&mut self, message: WsMessage) -> MessageAction {
        if message == "ping" {
            let sender = self.0.lock().unwrap().clone();
            drop(sender.unwrap().try_send("pong"));
            return MessageAction::Drop;
        }
        MessageAction::Pass(message)
    }

    fn sent(&mut self, message: WsMessage) -> MessageAction {
        if message == "twice" {
            let sender = self.0.lock().unwrap().clone();
            drop(sender.unwrap().try_send("again"));
        }
        MessageAction::Pass(message)
    }
}

#[test]
fn a_filter_may_send_on_its_own_socket() {
    let slot = Arc::<Mutex<Option<WsSender>>>::default();
    let of_filter = Arc::clone(&slot);
    let talk = move |ws: WebSocket| {
        *slot.lock().unwrap() = Some(ws.sender());
        echo(ws)
    };
    let responding = messages(move |_| Responder(Arc::clone(&of_filter)));
    let app = routes! { "/" with(responding) => ws({ talk }) };
    let mut client = app.test_ws("/");
    assert_eq!(
        said(&mut client, &["ping", "x", "twice"], 4),
        ["pong", "x", "twice", "again"]
    );
}

#[test]
fn observers_see_what_travels() {
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&seen);
    let talk = move |ws: WebSocket| {
        let log = Arc::clone(&log);
        ws.observe(move |event: WsEvent<'_>| {
            let line = match event {
                WsEvent::Received(message) => format!("received {}", message.text()),
                WsEvent::Sent(message) => format!("sent {}", message.text()),
                _ => return,
            };
            log.lock().unwrap().push(line);
        });
        echo(ws)
    };
    let (report, reported) = channel();
    let reports = report_sockets(move |socket| report.send(socket.traffic).unwrap());
    let app = routes! { "/" with(reports, obedient("a")) => ws({ talk }) };
    let mut client = app.test_ws("/");
    assert_eq!(said(&mut client, &["drop", "x"], 1), ["x<a>a"]);
    client.send(">drop").unwrap();
    client.close(WsStatus::NORMAL);
    client.closed();
    let expected = [
        "received drop",
        "received x",
        "sent x<a>a",
        "received >drop",
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
    let traffic = reported.recv_timeout(BOUND).expect("a report");
    assert_eq!((traffic.messages_received, traffic.messages_sent), (3, 1));
}

#[test]
fn each_accepted_socket_has_its_own_filter_of_its_request() {
    struct Signed {
        name: String,
        count: u32,
    }
    impl MessageFilter for Signed {
        fn sent(&mut self, message: WsMessage) -> MessageAction {
            self.count += 1;
            let Self { name, count } = self;
            MessageAction::Pass(format!("{name} {count}: {}", message.text()).into())
        }
    }
    let signed = messages(|request| Signed {
        name: request.path_param("name").unwrap_or("?").to_owned(),
        count: 0,
    });
    async fn talk(ws: WebSocket, _name: String) -> WsResult {
        echo(ws).await
    }
    let app = routes! { "/<name>/ws" with(signed) => ws(talk(ws, name)) };
    let app = app.with(messages(|_| Obedient("outer")));
    let (mut ann, mut bob) = (app.test_ws("/ann/ws"), app.test_ws("/bob/ws"));
    for n in 1..3 {
        let expected = |name: &str| [format!("{name} {n}: x<outer>outer")];
        assert_eq!(said(&mut ann, &["x"], 1), expected("ann"));
        assert_eq!(said(&mut bob, &["x"], 1), expected("bob"));
    }
}

#[test]
fn filters_are_dropped_with_their_socket_even_if_that_panics() {
    struct Bomb(Sender<()>);
    impl MessageFilter for Bomb {}
    impl Drop for Bomb {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
            panic!("a message filter that panics in its drop");
        }
    }
    let (report, reported) = channel();
    let report = Mutex::new(report);
    let bomb = messages(move |_| Bomb(report.lock().unwrap().clone()));
    let app = routes! { "/" with(bomb) => ws(echo(ws)) };
    let mut client = app.test_ws("/");
    assert_eq!(said(&mut client, &["x"], 1), ["x"]);
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    assert_eq!(reported.recv_timeout(BOUND), Ok(()));
    assert_eq!(said(&mut app.test_ws("/"), &["x"], 1), ["x"]);
}

#[test]
fn messages_are_filtered_over_tls() {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (chain, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
    let tls = ServerTls::from_pem(&chain, &key).expect("a certificate and its key");
    let config = ServerConfig::default().with_tls(tls);
    let server = app()
        .as_server("127.0.0.1:0")
        .with_config(config)
        .start()
        .expect("a server");
    let uri = format!("wss://localhost:{}/echo", server.port());
    let trusted = ClientTls::trusting_only(&chain).expect("a certificate");
    let client = WebSocketClient::to(&uri).with_tls(trusted).blocking();
    let mut client = client.expect("a socket");
    assert_eq!(
        said(&mut client, &["x", "drop", "y"], 2),
        ["x<a<b>b>a", "y<a<b>b>a"]
    );
    client.send("close").expect("open");
    assert_eq!(client.closed(), Some(WsStatus::POLICY_VIOLATION));
    server.stop();
}
