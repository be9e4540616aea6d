//! Connections that tungstenite has opened, as sockets of the library, in both roles.

mod contract;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use http4k_ws::tungstenite::Opened;
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, accept_async};

type Theirs = WebSocketStream<DuplexStream>;

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

async fn stream(io: DuplexStream, role: Role) -> Theirs {
    WebSocketStream::from_raw_socket(io, role, Some(WebSocketConfig::default())).await
}

/// Returns the two ends of a connection, the server's first.
async fn pair() -> (Theirs, Theirs) {
    let (server, client) = tokio::io::duplex(4096);
    (
        stream(server, Role::Server).await,
        stream(client, Role::Client).await,
    )
}

fn served(stream: Theirs, config: SessionConfig, consumer: WsConsumer) -> JoinHandle<WsStatus> {
    tokio::spawn(Opened::new(stream).with_config(config).serve(consumer))
}

fn echoing(stream: Theirs) -> JoinHandle<WsStatus> {
    served(stream, SessionConfig::default(), WsConsumer::new(echo))
}

fn close_frame(code: u16, reason: &str) -> Option<CloseFrame> {
    Some(CloseFrame {
        code: code.into(),
        reason: Utf8Bytes::from(reason),
    })
}

#[tokio::test(start_paused = true)]
async fn both_roles_exchange_messages_of_any_size() {
    let (server, client) = pair().await;
    let served = echoing(server);
    let mut socket = Opened::new(client).connect();
    for length in [0, 1, 125, 126, 65_535, 65_536, 300_000] {
        let text = WsMessage::new_text("é".repeat(length / 2));
        let binary = WsMessage::new_binary(vec![7; length]);
        for message in [text, binary] {
            socket.send(message.clone()).await.expect("open");
            assert_eq!(socket.recv().await, Ok(Some(message)));
        }
    }
    socket.close(WsStatus::new(4001, "done").expect("a status"));
    assert_eq!(socket.closed().await.code(), 4001);
    let status = served.await.expect("a session");
    assert_eq!((status.code(), status.reason()), (4001, "done"));
}

#[tokio::test(start_paused = true)]
async fn a_client_of_the_library_talks_to_a_server_of_tungstenite() {
    let (ours, theirs) = tokio::io::duplex(4096);
    let accepted =
        tokio::spawn(async { echoing(accept_async(ours).await.expect("accepted")).await });
    let handshake = WebSocketClient::to("ws://localhost/");
    let mut socket = handshake.connect_over(theirs).await.expect("a socket");
    socket.send("hello").await.expect("open");
    assert_eq!(socket.recv().await, Ok(Some("hello".into())));
    socket.close(WsStatus::NORMAL);
    let status = accepted.await.expect("a server").expect("a session");
    assert_eq!(status, WsStatus::NORMAL);
}

/// Tungstenite sends nothing after it has read a close frame.
#[tokio::test(start_paused = true)]
async fn messages_before_a_close_frame_are_answered() {
    let (server, mut client) = pair().await;
    let served = echoing(server);
    for number in 0..100 {
        client
            .feed(Message::text(number.to_string()))
            .await
            .expect("open");
    }
    let close = Message::Close(close_frame(1000, "bye"));
    client.send(close.clone()).await.expect("open");
    for number in 0..100 {
        let message = client.next().await.expect("a message").expect("open");
        assert_eq!(message, Message::text(number.to_string()));
    }
    assert_eq!(client.next().await.expect("a frame").expect("open"), close);
    assert!(client.next().await.is_none());
    assert_eq!(served.await.expect("a session").reason(), "bye");
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_and_silence_is_noticed() {
    let (server, mut client) = pair().await;
    let served = echoing(server);
    client
        .send(Message::Ping("hello".into()))
        .await
        .expect("open");
    let pong = client.next().await.expect("a frame").expect("open");
    assert_eq!(pong, Message::Pong("hello".into()));
    let ping = client.next().await.expect("a frame").expect("open");
    assert!(ping.is_ping(), "the session pings after 20 s");
    // The client responds to no ping from here on.
    let started = tokio::time::Instant::now();
    assert_eq!(served.await.expect("a session").code(), 1001);
    assert!(started.elapsed() <= Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn the_bounds_and_ends_of_a_session_hold() {
    async fn panics(_ws: WebSocket) -> WsResult {
        panic!("on purpose")
    }
    let small = || SessionConfig::default().with_max_message(10);
    let cases = [
        (
            Some(Message::text("a".repeat(11))),
            WsConsumer::new(echo),
            1009,
        ),
        (
            Some(Message::text("a".repeat(10))),
            WsConsumer::new(|_ws: WebSocket| async {}),
            1000,
        ),
        (None, WsConsumer::new(panics), 1011),
        (
            None,
            WsConsumer::new(|ws: WebSocket| async move {
                ws.close(WsStatus::new(4000, "own").unwrap());
            }),
            4000,
        ),
    ];
    for (message, consumer, code) in cases {
        let (server, mut client) = pair().await;
        let served = served(server, small(), consumer);
        if let Some(message) = message {
            client.send(message).await.expect("open");
        }
        let close = loop {
            match client.next().await.expect("a frame").expect("open") {
                Message::Close(frame) => break frame.expect("a status"),
                other => assert!(other.is_text(), "{other:?}"),
            }
        };
        assert_eq!(u16::from(close.code), code);
        assert!(client.next().await.is_none());
        assert_eq!(served.await.expect("a session").code(), code);
    }
}

#[tokio::test(start_paused = true)]
async fn broken_frames_have_the_code_of_their_rule() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let cases: [(&[u8], u16); 3] = [
        // A frame without a mask, a text that is not UTF-8, a reserved opcode.
        (&[0x81, 0], 1002),
        (&[0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007),
        (&[0x83, 0x80, 0, 0, 0, 0], 1002),
    ];
    for (bytes, code) in cases {
        let (server, mut client) = tokio::io::duplex(4096);
        let served = echoing(stream(server, Role::Server).await);
        client.write_all(bytes).await.expect("open");
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.expect("an end");
        assert_eq!(answer[0], 0x88, "a close frame: {answer:?}");
        assert_eq!(u16::from_be_bytes([answer[2], answer[3]]), code);
        drop(client);
        assert_eq!(served.await.expect("a session").code(), code);
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_fills_the_queue_and_ends_the_socket() {
    let (server, client) = pair().await;
    let config = SessionConfig::default().with_queue_messages(4);
    let consumer = WsConsumer::new(|ws: WebSocket| async move {
        let mut sent = 0;
        loop {
            ws.send(vec![0; 20_000]).await?;
            sent += 1;
            assert!(sent < 1000, "the queue is full by now");
        }
        #[allow(unreachable_code)]
        WsResult::Ok(())
    });
    let served = served(server, config, consumer);
    let status = served.await.expect("a session");
    assert_eq!(status.code(), 1013, "{status}");
    drop(client);
}

#[tokio::test]
async fn a_lost_connection_ends_with_1006() {
    let (server, client) = pair().await;
    let served = echoing(server);
    drop(client);
    assert_eq!(served.await.expect("a session").code(), 1006);
}

#[tokio::test]
async fn the_request_and_the_subprotocol_are_the_ones_that_were_set() {
    let (server, client) = pair().await;
    let socket = Opened::new(client)
        .with_request("/chat?room=1")
        .with_subprotocol("chat.v1")
        .connect();
    assert_eq!(socket.request().uri(), "/chat?room=1");
    assert_eq!(socket.subprotocol(), Some("chat.v1"));
    drop(server);
    assert_eq!(socket.closed().await.code(), 1006);
}
