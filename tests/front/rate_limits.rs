//! Rate limits of requests and messages.

use std::net::SocketAddr;
use std::time::Duration;

use http4k_ws::filter::{MessageRate, Quota, by_address, message_rate, messages, rate_limit};
use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;
use http4k_ws::testing::WsClient;
use http4k_ws::testing::contract::Backend;
use http4k_ws::{PolyFilter, contract_test};

use super::logged;

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn by_key(request: &Request) -> Option<String> {
    request.header("x-key").map(str::to_owned)
}

fn app() -> PolyHandler {
    let limit = rate_limit(by_key, Quota::per_hour(1).with_burst(3));
    routes! {
        "/api" with(limit) => {
            GET "/"       => http(|| "hello"),
            GET "/stream" => sse(|sse: Sse| async move { sse.send("one").await }),
            "/ws"         => ws(echo(ws)),
        },
        GET "/open" => http(|| "open"),
    }
}

fn of(path: &str, key: &str) -> Request {
    Request::get(path)
        .header("x-key", key)
        .body(Body::empty())
        .expect("a request")
}

fn is_refused(response: Response) {
    assert_eq!(response.status(), 429);
    let wait: u64 = response
        .header("retry-after")
        .expect("a wait")
        .parse()
        .expect("seconds");
    assert!((3590..=3600).contains(&wait), "{wait}");
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
    let text = format!("{:?}", response.body());
    assert!(!text.contains("secret"), "{text}");
}

#[contract_test(app())]
fn every_protocol_uses_one_quota(backend: &impl Backend) {
    assert_eq!(backend.http(of("/api", "secret")).status(), 200);
    assert!(backend.try_sse(of("/api/stream", "secret")).is_ok());
    assert!(backend.try_ws(of("/api/ws", "secret")).is_ok());
    for _ in 0..3 {
        is_refused(backend.http(of("/api", "secret")));
        is_refused(
            backend
                .try_sse(of("/api/stream", "secret"))
                .err()
                .expect("a refusal"),
        );
        is_refused(
            backend
                .try_ws(of("/api/ws", "secret"))
                .err()
                .expect("a refusal"),
        );
        is_refused(backend.http(of("/api/nothing", "secret")));
    }
    // Others have their own, and some have none.
    assert_eq!(backend.http(of("/api", "other")).status(), 200);
    for _ in 0..5 {
        assert_eq!(backend.http("/api").status(), 200);
        assert_eq!(backend.http(of("/open", "secret")).status(), 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_quota_returns_with_virtual_time() {
    let limit = rate_limit(|_: &Request| Some(()), Quota::per_second(2));
    let app = limit.then(|_request: Request| "hello");
    let pass = |millis| tokio::time::advance(Duration::from_millis(millis));
    for (millis, expected) in [
        (0, 200),
        (0, 200),
        (0, 429),
        (499, 429),
        (1, 200),
        (400, 429),
    ] {
        pass(millis).await;
        assert_eq!(app.send_http("/").await.status(), expected, "{millis}");
    }
    let refusal = app.send_http("/").await;
    assert_eq!(refusal.header("retry-after"), Some("1"));
    pass(60_000).await;
    for expected in [200, 200, 429] {
        assert_eq!(app.send_http("/").await.status(), expected);
    }
}

#[test]
fn a_limit_is_logged_once_and_without_its_key() {
    fn key_of_the_log(request: &Request) -> Option<String> {
        by_key(request)
    }
    logged::start();
    let limit = rate_limit(key_of_the_log, Quota::per_hour(1)).with_max_keys(1);
    let app = limit.clone().then(|_request: Request| "hello");
    for key in ["secret-of-a-log", "other-secret", "third-secret"] {
        for _ in 0..3 {
            app.test_http(of("/", key));
        }
    }
    let lines = logged::lines_with("rate_limit(key_of_the_log)");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].starts_with("WARN") && lines[0].contains("1 in 3600s"),
        "{lines:?}"
    );
    assert!(lines[1].contains("RateLimit::with_max_keys"), "{lines:?}");
    assert!(!lines.concat().contains("secret"), "{lines:?}");
    let debug = format!("{limit:?}");
    assert!(
        debug.contains("key_of_the_log") && !debug.contains("secret"),
        "{debug}"
    );
    assert_eq!(limit.name(), "rate_limit(key_of_the_log)");
    assert_eq!(
        rate_limit(by_address(), Quota::per_second(1)).name(),
        "rate_limit(by_address)"
    );
}

fn from(address: &str) -> Request {
    let address: SocketAddr = address.parse().expect("an address");
    Request::default().with_peer_addr(address)
}

#[test]
fn addresses_are_grouped_by_client() {
    let same = |one: &str, other: &str| {
        let limit = rate_limit(by_address(), Quota::per_hour(1));
        let app = limit.then(|_request: Request| "hello");
        assert_eq!(app.test_http(from(one)).status(), 200);
        app.test_http(from(other)).status() == 429
    };
    for (one, other, expected) in [
        ("192.0.2.1:1", "192.0.2.1:2", true),
        ("192.0.2.1:1", "192.0.2.2:1", false),
        ("192.0.2.1:1", "[::ffff:192.0.2.1]:1", true),
        ("[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.2]:1", false),
        ("[2001:db8::1]:1", "[2001:db8::ffff:1:2:3]:1", true),
        ("[2001:db8::1]:1", "[2001:db8:0:1::1]:1", false),
    ] {
        assert_eq!(same(one, other), expected, "{one} {other}");
    }
    let app = rate_limit(by_address(), Quota::per_hour(1)).then(|_request: Request| "hello");
    assert_eq!(app.test_http("/").status(), 200);
    assert_eq!(app.test_http("/").status(), 429);
    assert_eq!(app.test_http(from("192.0.2.1:1")).status(), 200);
}

fn limited() -> PolyHandler {
    routes! { "/ws" with(message_rate(Quota::per_hour(1).with_burst(3))) => ws(echo(ws)) }
}

#[contract_test(limited())]
fn a_socket_over_its_quota_is_closed_and_others_are_not(backend: &impl Backend) {
    let mut other = backend.ws("/ws");
    let mut client = backend.ws("/ws");
    for n in 0..3 {
        client.send(n.to_string()).expect("open");
        assert_eq!(client.received().next(), Some(Ok(n.to_string().into())));
    }
    client.send("over").expect("open");
    let expected = WsStatus::POLICY_VIOLATION
        .with_reason("too many messages")
        .ok();
    assert_eq!(client.closed(), expected);
    other.send("hello").expect("open");
    assert_eq!(other.received().next(), Some(Ok("hello".into())));
}

#[test]
fn a_close_is_logged_once_for_each_quota_however_many_sockets_there_are() {
    logged::start();
    // No other test has these quotas.
    let (small, large) = (Quota::per_hour(7), Quota::per_hour(14));
    let by_plan = move |request: &Request| match request.header("x-plan") {
        Some("large") => MessageRate::new(large.with_burst(1)),
        _ => MessageRate::new(small.with_burst(1)),
    };
    let app = routes! {
        "/fixed" with(message_rate(small.with_burst(1))) => ws(echo(ws)),
        "/ws" with(messages(by_plan)) => ws(echo(ws)),
    };
    for path in ["/ws", "/fixed"] {
        for plan in ["small", "large", "small", "large"] {
            let mut client = app.test_ws(Request::get(path).header("x-plan", plan));
            client.send("a").expect("open");
            client.send("b").expect("open");
            assert!(client.closed().is_some_and(|status| status.code() == 1008));
        }
    }
    for quota in [small, large] {
        let lines = logged::lines_with(&format!("its quota of {}", quota.with_burst(1)));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("WARN"), "{lines:?}");
    }
}

#[test]
fn a_socket_within_its_quota_stays_open() {
    let app = routes! {
        "/ws" with(messages(|_| MessageRate::new(Quota::per_second(2)))) => ws(echo(ws)),
    };
    let mut client = app.test_ws("/ws");
    for _ in 0..20 {
        client.send("x").expect("open");
        assert!(
            client
                .received()
                .next()
                .is_some_and(|message| message.is_ok())
        );
        client.advance(Duration::from_millis(500));
    }
    for _ in 0..3 {
        client.send("x").expect("open");
    }
    assert_eq!(client.closed().map(|status| status.code()), Some(1008));
}
