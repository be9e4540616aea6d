//! The memory of a socket that is open and idle, and the allocations of its handshake.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use allocation_counter::measure;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::net::TcpListener;
use tokio::time::sleep;

const HANDSHAKE: &[u8] =
    b"GET /ws/a HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

const SOCKETS: usize = 100;

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Waits until the server has sent `length` bytes to each client. It runs on this thread.
async fn answered(clients: &mut [TcpStream], length: usize) {
    let mut bytes = vec![0; length];
    for client in clients {
        client.set_nonblocking(true).expect("a socket");
        let mut read = 0;
        while read < length {
            match client.read(&mut bytes[read..]) {
                Ok(more) => {
                    assert!(more > 0, "closed by the server");
                    read += more;
                }
                Err(_) => sleep(Duration::from_millis(1)).await,
            }
        }
    }
}

/// Opens sockets on a server of this thread. The first ones are not counted: they allocate what
/// all share. Returns the bytes that each keeps, the same after a message, and its allocations.
fn per_socket(app: PolyHandler) -> (u64, u64, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("an address");
    let config = ServerConfig::default().with_max_connections_per_address(None);
    runtime.spawn(async move { app.serve_with(listener, config).await });
    let open = |count: usize| -> Vec<TcpStream> {
        let mut clients = Vec::with_capacity(count);
        for _ in 0..count {
            let mut client = TcpStream::connect(address).expect("a connection");
            client.write_all(HANDSHAKE).expect("room");
            clients.push(client);
        }
        clients
    };
    let switching = {
        let mut first = open(1);
        let mut head = vec![0; 1024];
        runtime.block_on(async {
            first[0].set_nonblocking(true).expect("a socket");
            loop {
                match first[0].read(&mut head) {
                    Ok(length) => break length,
                    Err(_) => sleep(Duration::from_millis(1)).await,
                }
            }
        })
    };
    let mut warm = open(SOCKETS);
    runtime.block_on(answered(&mut warm, switching));
    let mut clients = Vec::new();
    let opened = measure(|| {
        clients = open(SOCKETS);
        runtime.block_on(answered(&mut clients, switching));
    });
    let used = measure(|| {
        for client in &mut clients {
            client.write_all(b"\x81\x81\0\0\0\0a").expect("room");
        }
        runtime.block_on(answered(&mut clients, 3));
    });
    let per = |bytes: i64| u64::try_from(bytes).unwrap_or(0) / SOCKETS as u64;
    let after = opened.bytes_current + used.bytes_current;
    let allocations = opened.count_total / SOCKETS as u64;
    (per(opened.bytes_current), per(after), allocations)
}

#[test]
fn an_idle_socket_keeps_little_memory() {
    let app = routes! { "/ws/<_name>" => ws(echo(ws)) };
    let (open, used, allocations) = per_socket(app);
    println!("open {open} B, after a message {used} B, {allocations} allocations");
    assert!(open > 500, "{open} B");
    assert!(open <= 3_500, "{open} B");
    assert!(used <= 4_700, "{used} B");
    assert!(allocations <= 30, "{allocations}");
}

/// A consumer that reads its request pays for it.
#[test]
fn a_request_that_is_read_is_built_once() {
    async fn reading(ws: WebSocket) -> WsResult {
        assert_eq!(ws.request().path_param("name"), Some("a"));
        echo(ws).await
    }
    let app = routes! { "/ws/<name>" => ws(|ws: WebSocket, name: String| {
        let _ = name;
        reading(ws)
    }) };
    let (open, used, _) = per_socket(app);
    println!("open {open} B, after a message {used} B");
    assert!(open <= 5_000 && used <= 6_300, "{open} {used}");
}
