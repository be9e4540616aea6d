//! The targets of requests, by the same rules in every backend.

use http4k_ws::contract_test;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;

fn app() -> PolyHandler {
    routes! {
        "/text/<text>" => http(|text: String| text),
        "/ws/<text>"   => ws(|ws: WebSocket, text: String| ws.try_send(text)),
    }
}

#[contract_test(app())]
fn characters_outside_a_uri_must_be_encoded(backend: &impl Backend) {
    for character in "\"{}^`\\\u{e4}".chars() {
        // Some of these cannot form a request in memory.
        let target = format!("/text/a{character}");
        if let Ok(uri) = target.parse::<http::Uri>() {
            let refusal = backend.http(Request::get(uri));
            assert_eq!(refusal.status(), 400, "{target}");
            let text = refusal.body().as_text().unwrap_or_default();
            assert!(text.contains("percent-encoded"), "{text}");
        }
        if let Ok(uri) = format!("/ws/a{character}").parse::<http::Uri>() {
            let refusal = backend.try_ws(Request::get(uri)).err().expect("a refusal");
            assert_eq!(refusal.status(), 400, "{character}");
        }
    }
    for target in ["/text/a?q=\"", "/text/a?q=\u{e4}"] {
        if let Ok(uri) = target.parse::<http::Uri>() {
            assert_eq!(backend.http(Request::get(uri)).status(), 400, "{target}");
        }
    }
    // Browsers do not encode these.
    for target in ["/text/[a]|b", "/text/[a]|b?filter[name]={a}|\\^`"] {
        assert_eq!(backend.http(target).body(), "[a]|b", "{target}");
    }
    let encoded = backend.http("/text/%22%7B%C3%A4!$&'()*+,;=:@-._~?q=/?%7C");
    assert_eq!(encoded.body(), "\"{\u{e4}!$&'()*+,;=:@-._~");
}
