//! The login page in the place of a 401.

use http4k_ws::contract_test;
use http4k_ws::filter::{
    CredentialSource, api_key_cookie, api_key_query, authenticate, bearer, next_page,
};
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;

use super::{SECRET, feed, look_up, me, talk, with_field};

/// The field `Accept` of Chromium and of Firefox for a page.
const PAGES: [&str; 2] = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
];

fn app() -> PolyHandler {
    let sources = bearer().or(api_key_cookie("key")).or(api_key_query("key"));
    let users = authenticate(sources, look_up).or_login("/login?from=app");
    routes! {
        GET "/login" => http(|req: Request| next_page(&req)),
        "/app" with(users) => {
            GET | HEAD | POST "/me" => http(me(_)),
            "/ws" => ws(talk(ws, _)),
            GET "/feed" => sse(feed(sse, _)),
        },
    }
}

#[contract_test(app())]
fn a_page_request_goes_to_the_login_page_and_back(backend: &impl Backend) {
    for accept in PAGES {
        let page = |target: &str| with_field(target, "accept", accept.as_bytes());
        let response = backend.http(page("/app/me?q=a%26b&x=1"));
        assert_eq!(response.status(), 303);
        let login = response.header("location").expect("a location").to_owned();
        assert_eq!(
            login,
            "/login?from=app&next=%2Fapp%2Fme%3Fq%3Da%2526b%26x%3D1"
        );
        assert_eq!(backend.http(&*login).body(), "/app/me?q=a%26b&x=1");
        assert!(!response.headers().contains_key("www-authenticate"));

        let head = backend.http(page("/app/me").with_method(Method::HEAD));
        assert_eq!(head.status(), 303);
        // Unknown pages are not revealed.
        assert_eq!(backend.http(page("/app/nothing")).status(), 303);
        // A session that ended, and a stale one.
        for key in ["guess", "stale"] {
            let mut expired = page("/app/me");
            expired
                .headers_mut()
                .insert("cookie", format!("key={key}").parse().unwrap());
            assert_eq!(backend.http(expired).status(), 303, "{key}");
        }
        let mut known = page("/app/me");
        known
            .headers_mut()
            .insert("cookie", format!("key={SECRET}").parse().unwrap());
        assert_eq!(backend.http(known).body(), "ann");
        let mut banned = page("/app/me");
        banned
            .headers_mut()
            .insert("cookie", "key=banned".parse().unwrap());
        assert_eq!(backend.http(banned).status(), 403);
    }
}

#[contract_test(app())]
fn other_requests_still_receive_401(backend: &impl Backend) {
    for accept in [
        "*/*",
        "application/json",
        "text/event-stream",
        "application/json, text/html;q=0.5",
        "text/*",
        "text/html;q=0",
    ] {
        let request = with_field("/app/me", "accept", accept.as_bytes());
        assert_eq!(backend.http(request).status(), 401, "{accept}");
    }
    assert_eq!(backend.http("/app/me").status(), 401);
    let post = with_field("/app/me", "accept", PAGES[0].as_bytes()).with_method(Method::POST);
    assert_eq!(backend.http(post).status(), 401);
    let upgrade = with_field("/app/ws", "accept", PAGES[0].as_bytes());
    let refusal = backend.try_ws(upgrade).err().expect("a refusal");
    assert_eq!(
        (refusal.status().as_u16(), refusal.header("location")),
        (401, None)
    );
    let refusal = backend.try_sse("/app/feed").err().expect("a refusal");
    assert_eq!(refusal.status(), 401);
    let malformed = with_field("/app/me", "accept", PAGES[0].as_bytes());
    let malformed = malformed.with_header("authorization", "Bearer");
    assert_eq!(backend.http(malformed).status(), 400);
}

#[contract_test(app())]
fn no_secret_is_in_the_address(backend: &impl Backend) {
    let page = with_field("/app/me?key=guess&page=2", "accept", PAGES[0].as_bytes());
    let response = backend.http(page);
    assert_eq!(
        response.header("location"),
        Some("/login?from=app&next=%2Fapp%2Fme%3Fpage%3D2")
    );
}

#[test]
fn a_page_outside_of_this_site_is_not_passed_on() {
    let users = authenticate(bearer(), look_up).or_login("/login");
    let refuse = |_request: Request| WsResponse::refuse(StatusCode::NOT_FOUND);
    let app = PolyHandler::new(|_request: Request| "page", refuse).with(users);
    for (target, location) in [
        ("/a", Some("/login?next=%2Fa")),
        ("//evil.example/a", Some("/login")),
        ("/a//b", Some("/login?next=%2Fa%2F%2Fb")),
        ("/login", None),
        ("/login?next=%2Fa", None),
    ] {
        let request = Request::get(format!("http://localhost{target}"));
        let request = request.header("accept", PAGES[0]);
        let response = app.test_http(request);
        assert_eq!(response.header("location"), location, "{target}");
        let status = if location.is_some() { 303 } else { 401 };
        assert_eq!(response.status(), status, "{target}");
    }
}

#[test]
fn a_login_page_on_another_site_panics() {
    for path in [
        "",
        "login",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a b",
    ] {
        let built = std::panic::catch_unwind(|| authenticate(bearer(), look_up).or_login(path));
        assert!(built.is_err(), "{path}");
    }
}
