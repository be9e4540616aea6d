//! Header fields of the response that opens a socket.

use std::sync::mpsc::channel;

use http4k_ws::filter::{poly, ws_only};
use http4k_ws::http::header;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use http4k_ws::{HttpHandler, PolyFilter, WsHandler};

use super::backends::{Backend, next_report, on_every_backend};

fn backend<B: Backend>(app: PolyHandler) -> B {
    B::start(app, SessionConfig::default())
}

async fn hello(ws: WebSocket) -> WsResult {
    Ok(ws.send("hello").await?)
}

/// Accepts, with an id and two cookies.
fn named(_request: Request) -> WsResponse {
    WsResponse::accept(WsConsumer::new(hello))
        .with_header("x-id", "handler")
        .with_added_header("set-cookie", "a=1")
        .with_added_header("set-cookie", "b=2")
}

fn app() -> PolyHandler {
    routes! {
        "/ws" => ws(named),
        "/plain" => ws(hello(ws)),
        "/refused" => ws(|| WsResponse::refuse(StatusCode::FORBIDDEN).with_header("x-id", 7)),
    }
}

fn cookies(headers: &http4k_ws::http::HeaderMap) -> Vec<&[u8]> {
    let cookies = headers.get_all("set-cookie");
    cookies.iter().map(|value| value.as_bytes()).collect()
}

on_every_backend! {
    fn a_handler_sets_fields<B>() {
        let backend: B = backend(app());
        let client = backend.connect("/ws");
        assert_eq!(client.response_headers()["x-id"], "handler");
        assert_eq!(cookies(client.response_headers()), [b"a=1", b"b=2"]);
        assert!(!backend.connect("/plain").response_headers().contains_key("x-id"));
        let refusal = backend.try_connect("/refused").err().expect("a refusal");
        assert_eq!((refusal.status().as_u16(), refusal.header("x-id")), (403, Some("7")));
    }

    fn the_socket_knows_its_fields<B>() {
        let (tell, fields) = channel();
        let app = move |_request: Request| {
            let tell = tell.clone();
            let consumer = WsConsumer::new(move |ws: WebSocket| {
                tell.send(ws.response_headers().clone()).expect("the test listens");
            });
            WsResponse::accept(consumer).with_header("x-id", "7")
        };
        let backend: B = backend(PolyHandler::new(|_request: Request| "http", app));
        backend.connect("/").closed();
        let fields = next_report(&fields);
        assert_eq!((fields.len(), &fields["x-id"]), (1, &"7".parse().expect("a value")));
    }

    fn a_ws_filter_adds_and_replaces_fields<B>() {
        async fn stamp(request: Request, next: WsNext) -> WsResponse {
            let response = next.call(request).await;
            let seen = response.header("x-id").unwrap_or("nothing").to_owned();
            response
                .try_with_header("x-saw", seen)
                .expect("a field")
                .with_header("x-id", "filter")
                .with_added_header("set-cookie", "c=3")
        }
        let backend: B = backend(app().with(ws_only(stamp)));
        for (path, saw, count) in [("/ws", "handler", 3), ("/plain", "nothing", 1)] {
            let client = backend.connect(path);
            let headers = client.response_headers();
            assert_eq!(headers["x-saw"], saw, "{path}");
            assert_eq!(headers["x-id"], "filter", "{path}");
            assert_eq!(cookies(headers).len(), count, "{path}");
        }
        let refusal = backend.try_connect("/refused").err().expect("a refusal");
        assert_eq!((refusal.header("x-saw"), refusal.header("x-id")), (Some("7"), Some("filter")));
    }

    fn an_http_filter_adds_and_removes_fields<B>() {
        async fn stamp(request: Request, next: Next) -> Response {
            let mut response = next.call(request).await.with_added_header("set-cookie", "c=3");
            response.headers_mut().remove("x-id");
            response.with_header("x-filter", "yes")
        }
        let app = routes! {
            "/api" with(poly(stamp), poly(stamp)) => { "/" => mount(app()), GET "/x" => http(|| "") },
        };
        let backend: B = backend(app);
        let client = backend.connect("/api/ws");
        let headers = client.response_headers();
        assert_eq!(headers["x-filter"], "yes");
        assert!(!headers.contains_key("x-id"));
        assert_eq!(cookies(headers), [b"a=1", b"b=2", b"c=3", b"c=3"]);
        assert_eq!(backend.http("/api/x").header("x-filter"), Some("yes"));
        let refusal = backend.try_connect("/api/nowhere").err().expect("a refusal");
        assert_eq!(refusal.header("x-filter"), Some("yes"));
    }

    fn a_filter_cannot_break_the_handshake<B>() {
        async fn breaks(request: Request, next: Next) -> Response {
            next.call(request)
                .await
                .with_header("sec-websocket-accept", "AAAA")
                .with_header("sec-websocket-protocol", "other")
                .with_header("sec-websocket-extensions", "permessage-deflate")
                .with_header("connection", "close")
                .with_header("upgrade", "h2c")
                .with_header("content-length", 9)
                .with_header("transfer-encoding", "chunked")
                .with_header("keep-alive", "timeout=5")
                .with_header("x-id", "7")
                .with_body("unsent")
        }
        let app = http4k_ws::filter::subprotocols(["chat"]).then(hello).with(poly(breaks));
        let backend: B = backend(app);
        let mut client = backend.connect(Request::get("/").header("sec-websocket-protocol", "chat"));
        assert_eq!(client.subprotocol(), Some("chat"));
        assert_eq!(client.received().next().expect("a message").expect("open").text(), "hello");
        let headers = client.response_headers();
        let names = headers.keys().filter(|name| *name != header::DATE);
        assert_eq!(names.collect::<Vec<_>>(), ["x-id"]);
    }
}

#[test]
fn reserved_fields_are_refused() {
    let refuse = || WsResponse::refuse(StatusCode::FORBIDDEN);
    let accept = || WsResponse::accept(WsConsumer::new(hello));
    for name in [
        "Connection",
        "Content-Length",
        "Keep-Alive",
        "Proxy-Connection",
        "Sec-WebSocket-Accept",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Version",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    ] {
        for response in [refuse(), accept()] {
            let error = response.try_with_header(name, "x").expect_err(name);
            let expected = format!(
                "`{}` is reserved for the opening handshake",
                name.to_lowercase()
            );
            assert_eq!(error.to_string(), expected);
        }
        let sets = [
            std::panic::catch_unwind(|| accept().with_header(name, "x")),
            std::panic::catch_unwind(|| accept().with_added_header(name, "x")),
        ];
        assert!(sets.iter().all(Result::is_err), "{name}");
    }
    for (name, value) in [("a b", "x"), ("x", "a\r\nb: c")] {
        assert!(accept().try_with_header(name, value).is_err(), "{name:?}");
    }
}
