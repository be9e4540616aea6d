//! Cookies that responses set, and their `Secure`.

use std::time::Duration;

use http4k_ws::client::{ClientTls, HttpClient, WebSocketClient};
use http4k_ws::contract_test;
use http4k_ws::filter::poly;
use http4k_ws::lens::Cookie;
use http4k_ws::message::{Redirect, Scheme, SetCookie};
use http4k_ws::prelude::*;
use http4k_ws::server::{Http2Config, ServerConfig, ServerTls};
use http4k_ws::testing::contract::Backend;

fn decided() -> SetCookie {
    SetCookie::new("plain", "1").secure(false)
}

fn undecided() -> SetCookie {
    SetCookie::new("session", "31d4d96e").max_age(Duration::from_secs(60))
}

fn open(_request: Request) -> WsResponse {
    let consumer = WsConsumer::new(|ws: WebSocket| async move { ws.send("hi").await });
    let response = WsResponse::accept(consumer).with_cookie(undecided());
    response.with_cookie(decided())
}

async fn events(sse: http4k_ws::Sse) -> http4k_ws::SseResult {
    Ok(sse.send("one").await?)
}

fn forged(request: Request) -> (SetCookie, &'static str) {
    let value = request.query("name").unwrap_or_default().into_owned();
    (SetCookie::new("name", value), "hello")
}

/// Adds a cookie to every response: pages, streams, 101 and refusals.
async fn seen(request: Request, next: Next) -> Response {
    next.call(request)
        .await
        .with_cookie(SetCookie::new("seen", "yes"))
}

fn app() -> PolyHandler {
    let app = routes! {
        POST "/login" => http(|| (decided(), (undecided(), Redirect::to("/")))),
        POST "/logout" => http(|| (undecided().removed(), "bye")),
        GET "/lens" => http(|| "hello".into_response().with(Cookie::int("count").required().of(3))),
        GET "/by-hand" => http(|| "hello".into_response().with_header("set-cookie", "by=hand")),
        GET "/forged" => http(forged),
        GET "/events" => sse(events(sse)),
        "/ws" => ws(open),
        "/refused" => ws(|| WsResponse::refuse(StatusCode::FORBIDDEN).with_cookie(undecided())),
    };
    app.with(poly(seen))
}

fn lines(headers: &http4k_ws::http::HeaderMap) -> Vec<&str> {
    let values = headers.get_all("set-cookie").iter();
    values.map(|value| value.to_str().expect("text")).collect()
}

const SEEN: &str = "seen=yes; Path=/; HttpOnly; SameSite=Lax";
const PLAIN: &str = "plain=1; Path=/; HttpOnly; SameSite=Lax";
const SESSION: &str = "session=31d4d96e; Path=/; Max-Age=60; HttpOnly; SameSite=Lax";

#[contract_test(app())]
fn every_response_sets_cookies(backend: &impl Backend) {
    let response = backend.http((Method::POST, "/login"));
    assert_eq!(lines(response.headers()), [SESSION, PLAIN, SEEN]);
    let cookies = response.set_cookies();
    assert_eq!(
        cookies,
        [undecided(), decided(), SetCookie::new("seen", "yes")]
    );

    let response = backend.http((Method::POST, "/logout"));
    assert!(response.set_cookies()[0].is_removed());

    let response = backend.http("/lens");
    assert_eq!(Cookie::int("count").required().get(&response), Ok(3));
    assert_eq!(
        lines(response.headers())[0],
        "count=3; Path=/; HttpOnly; SameSite=Lax"
    );

    let events = backend.sse("/events");
    drop(events);

    let socket = backend.ws("/ws");
    assert_eq!(
        lines(http4k_ws::testing::WsClient::response_headers(&socket)),
        [SESSION, PLAIN, SEEN]
    );
    let refused = backend.try_ws("/refused").err().expect("a refusal");
    assert_eq!(lines(refused.headers()), [SESSION, SEEN]);
}

#[contract_test(app())]
fn a_cookie_that_browsers_reject_is_not_sent(backend: &impl Backend) {
    let forged = Request::get("/forged")
        .body(Body::empty())
        .expect("a request");
    let response = backend.http(forged.with_query("name", "a; Domain=evil.example"));
    assert_eq!(response.status(), 500);
    assert_eq!(lines(response.headers()), [SEEN]);
}

/// In memory the scheme is that of the target, or set on the request.
#[test]
fn cookies_are_secure_over_https_in_memory() {
    let by_scheme = |path: &str| {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        app().test_http(request.with_scheme(Scheme::Https))
    };
    for response in [
        app().test_http("https://a.example/lens"),
        by_scheme("/lens"),
    ] {
        let lines = lines(response.headers());
        assert_eq!(lines[0], "count=3; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(lines[1], format!("{SEEN}; Secure"));
    }
    assert_eq!(lines(by_scheme("/by-hand").headers())[0], "by=hand");

    let socket = app().test_ws("wss://a.example/ws");
    let expected = [
        format!("{SESSION}; Secure"),
        PLAIN.to_owned(),
        format!("{SEEN}; Secure"),
    ];
    assert_eq!(lines(socket.response_headers()), expected);
    let refused = app()
        .try_test_ws("wss://a.example/refused")
        .expect_err("a refusal");
    assert_eq!(lines(refused.headers())[0], format!("{SESSION}; Secure"));
}

#[tokio::test]
async fn cookies_are_secure_over_tls() {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a pair");
    let (chain, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
    let tls = ServerTls::from_pem(&chain, key).expect("a certificate");
    let server = app()
        .as_server("127.0.0.1:0")
        .with_config(ServerConfig::default().with_tls(tls))
        .start()
        .expect("a server");
    let trusted = || ClientTls::trusting_only(&chain).expect("a certificate");
    let at = |scheme: &str, path: &str| format!("{scheme}://localhost:{}{path}", server.port());

    let client = HttpClient::new().with_tls(trusted());
    let response = client
        .send((Method::POST, at("https", "/login").as_str()))
        .await
        .expect("a response");
    let expected = [
        format!("{SESSION}; Secure"),
        PLAIN.to_owned(),
        format!("{SEEN}; Secure"),
    ];
    assert_eq!(lines(response.headers()), expected);

    let response = client
        .send(at("https", "/events"))
        .await
        .expect("a response");
    assert_eq!(lines(response.headers()), [format!("{SEEN}; Secure")]);

    let socket = WebSocketClient::to(at("wss", "/ws")).with_tls(trusted());
    let socket = socket.connect().await.expect("a socket");
    assert_eq!(lines(socket.response_headers()), expected);
    tokio::task::spawn_blocking(|| server.stop())
        .await
        .expect("a stop");
}

/// Over HTTP/2 the client names the scheme.
#[tokio::test]
async fn cookies_are_secure_over_https_in_http2() {
    for (scheme, secure) in [("https", "; Secure"), ("http", "")] {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let config = ServerConfig::default().with_http2(Http2Config::default());
        let serving = tokio::spawn(app().serve_connection(theirs, config));
        let (mut client, connection) = h2::client::handshake(ours).await.expect("HTTP/2");
        let driving = tokio::spawn(connection);
        let request = Request::get(format!("{scheme}://localhost/lens"))
            .body(())
            .expect("a request");
        let (response, _) = client.send_request(request, true).expect("a stream");
        let response = response.await.expect("a response");
        assert_eq!(lines(response.headers())[1], format!("{SEEN}{secure}"));
        drop(client);
        driving.abort();
        serving.abort();
    }
}
