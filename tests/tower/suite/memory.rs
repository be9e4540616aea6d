//! The memory of idle sockets, as the resident size of a server in a process of its own.

#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use axum::extract::ws::WebSocketUpgrade;
use axum::routing::any;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::net::TcpListener;

use crate::support::{PATIENCE, handshake};

/// The server of the process: `ours`, `inside` axum, or `axum` alone.
const KIND: &str = "IDLE_SERVER";

/// The number of sockets, for measurements by hand. Fewer than the usual limit of descriptors.
const SOCKETS: &str = "IDLE_SOCKETS";

/// The fields that a browser sends.
const BROWSER: &str = "user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n\
                       accept-encoding: gzip, deflate, br\r\naccept-language: en-US,en;q=0.9\r\n\
                       cookie: session=0123456789abcdef0123456789abcdef\r\n";

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

async fn echo_of_axum(mut socket: axum::extract::ws::WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if socket.send(message).await.is_err() {
            return;
        }
    }
}

/// Not a test: the server of the process that is measured.
#[test]
#[ignore = "started by another test"]
fn serves_until_its_input_ends() {
    let Ok(kind) = std::env::var(KIND) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        println!("\nport {}", listener.local_addr().expect("bound"));
        let input_ends = tokio::task::spawn_blocking(|| {
            let _ = std::io::stdin().read(&mut [0]);
        });
        let app = routes! { "/ws" => ws(echo(ws)) };
        let router = match kind.as_str() {
            "ours" => {
                let ends = async { drop(input_ends.await) };
                app.serve_until(listener, ServerConfig::default(), ends)
                    .await;
                return;
            }
            "inside" => {
                let service = app.into_service(ServerConfig::default());
                axum::Router::new().nest_service("/inside", service)
            }
            _ => axum::Router::new().route(
                "/ws",
                any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(echo_of_axum) }),
            ),
        };
        tokio::select! {
            _ = axum::serve(listener, router) => {}
            _ = input_ends => {}
        }
    });
}

/// Starts the process of a server, and returns its address.
fn started(kind: &str) -> (Child, SocketAddr) {
    let mut process = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "memory::serves_until_its_input_ends",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(KIND, kind)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the process starts");
    let mut output = BufReader::new(process.stdout.take().expect("piped"));
    let mut ports = output
        .by_ref()
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| {
            let (_, port) = line.split_once("port ")?;
            port.parse().ok()
        });
    let at = ports.next().expect("the server starts");
    drop(ports);
    // Kept open, for what the process prints at its end.
    process.stdout = Some(output.into_inner());
    (process, at)
}

/// Opens a socket, and waits for one message there and back.
fn opened(at: SocketAddr, path: &str) -> TcpStream {
    let mut tcp = TcpStream::connect(at).expect("the server listens");
    tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    tcp.write_all(handshake(path, BROWSER).as_bytes())
        .expect("open");
    tcp.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i'])
        .expect("open");
    let mut read = Vec::new();
    let mut byte = [0];
    while !read.ends_with(b"\x81\x02hi") {
        tcp.read_exact(&mut byte).expect("in time");
        read.push(byte[0]);
    }
    assert!(read.starts_with(b"HTTP/1.1 101"));
    tcp
}

/// Returns the resident size of a process, in bytes.
fn resident(process: &Child) -> usize {
    let path = format!("/proc/{}/status", process.id());
    let status = std::fs::read_to_string(path).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kib.expect("a size in KiB") * 1024
}

/// Returns the bytes that each of many idle sockets costs.
fn measured(kind: &str, path: &str) -> usize {
    let sockets = std::env::var(SOCKETS)
        .ok()
        .and_then(|sockets| sockets.parse().ok());
    let sockets = sockets.unwrap_or(800);
    let (mut process, at) = started(kind);
    let first: Vec<_> = (0..20).map(|_| opened(at, path)).collect();
    let before = resident(&process);
    let idle: Vec<_> = (0..sockets).map(|_| opened(at, path)).collect();
    let after = resident(&process);
    drop((first, idle));
    drop(process.stdin.take());
    process.wait().expect("the process ends");
    after.saturating_sub(before) / sockets
}

#[test]
fn an_idle_socket_inside_axum_costs_at_most_8_kib() {
    let ours = measured("ours", "/ws");
    let inside = measured("inside", "/inside/ws");
    let axums = measured("axum", "/ws");
    println!("bytes of an idle socket: ours {ours}, ours in axum {inside}, axum's own {axums}");
    assert!(inside <= 8 * 1024, "{inside} bytes; ours alone {ours}");
}
