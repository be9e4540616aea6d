//! The allowed hosts of a server (RFC 9110 §15.5.20), which prevent DNS rebinding.

use http4k_ws::message::HostPolicy;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig};

use super::peer::{Answer, Peer};

fn app() -> PolyHandler {
    routes! {
        "/" => http(|| "hello"),
        "/ws" => ws(|ws: WebSocket| ws.try_send("hello")),
    }
}

fn start(address: &str, config: ServerConfig) -> RunningServer {
    let server = app().as_server(address).with_config(config);
    server.with_threads(1).start().expect("a server")
}

fn response_for(server: &RunningServer, request: &str) -> Answer {
    let loopback = ([127, 0, 0, 1], server.port());
    Peer::connect(loopback.into()).send(request).answer()
}

fn status(server: &RunningServer, host: &str) -> [u16; 2] {
    let http = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let handshake = format!(
        "GET /ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    [http, handshake].map(|request| response_for(server, &request).status)
}

#[test]
fn on_a_loopback_address_only_loopback_names_are_served() {
    let server = start("127.0.0.1:0", ServerConfig::default());
    let port = server.port();
    for host in ["localhost", "LOCALHOST.", "127.0.0.1", "[::1]"] {
        assert_eq!(status(&server, host), [200, 101], "{host}");
        assert_eq!(status(&server, &format!("{host}:{port}")), [200, 101]);
    }
    for host in ["evil.example", "localhost.evil.example", "192.0.2.1"] {
        assert_eq!(status(&server, host), [421, 421], "{host}");
        assert_eq!(status(&server, &format!("{host}:{port}")), [421, 421]);
    }
}

#[test]
fn the_page_of_a_rebound_name_gets_nothing() {
    let server = start("127.0.0.1:0", ServerConfig::default());
    let refused = response_for(
        &server,
        "POST / HTTP/1.1\r\nHost: evil.example:80\r\nOrigin: http://evil.example\r\n\
         Content-Length: 4\r\n\r\nbody",
    );
    assert_eq!(refused.status, 421);
    assert_eq!(refused.field("connection"), Some("close"));
    for part in ["`evil.example:80`", "`ServerConfig::hosts`", "§15.5.20"] {
        assert!(refused.body.contains(part), "{refused:?}");
    }
}

/// RFC 9112 §3.2.2: the host of the target counts, not the field.
#[test]
fn the_host_of_an_absolute_target_counts() {
    let server = start("127.0.0.1:0", ServerConfig::default());
    for (target, host, expected) in [
        ("http://evil.example/", "localhost", 421),
        ("http://localhost/", "evil.example", 200),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(response_for(&server, &request).status, expected, "{target}");
    }
}

/// RFC 9112 §3.2.4: a request for the whole server must name an allowed host as well.
#[test]
fn a_request_for_the_whole_server_names_its_host() {
    let server = start("127.0.0.1:0", ServerConfig::default());
    for (host, expected) in [("localhost", 200), ("evil.example", 421)] {
        let request = format!("OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(response_for(&server, &request).status, expected, "{host}");
    }
}

/// A connection remembers only the host that was admitted.
#[test]
fn each_request_of_a_connection_names_its_host() {
    let server = start("127.0.0.1:0", ServerConfig::default());
    for other in [
        "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ] {
        let mut peer = Peer::connect(server.addr());
        peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2));
        peer.send(other);
        for expected in [200, 200, 421] {
            assert_eq!(peer.answer().status, expected, "{other}");
        }
    }
}

/// Browsers never send such a request.
#[test]
fn an_old_request_without_a_host_is_served() {
    let server = start("127.0.0.1:0", ServerConfig::default());
    assert_eq!(response_for(&server, "GET / HTTP/1.0\r\n\r\n").status, 200);
}

#[test]
fn every_host_is_served_on_another_address_or_by_configuration() {
    let any = ServerConfig::default().with_hosts(HostPolicy::any());
    for server in [
        start("0.0.0.0:0", ServerConfig::default()),
        start("127.0.0.1:0", any),
    ] {
        assert_eq!(status(&server, "evil.example"), [200, 101]);
    }
}

#[test]
fn a_list_replaces_the_default() {
    let chat = "chat.example".parse().expect("a host");
    let tenants = "*.tenants.example".parse().expect("a host");
    let hosts = HostPolicy::only([chat, tenants]);
    for address in ["127.0.0.1:0", "0.0.0.0:0"] {
        let server = start(address, ServerConfig::default().with_hosts(hosts.clone()));
        for (host, expected) in [
            ("Chat.Example:1234", [200, 101]),
            ("a.tenants.example", [200, 101]),
            ("tenants.example", [421, 421]),
            ("localhost", [421, 421]),
        ] {
            assert_eq!(status(&server, host), expected, "{host} at {address}");
        }
    }
}
