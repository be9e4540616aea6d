//! The test client of streams.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use http4k_ws::prelude::*;
use http4k_ws::sse::{SseEnd, SseReader};
use http4k_ws::testing::{InMemory, NextEvent, SseClient, SseReceiveError, with_seed};
use tokio::sync::broadcast;

const SECOND: Duration = Duration::from_secs(1);

fn streaming(body: Body) -> Response {
    Response::new(body).with_header("content-type", "text/event-stream")
}

/// Sends the number of its beats, every thirty seconds.
async fn heartbeat(_request: Request) -> Response {
    let beats = stream::iter(1..).then(|beat| async move {
        tokio::time::sleep(30 * SECOND).await;
        Ok::<_, std::io::Error>(format!("id: {beat}\ndata: beat {beat}\n\n"))
    });
    streaming(Body::from_stream(beats))
}

/// Sends everything that is said in a room.
fn room() -> (broadcast::Sender<String>, PolyHandler) {
    let (say, _) = broadcast::channel(1000);
    let joined = say.clone();
    let app = move |_request: Request| {
        let said = stream::unfold(joined.subscribe(), |mut said| async move {
            let text: String = said.recv().await.ok()?;
            Some((Ok::<_, std::io::Error>(format!("data: {text}\n\n")), said))
        });
        streaming(Body::from_stream(said))
    };
    (
        say,
        http4k_ws::handler::IntoPolyHandler::into_poly_handler(app),
    )
}

#[test]
fn a_heartbeat_of_a_day_is_heard_at_once() {
    let mut client = heartbeat.test_sse("/");
    client.expect_silence(30 * SECOND - Duration::from_millis(1));
    let day: Vec<_> = client
        .received()
        .take(24 * 120)
        .map(Result::unwrap)
        .collect();
    assert_eq!(day.last().expect("a beat").data(), "beat 2880");
    assert_eq!(client.last_event_id(), "2880");
}

#[test]
fn the_clock_moves_by_hand_to_the_millisecond() {
    let mut client = heartbeat.test_sse("/");
    client.advance(30 * SECOND - Duration::from_millis(1));
    assert_eq!(client.next_within(Duration::ZERO), NextEvent::Pending);
    client.advance(Duration::from_millis(1));
    assert!(matches!(
        client.next_within(Duration::ZERO),
        NextEvent::Event(_)
    ));
    client.advance(1800 * SECOND);
    let half_an_hour = (0..60).map(|_| client.next_within(Duration::ZERO));
    assert!(half_an_hour.eq((2..=61).map(|beat| {
        let event = http4k_ws::sse::SseEvent::new(format!("beat {beat}"));
        NextEvent::Event(event.with_id(beat))
    })));
    assert_eq!(client.next_within(Duration::ZERO), NextEvent::Pending);
}

#[test]
fn a_stream_has_joined_its_room_when_the_client_is_returned() {
    let (say, app) = room();
    let mut clients = [app.test_sse("/"), app.test_sse("/")];
    assert_eq!(say.receiver_count(), 2);
    say.send("hello".into()).expect("two in the room");
    for client in &mut clients {
        assert_eq!(
            client
                .received()
                .next()
                .expect("an event")
                .expect("a stream")
                .data(),
            "hello"
        );
        client.expect_silence(SECOND);
    }
}

#[test]
fn closing_and_dropping_a_client_drop_the_handler() {
    let (say, app) = room();
    let mut client = app.test_sse("/");
    client.close();
    assert_eq!(say.receiver_count(), 0);
    assert_eq!(client.next(), NextEvent::Closed(SseEnd::Closed));
    assert_eq!(client.closed(), Some(SseEnd::Closed));
    let client = app.test_sse("/");
    assert_eq!(say.receiver_count(), 1);
    drop(client);
    assert_eq!(say.receiver_count(), 0);
}

#[test]
fn events_before_the_end_are_received() {
    let app = |_request: Request| streaming("data: a\n\n: on\n\nid: 2\ndata: b\n\ndata: c".into());
    let mut client = app.test_sse("/");
    let data: Vec<_> = client
        .received()
        .map(|event| event.unwrap().into_data())
        .collect();
    assert_eq!(data, ["a", "b"]);
    assert_eq!((client.last_event_id(), client.comments()), ("2", 1));
    assert_eq!(client.closed(), Some(SseEnd::Complete));
    assert_eq!(
        client.response_headers()["content-type"],
        "text/event-stream"
    );
}

#[test]
fn a_stream_that_breaks_is_an_error_behind_its_events() {
    let app = |_request: Request| {
        let broken = std::io::Error::other("the disk is full");
        streaming(Body::from_stream(stream::iter([
            Ok("data: a\n\n"),
            Err(broken),
        ])))
    };
    let mut client = app.test_sse("/");
    let reason = "the body is incomplete: the disk is full".to_owned();
    let end = SseEnd::Broken { reason };
    let mut received = client.received();
    assert!(received.next().is_some_and(|event| event.is_ok()));
    assert_eq!(
        received.next(),
        Some(Err(SseReceiveError::Ended(end.clone())))
    );
    assert_eq!(received.next(), None);
    assert_eq!(client.closed(), Some(end));
}

#[test]
fn a_silent_stream_is_reported() {
    let (_say, app) = room();
    let mut client = app.test_sse("/");
    assert_eq!(client.received().next(), Some(Err(SseReceiveError::Silent)));
    assert_eq!(client.closed(), None);
}

/// Counts the events that its client has taken from it.
fn counting(taken: &Arc<AtomicUsize>) -> PolyHandler {
    let taken = Arc::clone(taken);
    let app = move |_request: Request| {
        let taken = Arc::clone(&taken);
        let events = stream::iter(0..1_000_000).map(move |number| {
            taken.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(format!("data: {number}\n\n"))
        });
        streaming(Body::from_stream(events))
    };
    http4k_ws::handler::IntoPolyHandler::into_poly_handler(app)
}

#[test]
fn a_client_reads_ahead_within_a_bound() {
    let taken = Arc::default();
    let mut client = counting(&taken).test_sse("/");
    assert_eq!(taken.load(Ordering::Relaxed), 64);
    for number in 0..100 {
        let event = client
            .received()
            .next()
            .expect("an event")
            .expect("a stream");
        assert_eq!(event.data(), number.to_string());
    }
    assert!(taken.load(Ordering::Relaxed) <= 100 + 64);
}

#[test]
fn a_client_that_stops_reading_stops_the_handler() {
    let (say, app) = room();
    let mut client = app.test_sse("/");
    client.stop_reading();
    for number in 0..3 {
        say.send(number.to_string()).expect("in the room");
    }
    assert_eq!(client.next_within(SECOND), NextEvent::Pending);
    assert_eq!(say.len(), 3, "nothing is taken");
    client.read_on();
    assert_eq!(say.len(), 0, "all is taken");
    let data: Vec<_> = client
        .received()
        .take(3)
        .map(|event| event.unwrap().into_data())
        .collect();
    assert_eq!(data, ["0", "1", "2"]);

    let taken = Arc::default();
    let mut client = counting(&taken).test_sse("/");
    client.stop_reading();
    let before = taken.load(Ordering::Relaxed);
    // What has been read before can be received.
    for _ in 0..before {
        assert!(matches!(
            client.next_within(Duration::ZERO),
            NextEvent::Event(_)
        ));
    }
    assert_eq!(client.next_within(SECOND), NextEvent::Pending);
    assert_eq!(taken.load(Ordering::Relaxed), before);
}

#[test]
fn another_response_is_returned() {
    let app = routes! {
        GET "/page" => http(|| "a page"),
        GET "/gone" => http(|| StatusCode::NO_CONTENT),
    };
    for (path, status, body) in [("/page", 200, "a page"), ("/gone", 204, "")] {
        let response = app.try_test_sse(path).unwrap_err();
        assert_eq!(
            (response.status().as_u16(), response.body().as_text()),
            (status, Some(body))
        );
    }
    assert_eq!(app.try_test_sse("/nowhere").unwrap_err().status(), 404);
}

#[test]
#[should_panic(
    expected = "the response of /page is not a stream of events: 200 OK (text/plain; \
                           charset=utf-8) a page"
)]
fn a_panic_names_the_response() {
    let app = routes! { GET "/page" => http(|| "a page") };
    app.test_sse("/page");
}

#[test]
fn a_request_accepts_streams_unless_it_says_otherwise() {
    let app = |request: Request| {
        let accept = request.header("accept").unwrap_or("none");
        streaming(format!("data: {accept}\n\n").into())
    };
    let said = |request: Request| {
        let mut client = app.test_sse(request);
        client
            .received()
            .next()
            .expect("an event")
            .expect("a stream")
            .into_data()
    };
    assert_eq!(said(Request::default()), "text/event-stream");
    let request = Request::default().with_header("accept", "*/*");
    assert_eq!(said(request), "*/*");
}

#[test]
fn streams_run_in_the_order_of_a_seed() {
    let order = |seed| {
        with_seed(seed, || {
            let (say, app) = room();
            let mut clients = [app.test_sse("/"), app.test_sse("/")];
            say.send("hello".into()).expect("in the room");
            clients
                .iter_mut()
                .map(|client| client.received().take(1).count())
                .sum::<usize>()
        })
    };
    assert!((0..10).all(|seed| order(seed) == 2));
}

#[tokio::test(start_paused = true)]
async fn a_stream_opens_inside_a_runtime() {
    let mut reader: SseReader<String> = heartbeat.connect_sse("/").await.expect("a stream").typed();
    let begun = tokio::time::Instant::now();
    assert_eq!(reader.recv().await, Ok(Some("beat 1".into())));
    assert_eq!(begun.elapsed(), 30 * SECOND);
    reader.close();
    assert_eq!(reader.recv().await, Ok(None));
    assert_eq!(reader.end(), Some(&SseEnd::Closed));

    let app = InMemory::new(|_request: Request| "a page");
    assert_eq!(app.connect_sse("/").await.unwrap_err().body(), "a page");
}
