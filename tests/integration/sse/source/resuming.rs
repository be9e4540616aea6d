//! Ids, values and methods over several connections.

use http4k_ws::client::{EventSource, EventSourceError};
use http4k_ws::prelude::*;

use super::{at_once, breaking, data, ending, open, sending, source};

fn texts(found: Vec<Option<String>>) -> Vec<String> {
    let found = found.into_iter().map(Option::unwrap_or_default);
    found.collect()
}

/// Case S1.
#[tokio::test(start_paused = true)]
async fn the_last_id_is_sent_with_each_connection() {
    let (request, requests) = source(|number, _| match number {
        1 => ending("id: 1\ndata: a\n\nid: zwölf\n\ndata: unfinished\nid: 13\n"),
        // An event without an id does not reset it.
        2 => ending("data: b\n\n"),
        3 => ending("id:\ndata: c\n\n"),
        _ => open("data: d\n\n"),
    });
    let mut source: EventSource = request.with_policy(at_once()).start();
    for expected in ["a", "b", "c", "d"] {
        assert_eq!(data(&mut source).await, expected);
    }
    let ids = requests.field("last-event-id");
    assert_eq!(texts(ids), ["", "zwölf", "zwölf", ""]);
    assert_eq!(source.last_event_id(), "");
}

#[tokio::test(start_paused = true)]
async fn the_caller_may_set_the_first_id() {
    let (request, requests) = source(|number, _| match number {
        1 => ending("data: a\n\n"),
        2 => ending("id: 8\ndata: b\n\n"),
        _ => open("data: c\n\n"),
    });
    let request = request.with_header("Last-Event-ID", "7");
    let mut source: EventSource = request.with_policy(at_once()).start();
    assert_eq!(source.last_event_id(), "7");
    for expected in ["a", "b", "c"] {
        assert_eq!(data(&mut source).await, expected);
    }
    assert_eq!(texts(requests.field("last-event-id")), ["7", "7", "8"]);
}

/// A header field cannot have them.
#[tokio::test(start_paused = true)]
async fn an_id_with_control_characters_is_not_sent() {
    let (request, requests) = source(|number, _| match number {
        1 => ending("id: a\u{1}b\ndata: a\n\n"),
        _ => open("data: b\n\n"),
    });
    let mut source: EventSource = request.with_policy(at_once()).start();
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(source.last_event_id(), "a\u{1}b");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(texts(requests.field("last-event-id")), ["", ""]);
}

#[tokio::test(start_paused = true)]
async fn a_request_accepts_streams_and_is_not_cached() {
    let (request, requests) = source(|_, _| open("data: a\n\n"));
    let mut source: EventSource = request.with_header("x-key", "1").start();
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(texts(requests.field("accept")), ["text/event-stream"]);
    assert_eq!(texts(requests.field("cache-control")), ["no-cache"]);
    assert_eq!(texts(requests.field("x-key")), ["1"]);

    let (request, requests) = source_with_accept("text/event-stream;q=1, */*;q=0.1");
    assert_eq!(data(&mut request.start()).await, "a");
    assert_eq!(
        texts(requests.field("accept")),
        ["text/event-stream;q=1, */*;q=0.1"]
    );
}

fn source_with_accept(
    accept: &str,
) -> (
    http4k_ws::client::event_source::EventSourceRequest,
    super::Requests,
) {
    let (request, requests) = source(|_, _| open("data: a\n\n"));
    (request.with_header("accept", accept), requests)
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
struct Price {
    cents: u64,
}

#[tokio::test(start_paused = true)]
async fn values_are_read_from_the_data() {
    let (request, _) = source(|_, _| {
        open(concat!(
            "data: {\"cents\":7}\n\nid: 2\ndata: seven\n\ndata: {\ndata: \"cents\":8}\n\n",
            "event: x\ndata: y\n\n",
        ))
    });
    let mut prices = request.start::<Price>();
    assert_eq!(
        prices.recv().await.expect("a price"),
        Some(Price { cents: 7 })
    );
    let unreadable = prices.recv().await.unwrap_err();
    assert!(
        matches!(unreadable, EventSourceError::Unreadable(_)),
        "{unreadable}"
    );
    assert!(!unreadable.is_transient() && !prices.is_closed());
    assert_eq!(prices.last_event_id(), "2");
    assert_eq!(
        prices.recv().await.expect("a price"),
        Some(Price { cents: 8 })
    );
    let event = prices.typed::<http4k_ws::sse::SseEvent>().recv().await;
    let event = event.expect("an event").expect("an event");
    assert_eq!((event.name(), event.data()), (Some("x"), "y"));
}

/// A request that is not safe is not repeated unless the program says so.
#[tokio::test(start_paused = true)]
async fn only_a_get_is_sent_again() {
    let post = || EventSource::to((Method::POST, "/chat", "Rain?"));
    let answer = |_, request: &Request| {
        assert_eq!(
            (request.method(), request.body().as_text()),
            (&Method::POST, Some("Rain?"))
        );
        ending("data: Yes.\n\n")
    };
    let (request, requests) = sending(post(), answer);
    let mut source: EventSource = request.with_policy(at_once()).start();
    assert_eq!(data(&mut source).await, "Yes.");
    assert_eq!(source.recv().await.expect("an end"), None);
    assert!(source.is_closed());
    assert_eq!(requests.count(), 1);

    let (request, requests) = sending(post(), |_, _| breaking("data: Ye"));
    let mut source: EventSource = request.with_policy(at_once()).start();
    let error = source.recv().await.unwrap_err();
    let text = "the stream ended early: the body is incomplete: the connection broke";
    assert_eq!(error.to_string(), text);
    assert_eq!(source.recv().await.expect("an end"), None);
    assert_eq!(requests.count(), 1);

    let (request, requests) = sending(post(), answer);
    let request = request.with_reconnection(true).with_policy(at_once());
    let mut source: EventSource = request.start();
    assert_eq!(data(&mut source).await, "Yes.");
    assert_eq!(data(&mut source).await, "Yes.");
    assert_eq!(requests.count(), 2);
}
