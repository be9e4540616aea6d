//! Clients that connect from an address of their choice, and send any field.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use h2::ext::Protocol;
use http4k_ws::http::{Method, Request as HttpRequest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

pub(super) type Field = (&'static str, String);

/// The longest wait for a server on the same machine.
const LONGEST: Duration = Duration::from_secs(20);

pub(super) async fn connect(server: SocketAddr, from: IpAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(SocketAddr::new(from, 0))
        .expect("an address of this machine");
    socket.connect(server).await.expect("a server")
}

/// Sends `bytes` and returns everything received, up to a line of the application, the end of a
/// refusal, or the end of the connection.
pub(super) async fn exchange(server: SocketAddr, from: IpAddr, bytes: &[u8]) -> String {
    let mut stream = connect(server, from).await;
    stream.write_all(bytes).await.expect("a connection");
    received(&mut stream).await
}

pub(super) async fn received(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&all);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let refused = !head.contains(" 200 ") && !head.contains(" 101 ");
            if body.contains(']') || (refused && body.ends_with('\n')) {
                return text.into_owned();
            }
        }
        match timeout(LONGEST, stream.read_buf(&mut all)).await {
            Ok(Ok(0) | Err(_)) => return String::from_utf8_lossy(&all).into_owned(),
            Ok(Ok(_)) => {}
            Err(_) => panic!("nothing follows {}", String::from_utf8_lossy(&all)),
        }
    }
}

/// Returns the head of a request of HTTP/1.1.
pub(super) fn head(path: &str, host: &str, fields: &[Field]) -> Vec<u8> {
    let lines: String = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let lines = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n");
    // Test values are in Latin-1, as fields are.
    lines.chars().map(|char| char as u8).collect()
}

/// Returns the fields of an opening handshake, with an origin.
pub(super) fn handshake(origin: &str) -> Vec<Field> {
    [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("origin", origin),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

/// Sends a request, or an extended CONNECT with an origin, over HTTP/2 without TLS. Returns the
/// status and the first data of the response.
pub(super) async fn over_http2(
    server: SocketAddr,
    from: IpAddr,
    path: &str,
    host: &str,
    fields: &[Field],
    origin: Option<&str>,
) -> String {
    let stream = connect(server, from).await;
    let (requests, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let mut requests = timeout(LONGEST, requests.ready())
        .await
        .expect("in time")
        .expect("HTTP/2");
    while !requests.is_extended_connect_protocol_enabled() {
        tokio::task::yield_now().await;
        requests = requests.ready().await.expect("HTTP/2");
    }
    let mut request = HttpRequest::builder().uri(format!("http://{host}{path}"));
    for (name, value) in fields {
        let value: Vec<u8> = value.chars().map(|char| char as u8).collect();
        request = request.header(*name, value);
    }
    if let Some(origin) = origin {
        let protocol = Protocol::from_static("websocket");
        request = request
            .method(Method::CONNECT)
            .header("origin", origin)
            .header("sec-websocket-version", "13")
            .extension(protocol);
    }
    let request = request.body(()).expect("a request");
    let (response, _stream) = requests
        .send_request(request, origin.is_none())
        .expect("sent");
    let response = timeout(LONGEST, response)
        .await
        .expect("in time")
        .expect("a response");
    let status = response.status();
    let mut body = response.into_body();
    let data: Bytes = match timeout(LONGEST, body.data()).await.expect("in time") {
        Some(data) => data.expect("data"),
        None => Bytes::new(),
    };
    connection.abort();
    format!("{status} {}", String::from_utf8_lossy(&data))
}
