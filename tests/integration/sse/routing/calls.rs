//! The arguments of functions over a stream, and the filters before them.

use std::sync::mpsc::{Sender, channel};

use http4k_ws::filter::{http_only, poly};
use http4k_ws::message::RequestExt;
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseResult};

use super::{accepting, app, is_stream, never};

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
