//! Manual pings, and the round-trip time.

use std::time::Duration;

use futures_util::FutureExt;
use http4k_ws::SendError;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};

use super::cable::{Cable, within};
use crate::masked::masked;

const PING: u8 = 9;
const MS: fn(u64) -> Duration = Duration::from_millis;

/// Returns an application that exposes a sender of each socket, and receives.
fn app() -> (PolyHandler, mpsc::UnboundedReceiver<WsSender>) {
    let (give, given) = mpsc::unbounded_channel();
    let app = move |mut ws: WebSocket| {
        give.send(ws.sender()).expect("the test listens");
        async move {
            while ws.recv().await?.is_some() {}
            WsResult::Ok(())
        }
    };
    (app.into_poly_handler(), given)
}

/// Returns a client's frame with the zero key.
fn pong(payload: &[u8]) -> Vec<u8> {
    masked(0x8A, payload)
}

#[tokio::test(start_paused = true)]
async fn a_ping_takes_as_long_as_its_pong() {
    let (app, mut given) = app();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    let sender = given.recv().await.expect("a socket");
    assert_eq!(sender.rtt(), None);
    for time in [MS(70), MS(3)] {
        let ping = tokio::spawn({
            let sender = sender.clone();
            async move { sender.ping().await }
        });
        let (opcode, payload) = peer.frame().await;
        assert_eq!(opcode, PING);
        let before = sender.rtt();
        sleep(time).await;
        // The payload differs from the ping's, so this is not its pong (RFC 6455 §5.5.3).
        for other in [&b""[..], b"x", &[0; 8], &[0xff; 8]] {
            peer.send(pong(other)).await;
        }
        sleep(MS(1)).await;
        assert_eq!(sender.rtt(), before);
        assert!(!ping.is_finished());
        peer.send(pong(&payload)).await;
        let expected = time + MS(1);
        assert_eq!(ping.await.expect("no panic"), Ok(expected));
        assert_eq!(sender.rtt(), Some(expected));
        // A repeated pong has no effect.
        sleep(MS(500)).await;
        peer.send(pong(&payload)).await;
        sleep(MS(1)).await;
        assert_eq!(sender.rtt(), Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn pings_of_the_session_are_measured() {
    let (app, mut given) = app();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    let sender = given.recv().await.expect("a socket");
    assert_eq!(peer.frame().await, (PING, Vec::new()));
    sleep(MS(120)).await;
    peer.send(pong(b"")).await;
    sleep(MS(1)).await;
    assert_eq!(sender.rtt(), Some(MS(120)));
}

#[tokio::test(start_paused = true)]
async fn concurrent_pings_are_one() {
    let (app, mut given) = app();
    let mut peer = Cable::default().peer(app, SessionConfig::default()).await;
    let sender = given.recv().await.expect("a socket");
    let pings = async { tokio::join!(sender.ping(), sender.ping(), sender.ping()) };
    let answering = async {
        let (opcode, payload) = peer.frame().await;
        assert_eq!(opcode, PING);
        peer.send(pong(&payload)).await;
    };
    let (times, ()) = tokio::join!(pings, answering);
    assert_eq!(times, (Ok(MS(0)), Ok(MS(0)), Ok(MS(0))));
    // The next frame is the session's ping.
    let start = Instant::now();
    assert_eq!(peer.frame().await, (PING, Vec::new()));
    assert!(start.elapsed() >= Duration::from_secs(19));
}

#[tokio::test(start_paused = true)]
async fn a_ping_of_a_socket_that_ends_fails() {
    let cable = Cable::default();
    let (app, mut given) = app();
    let peer = cable.peer(app, SessionConfig::default()).await;
    let sender = given.recv().await.expect("a socket");
    cable.pull();
    let end = sender.closed();
    let failed = within(sender.ping()).await;
    let status = end.await;
    assert_eq!(status.code(), 1001);
    assert_eq!(failed, Err(SendError::Closed(status.clone())));
    assert_eq!(sender.ping().await, Err(SendError::Closed(status)));
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn a_ping_that_is_dropped_leaves_the_next_one_whole() {
    let (app, mut given) = app();
    let ws = Cable::default()
        .connect(app, SessionConfig::default())
        .await;
    let _sender = given.recv().await.expect("a socket");
    assert!(ws.ping().now_or_never().is_none());
    assert!(ws.ping().now_or_never().is_none());
    assert_eq!(within(ws.ping()).await, Ok(MS(0)));
    ws.close(WsStatus::NORMAL);
    assert_eq!(ws.ping().await, Err(SendError::Closed(WsStatus::NORMAL)));
}

#[tokio::test(start_paused = true)]
async fn a_ping_waits_with_a_peer_that_takes_nothing() {
    let cable = Cable::default();
    let (app, mut given) = app();
    let ws = cable.connect(app, SessionConfig::default()).await;
    let sender = given.recv().await.expect("a socket");
    cable.pull();
    let (done, mut is_done) = oneshot::channel();
    let pinging = sender.clone();
    tokio::spawn(async move { done.send(pinging.ping().await) });
    for _ in 0..4 {
        sender.send(vec![0; 60_000]).await.expect("room");
        sleep(MS(10)).await;
    }
    assert!(is_done.try_recv().is_err());
    cable.mend();
    drop(ws);
    let _ = within(is_done).await;
}
