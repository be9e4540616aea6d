//! Streams in blocks, mounts, builders and lists.

use http4k_ws::prelude::*;
use http4k_ws::routing::explain::Verdict;
use http4k_ws::routing::{Methods, Protocol, RouteError, Routes};
use http4k_ws::sse::{Sse, SseResult};

use super::{accepting, app, feed, is_stream, never, text};

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
