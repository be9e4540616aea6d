//! The end of a reconnecting socket, and the replacement of its connection.

use std::sync::{Arc, Mutex};

use http4k_ws::SendError;
use http4k_ws::prelude::*;

use super::{Told, failing, policy, received, serving};

#[tokio::test(start_paused = true)]
async fn a_close_sends_the_queued_messages_and_is_final() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let serving = serving(move |_, mut ws| {
        let hears = Arc::clone(&hears);
        Box::pin(async move {
            while let Some(message) = ws.recv().await? {
                hears.lock().unwrap().push(message.text().into_owned());
            }
            let status = ws.closed().await;
            hears.lock().unwrap().push(status.to_string());
            Ok(())
        })
    });
    let mut ws = serving.client().start::<WsMessage, WsMessage>();
    let mut told = Told(ws.events());
    assert_eq!(told.next().await, "connected 1");
    assert!(ws.is_connected());
    for number in 0..400 {
        ws.send(number.to_string()).await.expect("room");
    }
    let farewell = WsStatus::new(4007, "bye").expect("a status");
    ws.close(farewell.clone());
    ws.close(WsStatus::NORMAL);
    assert_eq!(
        ws.try_send("late"),
        Err(SendError::Closed(farewell.clone()))
    );
    assert_eq!(ws.closed().await, farewell);
    assert_eq!(ws.recv().await, Ok(None));
    assert!(!ws.is_connected());
    let mut expected: Vec<_> = (0..400).map(|number| number.to_string()).collect();
    expected.push("4007 bye".into());
    assert_eq!(*heard.lock().unwrap(), expected);
    assert_eq!(told.all().await, ["disconnected 4007 unconfirmed 400"]);
    assert_eq!(serving.connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_close_while_away_is_final_and_reports_lost_messages() {
    let (client, log) = failing(u32::MAX);
    let mut ws = client.with_policy(policy()).start::<WsMessage, WsMessage>();
    let mut told = Told(ws.events());
    while told.next().await != "reconnecting 3" {}
    ws.send("never").await.expect("room");
    ws.close(WsStatus::NORMAL);
    assert_eq!(ws.closed().await, WsStatus::NORMAL);
    assert_eq!(told.all().await, ["lost 1"]);
    assert_eq!(log.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn dropping_it_closes_with_1000_and_its_senders_say_so() {
    let ended = Arc::new(Mutex::new(None));
    let ends = Arc::clone(&ended);
    let serving = serving(move |_, mut ws| {
        let ends = Arc::clone(&ends);
        Box::pin(async move {
            while ws.recv().await?.is_some() {}
            let status = ws.closed().await;
            *ends.lock().unwrap() = Some(status);
            Ok(())
        })
    });
    let mut ws = serving.client().start::<WsMessage, WsMessage>();
    let (sender, told) = (ws.sender(), Told(ws.events()));
    drop(ws);
    told.all().await;
    assert_eq!(*ended.lock().unwrap(), None, "it was never connected");
    assert_eq!(
        sender.try_send("late"),
        Err(SendError::Closed(WsStatus::NORMAL))
    );

    let mut ws = serving.client().start::<WsMessage, WsMessage>();
    let mut told = Told(ws.events());
    assert_eq!(told.next().await, "connected 1");
    drop(ws);
    assert_eq!(told.all().await, ["disconnected 1000 unconfirmed 0"]);
    assert_eq!(*ended.lock().unwrap(), Some(WsStatus::NORMAL));
}

/// CASE 24, where we differ: `close` is final; `reconnect` replaces one connection with another.
#[tokio::test(start_paused = true)]
async fn another_connection_can_be_requested() {
    let ends = Arc::new(Mutex::new(Vec::new()));
    let ended = Arc::clone(&ends);
    let serving = serving(move |_, mut ws| {
        let ended = Arc::clone(&ended);
        Box::pin(async move {
            ws.send("bob").await?;
            while let Some(message) = ws.recv().await? {
                ws.send(message).await?;
            }
            let status = ws.closed().await;
            ended.lock().unwrap().push(status.to_string());
            Ok(())
        })
    });
    let mut ws = serving.client().start::<WsMessage, WsMessage>();
    let mut told = Told(ws.events());
    ws.reconnect(WsStatus::NORMAL);
    for message in ["hello", "hi"] {
        ws.send(message).await.expect("room");
        assert_eq!(received(&mut ws).await, "bob");
        assert_eq!(received(&mut ws).await, message);
        ws.reconnect(WsStatus::new(4000, "stale").expect("a status"));
        ws.reconnect(WsStatus::NORMAL);
        assert_eq!(told.next().await, "connected 1");
        assert_eq!(told.next().await, "disconnected 4000 unconfirmed 1");
    }
    assert_eq!(*ends.lock().unwrap(), ["4000 stale", "4000 stale"]);
    assert_eq!(ws.status(), None);
}

#[test]
fn a_runtime_that_ends_leaves_no_call_waiting() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (mut ws, sender) = runtime.block_on(async {
        let ws = failing(u32::MAX).0.start::<WsMessage, WsMessage>();
        let sender = ws.sender();
        (ws, sender)
    });
    drop(runtime);
    let ended = futures_util::FutureExt::now_or_never(ws.recv());
    assert_eq!(ended, Some(Ok(None)));
    assert_eq!(
        sender.try_send("late"),
        Err(SendError::Closed(WsStatus::ABNORMAL))
    );
}
