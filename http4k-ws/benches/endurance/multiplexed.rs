//! The memory of HTTP/2 connections, and of sockets over them.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use h2::ext::Protocol;
use h2::{RecvStream, SendStream};
use http::{Method, Request};
use tokio::net::TcpStream;

use crate::process::{Server, kib_each, needs_files};
use crate::report::Report;
use crate::{Outcome, Scale};

/// KiB that a connection may cost after a request, and that a socket may.
const CONNECTION_BAR: f64 = 32.0;
const SOCKET_BAR: f64 = 8.0;

/// The number of sockets that share a connection.
const SHARING: usize = 100;

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let connections = scale.pick(2_000, 200);
    needs_files(connections + 500)?;
    let server = Server::start(&[]).await?;
    // The first of them pay for shared state.
    let mut kept = asked(server.address, 64).await?;
    server.until_quiet().await?;
    let before = server.memory()?;
    kept.extend(asked(server.address, connections).await?);
    server.until_quiet().await?;
    let each = kib_each(before, server.memory()?, connections);
    let what = format!("{connections} connections, after a request: each");
    report.at_most(what, each, CONNECTION_BAR, "KiB");
    drop(kept);

    let sockets = scale.pick(9_000, 500);
    let server = Server::start(&[]).await?;
    let mut open = opened(server.address, SHARING, SHARING).await?;
    server.until_quiet().await?;
    let before = server.memory()?;
    open.extend(opened(server.address, sockets, SHARING).await?);
    server.until_quiet().await?;
    let each = kib_each(before, server.memory()?, sockets);
    let what = format!("{sockets} sockets, {SHARING} to a connection: each");
    report.at_most(what, each, SOCKET_BAR, "KiB");
    Ok(())
}

async fn connect(server: SocketAddr) -> Outcome<SendRequest<Bytes>> {
    let stream = TcpStream::connect(server).await?;
    let (mut requests, connection) = h2::client::handshake(stream).await?;
    tokio::spawn(connection);
    while !requests.is_extended_connect_protocol_enabled() {
        tokio::time::sleep(Duration::from_millis(1)).await;
        requests = requests.ready().await?;
    }
    Ok(requests)
}

/// Connections with one request each.
async fn asked(server: SocketAddr, count: usize) -> Outcome<Vec<SendRequest<Bytes>>> {
    let mut kept = Vec::with_capacity(count);
    for _ in 0..count {
        let mut requests = connect(server).await?.ready().await?;
        let request = Request::get("http://localhost/full").body(())?;
        let (answer, _) = requests.send_request(request, true)?;
        answer.await?;
        kept.push(requests);
    }
    Ok(kept)
}

/// A connection, and the stream of a socket over it.
pub(crate) type Socket = (SendRequest<Bytes>, SendStream<Bytes>, RecvStream);

pub(crate) async fn opened(
    server: SocketAddr,
    count: usize,
    sharing: usize,
) -> Outcome<Vec<Socket>> {
    let mut sockets = Vec::with_capacity(count);
    while sockets.len() < count {
        let requests = connect(server).await?;
        for _ in 0..sharing.min(count - sockets.len()) {
            let mut requests = requests.clone().ready().await?;
            let mut request = Request::builder()
                .method(Method::CONNECT)
                .uri("http://localhost/echo")
                .header("sec-websocket-version", "13")
                .body(())?;
            let protocol = Protocol::from_static("websocket");
            request.extensions_mut().insert(protocol);
            let (answer, send) = requests.send_request(request, false)?;
            let answer = answer.await?;
            if !answer.status().is_success() {
                return Err(format!("a socket was refused with {}", answer.status()).into());
            }
            sockets.push((requests, send, answer.into_body()));
        }
    }
    Ok(sockets)
}
