//! The limit on bytes queued in all sockets of a server.

use std::time::Duration;

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::server::{RunningServer, ServerConfig};
use http4k_ws::session::SessionConfig;
use http4k_ws::{WebSocket, WsMessage, WsResult};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::peer::{self, CLOSE, Peer};

const SOCKETS: usize = 8;

/// A budget with room for two sockets of the largest size.
const BUDGET: usize = 2_500_000;

/// Serves a path that floods and one that echoes. Each socket reports how it ended.
fn serve() -> (RunningServer, mpsc::UnboundedReceiver<(String, u16)>) {
    let (tell, told) = mpsc::unbounded_channel();
    let app = move |mut ws: WebSocket| {
        let (tell, ended) = (tell.clone(), ws.closed());
        let path = ws.request().uri().path().to_owned();
        let floods = path == "/flood";
        tokio::spawn(async move { tell.send((path, ended.await.code())) });
        async move {
            if floods {
                loop {
                    ws.send(WsMessage::from(vec![0; 10_000])).await?;
                }
            }
            while let Some(message) = ws.recv().await? {
                ws.send(message).await?;
            }
            WsResult::Ok(())
        }
    };
    // Only the budget can end a socket.
    let session = SessionConfig::default()
        .with_write_stall(Duration::MAX)
        .with_message_deadline(None)
        .with_dead_after(None);
    let config = ServerConfig::default()
        .with_session(session)
        .with_max_queued(BUDGET);
    let server = app.into_poly_handler().as_server("127.0.0.1:0");
    (server.with_config(config).start().expect("a server"), told)
}

fn open(server: &RunningServer, path: &str) -> Peer {
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::handshake(path, ""));
    assert_eq!(peer.answer().status, 101);
    peer
}

async fn ends(told: &mut mpsc::UnboundedReceiver<(String, u16)>, path: &str, count: usize) {
    for _ in 0..count {
        let end = timeout(Duration::from_secs(20), told.recv()).await;
        let end = end.expect("an end").expect("a server");
        assert_eq!(end, (path.to_owned(), 1013));
    }
}

fn echoes(peer: &mut Peer) {
    peer.send(peer::text("still here"));
    assert_eq!(peer.frame(), (peer::TEXT, b"still here".to_vec()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_largest_queues_are_closed_first_and_the_others_stay() {
    let (server, mut told) = serve();
    let mut healthy = open(&server, "/echo");
    let stuck: Vec<_> = (0..SOCKETS).map(|_| open(&server, "/flood")).collect();
    ends(&mut told, "/flood", SOCKETS - 2).await;
    echoes(&mut healthy);
    // There is room again for other sockets and for a large message.
    echoes(&mut open(&server, "/echo"));
    drop(stuck);
}

/// A partly received message counts as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_never_end_count() {
    let (server, mut told) = serve();
    let mut healthy = open(&server, "/echo");
    let mut header = vec![0x82, 0x80 | 127];
    header.extend((1_u64 << 20).to_be_bytes());
    header.extend([0; 4]);
    let mut stuck = Vec::new();
    for _ in 0..SOCKETS {
        let mut peer = open(&server, "/echo/part");
        peer.send(&header).send(vec![0; 900_000]);
        stuck.push(peer);
    }
    ends(&mut told, "/echo/part", SOCKETS - 2).await;
    echoes(&mut healthy);
    let closed = stuck
        .iter_mut()
        .filter_map(|peer| {
            let hears = peer.hears_within(Duration::from_millis(1));
            hears.then(|| peer.frame())
        })
        .filter(|(opcode, payload)| *opcode == CLOSE && payload[..2] == 1013_u16.to_be_bytes());
    assert_eq!(closed.count(), SOCKETS - 2);
}
