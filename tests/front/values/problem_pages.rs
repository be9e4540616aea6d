//! Errors as pages, for browsers.

use http4k_ws::contract_test;
use http4k_ws::filter::{basic_auth, problems_as_html};
use http4k_ws::message::Html;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;

#[derive(Deserialize)]
struct Page {
    number: u8,
}

async fn show(Query(page): Query<Page>) -> String {
    page.number.to_string()
}

async fn events(sse: http4k_ws::Sse) -> http4k_ws::SseResult {
    Ok(sse.send("one").await?)
}

fn app() -> PolyHandler {
    let house = basic_auth("house", |_, _| false);
    let app = routes! {
        GET "/page" => http(show(_)),
        GET "/conflict" => http(|| (StatusCode::CONFLICT, "<taken> & \"gone\"")),
        GET "/gone" => http(|| StatusCode::GONE),
        GET "/own" => http(|| (StatusCode::NOT_FOUND, Html("<h1>mine</h1>"))),
        GET "/json" => http(|| (
            StatusCode::CONFLICT,
            [("content-type", "application/json")],
            "{}",
        )),
        GET "/broken" => http(|| -> &'static str { panic!("the database is gone") }),
        GET "/house" with(house) => http(|| "home"),
        GET "/events" => sse(events(sse)),
        "/ws" => ws(|| WsResponse::refuse((StatusCode::FORBIDDEN, "<no>"))),
        "/open" => ws(|ws: WebSocket| ws.try_send("hi")),
    };
    app.with(problems_as_html())
}

/// The field that Chromium sends with a page.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,\
                       image/webp,image/apng,*/*;q=0.8";

fn get(path: &str, accept: &str) -> Request {
    let request = Request::get(path).header("accept", accept);
    request.body(Body::empty()).expect("a request")
}

const HTML: Option<&str> = Some("text/html; charset=utf-8");

#[contract_test(app())]
fn a_browser_gets_pages(backend: &impl Backend) {
    for (path, status, content) in [
        (
            "/page?number=%3Cscript%3E",
            400,
            "<li>query `number` must be",
        ),
        ("/page", 400, "<li>query `number` is required</li>"),
        (
            "/conflict",
            409,
            "<p>&lt;taken&gt; &amp; &quot;gone&quot;</p>",
        ),
        ("/gone", 410, "<h1>410 Gone</h1>\n</body>"),
        ("/own", 404, "<h1>mine</h1>"),
        ("/broken", 500, "<h1>500 Internal Server Error</h1>"),
        ("/missing/%3Cb%3E", 404, "<h1>404 Not Found</h1>"),
        ("/house", 401, "<h1>401 Unauthorized</h1>"),
    ] {
        let response = backend.http(get(path, BROWSER));
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.header("content-type"), HTML, "{path}");
        let page = response.body().as_text().expect("a page");
        assert!(page.contains(content), "{page}");
        assert!(
            !page.contains("<script>") && !page.contains("<b>"),
            "{page}"
        );
        assert!(!page.contains("database"), "{page}");
    }
    let response = backend.http(get("/house", BROWSER));
    assert!(response.header("www-authenticate").is_some());
    let request = Request::post("/page")
        .header("accept", BROWSER)
        .body(Body::empty());
    let response = backend.http(request.expect("a request"));
    assert_eq!(
        (response.status().as_u16(), response.header("content-type")),
        (405, HTML)
    );
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
    let response = backend.http(get("/json", BROWSER));
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(backend.http(get("/page?number=7", BROWSER)).body(), "7");
}

#[contract_test(app())]
fn other_clients_keep_what_they_read(backend: &impl Backend) {
    for accept in [
        "*/*",
        "application/json",
        "text/html;q=0.5, application/json",
        "text/html;q=0",
        "text/*",
    ] {
        let response = backend.http(get("/page", accept));
        assert_eq!(
            response.header("content-type"),
            Some("application/problem+json"),
            "{accept}"
        );
        assert_eq!(response.header("vary"), Some("accept"));
        let response = backend.http(get("/conflict", accept));
        assert_eq!(response.body(), "<taken> & \"gone\"");
    }
}

#[contract_test(app())]
fn every_protocol_is_seen(backend: &impl Backend) {
    let refused = backend
        .try_ws(get("/ws", BROWSER))
        .err()
        .expect("a refusal");
    assert_eq!(refused.header("content-type"), HTML);
    let page = refused.body().as_text().expect("a page");
    assert!(page.contains("<p>&lt;no&gt;</p>"), "{page}");
    let refused = backend.try_ws("/ws").err().expect("a refusal");
    assert_eq!(refused.body(), "<no>");
    drop(backend.ws(get("/open", BROWSER)));
    drop(backend.sse("/events"));
    let refused = backend
        .try_sse(get("/events", "text/html"))
        .err()
        .expect("a page");
    assert_eq!(
        (refused.status().as_u16(), refused.header("content-type")),
        (406, HTML)
    );
}

#[contract_test(app())]
fn head_has_the_fields_of_get(backend: &impl Backend) {
    for path in ["/missing", "/conflict", "/page"] {
        let head = get(path, BROWSER).with_method(Method::HEAD);
        let response = backend.http(head);
        assert_eq!(response.header("content-type"), HTML, "{path}");
        assert!(
            response
                .body()
                .as_bytes()
                .is_some_and(|body| body.is_empty())
        );
        let page = backend.http(get(path, BROWSER));
        let length = page.body().as_bytes().map(|body| body.len().to_string());
        if let Some(declared) = response.header("content-length") {
            assert_eq!(Some(declared), length.as_deref(), "{path}");
        }
    }
}
