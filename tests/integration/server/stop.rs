//! The shutdown of a server, and its open sockets and requests.

use std::net::TcpStream;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use http4k_ws::server::{RunningServer, ServerConfig};
use http4k_ws::{PolyHandler, Request, WebSocket};
use tokio::sync::Semaphore;

use super::peer::{self, Peer};

async fn wait(mut ws: WebSocket) {
    let _ = ws.send("open").await;
    while let Ok(Some(_)) = ws.recv().await {}
}

fn start(config: ServerConfig) -> RunningServer {
    PolyHandler::new(|_: Request| "http", wait)
        .as_server("127.0.0.1:0")
        .with_config(config)
        .start()
        .expect("a server")
}

fn open_socket(server: &RunningServer) -> Peer {
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 101);
    assert_eq!(peer.text(), "open");
    peer
}

#[test]
fn open_sockets_close_with_1001() {
    let server = start(ServerConfig::default());
    let sockets: Vec<_> = (0..3).map(|_| open_socket(&server)).collect();
    let mut silent = Peer::connect(server.addr());
    assert_eq!(silent.send(peer::get("/")).answer().status, 200);
    let talks: Vec<_> = sockets
        .into_iter()
        .map(|mut peer| {
            std::thread::spawn(move || {
                assert_eq!(peer.close_code(), 1001);
                peer.send(peer::frame(peer::CLOSE, &[0x03, 0xE9]));
                peer.is_ended()
            })
        })
        .collect();
    let address = server.addr();
    let report = server.stop();
    assert_eq!((report.connections, report.sockets, report.cut), (1, 3, 0));
    assert!(silent.is_ended());
    for talk in talks {
        assert!(talk.join().expect("a talk"));
    }
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_silent_peer_is_dropped_after_the_grace() {
    let brief = ServerConfig::default().with_shutdown_grace(Duration::from_millis(20));
    let server = start(brief);
    let mut deaf = open_socket(&server);
    assert_eq!(server.stop().cut, 1);
    assert_eq!(deaf.close_code(), 1001);
    assert!(deaf.is_ended());
}

#[test]
fn a_started_request_is_completed() {
    let gate = Arc::new(Semaphore::new(0));
    let behind = Arc::clone(&gate);
    let (reach, reached) = mpsc::channel();
    let app = move |_: Request| {
        let (gate, reach) = (Arc::clone(&behind), reach.clone());
        async move {
            reach.send(()).expect("a test that waits");
            gate.acquire().await.expect("an open gate").forget();
            "in time"
        }
    };
    let server = PolyHandler::new(app, wait)
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::get("/"));
    reached
        .recv_timeout(Duration::from_secs(20))
        .expect("a request that is being answered");
    let address = server.addr();
    let stopping = std::thread::spawn(move || server.stop());
    // The port closes first; only then may the handler respond.
    while TcpStream::connect(address).is_ok() {
        std::thread::yield_now();
    }
    gate.add_permits(1);
    assert_eq!(peer.answer().body, "in time");
    assert!(peer.is_ended());
    let report = stopping.join().expect("a stop");
    // The server may have accepted some of these connections before the port closed.
    assert!(report.connections >= 1, "{report:?}");
    assert_eq!((report.sockets, report.cut), (0, 0));
}

#[test]
fn dropping_a_server_stops_it() {
    let server = start(ServerConfig::default());
    let mut peer = open_socket(&server);
    let address = server.addr();
    drop(server);
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(peer.close_code(), 1001);
}

#[tokio::test]
async fn a_server_can_be_started_and_dropped_inside_a_runtime() {
    let server = start(ServerConfig::default());
    let mut peer = open_socket(&server);
    drop(server);
    assert_eq!(peer.close_code(), 1001);
}
