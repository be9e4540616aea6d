//! An application, its server and its clients.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use http4k_ws::client::{BlockingHttpClient, BlockingWebSocket, HttpClient, WebSocketClient};
use http4k_ws::prelude::*;
use http4k_ws::server::RunningServer;
use http4k_ws::testing::WsClient;

/// The longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn greet(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(format!("hello {name}")).await?;
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// A page of 2,000 letters, an echo, a handler that panics, and a socket.
pub(crate) fn ours() -> PolyHandler {
    async fn echo(body: String) -> String {
        body
    }
    fn panics() -> &'static str {
        panic!("on purpose")
    }
    routes! {
        GET "/hello/<name>" => http(|name: String| format!("hello {name} {}", "x".repeat(2000))),
        POST "/echo"        => http(echo(_)),
        GET "/panic"        => http(panics()),
        "/ws/<name>"        => ws(greet(ws, name)),
    }
}

pub(crate) fn served(app: PolyHandler) -> RunningServer {
    app.as_server("127.0.0.1:0")
        .start()
        .expect("a port is free")
}

pub(crate) fn client(at: SocketAddr) -> BlockingHttpClient {
    let client = HttpClient::new().with_base(format!("http://{at}"));
    client.expect("a base").blocking()
}

pub(crate) fn connected(at: SocketAddr, path: &str) -> BlockingWebSocket {
    WebSocketClient::blocking(format!("ws://{at}{path}")).expect("the server accepts")
}

pub(crate) fn next(client: &mut impl WsClient) -> String {
    let message = client.received().next().expect("a message");
    message.expect("the socket is open").text().into_owned()
}

/// An opening handshake, with more `fields`.
pub(crate) fn handshake(path: &str, fields: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{fields}\r\n"
    )
}

/// Sends `request` and returns the connection with the head of its response, in lower case.
pub(crate) fn exchanged(at: SocketAddr, request: &str) -> (TcpStream, String) {
    let mut tcp = TcpStream::connect(at).expect("the server listens");
    tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    tcp.write_all(request.as_bytes()).expect("open");
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && tcp.read(&mut byte).expect("in time") == 1 {
        head.push(byte[0]);
    }
    (tcp, String::from_utf8_lossy(&head).to_lowercase())
}
