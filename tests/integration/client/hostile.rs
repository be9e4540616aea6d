//! Hostile and broken servers: each causes a typed error in bounded time, on a virtual clock.

use std::time::Duration;

use http4k_ws::client::ConnectError;
use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, sleep, timeout};

use super::script::{SWITCHING, accept};

/// A time longer than any deadline of the client.
const FOR_EVER: Duration = Duration::from_secs(24 * 3600);

/// Opens a handshake with a server that runs `server`. Returns the result and its time.
async fn handshake<F, Fut>(server: F) -> (Result<WebSocket, ConnectError>, Duration)
where
    F: FnOnce(DuplexStream, String) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (ours, mut theirs) = duplex(64 * 1024);
    tokio::spawn(async move {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(theirs.read_u8().await.expect("a handshake"));
        }
        server(theirs, String::from_utf8(head).expect("a head of text")).await;
    });
    let begun = Instant::now();
    let opened = WebSocketClient::to("ws://localhost/").connect_over(ours);
    let opened = timeout(FOR_EVER, opened).await.expect("an end");
    (opened, begun.elapsed())
}

/// Returns the error, and its time, for a server that sends `answer` and then stays silent.
async fn refusal(answer: impl Into<Vec<u8>>) -> (ConnectError, Duration) {
    let answer = answer.into();
    let (opened, after) = handshake(move |mut stream, _| async move {
        // The client may have left.
        let _ = stream.write_all(&answer).await;
        sleep(FOR_EVER).await;
    })
    .await;
    (opened.expect_err("no socket"), after)
}

/// Opens a socket to a server that runs `server` after the handshake.
async fn opened<F, Fut>(server: F) -> WebSocket
where
    F: FnOnce(DuplexStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (opened, _) = handshake(|mut stream, head| async move {
        let answer = format!("{SWITCHING}{}\r\n", accept(&head));
        stream.write_all(answer.as_bytes()).await.expect("a client");
        server(stream).await;
    })
    .await;
    opened.expect("a socket")
}

/// Returns the status and time of a socket's end if its server sends `frames` and then stays
/// silent.
async fn end_of(frames: impl Into<Vec<u8>>) -> (WsStatus, Duration) {
    let frames = frames.into();
    let ws = opened(move |mut stream| async move {
        let _ = stream.write_all(&frames).await;
        sleep(FOR_EVER).await;
    })
    .await;
    ends(&ws).await
}

async fn ends(ws: &WebSocket) -> (WsStatus, Duration) {
    let begun = Instant::now();
    let status = timeout(FOR_EVER, ws.closed()).await.expect("an end");
    (status, begun.elapsed())
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..=125 => frame.push(short as u8),
        long => {
            frame.push(126);
            frame.extend((long as u16).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

#[tokio::test(start_paused = true)]
async fn half_a_response_has_the_deadline_of_a_whole_one() {
    let second = Duration::from_secs(1);
    for half in [
        "",
        "HTTP/1.1 1",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso",
        "HTTP/1.1 100 Continue\r\n\r\n",
    ] {
        let (error, after) = refusal(half).await;
        assert!(
            matches!(error, ConnectError::Timeout { .. }),
            "{half}: {error:?}"
        );
        assert!(
            after >= 5 * second && after < 6 * second,
            "{half}: {after:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_in_drips_has_the_same_deadline() {
    let (opened, after) = handshake(|mut stream, head| async move {
        let answer = format!("{SWITCHING}{}\r\n", accept(&head));
        for byte in answer.bytes() {
            sleep(Duration::from_secs(1)).await;
            if stream.write_u8(byte).await.is_err() {
                return;
            }
        }
    })
    .await;
    let error = opened.expect_err("no socket");
    assert!(matches!(error, ConnectError::Timeout { .. }), "{error:?}");
    assert!(after < Duration::from_secs(6), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn an_endless_response_is_broken() {
    let fields = "X-Padding: yes\r\n".repeat(10_000);
    for answer in [
        format!("HTTP/1.1 101 Switching Protocols\r\n{fields}"),
        format!("HTTP/1.1 101 {}", "x".repeat(1_000_000)),
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nX: {}",
            "x".repeat(1_000_000)
        ),
        "x".repeat(1_000_000),
        "\0\u{1}\u{2}nonsense\r\n\r\n".into(),
        "HTTP/0.9 101 Switching Protocols\r\n\r\n".into(),
        "GET / HTTP/1.1\r\n\r\n".into(),
    ] {
        let (error, after) = refusal(answer.as_bytes()).await;
        assert!(
            matches!(error, ConnectError::Broken { .. }),
            "{:.40}: {error:?}",
            answer
        );
        assert_eq!(after, Duration::ZERO);
    }
    // This server only ever sends informational responses.
    let (opened, after) = handshake(|mut stream, _| async move {
        while stream
            .write_all(b"HTTP/1.1 102 Processing\r\n\r\n")
            .await
            .is_ok()
        {
            sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    assert!(
        matches!(opened, Err(ConnectError::Timeout { .. })),
        "{opened:?}"
    );
    assert!(after < Duration::from_secs(6), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_with_an_endless_body_is_reported() {
    let told = |error| match error {
        ConnectError::Refused { response } => (response.status().as_u16(), response.into_body()),
        other => panic!("{other:?}"),
    };
    let stalled = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\nlog in, please";
    let (error, after) = refusal(stalled).await;
    assert_eq!(told(error), (401, "log in, please".into()));
    assert!(after <= Duration::from_secs(2), "{after:?}");

    let endless = ["HTTP/1.1 404 Not Found\r\n\r\n", &"x".repeat(1_000_000)].concat();
    let (error, after) = refusal(endless).await;
    let (status, body) = told(error);
    assert_eq!((status, body.len()), (404, 64 * 1024));
    assert_eq!(after, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn frames_that_break_the_protocol_end_the_socket_with_1002() {
    let masked = [&[0x81, 0x85, 1, 2, 3, 4][..], b"hello"].concat();
    for (what, frames) in [
        ("masked", masked),
        ("RSV1", frame(0xC1, b"compressed")),
        ("RSV2", frame(0xA1, b"x")),
        ("RSV3", frame(0x91, b"x")),
        ("opcode 3", frame(0x83, b"x")),
        ("opcode 11", frame(0x8B, b"")),
        ("a long ping", frame(0x89, &[0; 126])),
        ("a fragmented ping", frame(0x09, b"x")),
        ("a continuation of nothing", frame(0x80, b"x")),
        (
            "a message in a message",
            [frame(0x01, b"a"), frame(0x81, b"b")].concat(),
        ),
        ("a length not at its shortest", vec![0x81, 126, 0, 5]),
        (
            "a length of 64 bits",
            [&[0x82, 127][..], &[0xFF; 8]].concat(),
        ),
        ("half a close code", frame(0x88, b"\x03")),
        ("close code 999", frame(0x88, &999_u16.to_be_bytes())),
        ("close code 1005", frame(0x88, &1005_u16.to_be_bytes())),
        ("close code 1006", frame(0x88, &1006_u16.to_be_bytes())),
        ("close code 2000", frame(0x88, &2000_u16.to_be_bytes())),
        ("close code 65535", frame(0x88, &[0xFF, 0xFF])),
    ] {
        let (status, after) = end_of(frames).await;
        assert_eq!(status.code(), 1002, "{what}: {status}");
        assert_eq!(after, Duration::ZERO, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn invalid_text_ends_the_socket_with_1007() {
    for frames in [
        frame(0x81, b"\xFF"),
        [frame(0x01, b"\xE2\x82"), frame(0x80, b"\x41")].concat(),
        frame(0x81, b"\xED\xA0\x80"),
        frame(0x88, b"\x03\xE8\xFF"),
    ] {
        let (status, after) = end_of(&*frames).await;
        assert_eq!(status.code(), 1007, "{frames:?}: {status}");
        assert_eq!(after, Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn an_oversized_frame_is_refused_from_its_header() {
    let huge = [&[0x82, 127][..], &(1_u64 << 62).to_be_bytes()].concat();
    let just_over = [&[0x82, 127][..], &(1_048_577_u64).to_be_bytes()].concat();
    let pieces = [
        frame(0x02, &[0; 65_000]),
        frame(0x00, &[0; 65_000]).repeat(17),
    ]
    .concat();
    for frames in [huge, just_over, pieces] {
        let (status, after) = end_of(frames).await;
        assert_eq!(status.code(), 1009, "{status}");
        assert_eq!(after, Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn floods_of_small_things_end_the_socket_with_1008() {
    for (what, first, again) in [
        ("fragments", frame(0x01, b"a"), frame(0x00, b"a")),
        ("empty fragments", frame(0x01, b"a"), frame(0x00, b"")),
        ("pings", Vec::new(), frame(0x89, b"are you there?")),
        ("pongs", Vec::new(), frame(0x8A, b"")),
    ] {
        let frames = [first, again.repeat(20_000)].concat();
        let (status, after) = end_of(frames).await;
        assert_eq!(status.code(), 1008, "{what}: {status}");
        // The server reads none of the client's pongs, and may stall for this long.
        let stall = SessionConfig::default().write_stall;
        assert!(after <= stall, "{what}: {after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_in_drips_times_out() {
    let ws = opened(|mut stream| async move {
        for byte in frame(0x81, &[b'x'; 100]) {
            if stream.write_u8(byte).await.is_err() {
                return;
            }
            sleep(Duration::from_secs(1)).await;
        }
    })
    .await;
    let (status, after) = ends(&ws).await;
    assert_eq!(status.code(), 1008, "{status}");
    assert!(after <= Duration::from_secs(32), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_counts_as_dead() {
    let (status, after) = end_of("").await;
    assert_eq!(status.code(), 1001, "{status}");
    let seconds = Duration::from_secs;
    assert!(after >= seconds(39) && after <= seconds(42), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_leaves_without_a_close_frame_is_lost() {
    for frames in [
        frame(0x81, b"bye"),
        vec![0x81, 5, b'h'],
        vec![0x81],
        Vec::new(),
    ] {
        let ws = opened(move |mut stream| async move {
            stream.write_all(&frames).await.expect("a client");
        })
        .await;
        assert_eq!(ends(&ws).await, (WsStatus::ABNORMAL, Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_reads_nothing_stalls_the_sender_and_is_given_up() {
    let ws = opened(|stream| async move {
        sleep(FOR_EVER).await;
        drop(stream);
    })
    .await;
    let begun = Instant::now();
    let mut sent = 0;
    while ws.send(vec![0; 10_000]).await.is_ok() {
        sent += 1;
    }
    // The bytes in the pipe, and the queue of 1 MiB.
    assert!(sent < 130, "{sent}");
    assert_eq!(ws.closed().await, WsStatus::TRY_AGAIN_LATER);
    assert!(
        begun.elapsed() < Duration::from_secs(13),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_ignores_a_close_frame_is_dropped() {
    let ws = opened(|mut stream| async move {
        let mut bytes = [0; 1024];
        while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    ws.close(WsStatus::NORMAL);
    let (status, after) = ends(&ws).await;
    assert_eq!(status, WsStatus::NORMAL);
    assert!(after <= Duration::from_secs(6), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn frames_after_the_servers_close_are_ignored() {
    let frames = [
        frame(0x88, &1000_u16.to_be_bytes()),
        frame(0x81, b"late").repeat(1000),
    ]
    .concat();
    let mut ws = opened(move |mut stream| async move {
        let _ = stream.write_all(&frames).await;
        sleep(FOR_EVER).await;
    })
    .await;
    assert_eq!(ws.recv().await, Ok(None));
    assert_eq!(ends(&ws).await.0, WsStatus::NORMAL);
}

/// Flow control holds the flood back while the client does not receive; memory stays bounded.
#[tokio::test(start_paused = true)]
async fn messages_that_are_never_received_are_not_read() {
    let written = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&written);
    let mut ws = opened(move |mut stream| async move {
        let message = frame(0x82, &[7; 10_000]);
        while stream.write_all(&message).await.is_ok() {
            counted.fetch_add(message.len(), std::sync::atomic::Ordering::Relaxed);
        }
    })
    .await;
    sleep(Duration::from_secs(3600)).await;
    let held = written.load(std::sync::atomic::Ordering::Relaxed);
    assert!(held < 1_400_000, "{held}");
    assert_eq!(
        ws.status(),
        None,
        "a slow reader is not the fault of the server"
    );
    for _ in 0..1000 {
        assert_eq!(
            ws.recv()
                .await
                .expect("a message")
                .expect("an open socket")
                .as_bytes()
                .len(),
            10_000
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_bounds_are_those_of_the_handshake() {
    let (ours, mut theirs) = duplex(1024);
    tokio::spawn(async move {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(theirs.read_u8().await.expect("a handshake"));
        }
        let head = String::from_utf8(head).expect("a head of text");
        let answer = format!("{SWITCHING}{}\r\n", accept(&head));
        theirs.write_all(answer.as_bytes()).await.expect("a client");
        theirs
            .write_all(&frame(0x81, b"12345"))
            .await
            .expect("a client");
        sleep(FOR_EVER).await;
    });
    let config = SessionConfig::default().with_max_message(4);
    let handshake = WebSocketClient::to("http://localhost/").with_config(config);
    let ws = handshake.connect_over(ours).await.expect("a socket");
    assert_eq!(ends(&ws).await.0.code(), 1009);
}
