//! Mistakes that the compiler cannot see, and that are refused when an application is built.

use http4k_ws::message::UriTemplateError;
use http4k_ws::routing::{RouteError, Routes};
use http4k_ws::{Method, PolyHandler, Request, routes};

use super::ask;

fn said(_request: Request) -> &'static str {
    "said"
}

async fn socket(_ws: http4k_ws::WebSocket) {}

fn talk(_request: Request) -> http4k_ws::WsConsumer {
    http4k_ws::WsConsumer::new(socket)
}

fn get(template: &str) -> Routes {
    Routes::new().http(Method::GET, template, said)
}

fn refused(routes: Routes) -> String {
    routes.build().unwrap_err().to_string()
}

#[test]
fn two_routes_for_the_same_requests_are_refused() {
    for (routes, message) in [
        (
            get("/x").http(Method::GET, "/x", said),
            "`GET /x` matches the same requests as `GET /x`",
        ),
        (
            get("/x/<a>").http([Method::PUT, Method::GET], "/x/<b>", said),
            "`PUT|GET /x/<b>` matches the same requests as `GET /x/<a>`",
        ),
        (
            Routes::new()
                .ws("/<a..>", talk)
                .under("/", |inner| inner.ws("/<b..>", talk)),
            "`ws /<b..>` matches the same requests as `ws /<a..>`",
        ),
        (
            get("/a/b").under("/a", |inner| inner.http(Method::GET, "/b", said)),
            "`GET /a/b` matches the same requests as `GET /a/b`",
        ),
        (
            get("/api/<rest..>").mount("/api", said),
            "`mount /api` matches the same requests as `GET /api/<rest..>`",
        ),
        (
            Routes::new().mount("/<a>", said).mount("/<b>", said),
            "`mount /<b>` matches the same requests as `mount /<a>`",
        ),
    ] {
        assert_eq!(refused(routes), message);
    }
}

#[tokio::test]
async fn routes_that_differ_in_method_protocol_or_shape_are_accepted() {
    let app = get("/x")
        .http(http4k_ws::routing::Methods::every(), "/x", said)
        .http(Method::HEAD, "/x", said)
        .ws("/x", talk)
        .http(Method::GET, "/<y>", said)
        .http(Method::GET, "/<y..>", said)
        .mount("/z", said)
        .http(Method::GET, "/z", said)
        .http(Method::GET, "/z/<z>", said)
        .build()
        .unwrap();
    assert_eq!(ask(&app, "PURGE", "/x").await.0, 200);
    assert_eq!(app.routes().len(), 9);
}

#[test]
fn mounted_routes_are_checked_against_outer_routes_at_any_depth() {
    let users = || get("/<id>").http(Method::POST, "/", said).build().unwrap();
    let api = || Routes::new().mount("/users", users()).build().unwrap();
    for (routes, message) in [
        (
            get("/api/users/<name>").mount("/api", api()),
            "`GET /api/users/<id>` matches the same requests as `GET /api/users/<name>`",
        ),
        (
            Routes::new()
                .mount("/api", api())
                .http(Method::POST, "/api/users", said),
            "`POST /api/users` matches the same requests as `POST /api/users`",
        ),
        (
            Routes::new()
                .mount("/api", api())
                .mount("/api/users", users()),
            "`GET /api/users/<id>` matches the same requests as `GET /api/users/<id>`",
        ),
        (
            Routes::new().mount("/api", api()).mount("/api/users", said),
            "`GET /api/users/<id>` is never reached: `mount /api/users` takes its requests first",
        ),
        (
            Routes::new()
                .http(Method::GET, "/api/<_what>/<_id>", said)
                .mount("/api", api()),
            "`GET /api/users/<id>` is never reached: `GET /api/<_what>/<_id>` takes its requests first",
        ),
    ] {
        assert_eq!(refused(routes), message);
    }
    let fine = Routes::new()
        .mount("/api", api())
        .http(Method::PUT, "/api/users/<id>", said)
        .http(Method::GET, "/<any>/users/<id>", said)
        .http(Method::GET, "/api/users/<id>/more", said)
        .ws("/api/users/<id>", talk)
        .mount("/api/users/me", said);
    assert_eq!(fine.build().unwrap().routes().len(), 7);
}

routes! {
    fn tried(app: PolyHandler) -> Result<PolyHandler, RouteError> {
        GET "/api/<id>" => http(|id: String| id),
        "/api" => mount(app),
    }
}

routes! {
    fn trusted(app: PolyHandler) -> PolyHandler {
        GET "/api/<_id>" => http(|req: Request| async move { said(req) }),
        "/api" => mount(app),
    }
}

#[tokio::test]
async fn an_application_of_the_macro_is_checked_against_its_mounts() {
    let built = get("/<name>").build().unwrap();
    let written = routes! { GET "/<other>" => http(|other: String| other) };
    for app in [
        built,
        written.clone(),
        written.with(http4k_ws::filter::http_only(passing)),
    ] {
        let error = tried(app).unwrap_err();
        assert!(matches!(&error, RouteError::Conflict { .. }), "{error}");
        assert!(error.to_string().ends_with("as `GET /api/<id>`"), "{error}");
    }
    let fine = tried(get("/<name>/more").build().unwrap()).unwrap();
    assert_eq!(ask(&fine, "GET", "/api/x/more").await.1, "said");
    assert_eq!(ask(&fine, "GET", "/api/x").await.1, "x");
}

async fn passing(request: Request, next: http4k_ws::Next) -> http4k_ws::Response {
    http4k_ws::HttpHandler::call(&next, request).await
}

#[test]
#[should_panic(expected = "`GET /api/<name>` matches the same requests as `GET /api/<_id>`")]
fn a_conflict_panics_at_build_time_without_a_result() {
    trusted(get("/<name>").build().unwrap());
}

#[test]
fn parameters_are_counted_over_all_mounts() {
    let eight = "/<a>/<b>/<c>/<d>/<e>/<f>/<g>/<h>";
    let half = || get(eight).build().unwrap();
    let whole = Routes::new().mount(eight, half()).build().unwrap();
    assert_eq!(
        refused(Routes::new().mount("/x/<y>", whole)),
        format!("`GET /x/<y>{eight}{eight}` has 17 parameters, more than 16"),
    );
}

#[test]
fn invalid_templates_are_rejected_with_their_rule() {
    for (routes, route) in [
        (get("/<a"), "GET /<a"),
        (get("x"), "GET x"),
        (Routes::new().ws("/<a>/<a>", talk), "ws /<a>/<a>"),
        (Routes::new().under("/a/", |inner| inner), "/a/"),
        (
            Routes::new().under("/<a>", |inner| inner.ws("/<a>", talk)),
            "ws /<a>/<a>",
        ),
    ] {
        let error = routes.build().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the template of `{route}` is not valid")
        );
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.downcast_ref::<UriTemplateError>().is_some());
    }
    let rest = "the prefix `/a/<b..>` takes all that is left of a path";
    let mounted = Routes::new().mount("/a/<b..>", said);
    assert_eq!(refused(mounted), rest);
    let under = Routes::new().under("/a", |a| a.under("/<b..>", |inner| inner));
    assert_eq!(refused(under), rest);
}

#[test]
fn a_name_is_unique_and_belongs_to_a_route() {
    assert_eq!(
        refused(
            get("/x")
                .named("x")
                .http(Method::GET, "/y", said)
                .named("x")
        ),
        "`GET /y` has the name `x`, which `GET /x` has"
    );
    assert_eq!(
        refused(Routes::new().named("x")),
        "`x` must follow the route that it is for"
    );
}

#[test]
fn a_fallback_is_unique_for_its_kind_and_reachable() {
    assert_eq!(
        refused(
            Routes::new()
                .fallback(said)
                .under("/", |inner| inner.fallback(said))
        ),
        "the prefix `/` has two http fallbacks"
    );
    let all = Routes::new().http(http4k_ws::routing::Methods::every(), "/a/<rest..>", said);
    assert_eq!(
        refused(all.under("/a", |inner| inner.fallback(said))),
        "`the http fallback of /a` is never reached: `http /a/<rest..>` takes its requests first"
    );
    let some = get("/<rest..>").fallback(said).ws_fallback(talk);
    assert!(some.build().is_ok());
}
