//! Time in memory, which the test controls.

use std::time::{Duration, Instant};

use http4k_ws::prelude::*;
use http4k_ws::testing::{NextMessage, ReceiveError};
use tokio::time::{sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

/// Sends the number of its beats, every thirty seconds.
async fn heartbeat(ws: WebSocket) -> WsResult {
    for beat in 1.. {
        sleep(30 * SECOND).await;
        ws.send(format!("beat {beat}")).await?;
    }
    Ok(())
}

/// Closes a socket that is silent for a minute.
async fn impatient(mut ws: WebSocket) -> WsResult {
    while let Ok(message) = timeout(60 * SECOND, ws.recv()).await {
        match message? {
            Some(message) => ws.send(message).await?,
            None => return Ok(()),
        }
    }
    Err(http4k_ws::WsError::closing(WsStatus::POLICY_VIOLATION))
}

#[test]
fn the_heartbeats_of_a_day_arrive_at_once() {
    let began = Instant::now();
    let mut client = heartbeat.test_ws("/");
    client.expect_silence(30 * SECOND - Duration::from_millis(1));
    let day: Vec<_> = client
        .received()
        .take(24 * 120)
        .map(Result::unwrap)
        .collect();
    assert_eq!(day.last().expect("a beat").text(), "beat 2880");
    assert!(
        began.elapsed() < 60 * SECOND,
        "no second of it was waited for"
    );
}

#[test]
fn sending_moves_no_clock() {
    let mut client = impatient.test_ws("/");
    for _ in 0..200 {
        client.send("still here").expect("open");
        assert_eq!(client.received().next(), Some(Ok("still here".into())));
    }
}

#[test]
fn a_timeout_passes_to_the_millisecond() {
    let mut client = impatient.test_ws("/");
    client.advance(60 * SECOND - Duration::from_millis(1));
    assert_eq!(client.next_within(Duration::ZERO), NextMessage::Pending);
    client.advance(Duration::from_millis(1));
    assert_eq!(
        client.next_within(Duration::ZERO),
        NextMessage::Closed(WsStatus::POLICY_VIOLATION)
    );
}

#[test]
fn waiting_for_a_message_moves_the_clock_to_the_next_timer() {
    let clock = |ws: WebSocket| async move {
        let began = tokio::time::Instant::now();
        for seconds in [5, 100, 3000] {
            sleep(SECOND * seconds).await;
            ws.send(began.elapsed().as_secs().to_string()).await?;
        }
        WsResult::Ok(())
    };
    let told: Vec<_> = clock.test_ws("/").received().map(Result::unwrap).collect();
    assert_eq!(told, ["5", "105", "3105"]);
}

#[test]
fn all_clients_of_a_test_share_one_clock() {
    let (mut early, mut late) = (heartbeat.test_ws("/"), heartbeat.test_ws("/"));
    early.advance(95 * SECOND);
    for client in [&mut early, &mut late] {
        let beats: Vec<_> = client.received().take(3).map(Result::unwrap).collect();
        assert_eq!(beats, ["beat 1", "beat 2", "beat 3"]);
    }
}

#[test]
fn an_application_with_neither_work_nor_timer_is_pending_and_no_hang() {
    async fn mute(mut ws: WebSocket) -> WsResult {
        while ws.recv().await?.is_some() {}
        Ok(())
    }
    let mut client = mute.test_ws("/");
    client.send("anybody?").expect("open");
    assert_eq!(client.next_within(SECOND), NextMessage::Pending);
    assert_eq!(client.received().next(), Some(Err(ReceiveError::Silent)));
    client.expect_silence(SECOND);
}

#[test]
#[should_panic(expected = "silence was expected for 31s, and a message came: Text(\"beat 1\")")]
fn broken_silence_names_the_message() {
    heartbeat.test_ws("/").expect_silence(31 * SECOND);
}

#[test]
#[should_panic(expected = "silence was expected for 61s, and the socket was closed: 1008")]
fn silence_ended_by_a_close_is_reported() {
    impatient.test_ws("/").expect_silence(61 * SECOND);
}
