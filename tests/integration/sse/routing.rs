//! `sse(..)` as a protocol of the route table.

use std::sync::mpsc::{Sender, channel};

use http4k_ws::filter::{http_only, poly};
use http4k_ws::message::RequestExt;
use http4k_ws::prelude::*;
use http4k_ws::routing::explain::Verdict;
use http4k_ws::routing::{Methods, Protocol, RouteError, Routes};
use http4k_ws::sse::{Sse, SseResult};

async fn feed(sse: Sse, room: String) -> SseResult {
    sse.send(format!("event of {room}")).await?;
    Ok(())
}

async fn talk(ws: WebSocket, room: String) -> WsResult {
    ws.send(format!("socket of {room}")).await?;
    Ok(())
}

async fn answer(sse: Sse, req: Request, Json(words): Json<Vec<String>>) -> SseResult {
    sse.send(format!("{} by {}", words.join(" "), req.method()))
        .await?;
    Ok(())
}

/// A stream whose function fails the test if it is called.
async fn never(_sse: Sse) {
    panic!("no stream is started");
}

routes! {
    fn app() -> PolyHandler {
        GET "/rooms/<room>"  => http(|room: String| format!("page of {room}")),
        "/rooms/<room>"      => sse(feed(sse, room)),
        "/rooms/<room>"      => ws(talk(ws, room)),
        POST "/rooms/<_room>" as ask => sse(answer(sse, req, _)),
        GET | POST "/only"   => sse(|sse: Sse| async move { sse.send("only").await }),
    }
}

fn accepting(path: &str, accept: &str) -> Request {
    let request = Request::get(path).header("accept", accept);
    request.body(Body::empty()).expect("a request")
}

fn text(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body = response.body().as_text().expect("a text").to_owned();
    (status, body)
}

fn is_stream(response: &Response) -> bool {
    response.header("content-type") == Some("text/event-stream")
}

#[test]
fn one_path_has_a_page_a_stream_and_a_socket() {
    let app = app();
    let (path, event) = ("/rooms/blue", "data: event of blue\n\n");
    assert_eq!(app.test_http(path).body(), "page of blue");
    let stream = app.test_http(accepting(path, "text/event-stream"));
    assert!(is_stream(&stream), "{stream:?}");
    assert_eq!(text(stream), (200, event.to_owned()));
    let mut socket = app.test_ws(path);
    assert_eq!(socket.received().next().unwrap().unwrap(), "socket of blue");
}

#[test]
fn accept_decides_between_page_and_stream() {
    let app = app();
    let page = "page of blue";
    let event = "data: event of blue\n\n";
    for (accept, both, only) in [
        ("*/*", page, 200),
        ("text/*", page, 200),
        ("text/html, application/xhtml+xml, */*;q=0.8", page, 200),
        ("text/event-stream", event, 200),
        ("TEXT/Event-Stream", event, 200),
        ("text/event-stream;charset=utf-8", event, 200),
        ("text/event-stream, */*;q=0.1", event, 200),
        ("application/json, text/event-stream", event, 200),
        ("text/event-stream;q=0.3", event, 200),
        ("text/html;q=0.5, text/event-stream;q=0.6", event, 200),
        ("text/html;q=0.6, text/event-stream;q=0.5", page, 200),
        ("*/*, text/event-stream;q=0.9", page, 200),
        ("text/html", page, 406),
        ("application/json, image/*", page, 406),
        ("text/event-stream;q=0", page, 406),
        ("text/event-stream;q=0.0, */*", page, 406),
        ("text/*;q=0, */*", page, 406),
        // Ranges that are not valid are ignored.
        ("nonsense", page, 200),
        ("", page, 200),
    ] {
        let given = text(app.test_http(accepting("/rooms/blue", accept)));
        assert_eq!(given, (200, both.to_owned()), "{accept:?}");
        let alone = app.test_http(accepting("/only", accept));
        assert_eq!(alone.status(), only, "{accept:?}");
        assert_eq!(is_stream(&alone), only == 200, "{accept:?}");
    }
}

#[test]
fn a_stream_alone_responds_without_accept() {
    let app = app();
    assert_eq!(app.test_http("/only").body(), "data: only\n\n");
    assert_eq!(
        app.test_http((Method::POST, "/only")).body(),
        "data: only\n\n"
    );
}

#[test]
fn a_refusal_by_accept_names_the_type_that_the_path_has() {
    let refused = app().test_http(accepting("/only", "text/html"));
    assert_eq!(refused.header("vary"), Some("accept"));
    let expected = "`/only` is a stream of events: `Accept` must allow `text/event-stream`\n";
    assert_eq!(text(refused), (406, expected.to_owned()));
}

#[test]
fn responses_vary_where_accept_has_decided() {
    let app = routes! {
        GET "/both"    => http(|| "page"),
        "/both"        => sse(never),
        GET "/own"     => http(|| ([("vary", "origin, Accept")], "page").into_response_with()),
        "/own"         => sse(never),
        GET "/page"    => http(|| "page"),
        POST "/method" => sse(never),
        GET "/method"  => http(|| "page"),
    };
    for (path, vary) in [
        ("/both", vec!["accept"]),
        ("/own", vec!["origin, Accept"]),
        ("/page", vec![]),
        ("/method", vec![]),
    ] {
        let response = app.test_http(accepting(path, "text/html"));
        let found = response.headers().get_all("vary").iter();
        let found: Vec<_> = found.map(|value| value.to_str().unwrap()).collect();
        assert_eq!(found, vary, "{path}");
    }
}

trait WithFields {
    fn into_response_with(self) -> Response;
}

impl WithFields for ([(&'static str, &'static str); 1], &'static str) {
    fn into_response_with(self) -> Response {
        let [(name, value)] = self.0;
        self.1.into_response().with_header(name, value)
    }
}

#[test]
fn a_model_context_client_posts_and_reads_a_stream() {
    let request = Request::post("/rooms/blue")
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json")
        .body(Body::from(r#"["hello", "world"]"#))
        .unwrap();
    let response = app().test_http(request);
    assert!(is_stream(&response));
    assert_eq!(response.body(), "data: hello world by POST\n\n");
    let broken = Request::post("/rooms/blue")
        .header("content-type", "application/json")
        .body(Body::from("7"))
        .unwrap();
    assert_eq!(app().test_http(broken).status(), 400);
}

#[test]
fn methods_of_streams_and_pages_are_allowed_together() {
    let app = app();
    for (path, allow) in [
        ("/rooms/blue", "GET, HEAD, POST, OPTIONS"),
        ("/only", "GET, HEAD, POST, OPTIONS"),
    ] {
        for (method, status) in [(Method::PUT, 405), (Method::OPTIONS, 204)] {
            let response = app.test_http((method.clone(), path));
            assert_eq!(response.status(), status, "{method} {path}");
            assert_eq!(response.header("allow"), Some(allow), "{method} {path}");
        }
    }
    assert_eq!(app.try_test_ws("/only").unwrap_err().status(), 404);
}

#[test]
fn head_starts_no_stream() {
    let app = routes! {
        "/feed"      => sse(never),
        HEAD "/head" => sse(never),
        "/both"      => sse(never),
        GET "/both"  => http(|| "page"),
    };
    for path in ["/feed", "/head"] {
        let response = app.test_http((Method::HEAD, path));
        assert_eq!(response.status(), 200, "{path}");
        assert!(is_stream(&response), "{path}");
        assert_eq!(response.header("content-length"), None, "{path}");
        assert_eq!(response.body(), "", "{path}");
    }
    let page = app.test_http((Method::HEAD, "/both"));
    assert_eq!(page.header("content-length"), Some("4"));
    let stream = accepting("/both", "text/event-stream").with_method(Method::HEAD);
    assert!(is_stream(&app.test_http(stream)));
}

#[test]
fn an_excluded_stream_leaves_the_request_to_a_later_route() {
    let app = routes! {
        "/feed"          => sse(|sse: Sse| async move { sse.send("feed").await }),
        GET "/<page>"    => http(|page: String| format!("page {page}")),
        "/api" => {
            "/feed" => sse(never),
            _       => http(|| "fallback"),
        },
    };
    assert_eq!(app.test_http("/feed").body(), "data: feed\n\n");
    assert_eq!(
        app.test_http(accepting("/feed", "text/html")).body(),
        "page feed"
    );
    assert_eq!(
        app.test_http(accepting("/api/feed", "text/html")).status(),
        406
    );
    assert_eq!(
        app.test_http(accepting("/api/other", "text/html")).body(),
        "fallback"
    );
}

#[test]
fn mounted_streams_take_part_in_the_match() {
    fn streams() -> PolyHandler {
        routes! {
            "/<room>"     => sse(feed(sse, room)),
            "/only/<_id>" => sse(never),
        }
    }
    let app = routes! {
        "/<team>/rooms" => {
            POST "/<_room>" => http(|| "posted"),
            "/" => mount(streams()),
        },
        "/pages" => mount(streams()),
        "/pages" => mount(routes! { GET "/<room>" => http(|room: String| format!("page {room}")) }),
    };
    assert_eq!(
        app.test_http("/red/rooms/blue").body(),
        "data: event of blue\n\n"
    );
    assert_eq!(
        app.test_http((Method::POST, "/red/rooms/blue")).body(),
        "posted"
    );
    let excluded = app.test_http(accepting("/red/rooms/only/7", "image/png"));
    assert_eq!(excluded.status(), 406);
    // Of two mounts at one prefix, the first is tried first.
    assert_eq!(
        app.test_http("/pages/blue").body(),
        "data: event of blue\n\n"
    );
    let page = app.test_http(accepting("/pages/blue", "text/html"));
    assert_eq!(page.header("vary"), Some("accept"));
    assert_eq!(page.body(), "page blue");
    let lacking = app.test_http((Method::PUT, "/red/rooms/blue"));
    assert_eq!(lacking.header("allow"), Some("POST, GET, HEAD, OPTIONS"));
}

/// A hub that lends itself to the function of a stream.
#[derive(Clone)]
struct Hub(&'static str);

impl Hub {
    async fn watch(&self, sse: Sse, room: &str) -> SseResult {
        sse.send(format!("{} {room}", self.0)).await?;
        Ok(())
    }
}

#[derive(Debug, Serialize, Deserialize, Message)]
struct Price {
    cents: u64,
}

#[test]
fn arguments_of_every_kind_reach_the_function() {
    async fn borrowed(sse: Sse, hub: &Hub, room: &str) -> SseResult {
        hub.watch(sse, room).await
    }
    async fn query(sse: Sse, room: String, page: Query<Page>, method: Method) -> SseResult {
        sse.send(format!("{room} {} {method}", page.0.number))
            .await?;
        Ok(())
    }
    async fn prices(sse: Sse<Price>, cents: u64) -> SseResult {
        sse.send(Price { cents }).await?;
        Ok(())
    }
    async fn head(sse: Sse) -> SseResult {
        let room = sse.request().path_param("room").map(str::to_owned);
        sse.send(room.unwrap_or_default()).await?;
        Ok(())
    }
    fn plain(_sse: Sse, _room: String) {}
    #[derive(Deserialize)]
    struct Page {
        number: u8,
    }
    routes! {
        fn app(hub: Hub) -> PolyHandler {
            "/method/<room>"     => sse(hub.watch(sse, &room)),
            "/borrowed/<room>"   => sse(borrowed(sse, &hub, &room)),
            "/query/<room>"      => sse(query(sse, room, _, _)),
            "/typed/<cents>"     => sse(prices(sse, cents)),
            "/plain/<room>"      => sse(plain(sse, room)),
            "/value"             => sse(head),
            "/<lang>/closure"    => sse(|sse: Sse, lang: String| async move { sse.send(lang).await }),
            "/braces"            => sse({ head }),
        }
    }
    let app = app(Hub("hub"));
    for (path, expected) in [
        ("/method/blue", "data: hub blue\n\n"),
        ("/borrowed/blue", "data: hub blue\n\n"),
        ("/query/blue?number=7", "data: blue 7 GET\n\n"),
        ("/typed/5", "data: {\"cents\":5}\n\n"),
        ("/plain/blue", ""),
        ("/en/closure", "data: en\n\n"),
        ("/value", "data: \n\n"),
        ("/braces", "data: \n\n"),
    ] {
        let response = app.test_http(path);
        assert!(is_stream(&response), "{path}");
        assert_eq!(response.body(), expected, "{path}");
    }
    assert_eq!(app.test_http("/typed/five").status(), 404);
    assert_eq!(app.test_http("/query/blue?number=x").status(), 400);
}

#[test]
fn streams_have_links() {
    assert_eq!(app::feed { room: "a b" }.uri(), "/rooms/a%20b");
    let asked = Request::get(app::feed { room: "a b" }.uri()).header("accept", "text/event-stream");
    assert_eq!(app().test_http(asked).body(), "data: event of a b\n\n");
    assert_eq!(app::ask { _room: "blue" }.uri(), "/rooms/blue");
}

// Case 43.
#[test]
fn filters_of_one_protocol_leave_the_others_alone() {
    async fn unimplemented(_request: Request, _next: Next) -> StatusCode {
        StatusCode::NOT_IMPLEMENTED
    }
    async fn teapot(_request: Request, _next: Next) -> StatusCode {
        StatusCode::IM_A_TEAPOT
    }
    async fn chosen(request: Request, next: WsNext) -> WsResponse {
        next.call(request).await.with_subprotocol("SUB")
    }
    let app = routes! {
        GET "/x" with(unimplemented) => http(|| "page"),
        "/x" with(teapot)            => sse(never),
        "/x" with(chosen)            => ws(|ws: WebSocket| ws.try_send("hi")),
    };
    assert_eq!(app.test_http("/x").status(), 501);
    assert_eq!(
        app.test_http(accepting("/x", "text/event-stream")).status(),
        418
    );
    let offering = Request::get("/x").header("sec-websocket-protocol", "SUB");
    assert_eq!(app.test_ws(offering).subprotocol(), Some("SUB"));
}

fn logged(name: &'static str, log: Sender<String>) -> impl Filter + Clone {
    move |request: Request, next: Next| {
        let log = log.clone();
        async move {
            log.send(format!("{name} in")).expect("the test listens");
            let seen = request.path_param("room").map(str::to_owned);
            log.send(seen.unwrap_or_default())
                .expect("the test listens");
            let response = next.call(request.with_header("foo", "newHeader")).await;
            log.send(format!("{name} out")).expect("the test listens");
            response
        }
    }
}

// Case 44.
#[test]
fn filters_run_in_order_and_end_before_the_stream_does() {
    async fn told(sse: Sse, room: String, log: Sender<String>) -> SseResult {
        let foo = sse.request().header("foo").unwrap_or_default();
        log.send(format!("{room} {foo}")).expect("the test listens");
        sse.send("news").await?;
        Ok(())
    }
    let (log, listener) = channel();
    let (first, second, inner) = ("first", "second", "inner");
    let app = routes! {
        "/" with(http_only(logged(first, log.clone())), poly(logged(second, log.clone()))) => {
            "/<room>" with(logged(inner, log.clone())) => sse(told(sse, room, log)),
        },
    };
    assert_eq!(app.test_http("/blue").body(), "data: news\n\n");
    let seen: Vec<String> = listener.try_iter().collect();
    let expected = [
        "first in",
        "blue",
        "second in",
        "blue",
        "inner in",
        "blue",
        "inner out",
        "second out",
        "first out",
        "blue newHeader",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_filter_responds_before_the_stream_starts() {
    async fn finished(request: Request, next: Next) -> Response {
        match request.header("last-event-id") {
            // A browser does not reconnect after 204.
            Some("9") => StatusCode::NO_CONTENT.into_response(),
            _ => next.call(request).await,
        }
    }
    let app = routes! { "/feed" with(finished) => sse(|sse: Sse| async move { sse.send(8.to_string()).await }) };
    assert_eq!(app.test_http("/feed").body(), "data: 8\n\n");
    let last = Request::get("/feed").header("last-event-id", "9");
    assert_eq!(app.test_http(last).status(), 204);
}

#[test]
fn builder_and_macro_agree() {
    fn page(request: Request) -> String {
        format!(
            "page of {}",
            request.path_param("_room").unwrap_or_default()
        )
    }
    async fn event(sse: Sse) -> SseResult {
        let room = sse.request().path_param("_room").unwrap_or_default();
        sse.send(format!("event of {room}")).await?;
        Ok(())
    }
    fn refused(_request: Request) -> WsResponse {
        WsResponse::refuse(StatusCode::IM_A_TEAPOT)
    }
    let built = Routes::new()
        .http(Method::GET, "/rooms/<_room>", page)
        .sse(Method::GET, "/rooms/<_room>", event)
        .ws("/rooms/<_room>", refused)
        .sse([Method::POST, Method::PUT], "/rooms/<_room>", event)
        .under("/only", |only| only.sse(Method::GET, "/<_room>", event))
        .http(Methods::every(), "/<rest..>", |_request: Request| "rest")
        .build()
        .unwrap();
    let declared = routes! {
        GET "/rooms/<_room>"        => http(page(req)),
        "/rooms/<_room>"            => sse(event(sse)),
        "/rooms/<_room>"            => ws(refused(req)),
        POST | PUT "/rooms/<_room>" => sse(event(sse)),
        "/only" => { "/<_room>"     => sse(event(sse)) },
        "/<_rest..>"                => http(|| "rest"),
    };
    let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];
    let accepts = [
        "*/*",
        "text/html",
        "text/event-stream",
        "text/html, text/event-stream;q=0.1",
    ];
    for path in ["/rooms/blue", "/only/blue", "/only", "/other", "/only/%FF"] {
        for accept in accepts {
            for method in methods {
                let asked = || accepting(path, accept).with_method(method.parse().unwrap());
                let (one, other) = (built.test_http(asked()), declared.test_http(asked()));
                let context = format!("{method} {path} {accept}");
                assert_eq!(one.status(), other.status(), "{context}");
                assert_eq!(one.headers(), other.headers(), "{context}");
                let kinds = (is_stream(&one), is_stream(&other));
                assert_eq!(kinds.0, kinds.1, "{context}");
                assert_eq!(text(one), text(other), "{context}");
            }
        }
    }
}

#[test]
fn streams_are_listed_and_explained() {
    let app = app();
    assert_eq!(
        app.routes().to_string(),
        "\
GET       /rooms/<room>   http
GET       /rooms/<room>   sse   feed
          /rooms/<room>   ws    talk
POST      /rooms/<_room>  sse   ask
GET|POST  /only           sse
"
    );
    let stream = &app.routes()[1];
    assert_eq!(
        (stream.protocol(), stream.methods()),
        (Protocol::Sse, &[Method::GET][..])
    );
    assert_eq!(
        app.explain("sse /rooms/blue").to_string(),
        r#"sse /rooms/blue
      GET /rooms/<room>              `sse GET /rooms/<room>` goes before it
  ->  sse GET /rooms/<room>    feed  takes it: room = "blue"
      ws /rooms/<room>         talk  is a WebSocket
      sse POST /rooms/<_room>  ask   takes POST only
"#
    );
    let explained = app.explain(&accepting("/only", "text/html, image/png"));
    assert_eq!(explained.status(), Some(StatusCode::NOT_ACCEPTABLE));
    assert_eq!(explained.candidates()[0].verdict, Verdict::NotAcceptable);
    assert_eq!(
        explained.to_string(),
        "\
GET /only, Accept: text/html, image/png
      sse GET|POST /only  is text/event-stream, which `Accept` excludes
  406 Not Acceptable
"
    );
    let page = app.explain("/rooms/blue");
    assert_eq!(
        page.taken().map(|route| route.protocol()),
        Some(Protocol::Http)
    );
    assert_eq!(
        app.explain("ws /only").status(),
        Some(StatusCode::NOT_FOUND)
    );
}

#[test]
fn streams_for_the_same_requests_are_rejected() {
    let stream = |routes: Routes| routes.sse(Method::GET, "/x", never);
    let twice = stream(stream(Routes::new())).build().unwrap_err();
    assert_eq!(
        twice.to_string(),
        "`sse GET /x` matches the same requests as `sse GET /x`"
    );
    let page = |routes: Routes| routes.http(Method::GET, "/x", |_: Request| "page");
    let mounted = stream(Routes::new()).build().unwrap();
    let behind = page(Routes::new().mount("/", mounted.clone())).build();
    // A page takes every request of the stream in a mount behind it.
    assert_eq!(
        behind.unwrap_err(),
        RouteError::Unreachable {
            route: "sse GET /x".into(),
            by: "GET /x".into(),
        }
    );
    // Before a page, a stream leaves it the requests that exclude streams.
    let page = page(Routes::new()).build().unwrap();
    let before = Routes::new().mount("/", mounted).mount("/", page).build();
    let app = before.unwrap();
    assert_eq!(app.test_http(accepting("/x", "text/html")).body(), "page");
}
