//! Consistent tables, whose other routes leave each mounted route some requests.

use http4k_ws::{PolyHandler, WebSocket, routes};

use super::ask;

async fn talk(_ws: WebSocket) {}

routes! {
    fn rooms() -> PolyHandler {
        GET "/" as all => http(|| "all rooms"),
        "/<_room>" as any => http(|| "any method of a room"),
        GET "/<_room>/seats" as seats => http(|| "seats"),
        "/<_room>" as chat => ws(talk),
    }
}

routes! {
    fn api() -> PolyHandler {
        "/rooms" => mount(rooms()),
        "/<rest..>" => http(|rest: String| rest),
    }
}

routes! {
    fn app() -> PolyHandler {
        // These differ in method, protocol or length, or have less specific prefixes.
        POST "/api/rooms" => http(|| "post"),
        GET "/api/rooms/<_room>" => http(|| "get"),
        "/api/rooms/<_room>/seats" as near => ws(talk),
        "/api/rooms/<_room>/seats/<_seat>" as seat => http(|| "a seat"),
        "/<_any>/rooms/x" as far => http(|| "far"),
        "/<_rest..>" as rest => http(|| "rest"),
        "/api" => mount(api()),
        "/<_team>" => mount(api()),
    }
}

#[tokio::test]
async fn routes_beside_a_mount_leave_it_all_other_requests() {
    let app = app();
    for (method, path, answer) in [
        ("GET", "/api/rooms", "all rooms"),
        ("POST", "/api/rooms", "post"),
        ("GET", "/api/rooms/blue", "get"),
        ("PUT", "/api/rooms/blue", "any method of a room"),
        ("GET", "/api/rooms/blue/seats", "seats"),
        ("GET", "/api/rooms/blue/seats/1", "a seat"),
        ("GET", "/api/other/path", "other/path"),
        ("GET", "/red/rooms/x", "far"),
        ("GET", "/red/rooms", "all rooms"),
        ("GET", "/", "rest"),
    ] {
        assert_eq!(
            ask(&app, method, path).await,
            (200, answer.to_owned()),
            "{method} {path}"
        );
    }
}

fn said(text: &'static str) -> &'static str {
    text
}

/// Marks the responses to requests without a route in the application behind the filter.
async fn marked(request: http4k_ws::Request, next: http4k_ws::Next) -> http4k_ws::Response {
    let mut response = http4k_ws::HttpHandler::call(&next, request).await;
    let mark = http4k_ws::http::HeaderValue::from_static("marked");
    response.headers_mut().insert("x-mark", mark);
    response
}

async fn is_marked(app: &PolyHandler, method: &str, path: &str) -> bool {
    let response = super::respond(app, method, path).await;
    response.headers().contains_key("x-mark")
}

#[tokio::test]
async fn a_block_and_the_same_routes_mounted_respond_alike() {
    fn block() -> PolyHandler {
        routes! {
            "/x" => {
                GET "/z" => http(said("x z")),
                POST "/y" => http(said("post x y")),
                "/w/<_id>" => ws(talk),
            },
            GET "/<_a>/y" => http(said("any y")),
            "/<_a>/w/<_id>" => http(said("any w")),
            "/<_a>/v" => ws(talk),
        }
    }
    fn inner() -> PolyHandler {
        routes! {
            GET "/z" => http(said("x z")),
            POST "/y" => http(said("post x y")),
            "/w/<_id>" => ws(talk),
        }
    }
    fn mount() -> PolyHandler {
        routes! {
            "/x" => mount(inner()),
            GET "/<_a>/y" => http(said("any y")),
            "/<_a>/w/<_id>" => http(said("any w")),
            "/<_a>/v" => ws(talk),
        }
    }
    let twice = routes! { "/" => mount(routes! { "/" => mount(mount()) }) };
    let built = http4k_ws::routing::Routes::new()
        .mount("/", mount())
        .build()
        .expect("one mount");
    let block = block();
    for app in [mount(), twice, built] {
        for path in [
            "/x/z", "/x/y", "/x/w/1", "/x/v", "/x", "/x/q", "/q/y", "/%78/y", "/x/%zz",
        ] {
            for method in ["GET", "POST", "PUT", "HEAD", "OPTIONS"] {
                let (status, text) = ask(&block, method, path).await;
                let given = ask(&app, method, path).await;
                assert_eq!(given, (status, text), "{method} {path}");
                let allow =
                    |response: http4k_ws::Response| response.headers().get("allow").cloned();
                let expected = allow(super::respond(&block, method, path).await);
                let given = allow(super::respond(&app, method, path).await);
                assert_eq!(given, expected, "{method} {path}");
            }
            let expected = super::refusal(&block, path).await;
            assert_eq!(super::refusal(&app, path).await, expected, "ws {path}");
        }
    }
}

routes! {
    fn readers() -> PolyHandler {
        GET "/items" => http(|| "items"),
        GET "/items/<_id>" => http(|| "one item"),
    }
}

routes! {
    fn writers() -> PolyHandler {
        POST "/items" => http(|| "made"),
        "/items/<_id>/feed" => ws(talk),
        GET "/other" => http(|| "other"),
    }
}

routes! {
    fn merged() -> PolyHandler {
        "/api" as readers => mount(readers()),
        "/api" as writers => mount(writers()),
        _ => http(|| "nowhere"),
    }
}

#[tokio::test]
async fn two_mounts_at_one_prefix_are_one_table() {
    let built = http4k_ws::routing::Routes::new()
        .mount("/api", readers())
        .mount("/api", writers())
        .fallback(|_: http4k_ws::Request| "nowhere")
        .build()
        .expect("the tables are disjoint");
    for app in [merged(), built] {
        for (method, path, status, answer) in [
            ("GET", "/api/items", 200, "items"),
            ("POST", "/api/items", 200, "made"),
            ("GET", "/api/items/1", 200, "one item"),
            ("GET", "/api/other", 200, "other"),
            ("GET", "/else", 200, "nowhere"),
        ] {
            assert_eq!(
                ask(&app, method, path).await,
                (status, answer.to_owned()),
                "{method} {path}"
            );
        }
        assert_eq!(super::refusal(&app, "/api/items/1/feed").await, None);
        assert_eq!(ask(&app, "GET", "/api/items/1/feed").await.0, 426);
        assert_eq!(ask(&app, "GET", "/api/none").await.0, 404);
        let response = super::respond(&app, "PUT", "/api/items").await;
        assert_eq!(
            (response.status(), &response.headers()["allow"]),
            (
                http4k_ws::StatusCode::METHOD_NOT_ALLOWED,
                &http4k_ws::http::HeaderValue::from_static("GET, HEAD, POST, OPTIONS"),
            )
        );
    }
    let overlap = http4k_ws::routing::Routes::new()
        .mount("/api", readers())
        .mount("/api", readers())
        .build();
    assert!(matches!(
        overlap,
        Err(http4k_ws::routing::RouteError::Conflict { .. })
    ));
}

#[tokio::test]
async fn a_fallback_beside_a_mount_serves_its_unmatched_requests() {
    let app = routes! {
        "/api" => {
            => mount(readers()),
            _ => http(said("no such thing")),
        },
        "/marked" => mount(readers().with(http4k_ws::filter::http_only(marked))),
        _ => http(said("nowhere")),
    };
    for (method, path, status, answer) in [
        ("GET", "/api/items", 200, "items"),
        ("GET", "/api/none", 200, "no such thing"),
        ("GET", "/api", 200, "no such thing"),
        ("GET", "/none", 200, "nowhere"),
    ] {
        assert_eq!(
            ask(&app, method, path).await,
            (status, answer.to_owned()),
            "{method} {path}"
        );
    }
    assert_eq!(ask(&app, "POST", "/api/items").await.0, 405);
    // Without a fallback beside it, a mounted application responds to unmatched requests, behind
    // its filters.
    assert_eq!(ask(&app, "GET", "/marked/none").await.0, 404);
    for (method, path) in [("GET", "/marked/none"), ("OPTIONS", "/marked/items")] {
        assert!(is_marked(&app, method, path).await, "{method} {path}");
    }
}

/// Other routes, or a fallback for the other protocol, beside it make no difference.
#[tokio::test]
async fn a_mount_responds_itself_without_an_http_fallback_beside_it() {
    let inside = || readers().with(http4k_ws::filter::http_only(marked));
    let root = routes! {
        GET "/own" => http(said("own")),
        => mount(inside()),
    };
    let block = routes! {
        "/api" => {
            GET "/own" => http(said("own")),
            => mount(inside()),
            _ => ws(talk),
        },
        _ => http(said("nowhere")),
    };
    for (app, path) in [(root, "/none"), (block, "/api/none")] {
        assert_eq!(ask(&app, "GET", path).await.0, 404, "{path}");
        assert!(is_marked(&app, "GET", path).await, "{path}");
    }
}
