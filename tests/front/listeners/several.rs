//! Several listeners of one server.

use http4k_ws::client::{ClientTls, HttpClient, WebSocketClient};
use http4k_ws::prelude::*;
use http4k_ws::server::{ListenAddr, Listeners, ServerConfig, ServerTls, UnixSocket};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::oneshot;

use super::{Folder, app, within};

#[tokio::test]
async fn tcp_and_unix_are_served_at_once() {
    let folder = Folder::new();
    let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = tcp.local_addr().expect("an address");
    let unix = UnixListener::bind(folder.socket()).expect("a socket");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = app().serve_until((tcp, unix), ServerConfig::default(), async {
        let _ = stopped.await;
    });
    let serving = tokio::spawn(serving);

    let over_tcp = HttpClient::new().with_base(format!("http://{address}"));
    let over_tcp = over_tcp.expect("a base");
    let over_unix = HttpClient::new().with_unix_socket(folder.socket());
    for _ in 0..3 {
        let response = within(over_tcp.send("/")).await.expect("a response");
        let expected = format!("Some(127.0.0.1) Some(127.0.0.1) {address} HTTP/1.1");
        assert_eq!(response.body(), expected.as_str());
        let response = within(over_unix.send("/")).await.expect("a response");
        assert_eq!(response.body(), "None None localhost HTTP/1.1");
    }
    // The loopback port keeps its policy beside the Unix socket.
    let rebound = Request::get("/").header("host", "evil.example");
    let refused = within(over_tcp.send(rebound.body(Body::empty()))).await;
    assert_eq!(refused.expect("a response").status(), 421);
    let rebound = Request::get("/").header("host", "evil.example");
    let accepted = within(over_unix.send(rebound.body(Body::empty()))).await;
    assert_eq!(accepted.expect("a response").status(), 200);

    stop.send(()).expect("a server");
    assert_eq!(within(serving).await.expect("a report").cut, 0);
    assert!(TcpListener::bind(address).await.is_ok());
}

#[tokio::test]
async fn tls_may_be_for_one_of_two() {
    let folder = Folder::new();
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate").pem();
    let tls = ServerTls::from_pem(&certificate, key.serialize_pem()).expect("a certificate");
    let trust = ClientTls::trusting_only(&certificate).expect("a certificate");

    let tcp = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let plain = UnixSocket::at(folder.socket()).bind().expect("a socket");
    let encrypted = UnixSocket::at(folder.0.join("t")).bind().expect("a socket");
    let listeners = Listeners::from(plain).without_tls().and((tcp, encrypted));
    let config = ServerConfig::default().with_tls(tls);
    let server = app().as_server_with(listeners).with_config(config);
    let server = server.with_threads(2).start().expect("a server");

    let plain = HttpClient::new().with_unix_socket(folder.socket());
    let response = within(plain.send("/")).await.expect("a response");
    assert_eq!(response.body(), "None None localhost HTTP/1.1");

    let base = format!("https://localhost:{}", server.port());
    let over_tcp = HttpClient::new().with_tls(trust.clone());
    let over_tcp = over_tcp.with_base(&base).expect("a base");
    assert_eq!(
        within(over_tcp.send("/"))
            .await
            .expect("a response")
            .status(),
        200
    );
    let refused = within(HttpClient::new().send(format!("http://{}/", server.addr()))).await;
    assert_eq!(refused.expect("a response").status(), 400);

    let over_unix = HttpClient::new().with_tls(trust.clone());
    let over_unix = over_unix.with_unix_socket(folder.0.join("t"));
    let response = within(over_unix.send("https://localhost/")).await;
    assert_eq!(response.expect("a response").status(), 200);
    let socket = WebSocketClient::to("wss://localhost/echo")
        .with_tls(trust)
        .with_unix_socket(folder.0.join("t"));
    let mut socket = within(socket.connect()).await.expect("a socket");
    socket.send("hello").await.expect("an open socket");
    let echoed = within(socket.recv()).await.expect("an open socket");
    assert_eq!(echoed.expect("a message").text(), "hello");
}

#[test]
fn the_first_port_is_that_of_the_server() {
    let folder = Folder::new();
    let unix = UnixSocket::at(folder.socket()).bind().expect("a socket");
    let tcp = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").expect("a port"));
    let first = tcp[0].local_addr().expect("an address");
    let server = app().as_server_with((unix, tcp)).start().expect("a server");
    assert_eq!((server.addr(), server.port()), (first, first.port()));
    assert_eq!(server.addrs().len(), 3);
    assert!(matches!(server.addrs()[0], ListenAddr::Unix(_)));
}

#[test]
#[should_panic = "the server does not listen at a TCP address: see `addrs`"]
fn a_server_without_a_port_has_no_address() {
    let folder = Folder::new();
    let unix = UnixSocket::at(folder.socket()).bind().expect("a socket");
    let server = app().as_server_with(unix).start().expect("a server");
    server.addr();
}

#[tokio::test]
async fn no_listener_is_an_error() {
    let error = within(app().serve_with(Listeners::new(), ServerConfig::default())).await;
    let error = error.expect_err("nothing to serve");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert!(app().as_server_with(Listeners::new()).start().is_err());
    let report = app().serve_until(Listeners::new(), ServerConfig::default(), async {});
    assert_eq!(within(report).await.connections, 0);
}
