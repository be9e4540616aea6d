//! Random tables and requests: the builder's matcher against the reference walk of the routing tests, and filled
//! templates against the paths that they match.
#![no_main]

use futures_util::FutureExt;
use http4k_ws::http::{HeaderValue, Uri};
use http4k_ws::message::UriTemplate;
use http4k_ws::sse::{Sse, SseResult};
use http4k_ws::{Body, HttpHandler, PolyHandler, Request, Response, WsHandler, WsResponse};
use http4k_ws_fuzz::Choices;
use libfuzzer_sys::fuzz_target;

use generate::Choose;
use naive::Expected;

#[allow(dead_code)]
#[path = "../../../tests/integration/routing/random/generate.rs"]
mod generate;
#[allow(dead_code)]
#[path = "../../../tests/integration/routing/random/naive.rs"]
mod naive;

/// One request.
#[derive(Debug)]
struct Sent {
    method: String,
    path: String,
    upgrade: bool,
    accept: &'static str,
}

impl Choose for Choices<'_> {
    fn below(&mut self, end: usize) -> usize {
        // At the end of the input, the last choice counts, because it is the one that adds nothing.
        self.byte().map_or(end - 1, |byte| usize::from(byte) % end)
    }
}

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices::new(data);
    let table = generate::table(&mut choices);
    let app = generate::built(&table).expect("the generator keeps what can be built");
    for _ in 0..32 {
        let sent = generate::request(&mut choices);
        let expected = naive::response(&table, &sent);
        let actual = actual(&app, &sent);
        assert_eq!(actual, expected, "{sent:?} of {}", app.routes());
    }
    if let Ok(text) = std::str::from_utf8(choices.rest()) {
        anything(&app, text);
    }
});

/// Returns the response of `app`, as far as the rules determine it.
fn actual(app: &PolyHandler, sent: &Sent) -> Expected {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = sent.method.parse().expect("a method of the generator's");
    *request.uri_mut() = sent.path.parse().expect("a path of the generator's");
    let accept = HeaderValue::from_static(sent.accept);
    request.headers_mut().insert("accept", accept);
    let response = respond(app, request, sent.upgrade);
    let header = |name| {
        let value = response.headers().get(name);
        value.map(|value: &http4k_ws::http::HeaderValue| value.to_str().expect("text").to_owned())
    };
    let (status, allow, length) = (response.status(), header("allow"), header("content-length"));
    let upgrade = header("upgrade");
    let body = response
        .into_body()
        .bytes()
        .now_or_never()
        .expect("a body in memory");
    let body = body.expect("a body in memory");
    Expected {
        status: status.as_u16(),
        allow,
        upgrade,
        length: length.map(|length| length.parse().expect("a length")),
        body: (status == 200).then(|| String::from_utf8(body.to_vec()).expect("text")),
    }
}

fn respond(app: &PolyHandler, request: Request, upgrade: bool) -> Response {
    let response = if upgrade {
        let called = app.ws().call(request).now_or_never();
        let outcome = called.map(|response| response.into_outcome());
        outcome.map(|outcome| outcome.err().expect("every ws route refuses"))
    } else {
        app.http().call(request).now_or_never()
    };
    response.expect("nothing is waited for")
}

/// Returns the response of the handler of route `id`: its number and its arguments.
fn said(id: usize, request: &Request) -> String {
    let params = request.extensions().get::<http4k_ws::message::PathParams>();
    format!("{id} {:?}", params.cloned().unwrap_or_default())
}

async fn http(id: usize, request: Request) -> String {
    said(id, &request)
}

async fn stream(id: usize, sse: Sse) -> SseResult {
    sse.send(said(id, sse.request())).await?;
    Ok(())
}

async fn ws(id: usize, request: Request) -> WsResponse {
    WsResponse::refuse(said(id, &request))
}

/// Checks that no path and no template causes a panic, and that a template matches its own filled path.
fn anything(app: &PolyHandler, text: &str) {
    let (template, value) = text.split_once('\n').unwrap_or((text, text));
    if let Ok(uri) = value.parse::<Uri>() {
        for upgrade in [false, true] {
            let mut request = Request::new(Body::empty());
            *request.uri_mut() = uri.clone();
            let _ = respond(app, request, upgrade);
        }
    }
    let Ok(template) = UriTemplate::parse(template) else {
        return;
    };
    let values: Vec<_> = template.parameters().map(|name| (name, value)).collect();
    if let Ok(path) = template.fill(&values) {
        let extracted = template
            .extract(&path)
            .expect("what is filled in is encoded");
        let extracted = extracted.unwrap_or_else(|| panic!("{template:?} does not match {path}"));
        for name in template.parameters() {
            let known = extracted.iter().find(|(known, _)| *known == name);
            assert_eq!(
                known.map(|(_, found)| &**found),
                Some(value),
                "{name} of {path}"
            );
        }
    }
}
