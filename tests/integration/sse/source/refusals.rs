//! Responses that are not streams.

use std::time::Duration;

use http4k_ws::client::{EventSource, EventSourceError};
use http4k_ws::prelude::*;

use super::{at_once, data, ending, open, source, watched};

/// Case S2.
#[tokio::test(start_paused = true)]
async fn no_content_ends_the_source() {
    let (request, requests) = source(|number, _| match number {
        1 => ending("data: a\n\n"),
        _ => StatusCode::NO_CONTENT.into_response(),
    });
    let mut source: EventSource = request.with_policy(at_once()).start();
    assert_eq!(data(&mut source).await, "a");
    for _ in 0..3 {
        assert_eq!(source.recv().await.expect("an end"), None);
        assert!(source.is_closed());
    }
    assert_eq!(requests.count(), 2);
    assert!(matches!(
        source.opened().await,
        Err(EventSourceError::Closed)
    ));

    let (request, _) = super::source(|_, _| StatusCode::NO_CONTENT.into_response());
    let refused = request.start::<String>().opened().await.unwrap_err();
    let EventSourceError::Refused { response } = refused else {
        panic!("{refused}")
    };
    assert_eq!(response.status(), 204);
}

/// Case S3.
#[tokio::test(start_paused = true)]
async fn another_status_or_type_is_final() {
    fn page() -> Response {
        Response::new(Body::from("a page")).with_header("content-type", "text/html")
    }
    let with_status =
        |status: u16| ending("data: a\n\n").with_status(StatusCode::from_u16(status).unwrap());
    for (response, text) in [
        (page(), "200 OK (text/html)"),
        (
            Response::new(Body::from("a page")),
            "200 OK (no Content-Type)",
        ),
        (
            page().with_header("content-type", "text/event-streams"),
            "200 OK (text/event-streams)",
        ),
        (with_status(201), "201 Created (text/event-stream)"),
        (with_status(404), "404 Not Found (text/event-stream)"),
        (with_status(401), "401 Unauthorized (text/event-stream)"),
        (
            with_status(503),
            "503 Service Unavailable (text/event-stream)",
        ),
        (
            with_status(429),
            "429 Too Many Requests (text/event-stream)",
        ),
    ] {
        let body = response.body().as_bytes().cloned().expect("a body");
        let response = std::sync::Mutex::new(Some(response));
        let (request, requests) = source(move |_, _| {
            let response = response.lock().unwrap().take();
            response.expect("one request")
        });
        let mut source: EventSource = request.start();
        let error = source.recv().await.unwrap_err();
        let shown = format!("the response is not a stream of events: {text}");
        assert_eq!(error.to_string(), shown);
        let EventSourceError::Refused { response } = error else {
            panic!("{error}")
        };
        assert_eq!(*response.body(), body);
        assert_eq!(source.recv().await.expect("an end"), None);
        assert_eq!(requests.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_parameters_of_the_type_are_ignored() {
    for kind in [
        "text/event-stream; charset=utf-8",
        "Text/Event-Stream",
        " text/event-stream ;x=y",
    ] {
        let (request, _) =
            source(move |_, _| open("data: a\n\n").with_header("content-type", kind));
        assert_eq!(data(&mut request.start()).await, "a");
    }
}

/// Some servers send none.
#[tokio::test(start_paused = true)]
async fn a_missing_type_may_be_accepted() {
    let untyped = || Response::new(Body::from("data: a\n\n"));
    let (request, _) = source(move |_, _| untyped());
    let request = request.with_missing_content_type(true);
    assert_eq!(data(&mut request.start()).await, "a");
    for response in [
        || Response::new(Body::from("data: a\n\n")).with_header("content-type", "text/plain"),
        || StatusCode::NOT_FOUND.into_response(),
    ] {
        let (request, _) = source(move |_, _| response());
        let mut source = request.with_missing_content_type(true).start::<String>();
        let error = source.recv().await.unwrap_err();
        assert!(matches!(error, EventSourceError::Refused { .. }), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_transient_refusal_may_be_retried() {
    let (request, requests) = source(|number, _| match number {
        1 => StatusCode::SERVICE_UNAVAILABLE
            .into_response()
            .with_header("retry-after", "7"),
        2 => StatusCode::TOO_MANY_REQUESTS.into_response(),
        3 => open("data: a\n\n"),
        _ => panic!("no other request"),
    });
    let (request, log) = watched(request);
    let request = request.with_retried_refusals(true).with_policy(at_once());
    assert_eq!(data(&mut request.start()).await, "a");
    assert_eq!(requests.times(), [0, 7, 7].map(Duration::from_secs));
    let refused = "the response is not a stream of events:";
    assert_eq!(
        *log.lock().unwrap(),
        [
            format!("failed 1: {refused} 503 Service Unavailable (no Content-Type)"),
            "reconnecting 2 after 7s".into(),
            format!("failed 2: {refused} 429 Too Many Requests (no Content-Type)"),
            "reconnecting 3 after 0ns".into(),
            "connected 3".into(),
        ]
    );

    let (request, _) = source(|_, _| StatusCode::NOT_FOUND.into_response());
    let mut source = request.with_retried_refusals(true).start::<String>();
    let error = source.recv().await.unwrap_err();
    assert!(matches!(error, EventSourceError::Refused { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_sent_is_an_error() {
    let streaming =
        Body::from_stream(futures_util::stream::empty::<Result<String, std::io::Error>>());
    for (request, rule) in [
        (EventSource::to("no path"), "path does not start with slash"),
        (EventSource::to("/").with_header("a b", "c"), "`a b`"),
        (
            EventSource::to("/").with_header("x-key", "a\r\nb"),
            "`x-key`",
        ),
        (
            EventSource::to(Request::post("/").body(streaming)),
            "a stream",
        ),
        (EventSource::to("/without-a-host"), "does not name a host"),
        (EventSource::to("ftp://host/"), "unsupported scheme `ftp`"),
    ] {
        let mut source = request.start::<String>();
        let error = source.recv().await.unwrap_err();
        let cause = std::error::Error::source(&error);
        let text = format!(
            "{error} {}",
            cause.map(ToString::to_string).unwrap_or_default()
        );
        assert!(text.contains(rule), "{text}");
        assert!(!error.is_transient(), "{text}");
        assert_eq!(source.recv().await.expect("an end"), None);
    }
}

#[test]
fn secrets_are_not_shown() {
    let request = EventSource::to("http://user:hidden1@host/?token=hidden2");
    let request = request.with_header("authorization", "hidden3");
    let shown = format!("{request:?}") + &format!("{:?}", request.start::<String>());
    assert!(
        shown.contains("host") && !shown.contains("hidden"),
        "{shown}"
    );
}
