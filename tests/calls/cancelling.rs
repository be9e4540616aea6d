//! Cancellation: by the client, by a drop, and by the end of the socket.

use std::sync::Arc;
use std::time::Duration;

use http4k_ws::calls::{CallClient, CallError};
use http4k_ws::prelude::*;
use http4k_ws::testing::{NextMessage, WsClient};
use serde_json::json;

use crate::support::{Flood, Math, Ping, Seen, Silence, Wait, answer, counted};

#[test]
fn a_cancelled_call_is_dropped_at_once_and_has_no_reply() {
    let seen = Arc::<Seen>::default();
    let mut client = counted(&seen).test_ws("/");
    for name in ["wait", "silence"] {
        client
            .send(json!({"id": 5, "call": name}).to_string())
            .unwrap();
        assert_eq!(seen.running(), 1);
        client
            .send(json!({"id": 5, "cancel": true}).to_string())
            .unwrap();
        assert_eq!(seen.running(), 0);
    }
    assert_eq!(
        client.next_within(Duration::from_secs(60)),
        NextMessage::Pending
    );
    assert_eq!(
        answer(&mut client, json!({"id": 5, "call": "ping"})),
        json!({"id": 5, "ok": null})
    );
}

#[test]
fn a_cancellation_that_crosses_the_reply_is_ignored() {
    let mut client = counted(&Arc::default()).test_ws("/");
    for id in [1, 2] {
        client
            .send(json!({"id": id, "cancel": true}).to_string())
            .unwrap();
        client
            .send(json!({"id": id, "more": 1}).to_string())
            .unwrap();
    }
    assert_eq!(
        answer(&mut client, json!({"id": 1, "call": "ping"})),
        json!({"id": 1, "ok": null})
    );
}

#[test]
fn the_end_of_the_socket_drops_every_call() {
    for vanishes in [false, true] {
        let seen = Arc::<Seen>::default();
        let mut client = counted(&seen).test_ws("/");
        for (id, name) in ["wait", "silence", "wait"].into_iter().enumerate() {
            client
                .send(json!({"id": id, "call": name}).to_string())
                .unwrap();
        }
        assert_eq!(seen.running(), 3);
        if vanishes {
            drop(client);
        } else {
            client.close(WsStatus::GOING_AWAY);
        }
        assert_eq!(seen.running(), 0);
    }
}

#[test]
fn the_end_of_the_socket_is_seen_while_nothing_is_read() {
    let seen = Arc::<Seen>::default();
    let mut client = counted(&seen).test_ws("/");
    for id in 0..65 {
        client
            .send(json!({"id": id, "call": "wait"}).to_string())
            .unwrap();
    }
    assert_eq!(seen.running(), 64);
    client.close(WsStatus::GOING_AWAY);
    assert_eq!(seen.running(), 0);
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(work)
}

async fn client(seen: &Arc<Seen>) -> CallClient<Math> {
    counted(seen).connect_ws("/").await.unwrap().calls()
}

async fn settled() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

#[test]
fn a_dropped_call_is_cancelled_on_the_server() {
    run(async {
        let seen = Arc::<Seen>::default();
        let client = client(&seen).await;
        let mut silence = client.stream(Silence);
        let limit = Duration::from_millis(10);
        assert!(
            tokio::time::timeout(limit, client.call(Wait))
                .await
                .is_err()
        );
        assert!(tokio::time::timeout(limit, silence.recv()).await.is_err());
        settled().await;
        assert_eq!((seen.running(), client.open_calls()), (1, 1));
        drop(silence);
        settled().await;
        assert_eq!((seen.running(), client.open_calls()), (0, 0));
        assert_eq!(client.call(Ping).await, Ok(()));
    });
}

#[test]
fn a_call_that_was_never_polled_was_never_sent() {
    run(async {
        let seen = Arc::<Seen>::default();
        let client = client(&seen).await;
        drop(client.call(Wait));
        drop(client.stream(Flood));
        assert_eq!(client.call(Ping).await, Ok(()));
        assert_eq!(seen.started(), 1);
    });
}

#[test]
fn a_dropped_receive_of_a_stream_loses_no_item() {
    run(async {
        let seen = Arc::<Seen>::default();
        let client = client(&seen).await;
        let mut flood = client.stream(Flood);
        for number in 0..300 {
            // Dropped before the first poll, and after one.
            drop(flood.recv());
            let _dropped = tokio::time::timeout(Duration::ZERO, std::future::pending::<()>()).await;
            assert_eq!(flood.recv().await, Ok(Some(number)));
        }
    });
}

#[test]
fn a_storm_of_calls_and_cancellations_leaves_nothing() {
    run(async {
        let seen = Arc::<Seen>::default();
        let client = client(&seen).await;
        for _ in 0..2_000 {
            let mut wait = Box::pin(client.call(Wait));
            tokio::select! {
                biased;
                ended = &mut wait => panic!("{ended:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        assert_eq!(client.call(Ping).await, Ok(()));
        settled().await;
        assert_eq!((seen.running(), client.open_calls()), (0, 0));
        assert!(seen.most() <= 64, "{}", seen.most());
        client.close(WsStatus::NORMAL);
        let ended = Err(CallError::Disconnected(WsStatus::NORMAL));
        assert_eq!(client.call(Ping).await, ended);
    });
}
