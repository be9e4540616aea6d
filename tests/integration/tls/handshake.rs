//! Failed handshakes, and their isolation from other connections.

use std::sync::Arc;
use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{
    ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version,
};

use super::certificates::{Pair, self_signed};
use super::{app, server_tls, start, trusting};

/// The time limit of a test, on the paused clock.
pub(super) async fn within<T>(work: impl Future<Output = T>) -> T {
    let deadline = Duration::from_secs(3600);
    timeout(deadline, work)
        .await
        .expect("an end within an hour")
}

pub(super) fn serve(pair: &Pair) -> (DuplexStream, JoinHandle<()>) {
    let config = ServerConfig::default().with_tls(server_tls(pair));
    let (ours, theirs) = duplex(64 * 1024);
    (ours, tokio::spawn(app().serve_connection(theirs, config)))
}

/// Completes a handshake with rustls alone, independently of the library.
pub(super) async fn shake_hands(
    io: DuplexStream,
    pair: &Pair,
    versions: &[&'static SupportedProtocolVersion],
    protocols: &[&str],
) -> std::io::Result<TlsStream<DuplexStream>> {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_slice(pair.chain.as_bytes()).expect("a certificate");
    roots.add(root).expect("a root");
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .expect("versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let names = protocols.iter().map(|name| name.as_bytes().to_vec());
    config.alpn_protocols = names.collect();
    let name = ServerName::try_from("localhost").expect("a name");
    let shaken = TlsConnector::from(Arc::new(config)).connect(name, io);
    within(shaken).await
}

pub(super) const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS12, &version::TLS13];

#[tokio::test(start_paused = true)]
async fn tls_1_2_and_1_3_are_the_only_versions() {
    let pair = self_signed(&["localhost"]);
    for (spoken, known) in [
        (&version::TLS12, ProtocolVersion::TLSv1_2),
        (&version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let (ours, _serving) = serve(&pair);
        let stream = shake_hands(ours, &pair, &[spoken], &[]).await;
        let version = stream.expect("TLS").get_ref().1.protocol_version();
        assert_eq!(version, Some(known));
    }
    // The start of a ClientHello of TLS 1.0, which offers no newer version (RFC 8446 §4.1.2).
    let (mut ours, serving) = serve(&pair);
    let mut hello = vec![0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 1];
    hello.resize(hello.len() + 32, 7);
    hello.extend([0, 0, 2, 0, 0x2F, 1, 0]);
    ours.write_all(&hello).await.expect("room");
    let mut answer = Vec::new();
    within(ours.read_to_end(&mut answer)).await.expect("an end");
    // A fatal alert (RFC 8446 §6).
    assert_eq!(answer.first(), Some(&0x15), "{answer:?}");
    drop(ours);
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn the_protocol_agreed_on_is_http() {
    let pair = self_signed(&["localhost"]);
    for (offered, agreed) in [
        (&["http/1.1"][..], Some("http/1.1")),
        (&["acme-tls/1", "http/1.1"], Some("http/1.1")),
        (&[], None),
    ] {
        let (ours, _serving) = serve(&pair);
        let stream = shake_hands(ours, &pair, BOTH, offered).await.expect("TLS");
        let chosen = stream.get_ref().1.alpn_protocol();
        assert_eq!(chosen, agreed.map(str::as_bytes));
    }
    // RFC 7301 §3.2: without a common protocol, a fatal alert follows.
    let (ours, _serving) = serve(&pair);
    let refused = shake_hands(ours, &pair, BOTH, &["acme-tls/1"]).await;
    let error = refused.expect_err("no protocol").to_string();
    assert!(error.contains("NoApplicationProtocol"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_or_slow_handshake_is_dropped_at_the_deadline() {
    let pair = self_signed(&["localhost"]);
    for begun in [&[][..], &[0x16], &[0x16, 3, 1, 2, 0, 1, 0]] {
        let (mut ours, serving) = serve(&pair);
        let start = Instant::now();
        ours.write_all(begun).await.expect("room");
        let mut answer = Vec::new();
        within(ours.read_to_end(&mut answer)).await.expect("an end");
        assert_eq!(start.elapsed().as_secs(), 5, "{begun:?}");
        assert!(answer.is_empty());
        within(serving).await.expect("a connection that ended");
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_the_one_that_was_set() {
    let tls = server_tls(&self_signed(&["localhost"]));
    let config = ServerConfig::default()
        .with_tls(tls)
        .with_tls_handshake(Duration::from_secs(2));
    let (_ours, theirs) = duplex(1024);
    let start = Instant::now();
    within(app().serve_connection(theirs, config)).await;
    assert_eq!(start.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn http_without_tls_is_reported() {
    let (mut ours, serving) = serve(&self_signed(&["localhost"]));
    ours.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .expect("room");
    let mut answer = String::new();
    within(ours.read_to_string(&mut answer))
        .await
        .expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head}");
    assert!(head.contains(&format!("content-length: {}", body.len())));
    assert!(body.contains("https://"), "{body}");
    drop(ours);
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_neither_end_the_connection() {
    let (mut ours, serving) = serve(&self_signed(&["localhost"]));
    ours.write_all(&[0; 64]).await.expect("room");
    within(serving).await.expect("a connection that ended");
    let mut answer = Vec::new();
    within(ours.read_to_end(&mut answer)).await.expect("an end");
    assert!(answer.is_empty());
}

#[tokio::test]
async fn handshakes_that_fail_or_wait_disturb_no_other_connection() {
    let pair = self_signed(&["localhost"]);
    let server = start(&pair);
    let mut waiting = Vec::new();
    for first in [&[][..], &[0x16, 3, 1], b"GET ", &[0xFF; 9]].repeat(10) {
        let connected = tokio::net::TcpStream::connect(server.addr()).await;
        let mut stream = connected.expect("a connection");
        stream.write_all(first).await.expect("room");
        waiting.push(stream);
    }
    let uri = format!("wss://localhost:{}/", server.port());
    for _ in 0..3 {
        let handshake = WebSocketClient::to(uri.as_str()).with_tls(trusting(&pair.chain));
        let mut socket = handshake.connect().await.expect("a socket");
        socket.send("hello").await.expect("an open socket");
        let echoed = socket.recv().await.expect("an open socket");
        assert_eq!(echoed.expect("a message"), "hello");
    }
    // The server drops the handshakes that still wait.
    let start = std::time::Instant::now();
    let stopped = tokio::task::spawn_blocking(move || server.stop());
    assert_eq!(stopped.await.expect("a stop").cut, 0);
    assert!(start.elapsed() < Duration::from_secs(4));
}
