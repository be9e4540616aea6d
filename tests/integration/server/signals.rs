//! Shutdown by Ctrl-C and SIGTERM, which the tests send to their own process.

use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::{PolyHandler, Request, WebSocket};

use super::peer::{self, Peer};

async fn wait(mut ws: WebSocket) {
    while let Ok(Some(_)) = ws.recv().await {}
}

fn app() -> PolyHandler {
    PolyHandler::new(|_: Request| "http", wait)
}

fn send_myself(signal: &str) {
    let status = Command::new("kill")
        .args(["-s", signal, &std::process::id().to_string()])
        .status();
    assert!(status.expect("the command `kill`").success());
}

/// Opens a socket on a server that has served a request, and therefore waits for signals.
fn open_socket(address: std::net::SocketAddr) -> Peer {
    let mut peer = Peer::connect(address);
    assert_eq!(peer.send(peer::get("/")).answer().status, 200);
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 101);
    peer
}

/// Returns a server that only a second signal can end while a socket is open.
fn patient() -> ServerConfig {
    let for_ever = Duration::from_secs(100_000);
    let session = SessionConfig::default().with_close_timeout(for_ever);
    ServerConfig::default()
        .with_shutdown_grace(for_ever)
        .with_session(session)
}

type Ends = mpsc::Receiver<Result<usize, String>>;

/// Runs `serve_with`, which waits for signals before it accepts a connection.
fn served() -> (Peer, Ends) {
    let (ended, ends) = mpsc::channel();
    let (bound, address) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let served = runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            let _ = bound.send(listener.local_addr()?);
            app().serve_with(listener, patient()).await
        });
        let _ = ended.send(served.map(|()| 1).map_err(|error| error.to_string()));
    });
    let address = address.recv_timeout(Duration::from_secs(20));
    (open_socket(address.expect("an address")), ends)
}

/// Runs `block`, which waits for signals some time after the call.
fn blocked() -> (Peer, Ends) {
    let (ended, ends) = mpsc::channel();
    let server = app()
        .as_server("127.0.0.1:0")
        .with_config(patient())
        .start();
    let server = server.expect("a server");
    let peer = open_socket(server.addr());
    thread::spawn(move || ended.send(Ok(server.block().cut)));
    (peer, ends)
}

// A single test, because a signal reaches every server of the process.
#[test]
fn the_first_signal_stops_in_order_and_the_second_at_once() {
    for signal in ["TERM", "INT"] {
        for start in [served, blocked] {
            let (mut peer, ends) = start();
            // A signal is lost on a server that does not wait for one yet.
            send_myself(signal);
            while !peer.hears_within(Duration::from_secs(2)) {
                send_myself(signal);
            }
            assert_eq!(peer.close_code(), 1001, "SIG{signal}");
            assert!(ends.try_recv().is_err(), "the socket is still open");

            // Two signals count as one until the server waits for the second.
            let end = loop {
                send_myself(signal);
                match ends.recv_timeout(Duration::from_millis(200)) {
                    Ok(end) => break end,
                    Err(mpsc::RecvTimeoutError::Timeout) => {}
                    Err(gone) => panic!("{gone}"),
                }
            };
            assert_eq!(end, Ok(1));
        }
    }
}
