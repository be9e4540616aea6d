//! HTTP and sockets over TLS, with both ends real.

use http4k_ws::client::{ConnectError, HttpClient, WebSocketClient};
use http4k_ws::server::ServerConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{PolyHandler, Request, WsMessage, WsStatus};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::certificates::self_signed;
use super::handshake::{BOTH, serve, shake_hands, within};
use super::{app, echo, server_tls, start, trusting};

#[tokio::test(start_paused = true)]
async fn both_ends_talk_over_tls_through_a_pipe() {
    let pair = self_signed(&["localhost"]);
    let (ours, serving) = serve(&pair);
    let handshake = WebSocketClient::to("wss://localhost/chat").with_tls(trusting(&pair.chain));
    let mut socket = within(handshake.connect_over(ours))
        .await
        .expect("a socket");
    for length in [0, 1, 16 * 1024, 1024 * 1024] {
        let message = WsMessage::new_binary(vec![7; length]);
        socket.send(message.clone()).await.expect("an open socket");
        assert_eq!(within(socket.recv()).await, Ok(Some(message)), "{length}");
    }
    socket.close(WsStatus::NORMAL);
    assert_eq!(within(socket.closed()).await, WsStatus::NORMAL);
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn a_request_goes_over_tls_through_a_pipe() {
    let pair = self_signed(&["localhost"]);
    let (ours, _serving) = serve(&pair);
    let client = HttpClient::new().with_tls(trusting(&pair.chain));
    let answer = within(client.send_over(ours, "https://localhost/a")).await;
    assert_eq!(answer.expect("an answer").body().as_text(), Some("/a"));
}

#[tokio::test(start_paused = true)]
async fn a_pipe_of_a_few_bytes_is_enough() {
    let pair = self_signed(&["localhost"]);
    let config = ServerConfig::default().with_tls(server_tls(&pair));
    let (ours, theirs) = duplex(7);
    tokio::spawn(app().serve_connection(theirs, config));
    let handshake = WebSocketClient::to("wss://localhost/").with_tls(trusting(&pair.chain));
    let mut socket = within(handshake.connect_over(ours))
        .await
        .expect("a socket");
    let message = WsMessage::from("b".repeat(100_000));
    socket.send(message.clone()).await.expect("an open socket");
    assert_eq!(within(socket.recv()).await, Ok(Some(message)));
}

#[tokio::test(start_paused = true)]
async fn many_requests_share_one_connection() {
    let pair = self_signed(&["localhost"]);
    let body = "b".repeat(200_000);
    let answer = body.clone();
    let long = PolyHandler::new(move |_: Request| answer.clone(), echo);
    let config = ServerConfig::default().with_tls(server_tls(&pair));
    let (ours, theirs) = duplex(1024);
    tokio::spawn(long.serve_connection(theirs, config));
    let stream = shake_hands(ours, &pair, BOTH, &["http/1.1"]).await;
    let mut stream = stream.expect("TLS");
    let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(3);
    stream.write_all(request.as_bytes()).await.expect("room");
    stream.flush().await.expect("room");
    for _ in 0..3 {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(within(stream.read_u8()).await.expect("a head"));
        }
        assert!(head.starts_with(b"HTTP/1.1 200 "));
        let mut came = vec![0; body.len()];
        within(stream.read_exact(&mut came)).await.expect("a body");
        assert!(came == body.as_bytes());
    }
}

#[test]
fn large_messages_go_both_ways_over_a_port() {
    let pair = self_signed(&["localhost"]);
    let server = start(&pair);
    let uri = format!("wss://localhost:{}/", server.port());
    let handshake = WebSocketClient::to(uri).with_tls(trusting(&pair.chain));
    let mut client = handshake.blocking().expect("a socket");
    let message = WsMessage::from("long ".repeat(200_000));
    for _ in 0..4 {
        client.send(message.clone()).expect("an open socket");
    }
    let echoed: Result<Vec<_>, _> = client.received().take(4).collect();
    assert!(echoed.expect("an open socket") == vec![message; 4]);
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}

/// A page that arrived without TLS may have been modified on its way.
#[tokio::test(start_paused = true)]
async fn over_tls_only_pages_that_came_over_tls_open_sockets() {
    let pair = self_signed(&["localhost"]);
    for http2 in [None, Some(http4k_ws::server::Http2Config::default())] {
        for (origin, status) in [
            ("https://localhost", 101),
            ("https://localhost:443", 101),
            ("http://localhost", 403),
            ("http://localhost:443", 403),
            ("https://localhost:80", 403),
        ] {
            let config = ServerConfig::default().with_tls(server_tls(&pair));
            let (ours, theirs) = duplex(4096);
            tokio::spawn(app().serve_connection(theirs, config.with_http2(http2.clone())));
            let handshake = WebSocketClient::to("wss://localhost/").with_header("origin", origin);
            let opened = handshake
                .with_tls(trusting(&pair.chain))
                .connect_over(ours)
                .await;
            let answered = match opened {
                Ok(_) => 101,
                Err(ConnectError::Refused { response }) => response.status().as_u16(),
                Err(error) => panic!("{error}"),
            };
            assert_eq!(answered, status, "{origin}");
        }
    }
}
