//! Each source, over each protocol, in memory and over a port.

use http4k_ws::contract_test;
use http4k_ws::filter::{authenticate, subprotocols};
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;
use http4k_ws::testing::{SseClient, WsClient};
use serde_json::Value;

use super::{challenges, every_source, feed, look_up, me, talk, with_field};

fn app() -> PolyHandler {
    routes! {
        "/api" with(authenticate(every_source(), look_up)) => {
            GET "/me"   => http(me(_)),
            "/ws" with(subprotocols(["chat"])) => ws(talk(ws, _)),
            GET "/feed" => sse(feed(sse, _)),
        },
    }
}

/// Returns requests with the secret in each of the places.
fn with_secret(path: &str, secret: &str) -> Vec<Request> {
    let basic = data_encoding_of(&format!("ann:{secret}"));
    let mut requests: Vec<_> = [
        ("authorization", format!("Bearer {secret}")),
        ("authorization", format!("bearer   {secret}")),
        ("authorization", format!("Basic {basic}")),
        ("authorization", format!("bAsIc {basic}")),
        ("sec-websocket-protocol", format!("bearer.{secret}, chat")),
        ("sec-websocket-protocol", format!("chat,Bearer.{secret}")),
        ("x-api-key", secret.to_owned()),
        ("cookie", format!("theme=dark; key={secret}; a=b")),
        ("cookie", format!("key=\"{secret}\"")),
    ]
    .into_iter()
    .map(|(name, value)| with_field(path, name, value.as_bytes()))
    .collect();
    for query in [format!("key={secret}"), format!("page=2&k%65y={secret}&x")] {
        let request = Request::get(format!("{path}?{query}"));
        requests.push(request.body(Body::empty()).expect("a request"));
    }
    requests
}

/// Encodes as base64. The crate of the library is not a dependency of its tests.
fn data_encoding_of(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
            encoded.push(if at <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    encoded
}

#[contract_test(app())]
fn each_source_proves_the_user_over_each_protocol(backend: &impl Backend) {
    for request in with_secret("/api/me", super::SECRET) {
        let shown = format!("{request:?}");
        let response = backend.http(request);
        assert_eq!(response.status(), 200, "{shown}");
        assert_eq!(response.body(), "ann", "{shown}");
    }
    for request in with_secret("/api/ws", super::SECRET) {
        let shown = format!("{request:?}");
        let mut client = backend.ws(request);
        let message = client.received().next().expect("a message").expect("open");
        assert_eq!(message.text(), "ann", "{shown}");
    }
    for request in with_secret("/api/feed", super::SECRET) {
        let shown = format!("{request:?}");
        let event = backend.sse(request).received().next().expect("an event");
        assert_eq!(event.expect("open").data(), "ann", "{shown}");
    }
}

/// Returns the refusals over HTTP, by a socket and by a stream.
fn refusals<B: Backend>(backend: &B, requests: fn(&str) -> Request) -> [Response; 3] {
    [
        backend.http(requests("/api/me")),
        backend
            .try_ws(requests("/api/ws"))
            .err()
            .expect("a refusal"),
        backend
            .try_sse(requests("/api/feed"))
            .err()
            .expect("a refusal"),
    ]
}

#[contract_test(app())]
fn without_credentials_every_scheme_is_challenged_once(backend: &impl Backend) {
    let none = |path: &str| Request::get(path).body(Body::empty()).expect("a request");
    for refusal in refusals(backend, none) {
        assert_eq!(refusal.status(), 401);
        let expected = [
            "Bearer realm=\"api\"",
            "Basic realm=\"the house\", charset=\"UTF-8\"",
            "ApiKey in=\"header\", name=\"x-api-key\"",
        ];
        assert_eq!(challenges(&refusal), expected);
        let kind = refusal.header("content-type");
        assert_eq!(kind, Some("application/problem+json"));
        let body = refusal.body().as_bytes().expect("a body").clone();
        let problem: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(
            (&problem["status"], &problem["title"]),
            (&401.into(), &"Unauthorized".into())
        );
        assert_eq!(problem["detail"], "credentials are required");
    }
    // Unknown paths are not revealed.
    assert_eq!(backend.http("/api/nothing").status(), 401);
    assert_eq!(
        backend
            .try_ws("/api/nothing")
            .err()
            .expect("a refusal")
            .status(),
        401
    );
}

#[contract_test(app())]
fn unknown_credentials_are_401_and_name_the_reason(backend: &impl Backend) {
    for path in ["/api/me", "/api/ws", "/api/feed"] {
        for request in with_secret(path, "guess") {
            let shown = format!("{request:?}");
            let refusal = match path {
                "/api/ws" => backend.try_ws(request).err().expect("a refusal"),
                _ => backend.http(request),
            };
            assert_eq!(refusal.status(), 401, "{shown}");
            assert_eq!(challenges(&refusal).len(), 3, "{shown}");
        }
    }
    let guess = |path: &str| with_field(path, "authorization", b"Bearer guess");
    for refusal in refusals(backend, guess) {
        let invalid = "Bearer realm=\"api\", error=\"invalid_token\"";
        assert_eq!(challenges(&refusal)[0], invalid);
    }
    let offered = |path: &str| with_field(path, "sec-websocket-protocol", b"bearer.guess, chat");
    for refusal in refusals(backend, offered) {
        let invalid = "Bearer realm=\"api\", error=\"invalid_token\"";
        assert_eq!(challenges(&refusal)[0], invalid);
    }
    // The error code belongs to the scheme that was used.
    let basic = |path: &str| with_field(path, "authorization", b"Basic YW5uOmd1ZXNz");
    for refusal in refusals(backend, basic) {
        assert_eq!(challenges(&refusal)[0], "Bearer realm=\"api\"");
    }
}

#[contract_test(app())]
fn a_look_up_may_refuse_with_a_response_of_its_own(backend: &impl Backend) {
    let with = |token: &'static str| {
        let field = format!("Bearer {token}");
        move |path: &str| with_field(path, "authorization", field.as_bytes())
    };
    for (token, status, challenged) in [("banned", 403, 0), ("down", 503, 0), ("stale", 401, 3)] {
        let request = with(token);
        let refusals = [
            backend.http(request("/api/me")),
            backend.try_ws(request("/api/ws")).err().expect("a refusal"),
            backend
                .try_sse(request("/api/feed"))
                .err()
                .expect("a refusal"),
        ];
        for refusal in refusals {
            assert_eq!(refusal.status(), status, "{token}");
            assert_eq!(challenges(&refusal).len(), challenged, "{token}");
        }
    }
}

#[contract_test(app())]
fn the_first_source_with_credentials_decides(backend: &impl Backend) {
    let with = |bearer: &str, cookie: &str| {
        Request::get("/api/me")
            .header("authorization", format!("Bearer {bearer}"))
            .header("cookie", format!("key={cookie}"))
    };
    assert_eq!(backend.http(with(super::SECRET, "guess")).status(), 200);
    assert_eq!(backend.http(with("guess", super::SECRET)).status(), 401);
    assert_eq!(backend.http(with("", super::SECRET)).status(), 400);
}

#[contract_test(app())]
fn a_token_among_the_subprotocols_is_not_selected(backend: &impl Backend) {
    let offered = format!("bearer.{}, chat", super::SECRET);
    let client = backend.ws(with_field(
        "/api/ws",
        "sec-websocket-protocol",
        offered.as_bytes(),
    ));
    assert_eq!(client.subprotocol(), Some("chat"));
    let fields = format!("{:?}", client.response_headers());
    assert!(!fields.contains(super::SECRET), "{fields}");
    // A browser would fail the socket, because no offer can be selected.
    let alone = format!("bearer.{}", super::SECRET);
    let alone = with_field("/api/ws", "sec-websocket-protocol", alone.as_bytes());
    assert_eq!(
        backend.try_ws(alone).err().expect("a refusal").status(),
        400
    );
}

fn open_to_all() -> PolyHandler {
    use http4k_ws::filter::Principal;
    fn greet(user: Option<Principal<super::User>>) -> String {
        user.map_or_else(|| "stranger".to_owned(), |Principal(user)| user.0)
    }
    async fn talk(ws: WebSocket, user: Option<Principal<super::User>>) -> WsResult {
        Ok(ws.send(greet(user)).await?)
    }
    routes! {
        with(authenticate(every_source(), look_up).optional()) => {
            GET "/" => http(greet(_)),
            "/ws"   => ws(talk(ws, _)),
        },
        GET "/outside" => http(greet(_)),
    }
}

#[contract_test(open_to_all())]
fn optional_credentials_may_be_missing_but_not_wrong(backend: &impl Backend) {
    assert_eq!(backend.http("/").body(), "stranger");
    assert_eq!(backend.http("/outside").body(), "stranger");
    let message = |request: Request| {
        let mut client = backend.ws(request);
        client
            .received()
            .next()
            .expect("a message")
            .expect("open")
            .text()
            .into_owned()
    };
    assert_eq!(
        message(Request::get("/ws").body(Body::empty()).unwrap()),
        "stranger"
    );
    let ann = format!("Bearer {}", super::SECRET);
    assert_eq!(
        message(with_field("/ws", "authorization", ann.as_bytes())),
        "ann"
    );
    assert_eq!(
        backend
            .http(with_field("/", "authorization", ann.as_bytes()))
            .body(),
        "ann"
    );
    for (field, status) in [
        ("Bearer guess", 401),
        ("Bearer", 400),
        ("Digest x", 401),
        ("x", 401),
    ] {
        let wrong = || with_field("/ws", "authorization", field.as_bytes());
        assert_eq!(
            backend.try_ws(wrong()).err().expect("a refusal").status(),
            status,
            "{field}"
        );
        let wrong = with_field("/", "authorization", field.as_bytes());
        assert_eq!(backend.http(wrong).status(), status, "{field}");
    }
}
