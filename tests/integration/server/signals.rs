//! Ctrl-C and SIGTERM, sent to this very process: the server has taken them over by then.

use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http4k_ws::{PolyHandler, Request, ServerConfig, SessionConfig, WebSocket};

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

/// A socket whose server has seen a request, so that it waits for signals.
fn open_socket(address: std::net::SocketAddr) -> Peer {
    let mut peer = Peer::connect(address);
    assert_eq!(peer.send(peer::get("/")).answer().status, 200);
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 101);
    peer
}

/// Only the second signal can end this server while a socket is open.
fn patient() -> ServerConfig {
    let for_ever = Duration::from_secs(100_000);
    let mut session = SessionConfig::default();
    session.close_timeout = for_ever;
    ServerConfig::default()
        .with_shutdown_grace(for_ever)
        .with_session(session)
}

// One test, for a signal reaches every server of the process.
#[test]
fn a_signal_stops_in_order_and_a_second_one_cuts() {
    for signal in ["TERM", "INT"] {
        let (ended, ends) = mpsc::channel();
        let (bound, address) = mpsc::channel();

        let told = ended.clone();
        thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let served = runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
                let _ = bound.send(listener.local_addr()?);
                app().serve_with(listener, patient()).await
            });
            let _ = told.send(served.map(|()| 1).map_err(|error| error.to_string()));
        });
        let deadline = Duration::from_secs(20);
        let mut serving = open_socket(address.recv_timeout(deadline).expect("an address"));

        let server = app()
            .as_server("127.0.0.1:0")
            .with_config(patient())
            .start()
            .expect("a server");
        let address = server.addr();
        thread::spawn(move || ended.send(Ok(server.block())));
        let mut blocking = open_socket(address);

        send_myself(signal);
        assert_eq!(serving.close_code(), 1001, "SIG{signal}");
        assert_eq!(blocking.close_code(), 1001, "SIG{signal}");
        assert!(ends.try_recv().is_err(), "the sockets are still open");

        // A signal that comes before the server waits for the second is one with the first.
        let both: Vec<_> = (0..2)
            .map(|_| {
                loop {
                    send_myself(signal);
                    match ends.recv_timeout(Duration::from_millis(200)) {
                        Ok(end) => break end,
                        Err(mpsc::RecvTimeoutError::Timeout) => {}
                        Err(gone) => panic!("{gone}"),
                    }
                }
            })
            .collect();
        assert_eq!(both, [Ok(1), Ok(1)]);
    }
}
