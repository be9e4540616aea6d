//! The addresses of a server's listeners and of its peers.

use std::net::{IpAddr, SocketAddr, TcpListener};

use http4k_ws::client::HttpClient;
use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::server::RunningServer;
use http4k_ws::testing::NextMessage;

/// Returns an application that responds with its peer's address, and sends it over each socket.
fn peers() -> PolyHandler {
    fn peer(request: &Request) -> String {
        request.peer_addr().expect("a peer").ip().to_string()
    }
    PolyHandler::new(
        |request: Request| peer(&request),
        |ws: WebSocket| async move { ws.send(peer(ws.request())).await },
    )
}

fn parsed(texts: &[&str]) -> Vec<SocketAddr> {
    texts
        .iter()
        .map(|text| text.parse().expect("an address"))
        .collect()
}

/// Returns `true` if this machine has the address.
fn is_had(address: &SocketAddr) -> bool {
    TcpListener::bind(address).is_ok()
}

#[track_caller]
fn sees(server: &RunningServer, host: IpAddr) {
    let place = SocketAddr::new(host, server.port());
    let response = HttpClient::new()
        .blocking()
        .send(format!("http://{place}/"));
    assert_eq!(
        response.expect("a response").body(),
        host.to_string().as_str()
    );
    let mut client = WebSocketClient::blocking(format!("ws://{place}/")).expect("a socket");
    assert_eq!(client.next(), NextMessage::Message(host.to_string().into()));
}

#[test]
fn every_address_of_a_server_is_served() {
    let addresses = parsed(&["127.0.0.1:0", "[::1]:0"]);
    let server = peers().as_server(&addresses[..]).start().expect("a server");
    for address in addresses.iter().filter(|address| is_had(address)) {
        sees(&server, address.ip());
    }
    let port = server.port();
    assert_eq!(server.stop().cut, 0);
    // The port is free again at each address.
    for mut address in addresses.into_iter().filter(is_had) {
        address.set_port(port);
        assert!(std::net::TcpStream::connect(address).is_err());
    }
}

#[test]
fn localhost_is_each_address_that_it_resolves_to() {
    let server = peers().as_server("localhost:0").start().expect("a server");
    let resolved = std::net::ToSocketAddrs::to_socket_addrs("localhost:0").expect("a name");
    for address in resolved.filter(is_had) {
        sees(&server, address.ip());
    }
}

#[test]
fn a_peer_of_ipv4_is_one_at_every_listener() {
    for text in ["127.0.0.1:0", "[::ffff:127.0.0.1]:0", "0.0.0.0:0", "[::]:0"] {
        let address = parsed(&[text])[0];
        if !is_had(&address) {
            continue;
        }
        let server = peers().as_server(address).start().expect("a server");
        let place = ("127.0.0.1", server.port());
        if std::net::TcpStream::connect(place).is_ok() {
            sees(&server, [127, 0, 0, 1].into());
        }
        assert!(!server.addr().to_string().contains("ffff"));
    }
}
