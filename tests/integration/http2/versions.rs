//! Both versions on one port (RFC 9113 §3).

use std::sync::Arc;
use std::time::Duration;

use h2::client::Builder;
use http4k_ws::client::{ClientTls, HttpClient, WebSocketClient};
use http4k_ws::server::{Http2Config, ServerConfig, ServerTls};
use http4k_ws::{PolyHandler, Request, WebSocket, WsStatus};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::client::{Client, get};
use super::frames::PREFACE;
use super::{serve, within};

async fn hello(ws: WebSocket) {
    let _ = ws.send("hello").await;
    ws.close(WsStatus::NORMAL);
}

fn app() -> PolyHandler {
    PolyHandler::new(|request: Request| format!("{:?}", request.version()), hello)
}

async fn response_of(stream: &mut DuplexStream, bytes: &[u8]) -> String {
    within(stream.write_all(bytes)).await.expect("room");
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer))
        .await
        .expect("bytes");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn one_port_speaks_both() {
    let server = app().as_server("127.0.0.1:0").start().expect("a server");
    let stream = TcpStream::connect(server.addr())
        .await
        .expect("a connection");
    let mut client = Client::over(stream, &Builder::new()).await;
    assert_eq!(client.ask(get("/", &[])).await.text(), "HTTP/2.0");
    let mut socket = client.open("/", &[]).await;
    assert_eq!(socket.text().await, "hello");

    let old = HttpClient::new();
    let answer = old.send(format!("http://{}/", server.addr())).await;
    assert_eq!(
        answer.expect("an answer").body().as_text(),
        Some("HTTP/1.1")
    );
    let socket = WebSocketClient::connect(format!("ws://{}/", server.addr())).await;
    let next = socket.expect("a socket").recv().await;
    assert_eq!(next.expect("an open socket").expect("a message"), "hello");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_begins_as_the_preface_does_is_one() {
    for method in ["POST", "PUT", "PRIVATE", "P", "PRI"] {
        let (mut ours, _serving) = serve(app(), ServerConfig::default());
        let request = format!("{method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        // In two pieces: the first could still become either version.
        within(ours.write_all(b"P")).await.expect("room");
        tokio::task::yield_now().await;
        let answer = response_of(&mut ours, &request.as_bytes()[1..]).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{method}: {answer}");
        assert!(answer.ends_with("HTTP/1.1"), "{method}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_preface_may_come_in_pieces() {
    let (mut ours, _serving) = serve(app(), ServerConfig::default());
    for byte in PREFACE {
        within(ours.write_u8(*byte)).await.expect("room");
        tokio::task::yield_now().await;
    }
    // An empty SETTINGS frame.
    within(ours.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]))
        .await
        .expect("room");
    let mut frame = [0; 9];
    within(ours.read_exact(&mut frame)).await.expect("a frame");
    assert_eq!(frame[3], 4);
}

#[tokio::test(start_paused = true)]
async fn a_preface_that_stops_is_given_up_at_the_head_deadline() {
    for (begun, answer) in [(&b""[..], ""), (b"PRI * HT", "HTTP/1.1 408 ")] {
        let (mut ours, serving) = serve(app(), ServerConfig::default());
        let start = Instant::now();
        let answered = response_of(&mut ours, begun).await;
        assert!(answered.starts_with(answer), "{answered}");
        assert_eq!(answered.is_empty(), answer.is_empty());
        assert_eq!(start.elapsed().as_secs(), 10);
        drop(ours);
        within(serving).await.expect("a connection that ended");
    }
    // After the preface alone: GOAWAY at the deadline, and ten seconds to leave.
    let (mut ours, _serving) = serve(app(), ServerConfig::default());
    let start = Instant::now();
    response_of(&mut ours, PREFACE).await;
    assert_eq!(start.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn the_first_head_has_one_deadline_however_it_begins() {
    let (mut ours, _serving) = serve(app(), ServerConfig::default());
    let start = Instant::now();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let answer = response_of(&mut ours, b"GET / HTTP/1.1\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn http2_can_be_disabled() {
    let off = ServerConfig::default().with_http2(None);
    let not_unasked = Http2Config::default().with_prior_knowledge(false);
    for config in [off, ServerConfig::default().with_http2(not_unasked)] {
        // A request line with another version: the server waits for nothing more.
        for begun in [&PREFACE[..18], PREFACE] {
            let (mut ours, _serving) = serve(app(), config.clone());
            let start = Instant::now();
            let answer = response_of(&mut ours, begun).await;
            assert_eq!(start.elapsed().as_secs(), 0, "{answer}");
            assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        }
        let (mut ours, _serving) = serve(app(), config);
        let request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        assert!(response_of(&mut ours, request).await.ends_with("HTTP/1.1"));
    }
    let (mut ours, _serving) = serve(app(), ServerConfig::default());
    assert!(!response_of(&mut ours, PREFACE).await.is_empty());
}

/// RFC 9113 §3.2: over TLS, the handshake negotiates the version.
#[tokio::test(start_paused = true)]
async fn tls_agrees_on_the_version() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a pair");
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let tls = ServerTls::from_pem(&certificate, key).expect("a pair");
    let config = ServerConfig::default().with_tls(tls);
    for (config, offered, agreed) in [
        (config.clone(), &["h2", "http/1.1"][..], Some("h2")),
        (config.clone(), &["http/1.1", "h2"], Some("h2")),
        (config.clone(), &["http/1.1"], Some("http/1.1")),
        (config.clone(), &[], None),
        (
            config.clone().with_http2(None),
            &["h2", "http/1.1"],
            Some("http/1.1"),
        ),
    ] {
        let (ours, _serving) = serve(app(), config);
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(certificate.as_bytes());
        roots.add(root.expect("a certificate")).expect("a root");
        let mut client = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.alpn_protocols = offered
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        let name = ServerName::try_from("localhost").expect("a name");
        let shaken = TlsConnector::from(Arc::new(client)).connect(name, ours);
        let mut stream = within(shaken).await.expect("TLS");
        let chosen = stream.get_ref().1.alpn_protocol();
        assert_eq!(chosen, agreed.map(str::as_bytes));
        if agreed == Some("h2") {
            let mut client = Client::over(stream, &Builder::new()).await;
            assert_eq!(client.ask(get("/", &[])).await.text(), "HTTP/2.0");
            let mut socket = client.open("/", &[]).await;
            assert_eq!(socket.text().await, "hello");
        } else {
            let request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            stream.write_all(request).await.expect("room");
            let mut answer = String::new();
            within(stream.read_to_string(&mut answer))
                .await
                .expect("text");
            assert!(answer.ends_with("HTTP/1.1"), "{answer}");
        }
    }
    // Our own client negotiates HTTP/1.1, the only version of its handshake.
    let (ours, _serving) = serve(app(), config);
    let trusted = ClientTls::trusting_only(certificate).expect("a certificate");
    let handshake = WebSocketClient::to("wss://localhost/").with_tls(trusted);
    assert!(within(handshake.connect_over(ours)).await.is_ok());
}
