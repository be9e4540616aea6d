//! The bounds of the calls of one socket, and what happens at each.

use std::sync::Arc;
use std::time::Duration;

use http4k_ws::calls::CallsConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::{NextMessage, WsClient};
use serde_json::json;

use crate::support::{Math, Nap, Seen, answer, bounded, counted, next};

#[test]
fn ten_thousand_calls_run_within_the_bound() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(async {
        let seen = Arc::<Seen>::default();
        let client = counted(&seen)
            .connect_ws("/")
            .await
            .unwrap()
            .calls::<Math>();
        let calls = (0..10_000).map(|_| client.call(Nap));
        let replies = futures_util::future::join_all(calls).await;
        assert!(replies.iter().all(Result::is_ok));
        assert_eq!(seen.most(), 64);
        assert_eq!((seen.running(), seen.started()), (0, 10_000));
    });
}

#[test]
fn at_the_limit_the_socket_is_not_read_until_a_call_has_ended() {
    let seen = Arc::<Seen>::default();
    let config = CallsConfig::default()
        .with_max_calls(2)
        .with_deadline(Duration::from_secs(5));
    let mut client = bounded(config, &seen).test_ws("/");
    for id in 1..=2 {
        client
            .send(json!({"id": id, "call": "wait"}).to_string())
            .unwrap();
    }
    client
        .send(json!({"id": 3, "call": "ping"}).to_string())
        .unwrap();
    client.advance(Duration::from_millis(4_999));
    assert_eq!(client.next_within(Duration::ZERO), NextMessage::Pending);
    assert_eq!((seen.running(), seen.started()), (2, 2));

    client.advance(Duration::from_millis(1));
    let overdue = json!({
        "title": "Service Unavailable", "status": 503,
        "detail": "the call did not end within 5s",
    });
    assert_eq!(next(&mut client), json!({"id": 1, "error": overdue}));
    assert_eq!(next(&mut client), json!({"id": 2, "error": overdue}));
    assert_eq!(next(&mut client), json!({"id": 3, "ok": null}));
    assert_eq!(seen.running(), 0);
}

#[test]
fn a_cancelled_call_makes_a_place() {
    let seen = Arc::<Seen>::default();
    let mut client = bounded(CallsConfig::default().with_max_calls(0), &seen).test_ws("/");
    client
        .send(json!({"id": 1, "call": "wait"}).to_string())
        .unwrap();
    client
        .send(json!({"id": 1, "cancel": true}).to_string())
        .unwrap();
    assert_eq!(
        answer(&mut client, json!({"id": 2, "call": "ping"})),
        json!({"id": 2, "ok": null})
    );
}

#[test]
fn streams_have_places_of_their_own_and_no_deadline() {
    let seen = Arc::<Seen>::default();
    let config = CallsConfig::default().with_max_streams(2).with_max_calls(1);
    let mut client = bounded(config, &seen).test_ws("/");
    for id in 1..=2 {
        client
            .send(json!({"id": id, "call": "silence"}).to_string())
            .unwrap();
    }
    let refused = answer(&mut client, json!({"id": 3, "call": "silence"}));
    let detail = "this socket has 2 open streams, which is its limit";
    let problem = json!({"title": "Too Many Requests", "status": 429, "detail": detail});
    assert_eq!(refused, json!({"id": 3, "error": problem}));
    assert_eq!(
        answer(&mut client, json!({"id": 4, "call": "ping"})),
        json!({"id": 4, "ok": null})
    );

    client.advance(Duration::from_secs(3600));
    assert_eq!(seen.running(), 2);
    client
        .send(json!({"id": 1, "cancel": true}).to_string())
        .unwrap();
    assert_eq!(seen.running(), 1);
    client
        .send(json!({"id": 3, "call": "silence"}).to_string())
        .unwrap();
    assert_eq!(seen.running(), 2);
    assert_eq!(client.next_within(Duration::ZERO), NextMessage::Pending);
}

#[test]
fn without_a_deadline_a_call_may_last() {
    let seen = Arc::<Seen>::default();
    let config = CallsConfig::default().with_deadline(None);
    let mut client = bounded(config, &seen).test_ws("/");
    client
        .send(json!({"id": 1, "call": "wait"}).to_string())
        .unwrap();
    client.advance(Duration::from_secs(86_400));
    assert_eq!(seen.running(), 1);
}

#[test]
fn a_window_limits_the_items_that_are_sent_ahead() {
    let seen = Arc::<Seen>::default();
    let mut client = counted(&seen).test_ws("/");
    let request = json!({"id": 1, "call": "flood", "window": 3});
    client.send(request.to_string()).unwrap();
    assert_eq!(seen.sent(), 3);
    client
        .send(json!({"id": 1, "more": 2}).to_string())
        .unwrap();
    assert_eq!(seen.sent(), 5);
    let closed = json!({"id": 2, "call": "count", "args": {"to": 9}, "window": 0});
    client.send(closed.to_string()).unwrap();
    for number in 0..5 {
        assert_eq!(next(&mut client), json!({"id": 1, "item": number}));
    }
    assert_eq!(client.next_within(Duration::ZERO), NextMessage::Pending);
    client
        .send(json!({"id": 2, "more": 1}).to_string())
        .unwrap();
    assert_eq!(next(&mut client), json!({"id": 2, "item": 1}));
}

#[test]
fn a_client_that_does_not_read_stops_a_stream_without_a_window() {
    let seen = Arc::<Seen>::default();
    let config = SessionConfig::default();
    let queue = config.queue_messages;
    let mut client = counted(&seen).test_with(config).ws("/");
    client.stop_reading();
    client
        .send(json!({"id": 1, "call": "flood"}).to_string())
        .unwrap();
    let sent = seen.sent();
    assert!(sent > 0 && sent < 100 * queue, "{sent}");
    assert_eq!(
        answer_after(&mut client, &seen, sent),
        json!({"id": 1, "item": 0})
    );
}

/// Lets the client read on, and returns the first message.
fn answer_after(
    client: &mut http4k_ws::testing::TestWsClient,
    seen: &Seen,
    sent: usize,
) -> serde_json::Value {
    assert_eq!(seen.sent(), sent, "the stream has stopped");
    client.read_on();
    let first = next(client);
    client
        .send(json!({"id": 1, "cancel": true}).to_string())
        .unwrap();
    first
}
