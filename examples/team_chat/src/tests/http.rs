//! Login, pages, filters and metrics.

use http4k_ws::filter::sessions::{CookieSessions, SessionKey};
use http4k_ws::http::HeaderMap;

use super::*;
use crate::app::app;
use crate::chat::messages::Page;

const PASSWORD: &str = "open sesame";

fn whole_app() -> PolyHandler {
    app(team(), CookieSessions::encrypted([SessionKey::generate()]))
}

fn login(app: &PolyHandler, name: &str, password: &str) -> Response {
    let form = format!("name={name}&password={}", password.replace(' ', "+"));
    let form_type = "application/x-www-form-urlencoded";
    app.test_http(
        Request::post("/login")
            .header("content-type", form_type)
            .body(form),
    )
}

/// Logs in, and returns the `Cookie` field of the user's browser.
fn cookie(app: &PolyHandler, name: &str) -> String {
    let response = login(app, name, PASSWORD);
    assert_eq!(
        (response.status(), response.header("location")),
        (StatusCode::SEE_OTHER, Some("/"))
    );
    let [cookie] = &response.set_cookies()[..] else {
        panic!("one cookie")
    };
    format!("{}={}", cookie.name(), cookie.value())
}

fn get(path: &str, cookie: &str) -> Request {
    Request::get(path)
        .header("cookie", cookie)
        .body(Body::empty())
        .expect("a request")
}

fn text(response: &Response) -> &str {
    response.body().as_text().expect("a text")
}

#[test]
fn a_user_logs_in_talks_and_logs_out() {
    let app = whole_app();
    let ann = cookie(&app, "ann");
    assert!(text(&app.test_http(get("/", &ann))).contains("<title>Team chat</title>"));
    let mut socket = app.test_ws(get("/api/rooms/blue", &ann));
    assert_eq!(
        next(&mut socket),
        ToPage::Welcome {
            user: "ann".into(),
            present: vec!["ann".into()],
            history: Page::default()
        }
    );
    say(&mut socket, "hi");
    assert_eq!(said(&mut socket), ("ann".to_owned(), "hi".to_owned()));
    let rooms = app.test_http(get("/api/rooms", &ann));
    let listed = r#"[{"name":"blue","present":["ann"]},{"name":"general","present":[]}]"#;
    assert_eq!(text(&rooms), listed);

    let out = app.test_http(Request::post("/logout").header("cookie", ann));
    assert_eq!(out.header("location"), Some("/login"));
    assert!(out.set_cookies()[0].is_removed());
}

#[test]
fn a_wrong_name_or_password_is_refused_without_a_cookie() {
    let app = whole_app();
    for (name, password) in [
        ("ann", "sesame"),
        ("mallory", PASSWORD),
        ("", ""),
        ("ann", ""),
    ] {
        let refusal = login(&app, name, password);
        assert_eq!(refusal.status(), 401, "{name} {password}");
        assert!(text(&refusal).contains(r#"role="alert">Wrong name or password.<"#));
        assert_eq!(refusal.header("set-cookie"), None);
    }
    assert!(text(&app.test_http("/login")).contains(r#"role="alert"></p>"#));
    assert_eq!(
        app.test_http(Request::post("/login").body("")).status(),
        400
    );
}

#[test]
fn without_a_session_pages_redirect_and_everything_else_is_401_before_an_upgrade() {
    let app = whole_app();
    let page = app.test_http(Request::get("/").header("accept", "text/html"));
    assert_eq!(
        (page.status(), page.header("location")),
        (StatusCode::SEE_OTHER, Some("/login?next=%2F"))
    );
    for path in ["/api/rooms", "/api/rooms/blue", "/api/unknown"] {
        assert_eq!(app.test_http(path).status(), 401, "{path}");
        assert_eq!(app.try_test_ws(path).unwrap_err().status(), 401, "{path}");
        let forged = get(path, "session=YW5u");
        assert_eq!(app.try_test_ws(forged).unwrap_err().status(), 401, "{path}");
    }
    // A cookie of another server, which has another key.
    let other = cookie(&whole_app(), "ann");
    assert_eq!(app.test_http(get("/api/rooms", &other)).status(), 401);
}

#[test]
fn pages_of_other_sites_are_refused() {
    let app = whole_app();
    let ann = cookie(&app, "ann");
    for path in ["/login", "/logout"] {
        let foreign = Request::post(path).header("sec-fetch-site", "cross-site");
        assert_eq!(
            app.test_http(foreign.header("cookie", &ann)).status(),
            403,
            "{path}"
        );
    }
    let foreign = Request::get("/api/rooms/blue").header("origin", "https://evil.example");
    let refusal = app.try_test_ws(foreign.header("cookie", &ann)).unwrap_err();
    assert_eq!(refusal.status(), 403);
}

#[test]
fn logins_are_limited_by_address() {
    let app = whole_app();
    let attempt = |address: &str| {
        let address = address.parse().expect("an address");
        let form = Request::post("/login")
            .body(Body::empty())
            .expect("a request");
        app.test_http(form.with_peer_addr(address))
            .status()
            .as_u16()
    };
    let statuses: Vec<_> = (0..21).map(|_| attempt("192.0.2.1:40000")).collect();
    assert_eq!((statuses[19], statuses[20]), (400, 429));
    assert_eq!(attempt("192.0.2.2:40000"), 400);
}

#[test]
fn requests_and_sockets_are_limited_by_user() {
    let app = whole_app();
    let (ann, bob) = (cookie(&app, "ann"), cookie(&app, "bob"));
    for _ in 0..50 {
        assert_eq!(app.test_http(get("/api/rooms", &ann)).status(), 200);
    }
    let refusal = app.test_http(get("/api/rooms", &ann));
    assert_eq!(
        (refusal.status().as_u16(), refusal.header("retry-after")),
        (429, Some("1"))
    );
    let refusal = app.try_test_ws(get("/api/rooms/blue", &ann)).unwrap_err();
    assert_eq!(refusal.status(), 429);
    assert_eq!(app.test_http(get("/api/rooms", &bob)).status(), 200);
}

#[test]
fn messages_of_a_socket_are_limited() {
    let app = whole_app();
    let ann = cookie(&app, "ann");
    let mut socket = app.test_ws(get("/api/rooms/blue", &ann));
    for _ in 0..61 {
        say(&mut socket, "hi");
    }
    let closed = socket.closed().expect("it closes");
    assert_eq!(closed.to_string(), "1008 too many messages");
}

#[test]
fn files_are_cached_and_compressed() {
    let app = whole_app();
    let style = app.test_http("/assets/chat.css");
    assert_eq!(style.header("content-type"), Some("text/css"));
    let etag = style.header("etag").expect("a validator");
    let known = Request::get("/assets/chat.css").header("if-none-match", etag);
    assert_eq!(app.test_http(known).status(), 304);
    let zipped = Request::get("/assets/main.js").header("accept-encoding", "gzip");
    assert_eq!(
        app.test_http(zipped).header("content-encoding"),
        Some("gzip")
    );
    for outside in [
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/assets/none.js",
    ] {
        assert_eq!(app.test_http(outside).status(), 404, "{outside}");
    }
}

#[test]
fn every_response_has_the_fields_of_a_safe_page() {
    let app = whole_app();
    let safe = |headers: &HeaderMap| {
        let policy = headers["content-security-policy"].to_str().expect("a text");
        assert!(
            policy.contains("default-src 'self'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
    };
    for path in ["/login", "/", "/assets/main.js", "/none"] {
        safe(app.test_http(path).headers());
    }
    for page in [
        include_str!("../../pages/chat.html"),
        include_str!("../../pages/login.html"),
    ] {
        for inline in ["<style", "style=", "onclick=", "onload=", "<script>"] {
            assert!(!page.contains(inline), "{inline}");
        }
    }
}

#[test]
fn requests_and_sockets_are_counted_by_their_routes() {
    let app = whole_app();
    let ann = cookie(&app, "ann");
    for room in ["blue", "green"] {
        let mut socket = app.test_ws(get(&format!("/api/rooms/{room}"), &ann));
        next(&mut socket);
        say(&mut socket, "hi");
        said(&mut socket);
    }
    assert_eq!(app.test_http("/secret.php").status(), 404);
    assert!(app.try_test_ws("/api/rooms/blue").is_err());
    let counts = app.test_http("/metrics");
    for line in [
        "sockets_total 2\n",
        "socket_messages_total 2\n",
        "requests_total{route=\"/login\",status=\"303\"} 1\n",
        "requests_total{route=\"none\",status=\"404\"} 1\n",
        "requests_total{route=\"/api/rooms/<room>\",status=\"401\"} 1\n",
    ] {
        assert!(text(&counts).contains(line), "{line} {}", text(&counts));
    }
}
