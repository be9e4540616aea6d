//! The faults of a connection, as the application sees them.

use std::io;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use http4k_ws::WsError;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::NextMessage;

/// Reports every message, error and end.
fn witness() -> (PolyHandler, Receiver<String>) {
    let (tell, told) = channel();
    let witness = move |ws: WebSocket| {
        let (messages, errors, ends) = (tell.clone(), tell.clone(), tell.clone());
        ws.on_message(move |message: WsMessage| messages.send(message.text().into_owned()));
        ws.on_error(move |error| errors.send(format!("error: {error}")).expect("heard"));
        ws.on_close(move |status| {
            // The test may be over before the socket is.
            let _ = ends.send(format!("end: {status}"));
        });
    };
    (
        http4k_ws::handler::IntoPolyHandler::into_poly_handler(witness),
        told,
    )
}

fn all(told: &Receiver<String>) -> Vec<String> {
    told.try_iter().collect()
}

#[test]
fn an_error_reaches_on_error_and_the_socket_goes_on() {
    let (app, told) = witness();
    let mut client = app.test_ws("/");
    client.send("one").expect("open");
    client.error(io::Error::other("the line crackles"));
    client.send("two").expect("open");
    assert_eq!(all(&told), ["one", "error: the line crackles", "two"]);
}

#[test]
fn an_error_ends_a_socket_that_registered_nothing_for_it() {
    let (tell, told) = channel();
    let app = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            while ws.recv().await?.is_some() {}
            tell.send(ws.closed().await)?;
            WsResult::Ok(())
        }
    };
    let mut client = app.test_ws("/");
    client.error(WsError::closing(WsStatus::POLICY_VIOLATION));
    assert_eq!(client.closed(), Some(WsStatus::POLICY_VIOLATION));
    assert_eq!(told.try_recv(), Ok(WsStatus::POLICY_VIOLATION));

    let mut client = app.test_ws("/");
    client.error(io::Error::other("the line crackles"));
    assert_eq!(client.closed(), Some(WsStatus::INTERNAL_ERROR));
}

/// Returns an application that sends until its socket ends. It reports the number of messages
/// and the status.
fn firehose() -> (PolyHandler, Receiver<(u32, WsStatus)>) {
    let (tell, told) = channel();
    let app = move |ws: WebSocket| {
        let tell = tell.clone();
        async move {
            let mut sent = 0;
            while ws.send(sent.to_string()).await.is_ok() {
                sent += 1;
            }
            tell.send((sent, ws.closed().await))?;
            WsResult::Ok(())
        }
    };
    (app.into_poly_handler(), told)
}

#[test]
fn the_writes_of_an_application_stall_when_its_client_stops_reading() {
    let (app, told) = firehose();
    let config = SessionConfig::default().with_write_stall(Duration::from_secs(10));
    let mut client = app.test_ws_with("/", config);
    client.stop_reading();
    client.advance(Duration::from_millis(9_999));
    assert!(told.try_recv().is_err(), "it is patient for ten seconds");
    client.advance(Duration::from_millis(1));
    let (_sent, status) = told.try_recv().expect("its patience is over");
    assert_eq!(status, WsStatus::TRY_AGAIN_LATER);
}

#[test]
fn a_client_that_reads_on_in_time_misses_nothing() {
    let (app, _told) = firehose();
    let mut client = app.test_ws("/");
    client.stop_reading();
    client.advance(Duration::from_secs(8));
    client.read_on();
    for number in 0..2000 {
        assert_eq!(
            client.received().next(),
            Some(Ok(number.to_string().into()))
        );
    }
    assert!(!matches!(
        client.next_within(Duration::ZERO),
        NextMessage::Closed(_)
    ));
}

#[test]
fn a_client_that_vanishes_sends_no_close() {
    let (app, told) = witness();
    let mut client = app.test_ws("/");
    let mut neighbour = app.test_ws("/");
    client.send("last words").expect("open");
    client.vanish();
    assert_eq!(all(&told), ["last words"]);
    neighbour.advance(Duration::from_secs(10));
    assert_eq!(all(&told), [""; 0], "nobody knows yet");
    neighbour.send("still here").expect("open");
    assert_eq!(all(&told), ["still here"]);
}

#[test]
fn a_silent_application_notices_a_vanished_client_by_its_pings() {
    let (app, told) = witness();
    let mut neighbour = app.test_ws("/");
    app.test_ws("/").vanish();
    neighbour.advance(Duration::from_millis(39_999));
    assert_eq!(all(&told), [""; 0], "it may still answer");
    neighbour.advance(Duration::from_secs(1));
    let ends = all(&told);
    assert!(
        ends.len() == 1 && ends[0].starts_with("end: 1001"),
        "{ends:?}"
    );
    neighbour.send("still here").expect("open");
    assert_eq!(all(&told), ["still here"]);
}

#[test]
fn writes_to_a_client_that_vanished_stall() {
    let (app, told) = firehose();
    let mut watch = (|_ws: WebSocket| std::future::pending::<WsResult>()).test_ws("/");
    app.test_ws("/").vanish();
    watch.advance(Duration::from_secs(11));
    let (sent, status) = told.try_recv().expect("its patience is over");
    assert_eq!(status, WsStatus::TRY_AGAIN_LATER);
    assert!(sent < 1000, "{sent} messages were taken for nobody");
}
