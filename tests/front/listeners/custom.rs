//! Listeners of the user.

use std::io;
use std::net::SocketAddr;

use http4k_ws::client::{HttpClient, WebSocketClient};
use http4k_ws::server::{Accepted, Listen, ListenAddr, Listeners, ServerConfig};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::{app, within};

/// Accepts pipes in memory.
struct Pipes(Receiver<DuplexStream>, Option<SocketAddr>);

fn pipes(peer: Option<SocketAddr>) -> (Sender<DuplexStream>, Pipes) {
    let (connect, connections) = channel(8);
    (connect, Pipes(connections, peer))
}

async fn connected(connect: &Sender<DuplexStream>) -> DuplexStream {
    let (ours, theirs) = duplex(1024);
    connect.send(theirs).await.expect("a server");
    ours
}

impl Listen for Pipes {
    async fn accept(&mut self) -> io::Result<Accepted> {
        match self.0.recv().await {
            Some(pipe) => Ok(Accepted::new(pipe, self.1)),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<ListenAddr> {
        Ok(ListenAddr::Other("pipes".to_owned()))
    }
}

#[tokio::test]
async fn connections_of_any_type_are_served() {
    let peer = SocketAddr::from(([192, 0, 2, 1], 9));
    let (anonymous, listener) = pipes(None);
    let (known, other) = pipes(Some(peer));
    let listeners = Listeners::new().and(listener).and(other);
    tokio::spawn(app().serve_until(
        listeners,
        ServerConfig::default(),
        std::future::pending::<()>(),
    ));
    let client = HttpClient::new();
    for (connect, address) in [(&anonymous, "None"), (&known, "Some(192.0.2.1)")] {
        let pipe = connected(connect).await;
        let response = within(client.send_over(pipe, "http://chat.example/")).await;
        let expected = format!("{address} {address} chat.example HTTP/1.1");
        assert_eq!(response.expect("a response").body(), expected.as_str());
    }
    let pipe = connected(&anonymous).await;
    let socket = WebSocketClient::to("ws://chat.example/echo").connect_over(pipe);
    let mut socket = within(socket).await.expect("a socket");
    socket.send("hello").await.expect("an open socket");
    let echoed = within(socket.recv()).await.expect("an open socket");
    assert_eq!(echoed.expect("a message").text(), "hello");
}

#[tokio::test]
async fn the_limit_per_address_counts_the_peer_of_a_connection() {
    let (connect, listener) = pipes(Some(([192, 0, 2, 1], 9).into()));
    let config = ServerConfig::default().with_max_connections_per_address(1);
    tokio::spawn(app().serve_until(listener, config, std::future::pending::<()>()));
    let pipe = connected(&connect).await;
    let socket = WebSocketClient::to("ws://localhost/echo").connect_over(pipe);
    let _open = within(socket).await.expect("a socket");
    let pipe = connected(&connect).await;
    let refused = within(HttpClient::new().send_over(pipe, "http://localhost/")).await;
    assert!(refused.is_err(), "{refused:?}");
}

/// Does not know its address.
struct Lost;

impl Listen for Lost {
    async fn accept(&mut self) -> io::Result<Accepted> {
        std::future::pending().await
    }

    fn local_addr(&self) -> io::Result<ListenAddr> {
        Err(io::Error::other("the address is lost"))
    }
}

#[tokio::test]
async fn a_listener_without_an_address_fails_the_start() {
    let served = within(app().serve_with(Lost, ServerConfig::default())).await;
    assert_eq!(served.unwrap_err().to_string(), "the address is lost");
    let started = app().as_server_with(Lost).start();
    assert_eq!(started.unwrap_err().to_string(), "the address is lost");
}
