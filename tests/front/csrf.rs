//! Requests that other sites start.

use http4k_ws::contract_test;
use http4k_ws::filter::{Cors, Csrf, csrf};
use http4k_ws::http::HeaderValue;
use http4k_ws::message::OriginPolicy;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;
use serde_json::Value;

use super::logged;

const FRIEND: &str = "https://friend.example";

fn policy() -> OriginPolicy {
    OriginPolicy::own()
        .and(FRIEND.parse().expect("an origin"))
        .and("https://*.parts.example".parse().expect("a pattern"))
}

fn behind(filter: Csrf) -> PolyHandler {
    routes! {
        POST "/webhook" => http(|| "any sender"),
        with(filter) => {
            "/page"       => http(|| "reached"),
            "/ws"         => ws(|ws: WebSocket| ws.try_send("hi")),
            POST "/feed"  => sse(|sse: http4k_ws::Sse| async move { sse.send("event").await?; http4k_ws::SseResult::Ok(()) }),
            GET "/events" => sse(|sse: http4k_ws::Sse| async move { sse.send("event").await?; http4k_ws::SseResult::Ok(()) }),
        },
    }
}

/// Returns a request whose fields with `;` in their value are sent as several fields.
fn request(method: &str, path: &str, fields: &[(&str, &str)]) -> Request {
    let mut request = http4k_ws::http::Request::builder().method(method).uri(path);
    for (name, values) in fields {
        for value in values.split(';') {
            request = request.header(*name, value);
        }
    }
    request.body(Body::empty()).expect("a request")
}

const SITE: &str = "sec-fetch-site";

#[test]
fn each_row_of_the_table_holds_for_requests_and_upgrades() {
    let app = behind(csrf().with_origins(policy()));
    let lax = behind(csrf().with_origins(policy()).with_same_site());
    for (site, origin, passes) in [
        (None, None, true),
        (None, Some("http://app.example"), true),
        // Behind a proxy the scheme is not known.
        (None, Some("https://app.example"), true),
        (None, Some("HTTPS://App.Example:443"), true),
        (None, Some(FRIEND), true),
        (None, Some("https://a.parts.example"), true),
        (None, Some("https://parts.example"), false),
        (None, Some("https://app.example:8443"), false),
        (None, Some("https://app.example.evil.example"), false),
        (None, Some("https://sub.app.example"), false),
        (None, Some("null"), false),
        (None, Some(""), false),
        (None, Some("app.example"), false),
        (None, Some("http://app.example http://app.example"), false),
        (None, Some("http://app.example;http://app.example"), false),
        (None, Some("http://app.example;https://evil.example"), false),
        (Some("same-origin"), None, true),
        // A form of a page without referrers has the origin `null`.
        (Some("same-origin"), Some("null"), true),
        (Some("none"), None, true),
        (Some("none"), Some("null"), true),
        (Some("cross-site"), None, false),
        (Some("cross-site"), Some("https://evil.example"), false),
        (Some("cross-site"), Some("null"), false),
        // The page of the same host at `http`.
        (Some("cross-site"), Some("http://app.example"), false),
        (Some("cross-site"), Some(FRIEND), true),
        (Some("cross-site"), Some("https://a.parts.example"), true),
        (Some("same-site"), Some("https://sub.app.example"), false),
        (Some("same-site"), Some("http://app.example:81"), false),
        (Some("same-site"), Some(FRIEND), true),
        // Values that have no meaning yet.
        (Some(""), None, false),
        (Some(""), Some("http://app.example"), true),
        (Some("Same-Origin"), None, false),
        (Some("same-planet"), Some("http://app.example"), true),
        (Some("same-planet"), Some("https://evil.example"), false),
        (Some("same-origin;same-origin"), None, false),
        (Some("same-origin;cross-site"), None, false),
        (
            Some("cross-site;same-origin"),
            Some("https://evil.example"),
            false,
        ),
        (Some("same-origin, same-origin"), None, false),
    ] {
        let mut fields = vec![("host", "app.example")];
        fields.extend(site.map(|site| (SITE, site)));
        fields.extend(origin.map(|origin| ("origin", origin)));
        let case = format!("{site:?} {origin:?}");
        for method in ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"] {
            let response = app.test_http(request(method, "/page", &fields));
            assert_eq!(response.status() == 200, passes, "{method} {case}");
            assert!(passes || response.status() == 403, "{method} {case}");
        }
        for method in ["GET", "HEAD", "OPTIONS", "TRACE"] {
            let response = app.test_http(request(method, "/page", &fields));
            assert_eq!(response.status(), 200, "{method} {case}");
        }
        let response = app.test_http(request("POST", "/webhook", &fields));
        assert_eq!(response.body(), "any sender", "{case}");
        let socket = app.try_test_ws(request("GET", "/ws", &fields));
        // The origin check of the socket itself comes first.
        let socket = socket.map_err(|refusal| refusal.status());
        assert_eq!(socket.is_ok(), passes && own_or_none(origin), "{case}");
        let response = lax.test_http(request("POST", "/page", &fields));
        let passes = passes || site == Some("same-site");
        assert_eq!(
            response.status() == 200,
            passes,
            "with the same site: {case}"
        );
    }
}

/// Returns `true` if the default policy of a server admits sockets of this origin.
fn own_or_none(origin: Option<&str>) -> bool {
    let own = [
        "http://app.example",
        "https://app.example",
        "https://app.example:443",
    ];
    origin.is_none_or(|origin| own.contains(&origin.to_lowercase().as_str()))
}

#[contract_test(behind(csrf().with_origins(policy())))]
fn other_pages_are_refused_over_every_protocol(backend: &impl Backend) {
    logged::start();
    let evil = [(SITE, "cross-site"), ("origin", "https://evil.example")];
    let refusal = backend.http(request("POST", "/page?secret=1", &evil));
    assert_eq!(refusal.status(), 403);
    assert_eq!(
        refusal.header("content-type"),
        Some("application/problem+json")
    );
    let problem: Value =
        serde_json::from_slice(refusal.body().as_bytes().expect("read")).expect("a problem");
    let detail = problem["detail"].as_str().expect("a text");
    for part in [
        "POST /page",
        "https://evil.example",
        "cross-site",
        "`OriginPolicy` of `csrf()`",
    ] {
        assert!(detail.contains(part), "{detail} lacks {part}");
    }
    assert!(!detail.contains("secret"), "{detail}");
    let line = logged::await_line_with("POST /page at");
    assert!(line.starts_with("WARN POST /page"), "{line}");

    let cross = [(SITE, "cross-site")];
    assert_eq!(
        backend
            .try_ws(request("GET", "/ws", &cross))
            .err()
            .expect("none")
            .status(),
        403
    );
    assert_eq!(
        backend
            .try_sse(request("POST", "/feed", &cross))
            .err()
            .expect("none")
            .status(),
        403
    );
    // Reading a stream changes nothing. Its origin is that of `Cors`.
    assert!(backend.try_sse(request("GET", "/events", &cross)).is_ok());

    let own = [(SITE, "same-origin")];
    assert_eq!(
        backend.http(request("POST", "/page", &own)).body(),
        "reached"
    );
    assert!(backend.try_ws(request("GET", "/ws", &own)).is_ok());
    let friend = [(SITE, "cross-site"), ("origin", FRIEND)];
    assert_eq!(
        backend.http(request("POST", "/page", &friend)).body(),
        "reached"
    );
}

#[test]
fn an_http_page_is_not_the_own_one_of_https() {
    let app = behind(csrf());
    for (target, origin, status) in [
        ("https://app.example/page", "https://app.example", 200),
        ("https://app.example/page", "http://app.example", 403),
        ("http://app.example/page", "http://app.example", 200),
        ("http://app.example/page", "https://app.example", 403),
    ] {
        let response = app.test_http(request("POST", target, &[("origin", origin)]));
        assert_eq!(response.status(), status, "{target} {origin}");
    }
}

#[test]
fn a_refusal_escapes_text_of_the_peer() {
    let field = |bytes: &[u8]| HeaderValue::from_bytes(bytes).expect("a field");
    let mut evil = request("POST", "/page", &[]);
    let fields = evil.headers_mut();
    fields.insert("origin", field(b"https://evil.example/\"<b>\t"));
    fields.insert(SITE, field(b"\xff\xfe"));
    let refusal = behind(csrf()).test_http(evil);
    assert_eq!(refusal.status(), 403);
    let problem: Value =
        serde_json::from_slice(refusal.body().as_bytes().expect("read")).expect("a problem");
    let detail = problem["detail"].as_str().expect("a text");
    assert!(
        detail.contains(r#"https://evil.example/"<b>\t`"#),
        "{detail}"
    );
    assert!(!detail.contains(char::is_control), "{detail}");
}

#[test]
fn a_refusal_tells_a_missing_field_from_the_value_none() {
    for (fields, shown) in [
        (
            vec![("origin", "https://evil.example")],
            "Sec-Fetch-Site: `not sent`",
        ),
        (vec![(SITE, "cross-site")], "Origin: `not sent`"),
    ] {
        let refusal = behind(csrf()).test_http(request("POST", "/page", &fields));
        let body = refusal.body().as_text().expect("UTF-8");
        assert!(body.contains(shown), "{body}");
    }
}

#[test]
fn preflights_pass_and_cors_with_the_same_policy_admits_scripts() {
    let cors = Cors::new(policy()).with_credentials();
    let app = behind(csrf().with_origins(policy())).with(cors);
    let fields = [
        (SITE, "cross-site"),
        ("origin", FRIEND),
        ("access-control-request-method", "PUT"),
    ];
    assert_eq!(
        app.test_http(request("OPTIONS", "/page", &fields)).status(),
        204
    );
    let response = app.test_http(request("PUT", "/page", &fields[..2]));
    assert_eq!(response.body(), "reached");
    assert_eq!(response.header("access-control-allow-origin"), Some(FRIEND));
}
