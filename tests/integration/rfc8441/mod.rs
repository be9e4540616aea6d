//! WebSockets over HTTP/2 (RFC 8441), a module for each chapter.

mod routed;
mod section_3;
mod section_4;
mod section_5;
mod sockets;

use http4k_ws::message::RequestExt;
use http4k_ws::{
    IntoResponse, PolyHandler, Request, Response, StatusCode, WebSocket, WsConsumer, WsResponse,
};

/// Sends a greeting, then echoes.
async fn echo(mut ws: WebSocket) {
    let _ = ws.send("hello").await;
    while let Ok(Some(message)) = ws.recv().await {
        if ws.send(message).await.is_err() {
            return;
        }
    }
}

/// Sends a description of its request, and waits.
async fn tell(mut ws: WebSocket) {
    let request = ws.request();
    let asked = format!(
        "{} {} host={} key={} subprotocol={}",
        request.method(),
        request.uri(),
        request.header("host").unwrap_or("-"),
        request.header("sec-websocket-key").unwrap_or("-"),
        ws.subprotocol().unwrap_or("-"),
    );
    let _ = ws.send(asked).await;
    while let Ok(Some(_)) = ws.recv().await {}
}

/// Serves `/echo`, `/tell`, refusals, and `/chat`, which has a subprotocol.
fn ws(request: Request) -> WsResponse {
    match request.uri().path() {
        "/echo" => WsResponse::accept(WsConsumer::new(echo)),
        "/tell" => WsResponse::accept(WsConsumer::new(tell)),
        "/chat" => WsResponse::accept(WsConsumer::new(tell)).with_subprotocol("chat"),
        "/secret" => WsResponse::refuse(unauthorized()),
        "/elsewhere" => WsResponse::refuse(StatusCode::FOUND),
        "/no" => WsResponse::refuse("no, though with 200"),
        _ => WsResponse::refuse(StatusCode::NOT_FOUND),
    }
}

fn unauthorized() -> Response {
    let mut response = (StatusCode::UNAUTHORIZED, "who are you?").into_response();
    let challenge = "Bearer".parse().expect("a value");
    response.headers_mut().insert("www-authenticate", challenge);
    response
}

fn app() -> PolyHandler {
    PolyHandler::new(|_: Request| "http", ws)
}
