//! Security fields, and redirects to https.

use std::time::Duration;

use http4k_ws::client::HttpClient;
use http4k_ws::contract_test;
use http4k_ws::filter::{guard, https_redirect, provide, security_headers};
use http4k_ws::handler::BoxPolyFilter;
use http4k_ws::message::Scheme;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::AsyncBackend;
use http4k_ws::{Sse, SseResult};

use crate::logged;

async fn feed(sse: Sse) -> SseResult {
    sse.send("one").await?;
    Ok(())
}

async fn talk(ws: WebSocket) -> WsResult {
    Ok(ws.send("hello").await?)
}

fn own() -> Response {
    "own"
        .into_response()
        .with_header("x-frame-options", "SAMEORIGIN")
        .with_header("content-security-policy", "frame-ancestors 'self'")
}

fn routes() -> PolyHandler {
    routes! {
        GET "/" => http(|| "hello"),
        GET "/own" => http(own()),
        GET "/feed" => sse(feed(sse)),
        "/ws" => ws(talk(ws)),
    }
}

fn app() -> PolyHandler {
    routes().with(security_headers())
}

/// Sets the scheme that `x-scheme` names, as a trusted proxy does.
fn scheme() -> BoxPolyFilter {
    guard(|request: Request| async move {
        let scheme = match request.header("x-scheme") {
            Some("http") => Some(Scheme::Http),
            Some("https") => Some(Scheme::Https),
            _ => None,
        };
        Ok::<_, Response>(match scheme {
            Some(scheme) => request.with_scheme(scheme),
            None => request,
        })
    })
}

fn proxied() -> PolyHandler {
    let app = routes! {
        GET "/health" => http(|| "well"),
        "/" with(https_redirect()) => {
            GET "/" => http(|| "home"),
            POST "/orders" => http(|| "ordered"),
            "/ws" => ws(talk(ws)),
        },
    };
    app.with(security_headers()).with(scheme())
}

type TestResult = Result<(), Box<dyn std::error::Error>>;

const FIELDS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("content-security-policy", "frame-ancestors 'none'"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[contract_test(app())]
async fn every_document_has_the_fields(backend: &impl AsyncBackend) -> TestResult {
    for path in ["/", "/nowhere", "/feed", "/ws"] {
        let response = backend.http(path).await;
        for (name, value) in FIELDS {
            assert_eq!(response.header(name), Some(value), "{path} {name}");
        }
        assert_eq!(response.header("strict-transport-security"), None, "{path}");
    }
    let response = backend.http("/own").await;
    assert_eq!(response.header("x-frame-options"), Some("SAMEORIGIN"));
    let policies: Vec<_> = response.header_values("content-security-policy").collect();
    assert_eq!(policies, ["frame-ancestors 'self'"]);
    let refusal = backend
        .try_ws("/nowhere")
        .await
        .map(drop)
        .expect_err("no socket");
    assert_eq!(refusal.header("x-frame-options"), Some("DENY"));
    let ws = backend.ws("/ws").await;
    for (name, _) in FIELDS {
        assert!(!ws.response_headers().contains_key(name), "{name}");
    }
    Ok(())
}

#[test]
fn each_field_can_be_changed() {
    let policy = |filter: http4k_ws::filter::SecurityHeaders| {
        let response = routes().with(filter).test_http("/");
        response
            .header("content-security-policy")
            .unwrap_or_default()
            .to_owned()
    };
    for (text, expected) in [
        (
            "default-src 'self'",
            "default-src 'self'; frame-ancestors 'none'",
        ),
        (
            "default-src 'self';",
            "default-src 'self'; frame-ancestors 'none'",
        ),
        (
            "default-src 'self'; FRAME-ancestors 'self'",
            "default-src 'self'; FRAME-ancestors 'self'",
        ),
        (
            "report-uri /frame-ancestors",
            "report-uri /frame-ancestors; frame-ancestors 'none'",
        ),
    ] {
        assert_eq!(
            policy(security_headers().with_content_policy(text)),
            expected
        );
    }
    let filter = security_headers()
        .without("x-frame-options")
        .with("permissions-policy", "camera=()")
        .with_strict_subdomains(Duration::from_secs(60));
    let app = routes().with(filter.clone());
    let secure = || {
        "/".into_request()
            .expect("a request")
            .with_scheme(Scheme::Https)
    };
    let response = app.test_http(secure());
    assert_eq!(response.header("x-frame-options"), None);
    assert_eq!(response.header("permissions-policy"), Some("camera=()"));
    let transport = response.header("strict-transport-security");
    assert_eq!(transport, Some("max-age=60; includeSubDomains"));
    let app = routes().with(filter.without("strict-transport-security"));
    assert_eq!(
        app.test_http(secure()).header("strict-transport-security"),
        None
    );
}

fn over(scheme: &str, request: http4k_ws::http::request::Builder) -> Request {
    let request = request
        .header("x-scheme", scheme)
        .header("host", "localhost:8080");
    request.body(Body::empty()).expect("a request")
}

#[contract_test(proxied())]
async fn http_is_redirected_and_https_is_not(backend: &impl AsyncBackend) -> TestResult {
    let response = backend
        .http(over("http", Request::get("/?q=1&r=//x")))
        .await;
    assert_eq!(response.status(), 308);
    let location = Some("https://localhost/?q=1&r=//x");
    assert_eq!(response.header("location"), location);
    let response = backend.http(over("http", Request::post("/orders"))).await;
    assert_eq!(
        response.header("location"),
        Some("https://localhost/orders")
    );
    let response = backend.http(over("https", Request::get("/"))).await;
    assert_eq!(response.body(), "home");
    let transport = response.header("strict-transport-security");
    assert_eq!(transport, Some("max-age=31536000"));
    assert_eq!(
        backend
            .http(over("http", Request::get("/health")))
            .await
            .body(),
        "well"
    );

    let refusal = backend
        .try_ws(over("http", Request::get("/ws")))
        .await
        .map(drop);
    let refusal = refusal.expect_err("no socket");
    assert_eq!(refusal.status(), 403);
    assert!(
        refusal
            .body()
            .as_text()
            .is_some_and(|text| text.contains("wss"))
    );
    let ws = backend.ws(over("https", Request::get("/ws"))).await;
    assert_eq!(
        ws.response_headers()["strict-transport-security"],
        "max-age=31536000"
    );
    Ok(())
}

#[test]
fn a_redirect_needs_one_valid_host_and_keeps_to_it() {
    let app = routes().with(https_redirect().to_port(8443));
    let request = |hosts: &[&'static str]| {
        let request: Request = Request::default().with_scheme(Scheme::Http);
        hosts.iter().fold(request, |request, host| {
            request.with_added_header("host", *host)
        })
    };
    let response = app.test_http(request(&["chat.example:80"]));
    assert_eq!(
        response.header("location"),
        Some("https://chat.example:8443/")
    );
    let response = app.test_http(request(&["[::1]:80"]));
    assert_eq!(response.header("location"), Some("https://[::1]:8443/"));
    // The path cannot become a host.
    let evil = request(&["chat.example"]).with_uri("//evil.example/a%2Fb".parse().expect("a URI"));
    let location = Some("https://chat.example:8443//evil.example/a%2Fb");
    assert_eq!(app.test_http(evil).header("location"), location);
    for hosts in [
        &["a", "b"] as &[&str],
        &[],
        &[""],
        &["a/b"],
        &["user@a"],
        &["a b"],
    ] {
        assert_eq!(app.test_http(request(hosts)).status(), 400, "{hosts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_known_scheme_nothing_is_redirected() -> TestResult {
    logged::start();
    let app = routes().with(https_redirect()).with(provide(7));
    let server = app.as_server("127.0.0.1:0").start()?;
    let client = HttpClient::new().with_base(format!("http://{}", server.addr()))?;
    for _ in 0..3 {
        assert_eq!(client.send("/").await?.body(), "hello");
    }
    let lines = logged::lines_with("`https_redirect` lets requests pass");
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("ServerConfig::with_proxies"), "{lines:?}");
    Ok(())
}
