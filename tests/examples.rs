//! Every example's application, driven in memory and over a real port.

#![allow(dead_code, missing_docs)]

use std::time::{Duration, Instant};

use http4k_ws::client::WebSocketClient;
use http4k_ws::client::{BlockingWebSocket, ClientTls};
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig, ServerTls};
use http4k_ws::testing::WsClient;
use http4k_ws::testing::{NextMessage, TestWsClient};

#[path = "../examples/age_me.rs"]
mod age_me;
#[path = "../examples/chat.rs"]
mod chat;
#[path = "../examples/clock.rs"]
mod clock;
#[path = "../examples/echo.rs"]
mod echo;
#[path = "../examples/hello.rs"]
mod hello;
#[path = "../examples/lens.rs"]
mod lens;
#[path = "../examples/money.rs"]
mod money;
#[path = "../examples/reconnect.rs"]
mod reconnect;
#[path = "../examples/tls.rs"]
mod tls;

fn served(app: PolyHandler) -> RunningServer {
    app.as_server("127.0.0.1:0")
        .start()
        .expect("a port is free")
}

fn connected(server: &RunningServer, path: &str) -> BlockingWebSocket {
    WebSocketClient::blocking(format!("ws://{}{path}", server.addr())).expect("the server accepts")
}

fn next(client: &mut impl WsClient) -> WsMessage {
    client
        .received()
        .next()
        .expect("a message")
        .expect("the socket is open")
}

/// Runs `check` on a client in memory, then on one over a port.
macro_rules! both {
    ($app:expr, $path:expr, $check:ident) => {{
        $check(&mut $app.test_ws($path));
        $check(&mut connected(&served($app), $path));
    }};
}

#[test]
fn the_readme_shows_the_first_program() {
    let program = include_str!("../examples/first.rs");
    let code = &program[program
        .find("use http4k_ws")
        .expect("the program imports the library")..];
    assert!(
        include_str!("../README.md").contains(code),
        "README.md shows another program than examples/first.rs"
    );
}

#[test]
fn hello_serves_http_and_greets_on_a_socket() {
    fn greets(client: &mut impl WsClient) {
        assert_eq!(next(client).text(), "hello bob");
        client.send("anything").expect("open");
        assert_eq!(next(client).text(), "bob is responding");
    }
    assert_eq!(hello::app().test_http("/").body(), "hiya world");
    both!(hello::app(), "/bob", greets);
}

#[test]
fn age_me_ages_and_closes() {
    fn ages(client: &mut impl WsClient) {
        client.send(r#"{"name":"Bob","age":50}"#).expect("open");
        let aged = age_me::Person {
            name: "Bob".to_owned(),
            age: 60,
        };
        assert_eq!(age_me::Person::from_message(next(client)), Ok(aged));
        assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    }
    both!(age_me::app(), "/ageMe", ages);
}

#[test]
fn age_me_rejects_values_that_are_not_a_person_with_1007() {
    fn refuses(client: &mut impl WsClient) {
        client.send(r#"{"name":"Bob"}"#).expect("open");
        let status = client.closed().expect("an end");
        assert_eq!(status.code(), 1007);
        assert!(status.reason().contains("missing field `age`"), "{status}");
    }
    both!(age_me::app(), "/ageMe", refuses);
}

#[test]
fn money_returns_after_the_greeting() {
    fn exchanges(client: &mut impl WsClient) {
        assert_eq!(next(client).text(), "hello bob");
        let money = money::Money {
            value: 100,
            currency: "EUR".to_owned(),
        };
        client
            .send(money.clone().into_message().expect("JSON"))
            .expect("open");
        assert_eq!(money::Money::from_message(next(client)), Ok(money));
        client.send("no money").expect("open");
        assert!(
            next(client).text().contains("Money"),
            "the error is reported, and the socket stays open"
        );
        client.close(WsStatus::NORMAL);
    }
    both!(money::app(), "/hello/bob", exchanges);
}

/// Returns the order of the client in the lenses' example.
fn an_order() -> lens::Order {
    let line = |item: &str, count| lens::Line {
        item: item.to_owned(),
        count,
    };
    lens::Order {
        shop: lens::Shop::Tea,
        express: true,
        vouchers: vec!["a&b".to_owned(), "c".to_owned()],
        x_customer: 7,
        lines: Json(vec![line("oolong", 2), line("sencha", 1)]),
    }
}

#[test]
fn lens_builds_the_request_that_it_reads() {
    let request = lens::request(an_order()).expect("it has a form");
    assert_eq!(
        request.uri(),
        "/shops/tea/orders?express=true&voucher=a%26b&voucher=c"
    );
    assert_eq!(request.header("x-customer"), Some("7"));
    let answer = lens::app().test_http(request);
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.body(), r#"{"customer":7,"total":13}"#);
}

#[test]
fn lens_reports_every_fault_of_a_bad_request_together() {
    let request = Request::post("/shops/tea/orders?express=soon")
        .header("content-type", "application/json")
        .body(r#"[{"item":"oolong"}]"#);
    let answer = lens::app().test_http(request);
    assert_eq!(answer.status(), 400);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let report = answer.body().as_text().expect("JSON");
    for fault in [
        "query `express` must be boolean",
        "header `x-customer` is required",
        "body `Vec<Line>` must be JSON: [0]: missing field `count`",
    ] {
        assert!(report.contains(fault), "{fault} in {report}");
    }
    assert_eq!(
        lens::app()
            .test_http((Method::POST, "/shops/beer/orders", "[]"))
            .status(),
        415
    );
}

#[test]
fn lens_responds_in_the_format_that_the_client_accepts() {
    let get = |accept: &str| {
        let request = Request::get("/shops/tea/orders?page=3").header("accept", accept);
        lens::app().test_http(request)
    };
    assert_eq!(get("text/csv, text/*;q=0.1").body(), "page,3\n");
    assert_eq!(get("*/*").body(), "page 3");
    assert_eq!(get("image/png").status(), 406);
    assert_eq!(
        lens::app().test_http("/shops/tea/orders?page=-1").status(),
        400
    );
}

#[test]
fn lens_uses_the_format_of_the_subprotocol() {
    fn ticks(client: &mut impl WsClient) {
        let receipt = |total| lens::Receipt { customer: 1, total };
        client
            .send(receipt(5).into_message().expect("a form"))
            .expect("open");
        assert_eq!(lens::Receipt::from_message(next(client)), Ok(receipt(6)));
    }
    both!(lens::app(), "/shops/tea/ticker", ticks);

    let server = served(lens::app());
    let uri = format!("ws://{}/shops/tea/ticker", server.addr());
    let offer = WebSocketClient::to(uri).with_subprotocol("prices.v1+msgpack");
    let mut client = offer.blocking().expect("the server accepts");
    assert_eq!(client.subprotocol(), Some("prices.v1+msgpack"));
    let five = b"\x82\xa8customer\x01\xa5total\x05";
    client.send(five).expect("open");
    let six = b"\x82\xa8customer\x01\xa5total\x06";
    assert_eq!(next(&mut client), WsMessage::from(six));
}

#[test]
fn an_hour_of_the_clock_passes_in_no_time() {
    let started = Instant::now();
    let mut client = clock::app().test_ws("/clock");
    client.advance(Duration::from_secs(60));
    let minute: Vec<_> = client
        .received()
        .take(61)
        .map(|tick| tick.expect("open").text().into_owned())
        .collect();
    assert_eq!(
        minute,
        (0..=60)
            .map(|second| second.to_string())
            .collect::<Vec<_>>()
    );
    assert_eq!(
        client.next_within(Duration::from_millis(999)),
        NextMessage::Pending
    );
    for second in 61..=3600 {
        assert_eq!(next(&mut client).text(), second.to_string());
    }
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "no second was waited for"
    );
}

#[test]
fn the_clock_ticks_over_a_port() {
    assert_eq!(
        next(&mut connected(&served(clock::app()), "/clock")).text(),
        "0"
    );
}

/// Writes a message of the chat in short: `ann: hi`, `+ann`, `-ann`, `=ann,bob`.
fn chat_word(message: WsMessage) -> String {
    use http4k_ws::topics::Feed;
    use http4k_ws::topics::engine::Member;
    let name = |member: &Member| member.name.lines().next().unwrap_or_default().to_owned();
    match Feed::<chat::Said>::from_message(message).expect("a feed") {
        Feed::Message { data, .. } => match data {
            chat::Said::Text { who, text, .. } => format!("{who}: {text}"),
            chat::Said::Typing { who } => format!("{who} types"),
        },
        Feed::Joined { member, .. } => format!("+{}", name(&member)),
        Feed::Left { member, .. } => format!("-{}", name(&member)),
        Feed::CaughtUp { present, .. } => {
            let names: Vec<_> = present.iter().flatten().map(name).collect();
            format!("={}", names.join(","))
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn chat_reaches_the_members_of_the_room_only() {
    fn talk<C: WsClient>(connect: impl Fn(&str) -> C) {
        let word = |client: &mut C| chat_word(next(client));
        // The snapshot may be taken before or after the member has joined.
        let joined = |client: &mut C, name: &str, others: &[&str]| {
            let own = format!("+{name}");
            let before = [format!("={}", others.join(",")), own.clone()];
            let after = [own, format!("={}", [others, &[name]].concat().join(","))];
            let words = [word(client), word(client)];
            assert!(words == before || words == after, "{words:?}");
        };
        let mut ann = connect("/rooms/lobby/ann");
        joined(&mut ann, "ann", &[]);
        let mut bob = connect("/rooms/lobby/b%C3%B6b");
        joined(&mut bob, "böb", &["ann"]);
        assert_eq!(word(&mut ann), "+böb");
        let mut eve = connect("/rooms/attic/eve");
        joined(&mut eve, "eve", &[]);

        ann.send(r#"{"type":"say","id":"1","text":"hi"}"#)
            .expect("open");
        assert_eq!([word(&mut ann), word(&mut bob)], ["ann: hi", "ann: hi"]);
        assert_eq!(
            eve.next_within(Duration::from_millis(20)),
            NextMessage::Pending
        );

        drop(ann);
        assert_eq!(word(&mut bob), "-ann");
    }
    let app = chat::app();
    talk::<TestWsClient>(|path| app.test_ws(path));
    let server = served(chat::app());
    talk::<BlockingWebSocket>(|path| connected(&server, path));
    let page = chat::app().test_http("/");
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
}

#[test]
fn chat_members_leave_however_their_sockets_end() {
    let app = chat::app();
    let mut ann = app.test_ws("/rooms/lobby/ann");
    let word = |client: &mut TestWsClient| chat_word(next(client));
    assert_eq!([word(&mut ann), word(&mut ann)], ["=", "+ann"]);
    let ends: [fn(&mut TestWsClient); 3] = [
        |bob| bob.error("connection reset"),
        |bob| bob.send("not an event").expect("open"),
        |bob| bob.close(WsStatus::NORMAL),
    ];
    for end in ends {
        let mut bob = app.test_ws("/rooms/lobby/bob");
        assert_eq!(word(&mut ann), "+bob");
        end(&mut bob);
        assert_eq!(word(&mut ann), "-bob");
    }
}

#[test]
fn echo_keeps_its_interface() {
    let app = echo::app();
    assert_eq!(app.test_http("/").body(), "hello");
    assert_eq!(app.test_http("/hello/bob").body(), "hello bob");
    let body = app.test_http(
        Request::post("/echo")
            .header("content-type", "x/y")
            .body("abc"),
    );
    assert_eq!(
        (body.body(), &body.headers()["content-type"]),
        (&Body::from("abc"), &"x/y".parse().expect("a value"))
    );
    let json = |body: &'static str| {
        app.test_http(
            Request::post("/json")
                .header("content-type", "application/json")
                .body(body),
        )
    };
    assert_eq!(
        json(r#"{"count": 3, "name": "a"}"#).body(),
        r#"{"name":"a","count":3}"#
    );
    assert_eq!(
        json(r#"{"count": "x", "name": "a"}"#).status(),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        app.test_http("/panic").status(),
        StatusCode::INTERNAL_SERVER_ERROR
    );
    assert_eq!(app.test_http("/nowhere").status(), StatusCode::NOT_FOUND);
    assert_eq!(
        app.test_http(Request::get("/json").body("")).status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(app.test_http("/ws").status(), StatusCode::UPGRADE_REQUIRED);
}

#[test]
fn echo_echoes_on_both_paths() {
    fn echoes(client: &mut impl WsClient) {
        client.send("text").expect("open");
        client.send(vec![0, 255]).expect("open");
        assert_eq!(next(client).as_text(), Some("text"));
        assert_eq!(next(client), WsMessage::new_binary(vec![0, 255]));
        client.send("panic!").expect("open");
        assert_eq!(client.closed(), Some(WsStatus::INTERNAL_ERROR));
    }
    both!(echo::app(), "/ws", echoes);
    both!(echo::app(), "/ws/bob", echoes);
    let request = Request::get("/ws").header("sec-websocket-protocol", "other, echo");
    assert_eq!(echo::app().test_ws(request).subprotocol(), Some("echo"));
    let live = WebSocketClient::to(format!("ws://{}/ws", served(echo::app()).addr()));
    assert!(
        live.with_subprotocol("echo").blocking().is_err(),
        "the server is gone"
    );
    let server = served(echo::app());
    let live = WebSocketClient::to(format!("ws://{}/ws", server.addr())).with_subprotocol("echo");
    assert_eq!(
        live.blocking().expect("the server accepts").subprotocol(),
        Some("echo")
    );
}

#[test]
fn echo_sends_to_all_in_the_room() {
    fn talk<C: WsClient>(connect: impl Fn(&str) -> C) {
        let (mut a, mut b) = (connect("/room/x"), connect("/room/x"));
        a.send("from a").expect("open");
        assert_eq!(next(&mut a).text(), "from a");
        // Over a port, b may have joined after the first message.
        b.send("from b").expect("open");
        assert_eq!(next(&mut a).text(), "from b");
        assert!(
            b.received()
                .any(|message| message.expect("open").text() == "from b")
        );
    }
    let app = echo::app();
    talk::<TestWsClient>(|path| app.test_ws(path));
    let server = served(echo::app());
    talk::<BlockingWebSocket>(|path| connected(&server, path));
}

#[test]
fn tls_serves_in_memory_and_over_tls_with_its_own_certificate() {
    fn echoes(client: &mut impl WsClient) {
        client.send("anything").expect("open");
        assert_eq!(next(client).text(), "anything");
    }
    assert_eq!(tls::app().test_http("/").body(), "hiya over TLS");
    echoes(&mut tls::app().test_ws("/echo"));

    let (certificate, key) = tls::certificate().expect("a certificate");
    let shown = ServerTls::from_pem(&certificate, key).expect("a pair");
    let server = tls::app()
        .as_server("127.0.0.1:0")
        .with_config(ServerConfig::default().with_tls(shown))
        .start()
        .expect("a port is free");
    let trusted = ClientTls::trusting_only(certificate).expect("a certificate");
    let mut client = WebSocketClient::to(format!("wss://localhost:{}/echo", server.port()))
        .with_tls(trusted)
        .blocking()
        .expect("the server accepts");
    echoes(&mut client);
}

#[test]
fn echo_reads_its_options() {
    let read = |line: &str| echo::Arguments::read(line.split_whitespace().map(str::to_owned));
    let refusal = |line| read(line).err().expect("a refusal");

    let none = read("").expect("no option at all");
    assert_eq!(none.address, "127.0.0.1:9000");
    assert_eq!((none.config, none.threads), (ServerConfig::default(), None));

    let all = read(
        "--head-deadline 1 --body-stall 2 --idle 3 --write-stall 4 --message-deadline 5 --ping 6 --dead 7 \
         --close 8 --shutdown 0.5 --max-body 10 --max-head 11 --max-message 12 --max-connections 13 \
         --threads 14 0.0.0.0:80",
    )
    .expect("good options");
    let (config, seconds) = (&all.config, Duration::from_secs);
    assert_eq!(
        (all.address.as_str(), all.threads),
        ("0.0.0.0:80", Some(14))
    );
    assert_eq!(config.head_timeout, seconds(1));
    assert_eq!(config.body_stall, seconds(2));
    assert_eq!(config.keep_alive, seconds(3));
    assert_eq!(
        [config.write_stall, config.session.write_stall],
        [seconds(4); 2]
    );
    assert_eq!(config.session.message_deadline, Some(seconds(5)));
    assert_eq!(config.session.ping_interval, Some(seconds(6)));
    assert_eq!(config.session.dead_after, Some(seconds(7)));
    assert_eq!(config.session.close_timeout, seconds(8));
    assert_eq!(config.shutdown_grace, Duration::from_millis(500));
    assert_eq!((config.max_body, config.max_head), (10, 11));
    assert_eq!(config.session.max_message, 12);
    assert_eq!(config.max_connections, Some(13));

    assert_eq!(refusal("--max-body"), "--max-body takes a number");
    assert_eq!(
        refusal("--max-body x"),
        "--max-body x: invalid digit found in string"
    );
    assert!(refusal("--idle -1").starts_with("--idle -1: "));
    assert_eq!(refusal("--speed 9"), "--speed 9: there is no such option");
}

#[tokio::test]
async fn reconnect_continues_counting_over_restarts() {
    let server = served(reconnect::app());
    let (mut feed, last) = reconnect::counting(format!("ws://{}/count", server.addr()));
    for number in 1..=5 {
        let next = tokio::time::timeout(Duration::from_secs(20), feed.recv());
        let next = next.await.expect("in time").expect("any message");
        assert_eq!(
            next.expect("a feed that goes on").text(),
            number.to_string()
        );
        last.store(number, std::sync::atomic::Ordering::Relaxed);
    }
}
