//! Pages, and redirects inside the site.

use http4k_ws::contract_test;
use http4k_ws::message::{Html, Redirect};
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;

mod shop {
    use super::*;

    routes! {
        pub fn items() -> PolyHandler {
            GET "/items/<id>" as item => http(|id: String| Html(format!("<p>{}</p>", Html::escaped(&id)))),
        }
    }
}

async fn create(request: Request) -> Redirect {
    let id = request.query("id").unwrap_or_default();
    // A value that no client can send is not a panic.
    Redirect::to(shop::items::item { id: &id })
}

async fn create_mounted(request: Request) -> Result<Redirect, StatusCode> {
    let id = request.query("id").unwrap_or_default();
    let path = app::try_uri(shop::items::item { id: &id }).map_err(|_| StatusCode::BAD_REQUEST)?;
    Redirect::try_to(path).map_err(|_| StatusCode::BAD_REQUEST)
}

async fn log_in(request: Request) -> Redirect {
    Redirect::to_or(&request.query("next").unwrap_or_default(), "/home")
}

routes! {
    fn app() -> PolyHandler {
        POST "/create" => http(create),
        POST "/create-mounted" => http(create_mounted),
        POST "/login" => http(log_in),
        "/ws" => ws(|| WsResponse::refuse(Redirect::to("/login").temporary())),
        "/shop" => mount(shop::items()),
    }
}

fn post(path: &str, name: &str, value: &str) -> Request {
    let request = Request::post(path).body(Body::empty()).expect("a request");
    request.with_query(name, value)
}

#[contract_test(app())]
fn a_link_keeps_the_browser_on_the_site(backend: &impl Backend) {
    for (path, id, location) in [
        ("/create", "7", Some("/items/7")),
        ("/create", "a/b c", Some("/items/a%2Fb%20c")),
        ("/create", "..", None),
        ("/create-mounted", "7", Some("/shop/items/7")),
        ("/create-mounted", "..", None),
    ] {
        let response = backend.http(post(path, "id", id));
        assert_eq!(response.header("location"), location, "{path} {id}");
        let status = match (location, path) {
            (Some(_), _) => 303,
            (None, "/create") => 500,
            _ => 400,
        };
        assert_eq!(response.status(), status);
        assert!(
            response
                .body()
                .as_bytes()
                .is_some_and(|body| body.is_empty())
        );
    }
    let page = backend.http("/shop/items/%3Cb%3E");
    assert_eq!(page.body(), "<p>&lt;b&gt;</p>");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
}

#[contract_test(app())]
fn a_forged_target_leads_home(backend: &impl Backend) {
    for (next, location) in [
        ("/rooms?page=2", "/rooms?page=2"),
        ("//evil.example", "/home"),
        ("/\\evil.example", "/home"),
        ("/\t/evil.example", "/home"),
        ("/\r\nset-cookie: a=b", "/home"),
        ("https://evil.example", "/home"),
        ("", "/home"),
    ] {
        let response = backend.http(post("/login", "next", next));
        assert_eq!(response.header("location"), Some(location), "{next:?}");
        assert_eq!(response.header("set-cookie"), None);
    }
}

#[contract_test(app())]
fn a_redirect_refuses_a_socket(backend: &impl Backend) {
    let refused = backend.try_ws("/ws").err().expect("a refusal");
    assert_eq!(
        (refused.status().as_u16(), refused.header("location")),
        (307, Some("/login"))
    );
}

/// The path of the function itself, without the prefix at which another one mounts it.
#[test]
fn a_link_alone_has_no_prefix() {
    let link = shop::items::item { id: "7" };
    let response = Redirect::to(format!("/nested{}", link.uri())).into_response();
    assert_eq!(response.header("location"), Some("/nested/items/7"));
    assert_eq!(
        Redirect::to(link).into_response().header("location"),
        Some("/items/7")
    );
}
