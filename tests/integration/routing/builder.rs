//! The builder, which supports everything that the macro does.

use http4k_ws::message::{PathParams, RequestExt, ResponseExt};
use http4k_ws::routing::{Methods, Routes};
use http4k_ws::{
    Method, Next, PolyHandler, Request, Response, WebSocket, WsConsumer, WsMessage, WsResponse,
    WsResult,
};

use super::{ask, refusal, respond};

fn params(request: &Request) -> String {
    let params = request.extensions().get::<PathParams>();
    format!("{:?}", params.cloned().unwrap_or_default())
}

async fn seen(request: Request) -> String {
    params(&request)
}

fn said(_request: Request) -> &'static str {
    "said"
}

fn talk(request: Request) -> Option<WsConsumer> {
    let name = request.path_param("name")?.to_owned();
    Some(WsConsumer::new(async move |ws: WebSocket| -> WsResult {
        ws.send(WsMessage::new_text(name)).await?;
        Ok(())
    }))
}

/// Returns a filter that signs every response and lists the parameters it saw.
fn signed(by: &'static str) -> impl http4k_ws::PolyFilter {
    http4k_ws::filter::http_only(move |request: Request, next: Next| async move {
        let saw = params(&request);
        let response: Response = http4k_ws::HttpHandler::call(&next, request).await;
        response
            .try_with_header("x-by", format!("{by}{saw}"))
            .unwrap()
    })
}

fn app() -> PolyHandler {
    Routes::new()
        .http([Method::GET, Method::PUT], "/two", said)
        .http(Methods::every(), "/any/<rest..>", seen)
        .under("/rooms/<room>", |room| {
            room.with(signed("room"))
                .http(Method::GET, "/", seen)
                .http(Method::POST, "/users/<id>", seen)
                .under("/inner", |inner| {
                    inner
                        .with(signed("inner"))
                        .fallback(seen)
                        .http(Method::GET, "/x", said)
                })
                .under("/", |group| {
                    group.with(signed("group")).http(Method::GET, "/y", said)
                })
        })
        .ws("/ws/<name>", talk)
        .mount(
            "/mounted/<m>",
            Routes::new()
                .http(Method::GET, "/<n>", seen)
                .build()
                .unwrap(),
        )
        .fallback(|_request: Request| "nothing here")
        .ws_fallback(|_request: Request| WsResponse::refuse("no socket here"))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_builder_routes_as_the_macro_does() {
    let app = app();
    for (method, path, status, text) in [
        ("GET", "/two", 200, "said"),
        ("HEAD", "/two", 200, ""),
        (
            "POST",
            "/two",
            405,
            "`/two` does not take POST, only GET, HEAD, PUT, OPTIONS\n",
        ),
        ("PURGE", "/any/a/b%20c", 200, r#"{"rest": "a/b c"}"#),
        ("GET", "/rooms/a", 200, r#"{"room": "a"}"#),
        (
            "POST",
            "/rooms/a/users/7",
            200,
            r#"{"room": "a", "id": "7"}"#,
        ),
        ("GET", "/mounted/1/2", 200, r#"{"m": "1", "n": "2"}"#),
        ("GET", "/nothing", 200, "nothing here"),
        ("GET", "/rooms/a/nothing", 200, "nothing here"),
        ("GET", "/rooms/a/inner/nothing", 200, r#"{"room": "a"}"#),
        (
            "GET",
            "/rooms/%zz",
            400,
            "`/rooms/%zz` is not percent-encoded UTF-8\n",
        ),
        (
            "GET",
            "/ws/bob",
            426,
            "`/ws/bob` is a WebSocket route: send an upgrade request\n",
        ),
    ] {
        assert_eq!(
            ask(&app, method, path).await,
            (status, text.to_owned()),
            "{method} {path}"
        );
    }
    assert_eq!(refusal(&app, "/nothing").await, Some(200));
    let mut client = app.test_ws("/ws/bob");
    assert_eq!(
        http4k_ws::testing::WsClient::received(&mut client)
            .next()
            .unwrap()
            .unwrap()
            .text(),
        "bob"
    );
}

#[tokio::test]
async fn filters_apply_at_their_place() {
    let app = app();
    for (path, by) in [
        ("/rooms/a", Some(r#"room{"room": "a"}"#)),
        ("/rooms/a/nothing", Some(r#"room{"room": "a"}"#)),
        ("/rooms/a/inner/x", Some(r#"room{"room": "a"}"#)),
        ("/rooms/a/y", Some(r#"room{"room": "a"}"#)),
        ("/two", None),
        ("/nothing", None),
    ] {
        let response = respond(&app, "GET", path).await;
        // The outermost filter signs last.
        assert_eq!(response.header("x-by"), by, "{path}");
    }
}

#[test]
fn a_route_has_one_several_or_all_methods() {
    assert_eq!(Methods::from(Method::GET), Methods::from([Method::GET]));
    assert_eq!(Methods::every(), Methods::from([]));
    let twice = Routes::new().http([Method::GET, Method::GET], "/", said);
    assert_eq!(twice.build().unwrap().routes()[0].methods(), [Method::GET]);
}
