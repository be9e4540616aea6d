//! The client that goes on when its connection does not, over an application in memory and on its clock.

use std::collections::VecDeque;
use std::future::pending;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::{
    ConnectError, IntoPolyHandler, IntoWsResponse, NextMessage, ReconnectEvent, ReconnectEvents,
    ReconnectPolicy, Reconnecting, ReconnectingWebSocket, WhenFull,
};
use tokio::time::{Instant, timeout};

type Served = Pin<Box<dyn Future<Output = WsResult> + Send>>;

/// An application that does with each connection what is next in a list, and then echoes.
struct Serving {
    app: PolyHandler,
    connections: Arc<AtomicU32>,
}

fn serving(each: impl Fn(u32, WebSocket) -> Served + Send + Sync + Clone + 'static) -> Serving {
    let connections = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&connections);
    let app = move |ws: WebSocket| each(counted.fetch_add(1, Ordering::Relaxed) + 1, ws);
    Serving {
        app: app.into_poly_handler(),
        connections,
    }
}

impl Serving {
    fn client(&self) -> Reconnecting {
        let app = self.app.clone();
        Reconnecting::over(move || {
            let app = app.clone();
            async move { app.connect_ws("/feed").await }
        })
        .with_policy(policy())
    }

    fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }
}

fn policy() -> ReconnectPolicy {
    ReconnectPolicy::default().with_seed(Some(7))
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn closing(code: u16) -> WsError {
    WsError::closing(WsStatus::new(code, "as told").expect("a code that can be sent"))
}

/// The events so far, in short.
struct Told(ReconnectEvents);

impl Told {
    async fn next(&mut self) -> String {
        let event = timeout(Duration::from_secs(3600), self.0.next());
        match event.await.expect("an event in time") {
            None => "over".into(),
            Some(ReconnectEvent::Connected { attempt }) => format!("connected {attempt}"),
            Some(ReconnectEvent::Disconnected {
                status,
                unconfirmed,
            }) => {
                format!("disconnected {} unconfirmed {unconfirmed}", status.code())
            }
            Some(ReconnectEvent::Failed { attempt, .. }) => format!("failed {attempt}"),
            Some(ReconnectEvent::Reconnecting { attempt, .. }) => format!("reconnecting {attempt}"),
            Some(ReconnectEvent::Lost { messages }) => format!("lost {messages}"),
            Some(ReconnectEvent::Unread { messages }) => format!("unread {messages}"),
            Some(ReconnectEvent::GaveUp { attempts }) => format!("gave up {attempts}"),
            Some(ReconnectEvent::Missed { events }) => format!("missed {events}"),
            Some(other) => panic!("{other:?}"),
        }
    }

    async fn all(mut self) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            match self.next().await.as_str() {
                "over" => return all,
                event => all.push(event.to_owned()),
            }
        }
    }
}

async fn received(ws: &mut ReconnectingWebSocket) -> String {
    let received = timeout(Duration::from_secs(3600), ws.recv());
    let message = received
        .await
        .expect("a message in time")
        .expect("any message");
    message.expect("a socket that goes on").text().into_owned()
}

fn unreachable() -> ConnectError {
    ConnectError::Unresolvable {
        host: "nobody".into(),
        source: std::io::Error::other("no such host"),
    }
}

/// A client whose attempts fail, each noted with its time, until they are used up.
fn failing(times: u32) -> (Reconnecting, Arc<Mutex<Vec<Duration>>>) {
    let (begun, log) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    let (noted, mut left) = (Arc::clone(&log), times);
    let app = echo.into_poly_handler();
    let client = Reconnecting::over(move || {
        noted.lock().unwrap().push(begun.elapsed());
        let (fails, app) = (left > 0, app.clone());
        left = left.saturating_sub(1);
        async move {
            if fails {
                return Err(unreachable());
            }
            app.connect_ws("/").await.map_err(ConnectError::from)
        }
    });
    (client, log)
}

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
        // The clock counts in milliseconds.
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
async fn it_gives_up_after_so_many_attempts() {
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
        Some(ConnectError::Unresolvable { .. })
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
async fn it_gives_up_after_so_long() {
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
                    3 => panic!("as told"),
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
    // Wrong credentials, say: no other attempt would be better.
    let mut ws = serving
        .client()
        .on_connect(|_ws| async { Err(WsError::closing(WsStatus::POLICY_VIOLATION)) })
        .start::<WsMessage, WsMessage>();
    assert_eq!(ws.recv().await, Ok(None));
    assert_eq!(ws.status(), Some(WsStatus::POLICY_VIOLATION));
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_while_away_waits_in_a_bounded_outbox() {
    let (client, _) = failing(3);
    let mut ws = client
        .with_policy(policy())
        .with_outbox(2, 1000)
        .start::<WsMessage, WsMessage>();
    ws.try_send("one").expect("room");
    ws.try_send("two").expect("room");
    assert_eq!(ws.try_send("three"), Err(SendError::Full));
    // It waits for the connection, which makes room.
    ws.send("four").await.expect("room in the end");
    for message in ["one", "two", "four"] {
        assert_eq!(received(&mut ws).await, message);
    }
}

#[tokio::test(start_paused = true)]
async fn the_oldest_is_dropped_where_that_is_wanted_and_told() {
    let (client, _) = failing(3);
    let mut ws = client
        .with_policy(policy())
        .with_outbox(2, 1000)
        .with_when_full(WhenFull::DropOldest)
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
async fn a_close_sends_what_waits_and_is_for_good() {
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
async fn a_close_while_away_is_the_end_and_says_what_is_lost() {
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

#[tokio::test(start_paused = true)]
async fn what_was_written_is_told_and_what_was_not_is_sent_over_the_next_connection() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let stalled = Arc::new(tokio::sync::Notify::new());
    let stall = Arc::clone(&stalled);
    let serving = serving(move |connection, mut ws| {
        let (hears, stall) = (Arc::clone(&hears), Arc::clone(&stall));
        Box::pin(async move {
            if connection == 1 {
                // It reads nothing, until it leaves.
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

/// CASE 24, where we differ: `close` is for good; `reconnect` closes one connection, for another.
#[tokio::test(start_paused = true)]
async fn another_connection_can_be_asked_for() {
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

/// CASE 23, over the network.
fn reads_on_after_the_server_closed() {
    async fn greet_once(mut ws: WebSocket) -> WsResult {
        ws.send("bob").await?;
        if let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        Ok(())
    }
    let server = greet_once
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let policy = policy()
        .with_base(Duration::from_millis(1))
        .with_retried_code(1000);
    let mut client = WebSocketClient::to(format!("ws://{}/", server.addr()))
        .reconnecting()
        .with_policy(policy)
        .blocking()
        .expect("a client");
    for message in ["hello", "hi"] {
        client.send(message).expect("room");
        assert_eq!(client.next(), NextMessage::Message("bob".into()));
        assert_eq!(client.next(), NextMessage::Message(message.into()));
    }
    let second = Duration::from_secs(1);
    let first = client.next_event_within(second);
    assert!(
        matches!(first, Some(ReconnectEvent::Connected { attempt: 1 })),
        "{first:?}"
    );
    assert_eq!(client.next_within(Duration::ZERO), NextMessage::Pending);
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    assert_eq!(client.received().last(), None);
}

#[test]
fn it_goes_on_without_a_runtime() {
    reads_on_after_the_server_closed();
}

#[tokio::test]
async fn it_goes_on_inside_a_runtime_of_one_thread() {
    reads_on_after_the_server_closed();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_inside_a_runtime_of_many_threads() {
    reads_on_after_the_server_closed();
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_before_it_is_done_has_done_nothing() {
    let serving = serving(|_, ws| Box::pin(echo(ws)));
    let mut ws = serving.client().start::<WsMessage, WsMessage>();
    let brief = Duration::from_millis(1);
    let mut next = 0;
    for number in 0..200 {
        if number % 3 == 0 {
            // Nothing is there to be received, or it is there and not lost.
            if let Ok(message) = timeout(brief, ws.recv()).await {
                assert_eq!(message.unwrap().unwrap().text(), next.to_string());
                next += 1;
            }
        }
        ws.send(number.to_string()).await.expect("room");
        // Polled once, and dropped.
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
async fn what_nobody_reads_is_bounded_and_told() {
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

#[tokio::test(start_paused = true)]
async fn events_that_nobody_hears_are_counted() {
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

#[test]
fn a_runtime_that_ends_leaves_nobody_waiting() {
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
struct Price {
    of: String,
    cents: u32,
}

#[tokio::test(start_paused = true)]
async fn it_is_typed_as_any_socket() {
    async fn double(mut ws: WebSocket<Price, Price>) -> WsResult {
        while let Some(price) = ws.recv().await? {
            let cents = price.cents * 2;
            ws.send(Price { cents, ..price }).await?;
        }
        Ok(())
    }
    let app = double.into_poly_handler();
    let client = Reconnecting::over(move || {
        let app = app.clone();
        async move { app.connect_ws("/").await }
    });
    let mut ws = client.start::<Price, Price>();
    let price = |cents| Price {
        of: "tea".into(),
        cents,
    };
    ws.send(price(21)).await.expect("room");
    assert_eq!(ws.recv().await, Ok(Some(price(42))));
    ws.sender().try_send(price(1)).expect("room");
    let mut ws = ws.typed::<WsMessage, WsMessage>();
    assert_eq!(received(&mut ws).await, r#"{"of":"tea","cents":2}"#);
}

/// A source of the same choices each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Whatever a server does, each message is received once and in order, or told as unconfirmed or lost.
#[tokio::test(start_paused = true)]
async fn no_message_is_lost_in_silence() {
    for seed in 0..60 {
        let heard = Arc::new(Mutex::new(VecDeque::new()));
        let hears = Arc::clone(&heard);
        let serving = serving(move |connection, mut ws| {
            let hears = Arc::clone(&hears);
            Box::pin(async move {
                let mut dice = Dice(seed * 1000 + u64::from(connection));
                let mut left = dice.below(300);
                loop {
                    if left == 0 {
                        return Err(closing(1012));
                    }
                    left -= 1;
                    // So slowly, at times, that the client's own queue fills.
                    if dice.below(10) == 0 {
                        tokio::time::sleep(Duration::from_millis(dice.below(1000))).await;
                    }
                    match ws.recv().await? {
                        Some(message) => hears
                            .lock()
                            .unwrap()
                            .push_back(message.text().parse::<u64>()?),
                        None => return Ok(()),
                    }
                }
            })
        });
        let mut ws = serving
            .client()
            .with_policy(policy().with_seed(Some(seed)).with_give_up_after(None))
            .with_outbox(32, usize::MAX)
            .start::<WsMessage, WsMessage>();
        let events = ws.events();
        let mut dice = Dice(seed);
        let sent = 1000 + dice.below(1000);
        let sending = async {
            for number in 0..sent {
                if dice.below(20) == 0 {
                    tokio::time::sleep(Duration::from_millis(dice.below(300))).await;
                }
                ws.send(number.to_string()).await.expect("room in the end");
            }
            if dice.below(2) == 0 {
                tokio::time::sleep(Duration::from_secs(100)).await;
            }
            ws.close(WsStatus::NORMAL);
        };
        let (told, ()) = tokio::join!(tally(events), sending);
        let heard = heard.lock().unwrap();
        assert!(
            heard.iter().zip(heard.iter().skip(1)).all(|(a, b)| a < b),
            "seed {seed}: in order, once"
        );
        let received = heard.len() as u64;
        // What was written may have been received or not; all else was, or is told as lost.
        assert!(
            received + told.lost <= sent,
            "seed {seed}: {received} {told:?} of {sent}"
        );
        assert!(
            told.unconfirmed + told.lost == sent,
            "seed {seed}: {told:?} of {sent}"
        );
    }
}

#[derive(Debug, Default)]
struct Tally {
    unconfirmed: u64,
    lost: u64,
}

async fn tally(mut events: ReconnectEvents) -> Tally {
    let mut tally = Tally::default();
    while let Some(event) = events.next().await {
        match event {
            ReconnectEvent::Disconnected { unconfirmed, .. } => tally.unconfirmed += unconfirmed,
            ReconnectEvent::Lost { messages } => tally.lost += messages,
            ReconnectEvent::Missed { .. } => panic!("the test hears every event"),
            _ => {}
        }
    }
    tally
}
