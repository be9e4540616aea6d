//! Secrets, which are neither kept nor shown.

use std::sync::{Arc, Mutex};

use http4k_ws::contract_test;
use http4k_ws::filter::{Tickets, authenticate, print_traffic, record, subprotocols, tap, ticket};
use http4k_ws::message::Credentials;
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseResult};
use http4k_ws::testing::contract::Backend;
use http4k_ws::testing::{SseClient, WsClient};

use super::{SECRET, User, every_source, look_up, with_field};

/// Shows a request with everything in it.
fn shown(request: &Request) -> String {
    let fields = request.headers().iter().map(|(name, value)| {
        // `Debug` hides sensitive values, and these are the values themselves.
        format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))
    });
    let fields: Vec<_> = fields.collect();
    format!("{request:?} {fields:?} {:?}", request.uri())
}

async fn of_the_socket(ws: WebSocket) -> WsResult {
    Ok(ws.send(shown(ws.request())).await?)
}

/// Accepts without a route's help, so that the socket has the request as it arrived.
fn of_the_request(request: Request) -> WsConsumer {
    let seen = shown(&request);
    WsConsumer::new(move |ws: WebSocket| async move {
        ws.send(format!("{seen} {}", shown(ws.request()))).await
    })
}

async fn of_the_stream(sse: Sse) -> SseResult {
    Ok(sse.send(shown(sse.request())).await?)
}

fn app() -> PolyHandler {
    routes! {
        with(authenticate(every_source(), look_up)) => {
            GET "/http"  => http(|req: Request| shown(&req)),
            with(subprotocols(["chat"])) => {
                "/socket"  => ws(of_the_socket(ws)),
                "/request" => ws(of_the_request),
            },
            GET "/stream" => sse(of_the_stream(sse)),
        },
    }
}

/// Returns requests with a secret in each place. `kept` is what the handler still sees.
fn requests(path: &str) -> Vec<(Request, &'static str)> {
    let field = |name: &'static str, value: String| with_field(path, name, value.as_bytes());
    let ann = "YW5uOnMzY3JldC1UMGtlbg==";
    let query = format!("{path}?page=2&key={SECRET}");
    let query = Request::get(query).body(Body::empty()).expect("a request");
    let several = field("sec-websocket-protocol", format!("bearer.{SECRET}"));
    let several = several.with_added_header("sec-websocket-protocol", "other, chat");
    // The second secret is removed too, although the first source decides.
    let two = field("authorization", format!("Bearer {SECRET}"));
    let two = two.try_with_header("x-api-key", SECRET).expect("a field");
    let two = two
        .try_with_header("cookie", format!("theme=dark; key={SECRET}"))
        .expect("a field");
    vec![
        (field("authorization", format!("Bearer {SECRET}")), ""),
        (field("authorization", format!("Basic {ann}")), ""),
        (
            field("sec-websocket-protocol", format!("bearer.{SECRET}, chat")),
            "chat",
        ),
        (several, "other, chat"),
        (field("x-api-key", SECRET.to_owned()), ""),
        (
            field("cookie", format!("theme=dark; key={SECRET}; a=b")),
            "theme=dark; a=b",
        ),
        (query, "page=2"),
        (two, "theme=dark"),
    ]
}

fn assert_hidden(text: &str, kept: &str) {
    for secret in [SECRET, "YW5uOnMzY3JldC1UMGtlbg"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(text.contains(kept), "{text} lacks {kept}");
}

#[contract_test(app())]
fn no_secret_reaches_a_handler_a_socket_or_a_stream(backend: &impl Backend) {
    for (request, kept) in requests("/http") {
        let response = backend.http(request);
        assert_eq!(response.status(), 200, "{kept}");
        assert_hidden(response.body().as_text().expect("a text"), kept);
    }
    for path in ["/socket", "/request"] {
        for (request, kept) in requests(path) {
            let mut client = backend.ws(request);
            let message = client.received().next().expect("a message").expect("open");
            assert_hidden(&message.text(), kept);
        }
    }
    for (request, kept) in requests("/stream") {
        let event = backend.sse(request).received().next().expect("an event");
        assert_hidden(event.expect("open").data(), kept);
    }
}

#[test]
fn nothing_outside_of_the_filter_shows_a_secret() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let [printed, debugged, recorded] = [(); 3].map(|()| Arc::clone(&lines));
    let app = app()
        .with(print_traffic(move |line| {
            printed.lock().unwrap().push(line)
        }))
        .with(tap(move |request: &Request| {
            // The URI of a request is shown by `Debug`, and its fields are not.
            let fields = format!("{:?}", request.headers());
            debugged.lock().unwrap().push(fields);
        }))
        .with(record(move |transcript| {
            recorded.lock().unwrap().push(transcript.to_string());
        }));
    for (request, _) in requests("/http") {
        assert_eq!(app.test_http(request).status(), 200);
    }
    for (request, _) in requests("/socket") {
        app.test_ws(request).closed();
    }
    for (request, _) in requests("/stream") {
        drop(app.test_sse(request));
    }
    let lines = lines.lock().unwrap();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("GET /http?page=2&key=*** responded"))
    );
    assert!(lines.len() > 50, "{}", lines.len());
    for line in lines.iter() {
        assert_hidden(line, "");
    }
}

#[test]
fn nothing_shows_a_secret_in_debug() {
    let secret = || SECRET.into();
    let basic = Credentials::Basic {
        user: "ann".to_owned(),
        password: secret(),
    };
    let tickets = Tickets::new();
    let issued = tickets.issue(User(SECRET.to_owned())).expect("room");
    let shown = format!(
        "{basic:?} {:?} {:?} {:?} {tickets:#?} {:?} {:?}",
        Credentials::Bearer(secret()),
        Credentials::ApiKey(secret()),
        Credentials::Ticket(http4k_ws::message::CredentialValue::new(SECRET)),
        ticket(&tickets),
        authenticate(every_source(), look_up),
    );
    assert_hidden(&shown, "ann");
    assert!(!shown.contains(&issued), "{shown}");
}

#[test]
fn a_refusal_does_not_repeat_what_was_sent() {
    let app = app();
    for (name, value) in [
        ("authorization", "Bearer gu3ss"),
        ("authorization", "Bearer gu3ss gu3ss"),
        ("authorization", "Basic gu3ss"),
        ("authorization", "gu3ss"),
        ("sec-websocket-protocol", "bearer.gu3ss"),
        ("sec-websocket-protocol", "bearer.gu3ss, chat"),
        ("x-api-key", "gu3ss"),
        ("cookie", "key=gu3ss; key=gu3ss"),
    ] {
        let response = app.test_http(with_field("/http", name, value.as_bytes()));
        let shown = format!("{:?} {:?}", response.headers(), response.body().as_text());
        assert!(!shown.contains("gu3ss"), "{shown}");
    }
}
