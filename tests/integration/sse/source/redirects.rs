//! Redirects (RFC 9110 §15.4).

use http4k_ws::client::{EventSource, EventSourceError};
use http4k_ws::prelude::*;

use super::{at_once, data, ending, open, sending};

fn to(status: u16, location: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let response = status.into_response();
    response
        .try_with_header("location", location)
        .expect("a location")
}

#[tokio::test(start_paused = true)]
async fn every_kind_is_followed_from_the_first_target() {
    for status in [301, 302, 303, 307, 308] {
        let request = EventSource::to("http://a/old/feed?x=1");
        let (request, requests) = sending(request, move |number, request| {
            match (number, request.uri().to_string().as_str()) {
                (1 | 4, "http://a/old/feed?x=1") => to(status, "../new?y=2#part"),
                (2 | 5, "http://a/new?y=2") => to(status, "https://b:7/"),
                (3, "https://b:7/") => ending("id: 1\ndata: a\n\n"),
                (6, "https://b:7/") => open("data: b\n\n"),
                (number, uri) => panic!("{number}: {uri}"),
            }
        });
        let mut source: EventSource = request.with_policy(at_once()).start();
        assert_eq!(data(&mut source).await, "a");
        assert_eq!(data(&mut source).await, "b");
        let ids = requests.field("last-event-id");
        assert_eq!(ids[3..].iter().flatten().count(), 3, "{ids:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_stay_with_their_origin() {
    let request = EventSource::to("http://a/feed")
        .with_header("authorization", "Bearer secret")
        .with_header("cookie", "id=secret")
        .with_header("x-api-key", "secret")
        .with_header("accept-language", "en");
    let (request, requests) = sending(request, |number, _| match number {
        1 => to(307, "/moved"),
        2 => to(307, "http://a:8080/"),
        _ => open("data: a\n\n"),
    });
    assert_eq!(data(&mut request.start()).await, "a");
    for name in ["authorization", "cookie", "x-api-key"] {
        let sent: Vec<_> = requests.field(name).iter().map(Option::is_some).collect();
        assert_eq!(sent, [true, true, false], "{name}");
    }
    assert!(requests.field("accept-language")[2].is_some());
    assert_eq!(
        requests.field("accept")[2].as_deref(),
        Some("text/event-stream")
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_is_sent_again_or_left_out_as_in_browsers() {
    for (status, method, text) in [
        (307, Method::POST, "Rain?"),
        (308, Method::POST, "Rain?"),
        (301, Method::GET, ""),
        (302, Method::GET, ""),
        (303, Method::GET, ""),
    ] {
        let request = EventSource::to((Method::POST, "http://a/", "Rain?"));
        let (request, _) = sending(request, move |number, request| match number {
            1 => to(status, "/b"),
            _ => {
                assert_eq!(*request.method(), method, "{status}");
                open(&format!(
                    "data: {}\n\n",
                    request.body().as_text().expect("text")
                ))
            }
        });
        assert_eq!(data(&mut request.start()).await, text, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn redirects_are_bounded() {
    let endless = |request: http4k_ws::client::event_source::EventSourceRequest| {
        sending(request, |number, _| to(302, &format!("/{number}")))
    };
    let (request, requests) = endless(EventSource::to("http://a/"));
    let error = request.start::<String>().recv().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server redirected more than 20 times"
    );
    assert_eq!(requests.count(), 21);

    let (request, requests) = endless(EventSource::to("http://a/").with_max_redirects(0));
    let error = request.start::<String>().recv().await.unwrap_err();
    assert!(matches!(&error, EventSourceError::Refused { response } if response.status() == 302));
    assert_eq!(requests.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_that_cannot_be_followed_is_final() {
    for (location, rule) in [
        ("ftp://b/?secret", "its scheme is not `http` or `https`"),
        ("http://a/", "it leads from https to http"),
        ("https://user:secret@b/", "it has user information"),
        ("https://a:secret/", ""),
    ] {
        let (request, _) = sending(EventSource::to("https://a/"), move |_, _| to(302, location));
        let error = request.start::<String>().recv().await.unwrap_err();
        assert!(
            matches!(error, EventSourceError::BadRedirect { .. }),
            "{error:?}"
        );
        let text = error.to_string();
        assert!(text.contains(rule), "{text}");
        assert!(
            location.contains("a:secret") || !text.contains("secret"),
            "{text}"
        );
    }
    // Without a target it is a response like any other.
    let found = |_, _: &Request| StatusCode::FOUND.into_response();
    let (request, _) = sending(EventSource::to("http://a/"), found);
    let error = request.start::<String>().recv().await.unwrap_err();
    assert!(matches!(error, EventSourceError::Refused { .. }), "{error}");
}
