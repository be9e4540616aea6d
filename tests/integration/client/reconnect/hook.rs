//! The hook that sends the first messages of each connection.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::prelude::*;
use tokio::time::Instant;

use super::{Told, closing, echo, received, serving};

#[tokio::test(start_paused = true)]
async fn the_hook_speaks_first_on_every_connection() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let serving = serving(move |connection, mut ws| {
        let hears = Arc::clone(&hears);
        Box::pin(async move {
            while let Some(message) = ws.recv().await? {
                hears
                    .lock()
                    .unwrap()
                    .push(format!("{connection}: {}", message.text()));
                match &*message.text() {
                    "subscribe" => ws.send("subscribed").await?,
                    "crash" => return Err(closing(1012)),
                    _ => ws.send(message).await?,
                }
            }
            Ok(())
        })
    });
    let mut ws = serving
        .client()
        .on_connect(|mut ws| async move {
            ws.send("subscribe").await?;
            assert_eq!(ws.recv().await?.expect("an answer").text(), "subscribed");
            Ok(ws)
        })
        .start::<WsMessage, WsMessage>();
    for message in ["one", "two"] {
        ws.send(message).await.expect("room");
    }
    assert_eq!(received(&mut ws).await, "one");
    assert_eq!(received(&mut ws).await, "two");
    let mut told = Told(ws.events());
    ws.send("crash").await.expect("room");
    while told.next().await != "reconnecting 2" {}
    ws.send("three").await.expect("room");
    assert_eq!(received(&mut ws).await, "three");
    assert_eq!(
        *heard.lock().unwrap(),
        [
            "1: subscribe",
            "1: one",
            "1: two",
            "1: crash",
            "2: subscribe",
            "2: three"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_fails_or_never_ends_is_a_setback() {
    let serving = serving(|_, ws| Box::pin(echo(ws)));
    let mut calls = 0;
    let mut ws = serving
        .client()
        .on_connect(move |ws| {
            calls += 1;
            let call = calls;
            async move {
                match call {
                    1 => Err(closing(1013)),
                    2 => pending().await,
                    3 => panic!("on purpose"),
                    _ => Ok(ws),
                }
            }
        })
        .start::<WsMessage, WsMessage>();
    let begun = Instant::now();
    let mut told = Told(ws.events());
    ws.send("hello").await.expect("room");
    assert_eq!(received(&mut ws).await, "hello");
    assert!(begun.elapsed() >= Duration::from_secs(10));
    for event in [
        "reconnecting 2",
        "failed 2",
        "reconnecting 3",
        "failed 3",
        "reconnecting 4",
        "connected 4",
    ] {
        assert_eq!(told.next().await, event);
    }
    // For example wrong credentials: another attempt would not help.
    let mut ws = serving
        .client()
        .on_connect(|_ws| async { Err(WsError::closing(WsStatus::POLICY_VIOLATION)) })
        .start::<WsMessage, WsMessage>();
    assert_eq!(ws.recv().await, Ok(None));
    assert_eq!(ws.status(), Some(WsStatus::POLICY_VIOLATION));
}
