//! Headers of the PROXY protocol.

use std::net::IpAddr;
use std::time::Duration;

use http4k_ws::client::{ClientTls, HttpClient};
use http4k_ws::message::{Networks, Proxies};
use http4k_ws::server::{RunningServer, ServerConfig, ServerTls};
use tokio::io::AsyncWriteExt;

use super::client::{connect, exchange, handshake, head, received};
use super::{app, text};
use crate::logged;

/// A proxy that must send headers, and a peer that must not.
const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const STRANGER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));

fn config() -> ServerConfig {
    let peers = Networks::of(["127.0.0.1"]).expect("a network");
    ServerConfig::default().with_proxy_protocol(peers)
}

fn start(config: ServerConfig) -> RunningServer {
    let server = app().as_server("127.0.0.1:0").with_config(config);
    server.start().expect("a server")
}

async fn stop(server: RunningServer) {
    tokio::task::spawn_blocking(move || server.stop())
        .await
        .expect("stopped");
}

const V1: &[u8] = b"PROXY TCP4 203.0.113.7 10.0.0.1 56324 443\r\n";

/// Returns a header of version 2.
fn v2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
    let length = u16::try_from(rest.len())
        .expect("a short header")
        .to_be_bytes();
    let fixed = [0x20 | command, family, length[0], length[1]];
    [b"\r\n\r\n\0\r\nQUIT\n", &fixed[..], rest].concat()
}

const TCP4: &[u8] = &[203, 0, 113, 7, 10, 0, 0, 1, 0xDC, 0x04, 0x01, 0xBB];

fn headers() -> Vec<(Vec<u8>, &'static str)> {
    let mut tcp6 = [0; 36];
    tcp6[..2].copy_from_slice(&[0x2A, 0x00]);
    tcp6[15] = 1;
    let tls = [TCP4, &[0x20, 0, 5, 1, 0, 0, 0, 0]].concat();
    vec![
        (V1.to_vec(), "203.0.113.7 -"),
        (b"PROXY TCP6 2a00::1 ::1 1 2\r\n".to_vec(), "2a00::1 -"),
        (
            b"PROXY TCP6 ::ffff:203.0.113.7 ::1 1 2\r\n".to_vec(),
            "203.0.113.7 -",
        ),
        (b"PROXY UNKNOWN\r\n".to_vec(), "127.0.0.1 -"),
        (
            [&b"PROXY UNKNOWN "[..], &[b'x'; 91], b"\r\n"].concat(),
            "127.0.0.1 -",
        ),
        (v2(1, 0x11, TCP4), "203.0.113.7 -"),
        (
            v2(1, 0x11, &[TCP4, &[0xEA, 0x0F, 0x00], &[7; 0x0F00]].concat()),
            "203.0.113.7 -",
        ),
        (v2(1, 0x11, &tls), "203.0.113.7 https"),
        (v2(1, 0x21, &tcp6), "2a00::1 -"),
        (v2(1, 0x31, &[b'/'; 216]), "127.0.0.1 -"),
        (v2(1, 0x00, b""), "127.0.0.1 -"),
        (v2(0, 0x00, b"ignored"), "127.0.0.1 -"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_a_header_is_the_other_end_of_the_connection() {
    let server = start(config());
    for (header, client) in headers() {
        let page = [&header[..], &head("/", "localhost", &[])].concat();
        let received = exchange(server.addr(), PROXY, &page).await;
        assert!(
            received.contains(&format!("{client} localhost []")),
            "{header:?}: {received}"
        );
        let opening = head("/ws", "localhost", &handshake("http://localhost"));
        let received = exchange(server.addr(), PROXY, &[&header[..], &opening].concat()).await;
        // The scheme of a page must be that of the client.
        let accepted = if client.ends_with("https") {
            " 403 "
        } else {
            " 101 "
        };
        assert!(received.contains(accepted), "{header:?}: {received}");
    }
    stop(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_may_arrive_byte_by_byte() {
    let server = start(config());
    for (header, client) in headers()
        .into_iter()
        .filter(|(header, _)| header.len() < 300)
    {
        let mut stream = connect(server.addr(), PROXY).await;
        stream.set_nodelay(true).expect("a socket");
        for byte in header.iter().chain(&head("/", "localhost", &[])) {
            stream.write_all(&[*byte]).await.expect("a connection");
            tokio::task::yield_now().await;
        }
        let received = received(&mut stream).await;
        assert!(received.contains(client), "{header:?}: {received}");
    }
    stop(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_peer_without_a_valid_header_is_closed() {
    logged::start();
    let server = start(config());
    for start in [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01".to_vec(),
        b"PROXY TCP4 203.0.113.7 10.0.0.1 56324\r\n".to_vec(),
        b"PROXY TCP4 203.0.113.7 10.0.0.1 56324 443\n\n".to_vec(),
        b"PROXY / HTTP/1.1\r\n".to_vec(),
        // One byte over the limit.
        [&b"PROXY UNKNOWN "[..], &[b'x'; 92], b"\r\n"].concat(),
        v2(1, 0x12, TCP4),
        v2(2, 0x11, TCP4),
        v2(1, 0x11, &TCP4[..8]),
        v2(1, 0x11, &[0; 4097]),
        v2(1, 0x11, &[TCP4, &[0x03, 0, 4, 0, 0, 0, 0]].concat()),
        [b"\r\n\r\n\0\r\nQUIT\n", &[0x11, 0x11, 0, 0][..]].concat(),
    ] {
        let bytes = [&start[..], &head("/", "localhost", &[])].concat();
        let received = exchange(server.addr(), PROXY, &bytes).await;
        assert_eq!(received, "", "{start:?}");
    }
    logged::await_line_with("127.0.0.1 was closed: it started with something else");
    stop(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_does_not_arrive_is_not_awaited_for_long() {
    let server = start(config().with_head_timeout(Duration::from_millis(50)));
    for bytes in [&b""[..], b"PRO", &V1[..20], &v2(1, 0x11, TCP4)[..20]] {
        assert_eq!(exchange(server.addr(), PROXY, bytes).await, "", "{bytes:?}");
    }
    stop(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_another_peer_is_refused() {
    for listed in [config(), ServerConfig::default()] {
        let server = start(listed);
        for header in [V1.to_vec(), v2(1, 0x11, TCP4)] {
            let bytes = [&header[..], &head("/", "localhost", &[])].concat();
            let received = exchange(server.addr(), STRANGER, &bytes).await;
            assert!(received.starts_with("HTTP/1.1 400 "), "{received}");
            let setting = "not accepted from 127.0.0.2: add it to `ServerConfig::proxy_protocol`";
            assert!(received.contains(setting), "{received}");
        }
        let received = exchange(server.addr(), STRANGER, &head("/", "localhost", &[])).await;
        assert!(received.contains("127.0.0.2 - localhost"), "{received}");
        stop(server).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_per_address_counts_the_clients_of_headers() {
    let server = start(config().with_max_connections_per_address(1));
    let opening = head("/ws", "localhost", &handshake("http://localhost"));
    let from = |client: &str| {
        let header = format!("PROXY TCP4 {client} 10.0.0.1 1 2\r\n").into_bytes();
        [header, opening.clone()].concat()
    };
    let mut open = Vec::new();
    for client in ["203.0.113.7", "203.0.113.8"] {
        let mut stream = connect(server.addr(), PROXY).await;
        stream.write_all(&from(client)).await.expect("a connection");
        assert!(received(&mut stream).await.contains(client));
        open.push(stream);
    }
    let refused = exchange(server.addr(), PROXY, &from("203.0.113.7")).await;
    assert!(refused.contains(" 503 "), "{refused}");
    // Health checks of the proxy count as its own.
    let check = [v2(0, 0, b""), opening.clone()].concat();
    let mut checking = connect(server.addr(), PROXY).await;
    checking.write_all(&check).await.expect("a connection");
    assert!(received(&mut checking).await.contains(" 101 "));
    let refused = exchange(server.addr(), PROXY, &check).await;
    assert!(refused.contains(" 503 "), "{refused}");
    stop(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_count_if_the_client_of_a_header_is_trusted() {
    let proxies = Proxies::trusted(["203.0.113.0/24", "127.0.0.1"]).expect("networks");
    let server = start(config().with_proxies(proxies.x_forwarded()));
    let forwarded = [("x-forwarded-for", "198.51.100.9".to_owned())];
    for (header, expected) in [
        // A proxy that speaks HTTP, behind one that does not.
        (
            &b"PROXY TCP4 203.0.113.7 10.0.0.1 1 2\r\n"[..],
            "198.51.100.9 - localhost [x-f",
        ),
        // A client, although the one that sends the header is trusted to send fields.
        (
            b"PROXY TCP4 192.0.2.1 10.0.0.1 1 2\r\n",
            "192.0.2.1 - localhost []",
        ),
    ] {
        let bytes = [header, &head("/", "localhost", &forwarded)].concat();
        let received = exchange(server.addr(), PROXY, &bytes).await;
        assert!(received.contains(expected), "{received}");
    }
    stop(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_comes_before_tls_and_before_http2() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let tls = ServerTls::from_pem(&chain, &key).expect("a certificate and its key");
    let server = start(config().with_tls(tls));
    let trusted = ClientTls::trusting_only(&chain).expect("a certificate");
    let client = HttpClient::new().with_tls(trusted);
    for header in [V1.to_vec(), v2(1, 0x11, TCP4)] {
        let mut stream = connect(server.addr(), PROXY).await;
        stream.write_all(&header).await.expect("a connection");
        let response = client
            .send_over(stream, "https://localhost/")
            .await
            .expect("a response");
        assert_eq!(response.status(), 200);
        assert_eq!(text(&response), "203.0.113.7 https localhost []");
    }
    let missing = connect(server.addr(), PROXY).await;
    assert!(
        client
            .send_over(missing, "https://localhost/")
            .await
            .is_err()
    );
    stop(server).await;

    let server = start(config());
    let mut stream = connect(server.addr(), PROXY).await;
    stream.write_all(V1).await.expect("a connection");
    let (mut requests, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let request = http4k_ws::http::Request::get("http://localhost/")
        .body(())
        .expect("a request");
    let (response, _) = requests.send_request(request, true).expect("sent");
    let mut body = response.await.expect("a response").into_body();
    let data = body.data().await.expect("some").expect("data");
    assert_eq!(data, "203.0.113.7 http localhost []");
    connection.abort();
    stop(server).await;
}
