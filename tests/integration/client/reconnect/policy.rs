//! The policy of reconnecting and of giving up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http4k_ws::SendError;
use http4k_ws::client::reconnect::Reconnecting;
use http4k_ws::client::{ConnectError, DialError};
use http4k_ws::handler::IntoWsResponse;
use http4k_ws::prelude::*;

use super::{Told, closing, echo, failing, policy, received, serving};

#[tokio::test(start_paused = true)]
async fn delays_grow_up_to_the_cap_and_are_the_same_for_the_same_seed() {
    let attempts = async || {
        let (client, log) = failing(12);
        let mut ws = client.with_policy(policy()).start::<WsMessage, WsMessage>();
        ws.send("at last").await.expect("room");
        assert_eq!(received(&mut ws).await, "at last");
        let times = log.lock().unwrap().clone();
        times
            .windows(2)
            .map(|two| two[1] - two[0])
            .collect::<Vec<_>>()
    };
    let delays = attempts().await;
    assert_eq!(delays.len(), 12);
    for (at, delay) in delays.iter().enumerate() {
        let longest = Duration::from_millis(500 << at).min(Duration::from_secs(30));
        // The clock has a resolution of one millisecond.
        assert!(
            *delay <= longest + Duration::from_millis(1),
            "{at}: {delay:?}"
        );
    }
    assert!(
        delays.iter().any(|delay| *delay > Duration::from_secs(2)),
        "{delays:?}"
    );
    assert_eq!(attempts().await, delays);
}

#[tokio::test(start_paused = true)]
async fn the_client_stops_after_the_maximum_of_attempts() {
    let (client, log) = failing(u32::MAX);
    let policy = policy().with_max_attempts(Some(3));
    let mut ws = client.with_policy(policy).start::<WsMessage, WsMessage>();
    let told = Told(ws.events());
    ws.try_send("never sent").expect("room");
    assert_eq!(ws.recv().await, Ok(None));
    assert_eq!(log.lock().unwrap().len(), 3);
    assert_eq!(ws.status(), Some(WsStatus::ABNORMAL));
    assert_eq!(
        ws.try_send("late"),
        Err(SendError::Closed(WsStatus::ABNORMAL))
    );
    assert!(matches!(
        ws.last_error().as_deref(),
        Some(ConnectError::Dial(DialError::Unresolvable { .. }))
    ));
    assert_eq!(
        told.all().await,
        [
            "failed 1",
            "reconnecting 2",
            "failed 2",
            "reconnecting 3",
            "failed 3",
            "gave up 3",
            "lost 1"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_client_stops_after_the_maximum_time() {
    let (client, log) = failing(u32::MAX);
    let limit = Duration::from_secs(60);
    let policy = policy().with_give_up_after(Some(limit));
    let ws = client.with_policy(policy).start::<WsMessage, WsMessage>();
    assert_eq!(ws.closed().await, WsStatus::ABNORMAL);
    let last = *log.lock().unwrap().last().expect("attempts");
    assert!(last > limit / 4 && last <= limit, "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn only_some_codes_lead_to_another_connection() {
    for code in [1001, 1011, 1012, 1013, 1014] {
        let serving = serving(move |connection, ws| {
            Box::pin(async move {
                if connection == 1 {
                    Err(closing(code))
                } else {
                    echo(ws).await
                }
            })
        });
        let mut ws = serving.client().start::<WsMessage, WsMessage>();
        let mut told = Told(ws.events());
        while told.next().await != "connected 2" {}
        ws.send("still there").await.expect("room");
        assert_eq!(received(&mut ws).await, "still there", "{code}");
    }
    for code in [
        1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 4000, 4401, 4999,
    ] {
        let serving = serving(move |_, _| Box::pin(async move { Err(closing(code)) }));
        let mut ws = serving.client().start::<WsMessage, WsMessage>();
        let told = Told(ws.events());
        assert_eq!(ws.closed().await.code(), code);
        assert_eq!(ws.recv().await, Ok(None));
        assert_eq!(serving.connections(), 1, "{code}");
        let ended = format!("disconnected {code} unconfirmed 0");
        assert_eq!(told.all().await, ["connected 1", &ended, "gave up 1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn only_some_refusals_lead_to_another_attempt() {
    for (status, is_final) in [
        (401, true),
        (403, true),
        (404, true),
        (426, true),
        (302, true),
        (408, false),
        (429, false),
        (500, false),
        (503, false),
    ] {
        let attempts = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&attempts);
        let app = PolyHandler::new(
            |_: Request| "http",
            move |_: Request| match counted.fetch_add(1, Ordering::Relaxed) {
                0 => WsResponse::refuse(StatusCode::from_u16(status).expect("a status")),
                _ => WsConsumer::new(echo).into_ws_response(),
            },
        );
        let client = Reconnecting::over(move || {
            let app = app.clone();
            async move { app.connect_ws("/").await }
        });
        let mut ws = client.start::<WsMessage, WsMessage>();
        ws.try_send("hello").expect("room");
        if is_final {
            assert_eq!(ws.closed().await, WsStatus::ABNORMAL, "{status}");
            match ws.last_error().as_deref() {
                Some(ConnectError::Refused { response }) => assert_eq!(response.status(), status),
                other => panic!("{other:?}"),
            }
        } else {
            assert_eq!(received(&mut ws).await, "hello", "{status}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_closed_at_once_was_none() {
    let serving = serving(|connection, ws| {
        Box::pin(async move {
            if connection == 4 {
                tokio::time::sleep(Duration::from_secs(6)).await;
            }
            if connection < 6 {
                Err(closing(1012))
            } else {
                echo(ws).await
            }
        })
    });
    let mut ws = serving.client().start::<WsMessage, WsMessage>();
    let mut told = Told(ws.events());
    let mut connected = Vec::new();
    while connected.len() < 6 {
        let event = told.next().await;
        if event.starts_with("connected") {
            connected.push(event);
        }
    }
    let attempts = [1, 2, 3, 4, 1, 2].map(|attempt| format!("connected {attempt}"));
    assert_eq!(connected, attempts);
}

#[tokio::test(start_paused = true)]
async fn events_without_a_reader_are_counted() {
    let (client, _) = failing(u32::MAX);
    let policy = policy()
        .with_max_attempts(Some(100))
        .with_give_up_after(None);
    let mut ws = client.with_policy(policy).start::<WsMessage, WsMessage>();
    let told = Told(ws.events());
    assert_eq!(ws.closed().await, WsStatus::ABNORMAL);
    let events = told.all().await;
    // 100 failures, 99 of them followed by another attempt, and the end; 64 are kept.
    assert_eq!(events.first().map(String::as_str), Some("missed 136"));
    assert_eq!(events.len(), 65);
    assert_eq!(events.last().map(String::as_str), Some("gave up 100"));
}
