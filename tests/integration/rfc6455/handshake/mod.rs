//! Chapter 4.2: the server's side of the opening handshake.

mod answer;
mod origin;
mod refusal;
mod request;

use http4k_ws::filter::subprotocols;
use http4k_ws::message::HostPolicy;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig};

use crate::server::peer::{Answer, Peer};

/// The key of the example in §1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Admits requests with credentials.
async fn authenticated(request: Request, next: WsNext) -> Result<WsResponse, StatusCode> {
    use http4k_ws::WsHandler;

    match request.header("authorization") {
        Some("Bearer secret") => Ok(next.call(request).await),
        Some(_) => Err(StatusCode::FORBIDDEN),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

fn app() -> PolyHandler {
    routes! {
        GET "/"                                  => http(|| "http"),
        "/ws"     with(subprotocols(["b", "a"])) => ws(echo(ws)),
        "/secret" with(authenticated)            => ws(echo(ws)),
        "/moved"  with(moved)                    => ws(echo(ws)),
    }
}

async fn moved(_request: Request, _next: WsNext) -> WsResponse {
    let elsewhere = StatusCode::TEMPORARY_REDIRECT.into_response();
    WsResponse::refuse(elsewhere.with_header("location", "/ws"))
}

fn start_with(config: ServerConfig) -> RunningServer {
    // The hosts of these requests are those of the RFC's examples.
    let config = config.with_hosts(HostPolicy::any());
    let server = app().as_server("127.0.0.1:0").with_config(config);
    server.with_threads(1).start().expect("a server")
}

/// Returns a handshake of these lines, completed by the lines of a valid one.
///
/// A line that is only a name removes that field.
fn handshake(lines: &[&str]) -> String {
    let name = |line: &str| {
        line.split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let first = lines.iter().find(|line| line.contains(" HTTP/"));
    let mut request = format!("{}\r\n", first.unwrap_or(&"GET /ws HTTP/1.1"));
    let own = lines.iter().filter(|line| !line.contains(" HTTP/"));
    let good = [
        "Host: server.example",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ];
    let is_said = |field: &&&str| lines.iter().any(|line| name(line) == name(field));
    for line in own.chain(good.iter().filter(|field| !is_said(field))) {
        if line.contains(':') {
            request += &format!("{line}\r\n");
        }
    }
    request + "\r\n"
}

fn answer_with(config: ServerConfig, lines: &[&str]) -> Answer {
    let server = start_with(config);
    Peer::connect(server.addr()).send(handshake(lines)).answer()
}

fn answer(lines: &[&str]) -> Answer {
    answer_with(ServerConfig::default(), lines)
}

/// Sends each request on its own connection, and checks the status of the response.
fn each_has_status(status: u16, cases: &[&[&str]]) {
    let server = start_with(ServerConfig::default());
    for lines in cases {
        let answer = Peer::connect(server.addr()).send(handshake(lines)).answer();
        assert_eq!(answer.status, status, "{lines:?}: {answer:?}");
    }
}
