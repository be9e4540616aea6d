//! Every deadline of a session, on a paused clock: at its time, and not before.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::{PolyHandler, WebSocket, WsMessage, WsResult, WsStatus};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::{Instant, sleep};

use super::cable::{BUFFERED, Cable, within};
use crate::masked::masked as frame;

const PING: u8 = 9;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The tolerance of a deadline.
const SLACK: Duration = Duration::from_millis(20);

#[track_caller]
fn assert_took(start: Instant, expected: Duration) {
    let took = start.elapsed();
    assert!(
        took >= expected && took <= expected + SLACK,
        "{took:?} instead of {expected:?}"
    );
}

/// Returns an application that echoes and follows commands. It reports how and when its socket
/// ended.
fn app() -> (PolyHandler, Receiver<(WsStatus, Instant)>) {
    let (tell, told) = channel();
    let app = move |mut ws: WebSocket| {
        let (tell, ended) = (tell.clone(), ws.closed());
        tokio::spawn(async move { tell.send((ended.await, Instant::now())) });
        async move {
            while let Some(message) = ws.recv().await? {
                match &*message.text() {
                    "close" => ws.close(WsStatus::NORMAL),
                    "never read again" => std::future::pending().await,
                    "flood" => while ws.send("a".repeat(1000)).await.is_ok() {},
                    _ => ws.send(message).await?,
                }
            }
            WsResult::Ok(())
        }
    };
    (app.into_poly_handler(), told)
}

fn end_from(from: &Receiver<(WsStatus, Instant)>) -> (u16, Instant) {
    let (status, at) = from.try_recv().expect("the socket is over");
    (status.code(), at)
}

fn text(payload: &str) -> Vec<u8> {
    frame(0x81, payload.as_bytes())
}

async fn echoes(ws: &mut WebSocket, message: &str) {
    ws.send(message).await.expect("open");
    let echoed = within(ws.recv()).await;
    assert_eq!(echoed, Ok(Some(WsMessage::from(message))));
}

#[tokio::test(start_paused = true)]
async fn a_partition_of_60_s_is_noticed_within_41_s_by_both_ends() {
    let (app, ends) = app();
    let cable = Cable::default();
    let mut client = cable.connect(app, SessionConfig::default()).await;
    sleep(seconds(70)).await;
    echoes(&mut client, "still connected").await;
    sleep(seconds(7)).await;

    cable.pull();
    let pulled = Instant::now();
    let status = within(client.closed()).await;
    assert_eq!(status.code(), 1001);
    assert!(pulled.elapsed() <= seconds(41), "{:?}", pulled.elapsed());
    sleep(seconds(41).saturating_sub(pulled.elapsed())).await;
    let (code, at) = end_from(&ends);
    assert_eq!(code, 1001);
    assert!(at - pulled <= seconds(41));

    sleep(seconds(19)).await;
    cable.mend();
    assert_eq!(client.recv().await, Ok(None), "an end is an end");
}

#[test]
fn a_partition_is_noticed_in_memory_by_the_application() {
    let (app, ends) = app();
    let mut watch = app.test_ws("/");
    let client = app.test_ws("/");
    watch.advance(seconds(65));
    assert!(ends.try_recv().is_err(), "pings are answered");
    client.vanish();
    watch.advance(seconds(41));
    assert_eq!(end_from(&ends).0, 1001);
    assert!(ends.try_recv().is_err(), "the other one is well");
}

#[tokio::test(start_paused = true)]
async fn a_partition_that_is_mended_in_time_is_nothing() {
    let (app, ends) = app();
    let cable = Cable::default();
    let mut client = cable.connect(app, SessionConfig::default()).await;
    for _ in 0..10 {
        cable.pull();
        client.send("on its way").await.expect("open");
        sleep(seconds(35)).await;
        cable.mend();
        let arrived = within(client.recv()).await;
        assert_eq!(arrived, Ok(Some("on its way".into())));
    }
    assert!(ends.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_that_responds_to_pings_stays_connected() {
    let (app, ends) = app();
    let mut client = Cable::default()
        .connect(app, SessionConfig::default())
        .await;
    sleep(seconds(24 * 3600 - 60)).await;
    assert!(ends.try_recv().is_err());
    echoes(&mut client, "good morning").await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_gets_a_ping_after_20_s_and_an_end_after_40_s() {
    let (app, ends) = app();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    sleep(seconds(5)).await;
    peer.send(text("x")).await;
    let start = Instant::now();
    assert_eq!(peer.frame().await, (1, b"x".to_vec()));
    assert_eq!(peer.frame().await, (PING, Vec::new()));
    assert_took(start, seconds(20));
    assert_eq!(peer.close_code().await.0, 1001);
    assert_took(start, seconds(40));
    peer.end().await;
    peer.cut().await;
    assert!(start.elapsed() <= seconds(41) + SLACK);
    let (code, at) = end_from(&ends);
    assert_eq!((code, at - start >= seconds(40)), (1001, true));
}

/// tokio bounds the work that a task does at a time, and polling a timer counts as work.
#[tokio::test(start_paused = true)]
async fn a_consumer_that_is_busy_as_its_socket_opens_has_the_same_deadlines() {
    let app = |mut ws: WebSocket| async move {
        for _ in 0..200 {
            tokio::task::consume_budget().await;
        }
        while ws.recv().await?.is_some() {}
        WsResult::Ok(())
    };
    let app = app.into_poly_handler();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    let start = Instant::now();
    assert_eq!(peer.frame().await, (PING, Vec::new()));
    assert_took(start, seconds(20));
    assert_eq!(peer.close_code().await.0, 1001);
    assert_took(start, seconds(40));
}

#[tokio::test(start_paused = true)]
async fn any_byte_of_the_peer_is_a_sign_of_life() {
    let (app, ends) = app();
    let config = SessionConfig::default().with_message_deadline(None);
    let mut peer = Cable::default().peer(app, config).await;
    // One byte every 19 s, of one long frame.
    for byte in frame(0x81, &[b'x'; 20]) {
        sleep(seconds(19)).await;
        peer.send([byte]).await;
    }
    assert_eq!(
        peer.frame().await,
        (1, vec![b'x'; 20]),
        "no ping came before"
    );
    assert!(ends.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn without_pings_a_peer_must_speak_by_itself() {
    let (app, _ends) = app();
    let config = SessionConfig::default().with_ping_interval(None);
    let mut peer = Cable::default().peer(app, config).await;
    sleep(seconds(10)).await;
    peer.send(frame(0x8A, b"")).await;
    let start = Instant::now();
    assert_eq!(peer.close_code().await.0, 1001);
    assert_took(start, seconds(40));
}

#[tokio::test(start_paused = true)]
async fn a_death_before_the_first_ping_needs_none() {
    for dead_after in [10, 20] {
        let (app, ends) = app();
        let config = SessionConfig::default().with_dead_after(seconds(dead_after));
        let mut peer = Cable::default().peer(app, config).await;
        let start = Instant::now();
        assert_eq!(peer.close_code().await.0, 1001, "the first frame");
        assert_took(start, seconds(dead_after));
        assert_eq!(end_from(&ends).0, 1001);
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_is_lost_after_our_close_frame_leaves_our_status() {
    // The client left before it responded, or in the middle of its response.
    for answer in [&[][..], &frame(0x88, &[0x0F, 0xA0])[..3]] {
        let (app, ends) = app();
        let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
        peer.send(text("close")).await;
        let (code, start) = peer.close_code().await;
        assert_eq!(code, 1000);
        peer.send(answer).await;
        drop(peer);
        sleep(seconds(1)).await;
        let (code, at) = end_from(&ends);
        assert_eq!(code, 1000, "{answer:?}");
        assert!(at - start < SLACK);
    }
}

/// The messages before the violation are still on their way to the peer then.
#[tokio::test(start_paused = true)]
async fn a_peer_that_is_lost_after_it_broke_a_rule_leaves_the_status_of_that() {
    let (app, ends) = app();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    // The echoes are a little larger than the pipe.
    let message = text(&"x".repeat(120));
    for _ in 0..BUFFERED / 122 + 20 {
        peer.send(&message).await;
    }
    sleep(seconds(1)).await;
    // Opcode 3 is reserved (RFC 6455 §5.2).
    peer.send(frame(0x83, b"")).await;
    sleep(seconds(1)).await;
    assert!(ends.try_recv().is_err(), "echoes are to be sent first");
    drop(peer);
    sleep(seconds(1)).await;
    assert_eq!(end_from(&ends).0, 1002);
}

#[tokio::test(start_paused = true)]
async fn without_an_end_pings_go_on() {
    let (app, ends) = app();
    let config = SessionConfig::default().with_dead_after(None);
    let mut peer = Cable::default().peer(app, config).await;
    let start = Instant::now();
    for round in 1..=50 {
        assert_eq!(peer.frame().await, (PING, Vec::new()));
        assert_took(start, seconds(20) * round);
    }
    assert!(ends.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn without_either_a_silent_peer_may_stay_for_ever() {
    let (app, ends) = app();
    let config = SessionConfig::default()
        .with_ping_interval(None)
        .with_dead_after(None);
    let mut peer = Cable::default().peer(app, config).await;
    sleep(seconds(20 * 3600)).await;
    assert!(ends.try_recv().is_err());
    peer.send(text("x")).await;
    assert_eq!(peer.frame().await, (1, b"x".to_vec()));
}

#[tokio::test(start_paused = true)]
async fn a_suspended_process_pings_before_the_socket_counts_as_dead() {
    let (app, ends) = app();
    let mut client = Cable::default()
        .connect(app, SessionConfig::default())
        .await;
    // All deadlines pass at once, before either side could send a ping.
    tokio::time::advance(seconds(3600)).await;
    sleep(seconds(60)).await;
    assert!(ends.try_recv().is_err());
    echoes(&mut client, "awake").await;
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_stops_receiving_is_not_a_dead_peer() {
    let (app, ends) = app();
    let config = SessionConfig::default().with_queue_messages(2);
    let client = Cable::default().connect(app, config).await;
    client.send("never read again").await.expect("open");
    for _ in 0..10 {
        client.send("waits").await.expect("open");
    }
    sleep(seconds(59)).await;
    // Both sides receive each other's pings meanwhile.
    assert!(ends.try_recv().is_err());
    assert_eq!(client.status(), None);
    sleep(seconds(2)).await;
    assert_eq!(end_from(&ends).0, 1013);
    assert_eq!(within(client.closed()).await.code(), 1013);
}

#[tokio::test(start_paused = true)]
async fn a_message_may_take_30_s_and_no_longer() {
    // The first frame of the message, and pings that keep the peer alive meanwhile.
    let begun = [
        ("a fragment", frame(0x01, b"a")),
        (
            "a part of a frame",
            frame(0x81, &[b'a'; 100])[..20].to_vec(),
        ),
    ];
    for (what, begun) in begun {
        let (app, ends) = app();
        let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
        sleep(seconds(3)).await;
        peer.send(text("before")).await;
        assert_eq!(peer.frame().await, (1, b"before".to_vec()));
        sleep(seconds(3)).await;
        peer.send(&begun).await;
        let start = Instant::now();
        sleep(seconds(15)).await;
        peer.send([b'a']).await;
        assert_eq!(peer.close_code().await.0, 1008, "{what}");
        assert_took(start, seconds(30));
        assert_eq!(end_from(&ends).0, 1008, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn each_message_has_its_own_time() {
    let (app, ends) = app();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    for _ in 0..10 {
        peer.send(frame(0x01, b"a")).await;
        sleep(seconds(19)).await;
        peer.send(frame(0x00, b"b")).await;
        sleep(seconds(10)).await;
        // The next message begins with the bytes that end this one.
        peer.send([frame(0x80, b"c"), frame(0x01, b"d")].concat())
            .await;
        sleep(seconds(19)).await;
        peer.send(frame(0x80, b"e")).await;
        assert_eq!(peer.frame().await, (1, b"abc".to_vec()));
        assert_eq!(peer.frame().await, (1, b"de".to_vec()));
    }
    assert!(ends.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_close_frame_is_waited_for_5_s() {
    let (app, ends) = app();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    peer.send(text("close")).await;
    let (code, start) = peer.close_code().await;
    assert_eq!(code, 1000);
    peer.end().await;
    assert_took(start, seconds(5));
    assert_eq!(end_from(&ends).0, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_is_dropped_after_9_s() {
    let (app, ends) = app();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    let start = Instant::now();
    peer.send(text("flood")).await;
    peer.cut().await;
    assert_took(start, seconds(9));
    let (code, _at) = end_from(&ends);
    assert_eq!(code, 1013);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_a_little_is_not_stalled() {
    let (app, ends) = app();
    let cable = Cable::default();
    let mut client = cable.connect(app, SessionConfig::default()).await;
    client.send("flood").await.expect("open");
    for _ in 0..20 {
        cable.pull();
        sleep(seconds(8)).await;
        cable.mend();
        // More bytes than fit into the client's own buffers.
        for _ in 0..3 * BUFFERED / 1000 {
            let message = within(client.recv()).await.expect("a message");
            let message = message.unwrap_or_else(|| panic!("{:?}", client.status()));
            assert_eq!(message.as_bytes().len(), 1000);
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert!(ends.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_failed_lingers_for_1_s() {
    let (app, _ends) = app();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    let start = Instant::now();
    peer.send(frame(0x83, b"")).await;
    assert_eq!(peer.close_code().await.0, 1002);
    peer.cut().await;
    assert_took(start, seconds(1));
}

#[tokio::test(start_paused = true)]
async fn a_consumer_may_go_on_for_30_s_after_its_end() {
    struct Guard(std::sync::mpsc::Sender<Instant>);
    impl Drop for Guard {
        fn drop(&mut self) {
            let _ = self.0.send(Instant::now());
        }
    }
    let (tell, dropped) = channel();
    let app = move |_ws: WebSocket| {
        let guard = Guard(tell.clone());
        async move {
            std::future::pending::<()>().await;
            drop(guard);
        }
    };
    let app = app.into_poly_handler();
    let client = Cable::default()
        .connect(app, SessionConfig::default())
        .await;
    client.close(WsStatus::NORMAL);
    within(client.closed()).await;
    let start = Instant::now();
    sleep(seconds(40)).await;
    let at = dropped.try_recv().expect("it was dropped");
    let took = at - start;
    assert!(took >= seconds(29) && took <= seconds(31), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_time_without_end_never_passes() {
    let (app, ends) = app();
    let for_ever = SessionConfig::default()
        .with_ping_interval(Some(Duration::MAX))
        .with_dead_after(Some(Duration::MAX))
        .with_message_deadline(Some(Duration::MAX))
        .with_write_stall(Duration::MAX)
        .with_close_timeout(Duration::MAX)
        .with_consumer_grace(Duration::MAX);
    let mut peer = Cable::default().peer(app, for_ever).await;
    peer.send(frame(0x01, b"a")).await;
    sleep(seconds(20 * 3600)).await;
    peer.send(frame(0x80, b"b")).await;
    assert_eq!(peer.frame().await, (1, b"ab".to_vec()));
    peer.send(text("flood")).await;
    sleep(seconds(20 * 3600)).await;
    assert!(ends.try_recv().is_err());
}

/// The close frame waits behind a message that the peer does not read.
#[tokio::test(start_paused = true)]
async fn a_deadline_keeps_the_requested_status() {
    let calm = SessionConfig::default()
        .with_write_stall(Duration::MAX)
        .with_ping_interval(None)
        .with_dead_after(None);
    for config in [
        calm.clone().with_write_stall(seconds(3)),
        calm.with_dead_after(seconds(3)),
    ] {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let app = move |ws: WebSocket| {
            let tell = tell.clone();
            async move {
                ws.send(WsMessage::from(vec![0; 200_000])).await?;
                ws.close(WsStatus::new(4000, "enough")?);
                tell.send(ws.closed().await).expect("a test");
                WsResult::Ok(())
            }
        };
        let (mut peer, theirs) = duplex(1024);
        let config = ServerConfig::default().with_session(config);
        let serving = app.into_poly_handler().serve_connection(theirs, config);
        let serving = tokio::spawn(serving);
        peer.write_all(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
              Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
              Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        )
        .await
        .expect("room");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(peer.read_u8().await.expect("a response"));
        }
        let status = within(told.recv()).await.expect("an end");
        assert_eq!((status.code(), status.reason()), (4000, "enough"));
        serving.abort();
    }
}

/// A client that receives late holds no memory of the server, and its own queue is bounded.
#[tokio::test(start_paused = true)]
async fn a_client_may_receive_as_late_as_it_likes() {
    let app = |mut ws: WebSocket| async move {
        for n in 0..1_000 {
            ws.send(n.to_string()).await?;
        }
        ws.recv().await?;
        WsResult::Ok(())
    };
    let (ours, theirs) = duplex(64 * 1024);
    let session = SessionConfig::default().with_consumer_stall(seconds(3));
    let config = ServerConfig::default().with_session(session.clone());
    let serving = app.into_poly_handler().serve_connection(theirs, config);
    let _serving = tokio::spawn(serving);
    let opening = WebSocketClient::to("ws://localhost/").with_config(session);
    let mut ws = opening.connect_over(ours).await.expect("a socket");
    sleep(seconds(7)).await;
    for n in 0..1_000 {
        let received = within(ws.recv()).await;
        assert_eq!(received, Ok(Some(WsMessage::from(n.to_string()))));
    }
}
