//! Large messages on lines that need longer than any deadline. The connection lives as long as
//! bytes move in either direction.

use std::time::Duration;

use h2::client::Builder;
use http4k_ws::client::WebSocketClient;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::server::{Http2Config, ServerConfig};
use http4k_ws::session::SessionConfig;
use http4k_ws::{PolyHandler, Request, WebSocket, WsMessage, WsResult, WsStatus};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex, split};
use tokio::time::{Instant, sleep};

use super::cable::within;
use crate::http2::client::{BINARY, Client, get, whole};
use crate::tls::certificates::self_signed;
use crate::tls::{server_tls, trusting};

/// The bytes per second of a slow line, in each direction.
const RATE: usize = 20_000;

/// The size of a message that takes 52 s.
const LARGE: usize = 1 << 20;

/// Carries bytes between two pipes, at `rate` bytes per second in each direction.
fn slow_line(rate: usize) -> (DuplexStream, DuplexStream) {
    async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, rate: usize) {
        let mut bytes = [0; 4000];
        while let Ok(read @ 1..) = from.read(&mut bytes).await {
            sleep(Duration::from_secs_f64(read as f64 / rate as f64)).await;
            if to.write_all(&bytes[..read]).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    }
    let ((ours, near), (far, theirs)) = (duplex(4096), duplex(4096));
    let ((near_read, near_write), (far_read, far_write)) = (split(near), split(far));
    tokio::spawn(carry(near_read, far_write, rate));
    tokio::spawn(carry(far_read, near_write, rate));
    (ours, theirs)
}

/// Sends a large message, receives one, and reports it.
fn app() -> PolyHandler {
    let socket = |mut ws: WebSocket| async move {
        ws.send(WsMessage::from(vec![0; LARGE])).await?;
        while let Some(message) = ws.recv().await? {
            ws.send(message.as_bytes().len().to_string()).await?;
        }
        WsResult::Ok(())
    };
    PolyHandler::new(|_: Request| "b".repeat(LARGE), socket)
}

async fn takes_and_sends(mut ws: WebSocket) {
    let start = Instant::now();
    let message = within(ws.recv()).await.expect("any message is one");
    let message = message.unwrap_or_else(|| panic!("{:?}", ws.status()));
    assert_eq!(message.as_bytes().len(), LARGE);
    assert!(start.elapsed() > Duration::from_secs(50));
    ws.send(vec![0; LARGE]).await.expect("open");
    let taken = within(ws.recv()).await.expect("any message is one");
    let taken = taken.unwrap_or_else(|| panic!("{:?}", ws.status()));
    assert_eq!(taken.text(), LARGE.to_string());
    assert!(start.elapsed() > Duration::from_secs(100));
}

#[tokio::test(start_paused = true)]
async fn a_large_message_outlives_a_slow_line_in_both_directions() {
    let (ours, theirs) = slow_line(RATE);
    tokio::spawn(app().serve_connection(theirs, ServerConfig::default()));
    let handshake = WebSocketClient::to("ws://localhost/");
    let ws = within(handshake.connect_over(ours)).await;
    takes_and_sends(ws.expect("a socket")).await;
}

#[tokio::test(start_paused = true)]
async fn a_large_message_outlives_a_slow_line_over_tls() {
    let pair = self_signed(&["localhost"]);
    let (ours, theirs) = slow_line(RATE);
    let config = ServerConfig::default().with_tls(server_tls(&pair));
    tokio::spawn(app().serve_connection(theirs, config));
    let handshake = WebSocketClient::to("wss://localhost/").with_tls(trusting(&pair.chain));
    let ws = within(handshake.connect_over(ours)).await;
    takes_and_sends(ws.expect("a socket")).await;
}

#[tokio::test(start_paused = true)]
async fn a_large_message_outlives_a_slow_line_over_http2() {
    let (ours, theirs) = slow_line(RATE);
    tokio::spawn(app().serve_connection(theirs, ServerConfig::default()));
    let mut client = Client::over(ours, &Builder::new()).await;
    let mut socket = client.open("/", &[]).await;
    let (opcode, payload) = socket.frame().await;
    assert_eq!((opcode, payload.len()), (BINARY, LARGE));
    socket.send_frame(BINARY, &vec![0; LARGE]);
    // Pings of the server may come first; nothing before them may be read here.
    loop {
        match socket.frame().await {
            (9, _ping) => {}
            (_, payload) => {
                assert_eq!(payload, LARGE.to_string().as_bytes());
                break;
            }
        }
    }
}

/// The close frame follows bytes that the connection accepted, and that take the line half a
/// minute.
#[tokio::test(start_paused = true)]
async fn the_response_to_a_close_frame_may_be_as_slow_as_its_line_over_http2() {
    let app = |ws: WebSocket| async move {
        ws.send(WsMessage::from(vec![0; 60_000])).await?;
        ws.close(WsStatus::NORMAL);
        assert_eq!(ws.closed().await, WsStatus::NORMAL);
        WsResult::Ok(())
    };
    let (ours, theirs) = slow_line(2_000);
    let app = app.into_poly_handler();
    tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    let mut client = Client::over(ours, &Builder::new()).await;
    let mut socket = client.open("/", &[]).await;
    let (opcode, payload) = socket.frame().await;
    assert_eq!((opcode, payload.len()), (BINARY, 60_000));
    assert_eq!(socket.close_code().await, 1000);
    socket.send_frame(8, &1000_u16.to_be_bytes());
    assert_eq!(socket.ended().await, None);
}

/// The close frame of a failed connection is not lost, nor are the messages before it.
#[tokio::test(start_paused = true)]
async fn the_close_frame_of_a_failure_arrives_on_a_slow_line_over_http2() {
    let app = |ws: WebSocket| async move {
        ws.send(WsMessage::from(vec![0; 60_000])).await?;
        ws.closed().await;
        WsResult::Ok(())
    };
    let (ours, theirs) = slow_line(2_000);
    let session = SessionConfig::default().with_max_message(10);
    let config = ServerConfig::default().with_session(session);
    tokio::spawn(app.into_poly_handler().serve_connection(theirs, config));
    let mut client = Client::over(ours, &Builder::new()).await;
    let mut socket = client.open("/", &[]).await;
    socket.send_frame(BINARY, &[0; 20]);
    let (opcode, payload) = socket.frame().await;
    assert_eq!((opcode, payload.len()), (BINARY, 60_000));
    assert_eq!(socket.close_code().await, 1009);
}

/// A request whose body never ends does not truncate its response.
#[tokio::test(start_paused = true)]
async fn a_response_to_an_unread_body_arrives_on_a_slow_line_over_http2() {
    let app = |_: Request| "b".repeat(60_000);
    let (ours, theirs) = slow_line(2_000);
    let app = app.into_poly_handler();
    tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    let mut client = Client::over(ours, &Builder::new()).await;
    let post = crate::http2::client::request(http4k_ws::Method::POST, "/", &[]);
    let (answer, _body) = client.begin(post, false);
    let answer = whole(answer).await.expect("a response");
    assert_eq!(answer.body.len(), 60_000);
}

/// A peer that reads everything but does not respond has the time of the close handshake.
#[tokio::test(start_paused = true)]
async fn a_peer_that_read_the_close_frame_has_time_to_respond() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let app = move |ws: WebSocket| {
        let tell = tell.clone();
        async move {
            ws.close(WsStatus::NORMAL);
            let asked = Instant::now();
            ws.closed().await;
            tell.send(asked.elapsed()).expect("a test");
        }
    };
    let (mut ours, theirs) = tokio::io::duplex(4096);
    let app = app.into_poly_handler();
    tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    let handshake = crate::server::peer::handshake("/", "");
    ours.write_all(handshake.as_bytes()).await.expect("room");
    let waited = within(told.recv()).await.expect("an end");
    assert_eq!(waited.as_secs(), 5);
}

/// At 2 kB per second a frame of HTTP/2 takes 8 s, and five streams take turns.
#[tokio::test(start_paused = true)]
async fn streams_that_share_a_slow_line_wait_for_their_turn() {
    let (ours, theirs) = slow_line(2_000);
    tokio::spawn(app().serve_connection(theirs, ServerConfig::default()));
    let mut client = Client::over(ours, &Builder::new()).await;
    let mut answers = Vec::new();
    for _ in 0..5 {
        let (answer, _) = client.begin(get("/", &[]), true);
        answers.push(tokio::spawn(whole(answer)));
    }
    for answer in answers {
        let answer = answer.await.expect("a task").expect("all of it");
        assert_eq!(answer.body.len(), LARGE);
    }
}

/// A stream whose window stays shut does not profit from the progress of the others.
#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_read_is_reset_beside_one_that_is() {
    let http2 = Http2Config::default().with_max_streams(2);
    let config = ServerConfig::default().with_http2(http2);
    let (ours, theirs) = slow_line(RATE);
    tokio::spawn(app().serve_connection(theirs, config));
    // The connection has room for both streams.
    let mut builder = Builder::new();
    builder.initial_connection_window_size(1 << 24);
    let mut client = Client::over(ours, &builder).await;
    let (stuck, _) = client.begin(get("/", &[]), true);
    let mut stuck = within(stuck).await.expect("a head").into_body();
    let mut resets = None;
    for _ in 0..5 {
        client.ask(get("/", &[])).await;
        while let Some(Some(data)) = futures_util::FutureExt::now_or_never(stuck.data()) {
            if let Err(error) = data {
                resets = error.reason();
                break;
            }
        }
    }
    assert_eq!(resets, Some(h2::Reason::CANCEL));
}

#[tokio::test(start_paused = true)]
async fn a_response_at_2_kb_a_second_arrives() {
    for secure in [false, true] {
        let pair = self_signed(&["localhost"]);
        let (ours, theirs) = slow_line(2_000);
        let app = (|_: Request| "b".repeat(200_000)).into_poly_handler();
        let client = http4k_ws::client::HttpClient::new().with_tls(trusting(&pair.chain));
        let (config, uri) = match secure {
            false => (ServerConfig::default(), "http://localhost/"),
            true => (
                ServerConfig::default().with_tls(server_tls(&pair)),
                "https://localhost/",
            ),
        };
        tokio::spawn(app.serve_connection(theirs, config));
        let client = client.with_timeout(Duration::from_secs(3600));
        let answer = within(client.send_over(ours, uri))
            .await
            .expect("an answer");
        assert_eq!(
            answer.body().as_bytes().map(|body| body.len()),
            Some(200_000)
        );
    }
}

/// Bytes in the system's buffer are not a sign of life; a message that waits there dies with its
/// peer.
#[tokio::test(start_paused = true)]
async fn bytes_that_only_the_system_took_prove_nothing() {
    let cable = super::cable::Cable::default();
    let app = |ws: WebSocket| async move {
        loop {
            sleep(Duration::from_secs(1)).await;
            ws.send("tick").await?;
        }
        #[allow(unreachable_code)]
        WsResult::Ok(())
    };
    let mut client = cable
        .connect(app.into_poly_handler(), SessionConfig::default())
        .await;
    let ended = client.closed();
    within(client.recv()).await.expect("any message is one");
    cable.pull();
    let start = Instant::now();
    // The client sends as well, and its system accepts the bytes.
    let sending = async {
        while client.send("tock").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    let (status, ()) = tokio::join!(ended, sending);
    assert_eq!(status.code(), 1001);
    assert!(
        start.elapsed() <= Duration::from_secs(41),
        "{:?}",
        start.elapsed()
    );
}

/// A message at 2 kB per second may take any time; one that drips may not.
#[tokio::test(start_paused = true)]
async fn a_message_is_judged_by_its_rate() {
    for (rate, arrives) in [(2_000, true), (1_100, true), (900, false), (10, false)] {
        let app = |mut ws: WebSocket| async move {
            let received = ws.recv().await?;
            ws.send(
                received
                    .map_or(0, |message| message.as_bytes().len())
                    .to_string(),
            )
            .await?;
            WsResult::Ok(())
        };
        let mut peer = super::cable::Cable::default()
            .peer(app.into_poly_handler(), SessionConfig::default())
            .await;
        let length = 100_000_u64;
        let mut frame = vec![0x82, 0x80 | 127];
        frame.extend(length.to_be_bytes());
        frame.extend([0; 4]);
        peer.send(&frame).await;
        let start = Instant::now();
        let mut sent = 0;
        while sent < length as usize && (arrives || start.elapsed() < Duration::from_secs(30)) {
            sleep(Duration::from_secs(1)).await;
            let piece = rate.min(length as usize - sent);
            peer.send(vec![0; piece]).await;
            sent += piece;
        }
        if arrives {
            assert_eq!(peer.frame().await, (1, b"100000".to_vec()), "{rate}");
        } else {
            assert_eq!(peer.close_code().await.0, 1008, "{rate}");
        }
    }
}
