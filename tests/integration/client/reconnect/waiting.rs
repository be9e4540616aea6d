//! Messages that wait for a connection or for a reader.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::SendError;
use http4k_ws::prelude::*;
use http4k_ws::session::SlowConsumer;
use tokio::time::timeout;

use super::{Told, closing, echo, failing, policy, received, serving};

#[tokio::test(start_paused = true)]
async fn messages_sent_while_disconnected_wait_in_a_bounded_outbox() {
    let (client, _) = failing(3);
    let mut ws = client
        .with_policy(policy())
        .with_outbox(2, 1000)
        .start::<WsMessage, WsMessage>();
    ws.try_send("one").expect("room");
    ws.try_send("two").expect("room");
    assert_eq!(ws.try_send("three"), Err(SendError::Full));
    // The send waits for the connection, which makes room.
    ws.send("four").await.expect("room in the end");
    for message in ["one", "two", "four"] {
        assert_eq!(received(&mut ws).await, message);
    }
}

#[tokio::test(start_paused = true)]
async fn the_oldest_is_dropped_and_reported_if_so_configured() {
    let (client, _) = failing(3);
    let mut ws = client
        .with_policy(policy())
        .with_outbox(2, 1000)
        .with_slow_consumer(SlowConsumer::DropOldest)
        .start::<WsMessage, WsMessage>();
    let told = Told(ws.events());
    for message in ["one", "two", "three", "four"] {
        ws.send(message).await.expect("never waits");
    }
    assert_eq!(received(&mut ws).await, "three");
    assert_eq!(received(&mut ws).await, "four");
    drop(ws);
    let lost: Vec<_> = told
        .all()
        .await
        .into_iter()
        .filter(|event| event.starts_with("lost"))
        .collect();
    assert_eq!(lost, ["lost 1", "lost 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_replaces_the_waiting_one_with_its_key() {
    let (client, _) = failing(3);
    let first = |message: &WsMessage| message.text().chars().next();
    let mut ws = client
        .with_policy(policy())
        .with_outbox(2, 1000)
        .with_slow_consumer(SlowConsumer::coalesce_by(first))
        .start::<WsMessage, WsMessage>();
    for message in ["a1", "b1", "a2", "b2"] {
        ws.try_send(message).expect("the older message leaves room");
    }
    assert_eq!(received(&mut ws).await, "a2");
    assert_eq!(received(&mut ws).await, "b2");
}

#[tokio::test(start_paused = true)]
async fn a_full_outbox_can_close_the_socket() {
    let (client, _) = failing(3);
    let ws = client
        .with_policy(policy())
        .with_outbox(1, 1000)
        .with_slow_consumer(SlowConsumer::Close)
        .start::<WsMessage, WsMessage>();
    ws.try_send("one").expect("room");
    let closed = || Err(SendError::Closed(WsStatus::TRY_AGAIN_LATER));
    assert_eq!(ws.try_send("two"), closed());
    assert_eq!(ws.send("three").await, closed());
    assert_eq!(ws.closed().await, WsStatus::TRY_AGAIN_LATER);
}

#[tokio::test(start_paused = true)]
async fn sent_messages_are_reported_and_others_use_the_next_connection() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let stalled = Arc::new(tokio::sync::Notify::new());
    let stall = Arc::clone(&stalled);
    let serving = serving(move |connection, mut ws| {
        let (hears, stall) = (Arc::clone(&hears), Arc::clone(&stall));
        Box::pin(async move {
            if connection == 1 {
                // The server reads nothing until it leaves.
                stall.notified().await;
                return Err(closing(1012));
            }
            while let Some(message) = ws.recv().await? {
                hears
                    .lock()
                    .unwrap()
                    .push(message.text().parse::<u64>().expect("a number"));
            }
            Ok(())
        })
    });
    let mut ws = serving
        .client()
        .on_connect(|ws| async move {
            ws.send("0").await?;
            Ok(ws)
        })
        .with_outbox(10_000, usize::MAX)
        .start::<WsMessage, WsMessage>();
    let mut told = Told(ws.events());
    for number in 1..=1000 {
        ws.try_send(number.to_string()).expect("room");
    }
    assert_eq!(told.next().await, "connected 1");
    tokio::time::sleep(Duration::from_secs(1)).await;
    stalled.notify_one();
    let ended = told.next().await;
    let unconfirmed: u64 = ended
        .strip_prefix("disconnected 1012 unconfirmed ")
        .and_then(|count| count.parse().ok())
        .unwrap_or_else(|| panic!("{ended}"));
    assert!(unconfirmed > 0 && unconfirmed < 1000, "{unconfirmed}");
    assert_eq!(told.next().await, "reconnecting 2");
    assert_eq!(told.next().await, "connected 2");
    ws.close(WsStatus::NORMAL);
    assert_eq!(ws.closed().await, WsStatus::NORMAL);
    let sent_again = unconfirmed + 1..=1000;
    let ended = format!(
        "disconnected 1000 unconfirmed {}",
        sent_again.clone().count()
    );
    assert_eq!(told.all().await, [ended]);
    let expected: Vec<_> = std::iter::once(0).chain(sent_again).collect();
    assert_eq!(*heard.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_future_dropped_early_has_done_nothing() {
    let serving = serving(|_, ws| Box::pin(echo(ws)));
    let mut ws = serving.client().start::<WsMessage, WsMessage>();
    let brief = Duration::from_millis(1);
    let mut next = 0;
    for number in 0..200 {
        if number % 3 == 0 {
            // Either no message can be received yet, or the message is kept.
            if let Ok(message) = timeout(brief, ws.recv()).await {
                assert_eq!(message.unwrap().unwrap().text(), next.to_string());
                next += 1;
            }
        }
        ws.send(number.to_string()).await.expect("room");
        // Polled once, then dropped.
        let _ = futures_util::FutureExt::now_or_never(ws.recv()).map(|message| {
            assert_eq!(message.unwrap().unwrap().text(), next.to_string());
            next += 1;
        });
    }
    while next < 200 {
        assert_eq!(received(&mut ws).await, next.to_string());
        next += 1;
    }

    let (client, _) = failing(u32::MAX);
    let ws = client.with_outbox(1, 1000).start::<WsMessage, WsMessage>();
    ws.send("one").await.expect("room");
    assert!(
        timeout(brief, ws.send("two")).await.is_err(),
        "there is no room"
    );
    let mut ws = ws;
    let told = Told(ws.events());
    ws.close(WsStatus::NORMAL);
    let events = told.all().await;
    assert_eq!(
        events.last().map(String::as_str),
        Some("lost 1"),
        "{events:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn unread_messages_are_bounded_and_reported() {
    let serving = serving(|connection, ws| {
        Box::pin(async move {
            for number in 0..100 {
                ws.send(format!("{connection}: {number}")).await?;
            }
            if connection < 4 {
                Err(closing(1012))
            } else {
                echo(ws).await
            }
        })
    });
    let mut ws = serving.client().start::<WsMessage, WsMessage>();
    let mut told = Told(ws.events());
    let mut unread = Vec::new();
    loop {
        let event = told.next().await;
        match event.as_str() {
            "connected 4" => break,
            event if event.starts_with("unread") => unread.push(event.to_owned()),
            _ => {}
        }
    }
    assert_eq!(unread, ["unread 100", "unread 100"]);
    for connection in [1, 4] {
        for number in 0..100 {
            assert_eq!(received(&mut ws).await, format!("{connection}: {number}"));
        }
    }
}
