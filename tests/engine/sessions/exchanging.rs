//! The messages of a consumer while its session polls it, beside those of other tasks.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::session::{SessionConfig, WsEvent};
use http4k_ws::testing::contract::Backend;
use http4k_ws::testing::{NextMessage, WsClient};
use http4k_ws::{SendError, contract_test};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Waits for a report of the application or of a thread.
fn next<T>(reports: &Receiver<T>) -> T {
    let limit = Duration::from_secs(20);
    reports.recv_timeout(limit).expect("a report in time")
}

/// Runs `work` on another thread, and waits for it, as a consumer must never do for long.
fn on_another_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().expect("no panic"))
}

fn texts<C: WsClient>(client: &mut C) -> Vec<String> {
    let received = client.received().map_while(Result::ok);
    received
        .map(|message| message.text().into_owned())
        .collect()
}

/// Sends by itself and by another thread, in turn, without waiting for the session.
async fn in_turn(mut ws: WebSocket) -> WsResult {
    ws.recv().await?;
    let sender = ws.sender();
    for round in 0..5 {
        ws.send(format!("{round} a")).await?;
        ws.try_send(format!("{round} b"))?;
        on_another_thread(|| sender.try_send(format!("{round} c")))?;
        on_another_thread(|| sender.try_send(format!("{round} d")))?;
    }
    Ok(())
}

#[contract_test(in_turn)]
fn messages_of_two_threads_keep_the_order_in_which_they_were_sent(backend: &impl Backend) {
    let mut client = backend.ws("/");
    client.send("go").expect("open");
    let expected: Vec<_> = (0..5)
        .flat_map(|round| ["a", "b", "c", "d"].map(|name| format!("{round} {name}")))
        .collect();
    assert_eq!(texts(&mut client), expected);
}

/// Sends before and after another task has closed the socket, and receives no more.
async fn closed_meanwhile(mut ws: WebSocket) -> WsResult {
    ws.recv().await?;
    let sender = ws.sender();
    ws.try_send("before")?;
    on_another_thread(|| sender.close(WsStatus::GOING_AWAY));
    let late = ws.try_send("after");
    assert_eq!(late, Err(SendError::Closed(WsStatus::GOING_AWAY)));
    assert_eq!(ws.recv().await?, None);
    Ok(())
}

#[contract_test(closed_meanwhile)]
fn a_close_by_another_thread_counts_at_once(backend: &impl Backend) {
    let mut client = backend.ws("/");
    client.send("go").expect("open");
    drop(client.send("not received"));
    assert_eq!(client.next(), NextMessage::Message("before".into()));
    assert_eq!(client.closed(), Some(WsStatus::GOING_AWAY));
}

async fn panics(mut ws: WebSocket) -> WsResult {
    if let Some(message) = ws.recv().await? {
        ws.try_send(message)?;
        ws.send("and more").await?;
        panic!("after two messages");
    }
    Ok(())
}

#[contract_test(panics)]
fn what_was_sent_before_a_panic_arrives(backend: &impl Backend) {
    let mut client = backend.ws("/");
    client.send("one").expect("open");
    assert_eq!(texts(&mut client), ["one", "and more"]);
    assert_eq!(client.closed(), Some(WsStatus::INTERNAL_ERROR));
}

/// Receives in futures that are dropped early, some of them with messages in the batch.
async fn impatient(mut ws: WebSocket) -> WsResult {
    loop {
        // Ready at once, or dropped.
        let received = tokio::select! {
            biased;
            received = ws.recv() => received?,
            () = std::future::ready(()) => {
                match timeout(Duration::from_millis(1), ws.recv()).await {
                    Ok(received) => received?,
                    Err(_) => continue,
                }
            }
        };
        let Some(message) = received else {
            return Ok(());
        };
        ws.send(message).await?;
    }
}

#[contract_test(impatient)]
fn a_receive_that_is_cancelled_loses_no_message(backend: &impl Backend) {
    let mut client = backend.ws("/");
    let sent: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    for text in &sent {
        client.send(text.as_str()).expect("open");
    }
    let received = client
        .received()
        .take(100)
        .map(|message| message.expect("open"));
    assert!(received.eq(sent.iter().map(String::as_str)));
}

/// Responds to the messages before the client's close frame.
async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

#[contract_test(echo)]
fn messages_before_a_close_frame_have_their_responses(backend: &impl Backend) {
    let mut client = backend.ws("/");
    for number in 0..60 {
        client.send(number.to_string()).expect("open");
    }
    let mut echoed = client
        .received()
        .take(59)
        .map(|message| message.expect("open"));
    assert!((0..59).all(|number| echoed.next().expect("open") == number.to_string().as_str()));
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}

/// Sends three messages, then lets another thread fill the queue, and then itself.
async fn filled(mut ws: WebSocket, reports: Sender<(usize, usize)>) -> WsResult {
    ws.recv().await?;
    let sender = ws.sender();
    let fill = || (0..).take_while(|_| sender.try_send("x").is_ok()).count();
    (0..3).try_for_each(|_| ws.try_send("x"))?;
    let others = on_another_thread(fill);
    reports.send((others, fill())).expect("the test waits");
    ws.recv().await?;
    Ok(())
}

#[test]
fn what_a_consumer_has_sent_counts_against_the_bound_of_all() {
    for config in [
        SessionConfig::default().with_queue_messages(20),
        SessionConfig::default().with_queue_bytes(20),
    ] {
        let (tell, told) = channel();
        let app = move |ws: WebSocket| filled(ws, tell.clone());
        let mut client = app.test_with(config).ws("/");
        client.send("go").expect("open");
        assert_eq!(next(&told), (17, 0));
        assert_eq!(client.received().take(20).filter(Result::is_ok).count(), 20);
    }
}

/// Returns how many messages a client can send before the queue of the application is full: at
/// first, and after each of three messages that the application receives.
fn accepted(elsewhere: bool) -> Vec<usize> {
    let permits = Arc::new(Semaphore::new(0));
    let grants = Arc::clone(&permits);
    let app = move |ws: WebSocket| {
        let receive = receive_by_permits(ws, Arc::clone(&grants));
        async move {
            match elsewhere {
                true => tokio::spawn(receive).await.expect("no panic"),
                false => receive.await,
            }
        }
    };
    let config = SessionConfig::default().with_queue_messages(4);
    let mut client = app.test_with(config).ws("/");
    let mut fill = || (0..).take_while(|_| client.send("x").is_ok()).count();
    let mut accepted = vec![fill()];
    for _ in 0..3 {
        permits.add_permits(1);
        accepted.push(fill());
    }
    accepted
}

async fn receive_by_permits(mut ws: WebSocket, permits: Arc<Semaphore>) -> WsResult {
    loop {
        permits.acquire().await.expect("open").forget();
        if ws.recv().await?.is_none() {
            return Ok(());
        }
    }
}

#[test]
fn a_batch_that_is_not_received_counts_as_queued() {
    let by_another_task = accepted(true);
    assert!(by_another_task[0] >= 4);
    assert_eq!(accepted(false), by_another_task);
}

/// A flush by another thread waits for the messages that the consumer has sent before it.
#[test]
fn a_flush_by_another_thread_includes_what_the_consumer_has_sent() {
    let (tell, told) = channel();
    let sent = Arc::new(Mutex::new(0));
    let count = Arc::clone(&sent);
    let app = move |mut ws: WebSocket| {
        let (tell, count, seen) = (tell.clone(), Arc::clone(&count), Arc::clone(&count));
        ws.observe(move |event: WsEvent<'_>| {
            if matches!(event, WsEvent::Sent(_)) {
                *count.lock().unwrap() += 1;
            }
        });
        async move {
            ws.recv().await?;
            let sender = ws.sender();
            ws.try_send("a")?;
            ws.try_send("b")?;
            let runtime = tokio::runtime::Handle::current();
            let (begin, begun) = channel();
            thread::spawn(move || {
                sender.try_send("c").expect("queue space");
                begin.send(()).expect("the consumer waits");
                runtime.block_on(sender.flush()).expect("an open socket");
                tell.send(*seen.lock().unwrap()).expect("the test waits");
            });
            next(&begun);
            ws.try_send("d")?;
            ws.recv().await?;
            WsResult::Ok(())
        }
    };
    let mut client = app.test_ws("/");
    client.send("go").expect("open");
    assert!(next(&told) >= 3);
    let received = client
        .received()
        .take(4)
        .map(|message| message.expect("open"));
    assert!(received.eq(["a", "b", "c", "d"]));
}

/// The session of a connection that is dropped has no other step in which a flush could end.
#[tokio::test]
async fn a_flush_fails_if_the_connection_is_dropped() {
    let (tell, told) = channel();
    let app = move |mut ws: WebSocket| {
        tell.send(ws.sender()).expect("the test waits");
        async move {
            while ws.recv().await?.is_some() {}
            WsResult::Ok(())
        }
    };
    let (client, connection) = super::connection(app, http4k_ws::server::ServerConfig::default());
    let server = tokio::spawn(connection);
    super::within(async {
        let client = client.await;
        let sender = tokio::task::spawn_blocking(move || next(&told));
        let sender = sender.await.expect("no panic");
        sender.try_send("a").expect("queue space");
        server.abort();
        drop(server.await);
        let flushed = sender.flush().await;
        assert!(
            matches!(flushed, Ok(()) | Err(SendError::Closed(_))),
            "{flushed:?}"
        );
        assert!(sender.closed().await == WsStatus::ABNORMAL);
        drop(client);
    })
    .await;
}

/// Waits until messages are queued before it receives any.
async fn late(mut ws: WebSocket) -> WsResult {
    tokio::time::sleep(Duration::from_millis(20)).await;
    echo_of(&mut ws).await
}

async fn echo_of(ws: &mut WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// A consumer may run a whole connection, as a tunnel does.
#[tokio::test]
async fn a_session_runs_inside_of_the_consumer_of_another() {
    let (inner_client, inner) = super::connection(late, http4k_ws::server::ServerConfig::default());
    let inner = Arc::new(Mutex::new(Some(Box::pin(inner))));
    let app = move |mut ws: WebSocket| {
        let inner = inner.lock().unwrap().take().expect("one socket");
        async move {
            ws.recv().await?;
            ws.send("before").await?;
            tokio::join!(inner, async { ws.send("beside").await }).1?;
            ws.send("after").await?;
            WsResult::Ok(())
        }
    };
    let (client, outer) = super::connection(app, http4k_ws::server::ServerConfig::default());
    let server = tokio::spawn(outer);
    super::within(async {
        let mut client = client.await;
        client.send("go").await.expect("open");
        let mut inner_client = inner_client.await;
        for round in 0..3 {
            for number in 0..10 {
                let text = format!("{round} {number}");
                inner_client.send(text).await.expect("open");
            }
            for number in 0..10 {
                let text = format!("{round} {number}");
                let echoed = inner_client.recv().await.expect("text");
                assert_eq!(echoed, Some(text.into()));
            }
        }
        inner_client.close(WsStatus::NORMAL);
        for text in ["before", "beside", "after"] {
            assert_eq!(client.recv().await.expect("text"), Some(text.into()));
        }
        assert_eq!(client.closed().await, WsStatus::NORMAL);
        server.await.expect("no panic");
    })
    .await;
}
