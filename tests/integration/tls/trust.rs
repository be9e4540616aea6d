//! The servers that a client trusts (RFC 9525), and its errors for the others.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpListener;

use http4k_ws::StatusCode;
use http4k_ws::client::{
    ClientTls, ConnectError, DialError, HttpClient, HttpClientError, WebSocketClient,
};
use http4k_ws::server::ServerConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::tls::TlsError;
use tokio::io::{AsyncReadExt, duplex};
use tokio_rustls::rustls::server::Acceptor;

use super::certificates::{Authority, LONG_AGO, NOT_YET, Pair, self_signed};
use super::{app, start, start_with, trusting};

/// Returns the reason for which a client that trusts `tls` rejects a server with `pair`.
fn distrusted(pair: &Pair, tls: ClientTls) -> TlsError {
    let server = start(pair);
    let error = failed(&format!("wss://localhost:{}/", server.port()), tls);
    assert_eq!(server.stop().cut, 0);
    error
}

fn failed(uri: &str, tls: ClientTls) -> TlsError {
    match WebSocketClient::to(uri).with_tls(tls).blocking() {
        Err(ConnectError::Dial(DialError::Tls { host, source })) => {
            assert!(uri.contains(&host), "{host} in {uri}");
            source
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("a socket was opened"),
    }
}

#[test]
fn a_server_of_a_trusted_authority_is_trusted_by_name_and_by_address() {
    let authority = Authority::new();
    let server = start(&authority.sign(&["localhost", "127.0.0.1"]));
    for host in ["localhost", "127.0.0.1", "LOCALHOST"] {
        let uri = format!("wss://{host}:{}/", server.port());
        let handshake = WebSocketClient::to(uri).with_tls(trusting(&authority.root));
        let mut client = handshake.blocking().expect("a socket");
        client.send("hello").expect("an open socket");
        let echoed = client.received().next().expect("a message");
        assert_eq!(echoed.expect("an open socket"), "hello");
    }
}

#[test]
fn an_unknown_authority_is_not_trusted() {
    let pair = Authority::new().sign(&["localhost"]);
    for tls in [ClientTls::new(), trusting(&Authority::new().root)] {
        let error = distrusted(&pair, tls);
        assert!(matches!(error, TlsError::Untrusted { .. }), "{error:?}");
    }
}

#[test]
fn a_root_is_trusted_beside_those_of_the_web() {
    let authority = Authority::new();
    let server = start(&authority.sign(&["localhost"]));
    let tls = ClientTls::new().with_root_pem(&authority.root);
    let uri = format!("wss://localhost:{}/", server.port());
    let handshake = WebSocketClient::to(uri).with_tls(tls.expect("a root"));
    assert!(handshake.blocking().is_ok());
}

#[test]
fn a_self_signed_certificate_is_trusted_only_explicitly() {
    let pair = self_signed(&["localhost"]);
    let error = distrusted(&pair, ClientTls::new());
    assert!(matches!(error, TlsError::Untrusted { .. }), "{error:?}");

    let server = start(&pair);
    let uri = format!("wss://localhost:{}/", server.port());
    let handshake = WebSocketClient::to(uri).with_tls(trusting(&pair.chain));
    assert!(handshake.blocking().is_ok());
}

#[test]
fn a_certificate_out_of_date_is_not_trusted() {
    let authority = Authority::new();
    for (valid, why) in [(LONG_AGO, "expired"), (NOT_YET, "not valid yet")] {
        let pair = authority.sign_for(&["localhost"], valid);
        let error = distrusted(&pair, trusting(&authority.root));
        assert!(matches!(error, TlsError::OutOfDate { .. }), "{error:?}");
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_certificate_of_another_host_is_not_trusted() {
    let authority = Authority::new();
    let pair = authority.sign(&["example.com", "*.example.com"]);
    let error = distrusted(&pair, trusting(&authority.root));
    let TlsError::WrongName { host, names } = &error else {
        panic!("{error:?}");
    };
    assert_eq!((host.as_str(), names.len()), ("localhost", 2));
    assert!(error.to_string().contains("example.com"), "{error}");

    // A host's name does not cover its address.
    let server = start(&authority.sign(&["localhost"]));
    let uri = format!("wss://127.0.0.1:{}/", server.port());
    let error = failed(&uri, trusting(&authority.root));
    assert!(matches!(error, TlsError::WrongName { .. }), "{error:?}");
}

/// RFC 6066 §3: the client sends a name, but not an address.
#[tokio::test(start_paused = true)]
async fn the_host_is_named_in_the_handshake() {
    for (host, named) in [("example.com", Some("example.com")), ("127.0.0.1", None)] {
        let (ours, mut theirs) = duplex(64 * 1024);
        let handshake = WebSocketClient::to(format!("wss://{host}/"));
        tokio::spawn(handshake.connect_over(ours));
        let mut acceptor = Acceptor::default();
        let accepted = loop {
            let mut chunk = [0; 1024];
            let read = theirs.read(&mut chunk).await.expect("a hello");
            acceptor.read_tls(&mut &chunk[..read]).expect("bytes");
            if let Some(accepted) = acceptor.accept().expect("a hello") {
                break accepted;
            }
        };
        assert_eq!(accepted.client_hello().server_name(), named);
    }
}

#[test]
fn a_port_without_tls_is_recognized() {
    let server = start_with(app(), ServerConfig::default());
    let uri = format!("wss://localhost:{}/", server.port());
    let error = failed(&uri, ClientTls::new());
    assert!(matches!(error, TlsError::NotTls), "{error:?}");
}

#[test]
fn a_server_that_leaves_in_the_middle_breaks_the_handshake() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let leaving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        // The start of a handshake record, and nothing after it.
        stream.write_all(&[0x16, 3, 3, 0, 90, 2]).expect("a client");
    });
    let error = failed(&format!("wss://localhost:{port}/"), ClientTls::new());
    leaving.join().expect("a server that left");
    assert!(matches!(error, TlsError::Broken { .. }), "{error:?}");
}

/// RFC 8446 §6.2: the server sends the reason.
#[test]
fn a_server_that_refuses_sends_the_reason() {
    for (code, name) in [
        (40, "HandshakeFailure"),
        (70, "ProtocolVersion"),
        (112, "UnrecognisedName"),
        (116, "CertificateRequired"),
        (120, "NoApplicationProtocol"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let refusing = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut hello = [0; 4096];
            assert!(stream.read(&mut hello).is_ok_and(|read| read > 0));
            // One record with a fatal alert.
            stream
                .write_all(&[0x15, 3, 3, 0, 2, 2, code])
                .expect("a client");
            while stream.read(&mut hello).is_ok_and(|read| read > 0) {}
        });
        let error = failed(&format!("wss://localhost:{port}/"), ClientTls::new());
        refusing.join().expect("a server that refused");
        match &error {
            TlsError::Refused { alert } => assert_eq!(alert, name),
            other => panic!("{other:?}"),
        }
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_client_uses_tls_only_on_request() {
    let server = start(&self_signed(&["localhost"]));
    let uri = format!("ws://localhost:{}/", server.port());
    match WebSocketClient::blocking(uri) {
        Err(ConnectError::Refused { response }) => {
            assert_eq!(response.status(), StatusCode::BAD_REQUEST);
            let body = String::from_utf8_lossy(response.body());
            assert!(body.contains("wss://"), "{body}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_client_of_http_trusts_the_same_servers() {
    let authority = Authority::new();
    let server = start(&authority.sign(&["localhost"]));
    let base = format!("https://localhost:{}", server.port());
    let stranger = HttpClient::new().with_base(&base).expect("a base");
    let refused = stranger.send("/").await;
    match &refused {
        Err(error @ HttpClientError::Dial(DialError::Tls { host, source })) => {
            assert_eq!(host, "localhost");
            assert!(matches!(source, TlsError::Untrusted { .. }), "{source:?}");
            assert!(error.source().is_some());
            assert_eq!(error.status(), StatusCode::BAD_GATEWAY);
        }
        other => panic!("{other:?}"),
    }
    let client = stranger.with_tls(trusting(&authority.root));
    for path in ["/one", "/two"] {
        let answer = client.send(path).await.expect("an answer");
        assert_eq!(answer.body().as_text(), Some(path));
    }
}
