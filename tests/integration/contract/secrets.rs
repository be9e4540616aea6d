//! Secrets and texts of peers, in `Debug` and in log lines.

use std::sync::mpsc::channel;

use http4k_ws::SendError;
use http4k_ws::client::WebSocketClient;
use http4k_ws::contract_test;
use http4k_ws::filter::print_traffic;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::contract::AsyncBackend;

use super::backends::{next_report, on_every_backend};

const SECRETS: [(&str, &str); 4] = [
    ("authorization", "Bearer s3cret"),
    ("proxy-authorization", "Basic s3cret"),
    ("cookie", "session=s3cret"),
    ("sec-websocket-protocol", "token, s3cret"),
];

fn with_secrets(path: &str) -> Request {
    let fields = SECRETS.iter();
    let request = fields.fold(Request::get(path), |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(Body::empty()).expect("a request")
}

/// Formats the request with `Debug`, and checks that its fields can still be read.
fn shown(request: &Request) -> String {
    let readable = SECRETS
        .iter()
        .all(|(name, value)| request.header(name).is_none_or(|given| given == *value));
    format!("{readable} {request:?}")
}

fn cookie() -> Response {
    StatusCode::FORBIDDEN
        .into_response()
        .with_header("set-cookie", "id=s3cret")
}

fn app() -> PolyHandler {
    async fn over_the_socket(ws: WebSocket) -> WsResult {
        Ok(ws.send(shown(ws.request())).await?)
    }
    async fn of_the_handler(request: Request) -> WsConsumer {
        let shown = shown(&request);
        WsConsumer::new(move |ws: WebSocket| async move { ws.send(shown).await })
    }
    routes! {
        "/" => http(|req: Request| shown(&req)),
        "/socket" => ws(over_the_socket(ws)),
        "/handler" => ws(of_the_handler),
        "/cookie" => http(cookie()),
    }
}

#[contract_test(app())]
fn debug_hides_the_secrets_of_a_request(backend: &impl http4k_ws::testing::contract::Backend) {
    let mut texts = Vec::new();
    for path in ["/socket", "/handler"] {
        let message = backend.ws(with_secrets(path)).received().next();
        texts.push(message.expect("a text").expect("open").text().into_owned());
    }
    let response = backend.http(with_secrets("/"));
    texts.push(response.body().as_text().expect("a text").to_owned());
    for text in texts {
        assert!(text.starts_with("true "), "{text}");
        assert!(
            text.contains("authorization") && !text.contains("s3cret"),
            "{text}"
        );
    }
}

#[contract_test(app())]
fn debug_hides_the_cookies_of_a_response(backend: &impl http4k_ws::testing::contract::Backend) {
    let response = backend.http("/cookie");
    assert_eq!(response.header("set-cookie"), Some("id=s3cret"));
    let shown = format!("{response:?}");
    assert!(
        shown.contains("set-cookie") && !shown.contains("s3cret"),
        "{shown}"
    );
}

#[contract_test(app())]
async fn debug_of_a_socket_hides_the_secrets_too(backend: &impl AsyncBackend) {
    let socket = backend.ws(with_secrets("/socket")).await;
    let shown = format!("{socket:?} {:?}", socket.request());
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn debug_of_an_opening_handshake_hides_possible_secrets() {
    let handshake = WebSocketClient::to("wss://ann:s3cret@example.com/chat?token=s3cret#s3cret")
        .with_header("authorization", "Bearer s3cret")
        .with_header("x-api-key", "s3cret")
        .with_subprotocol("s3cret");
    for shown in [format!("{handshake:?}"), format!("{handshake:#?}")] {
        assert!(shown.contains("example.com/chat"), "{shown}");
        assert!(
            shown.contains("x-api-key") && !shown.contains("s3cret"),
            "{shown}"
        );
    }
}

#[test]
fn debug_of_a_refused_upgrade_hides_its_cookies() {
    let refuse = |_request: Request| {
        let refusal = StatusCode::UNAUTHORIZED.into_response();
        WsResponse::refuse(refusal.with_header("set-cookie", "id=s3cret"))
    };
    let server = refuse.as_server("127.0.0.1:0").start().expect("a server");
    let refused = WebSocketClient::blocking(format!("ws://{}/", server.addr()));
    let shown = format!("{:?}", refused.expect_err("a refusal"));
    assert!(
        shown.contains("set-cookie") && !shown.contains("s3cret"),
        "{shown}"
    );
}

on_every_backend! {
    /// The text of a log line stays on one line, and contains no control sequences for a terminal.
    fn text_of_a_peer_is_escaped_in_log_lines<B>() {
        let (print, lines) = channel();
        async fn wait(mut ws: WebSocket) -> WsResult {
            while ws.recv().await?.is_some() {}
            Ok(())
        }
        let app = routes! { "/ws" => ws(wait(ws)) };
        let app = app.with(print_traffic(move |line| print.send(line).expect("the test listens")));
        let backend = B::start(app, SessionConfig::default());
        let mut client = backend.connect("/ws");
        client.send("a\nb\u{1b}[31m\u{202e}").expect("open");
        client.close(WsStatus::new(4000, "bye\r\nERROR \u{1b}[2Jforged \u{9b}31m\u{202e}").expect("a status"));
        client.closed();
        let lines: Vec<_> = (0..3).map(|_| next_report(&lines)).collect();
        assert_eq!(lines, [
            "GET /ws accepted",
            "GET /ws received: Text(\"a\\nb\\u{1b}[31m\\u{202e}\")",
            "GET /ws closed: 4000 bye\\r\\nERROR \\u{1b}[2Jforged \\u{9b}31m\\u{202e}",
        ]);
    }
}

/// An error of a client quotes the server's text.
#[test]
fn errors_show_the_peers_text_on_one_line() {
    let status = WsStatus::new(4000, "two\nlines").expect("a status");
    let closing = http4k_ws::WsError::closing(status.clone());
    let cause = std::io::Error::other("two\nlines\u{1b}");
    for shown in [
        SendError::Closed(status.clone()).to_string(),
        http4k_ws::testing::ReceiveError::Closed(status).to_string(),
        format!("{closing:?}"),
        format!("{:?}", WsError::from(cause)),
    ] {
        assert!(!shown.contains(char::is_control), "{shown:?}");
        assert!(shown.contains("two\\nlines"), "{shown}");
    }
}
