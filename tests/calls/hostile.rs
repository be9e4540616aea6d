//! Clients that break the rules, and clients that use every one of them at once.

use std::sync::Arc;
use std::time::Duration;

use http4k_ws::testing::{NextMessage, WsClient};
use serde_json::{Value, json};

use crate::support::{Seen, answer, counted, next};

#[test]
fn a_flood_of_unknown_calls_is_answered_within_the_queue() {
    let mut client = counted(&Arc::default()).test_ws("/");
    client.stop_reading();
    let name = "x".repeat(10_000);
    let request = json!({"id": 1, "call": name}).to_string();
    let accepted = (0..100_000)
        .take_while(|_| client.send(request.clone()).is_ok())
        .count();
    // The client waits, since its errors are not read.
    assert!(accepted < 100_000, "{accepted}");
    client.read_on();
    let first = next(&mut client);
    let detail = first["error"]["detail"].as_str().unwrap();
    assert!(detail.len() < 250, "{detail}");
}

#[test]
fn errors_of_one_id_have_one_last_message_each() {
    let mut client = counted(&Arc::default()).test_ws("/");
    for _ in 0..1_000 {
        let reply = answer(&mut client, json!({"id": 1}));
        assert_eq!(reply["error"]["status"], 400);
    }
    assert_eq!(client.next_within(Duration::ZERO), NextMessage::Pending);
}

#[test]
fn one_id_for_everything_never_has_two_replies() {
    let seen = Arc::<Seen>::default();
    let mut client = counted(&seen).test_ws("/");
    for round in 0..500 {
        // Open, used again, and free.
        client
            .send(json!({"id": 1, "call": "wait"}).to_string())
            .unwrap();
        let again = if round % 2 == 0 { "wait" } else { "silence" };
        let reply = answer(&mut client, json!({"id": 1, "call": again}));
        assert_eq!(reply["error"]["status"], 409);
        assert_eq!(seen.running(), 0);
    }
    assert_eq!(client.next_within(Duration::ZERO), NextMessage::Pending);
}

#[test]
fn windows_may_be_as_large_as_they_like() {
    let mut client = counted(&Arc::default()).test_ws("/");
    let request = json!({"id": 1, "call": "count", "args": {"to": 1}, "window": u32::MAX});
    assert_eq!(answer(&mut client, request), json!({"id": 1, "item": 1}));
    assert_eq!(next(&mut client), json!({"id": 1, "end": true}));
    client
        .send(json!({"id": 2, "call": "silence", "window": u32::MAX}).to_string())
        .unwrap();
    for _ in 0..10_000 {
        client
            .send(json!({"id": 2, "more": u32::MAX}).to_string())
            .unwrap();
    }
    assert_eq!(
        answer(&mut client, json!({"id": 3, "call": "ping"})),
        json!({"id": 3, "ok": null})
    );
    let over = json!({"id": 4, "call": "silence", "window": u64::from(u32::MAX) + 1});
    assert_eq!(answer(&mut client, over)["error"]["status"], 400);
}

#[test]
fn deep_arguments_overflow_no_stack() {
    let mut client = counted(&Arc::default()).test_ws("/");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let call = format!(r#"{{"id":1,"call":"double","args":{deep}}}"#);
    client.send(call).unwrap();
    let reply = next(&mut client);
    assert_eq!(reply["error"]["status"], 400);
    let detail = reply["error"]["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("message `double` must be JSON: args"),
        "{detail}"
    );
}

#[test]
fn many_streams_that_are_never_read_cost_their_windows_alone() {
    let seen = Arc::<Seen>::default();
    let mut client = counted(&seen).test_ws("/");
    for id in 0..64 {
        let request = json!({"id": id, "call": "flood", "window": 10});
        client.send(request.to_string()).unwrap();
    }
    assert_eq!((seen.running(), seen.sent()), (64, 640));
    let received: Vec<Value> = (0..640).map(|_| next(&mut client)).collect();
    assert!(
        received
            .iter()
            .all(|message| message["item"].as_u64() < Some(10))
    );
    for id in 0..64 {
        client
            .send(json!({"id": id, "cancel": true}).to_string())
            .unwrap();
    }
    assert_eq!(seen.running(), 0);
    assert_eq!(
        answer(&mut client, json!({"id": 1, "call": "ping"})),
        json!({"id": 1, "ok": null})
    );
}
