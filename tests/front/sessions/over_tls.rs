//! The cookie over TLS. It is `Secure` and has the prefix `__Host-`.

use http4k_ws::client::{ClientTls, HttpClient, WebSocketClient};
use http4k_ws::server::{ServerConfig, ServerTls};
use http4k_ws::testing::WsClient;
use rcgen::{CertificateParams, KeyPair};

use super::*;

#[test]
fn a_cookie_is_secure_over_tls_and_opens_a_socket() {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let pem = params.self_signed(&key).expect("a certificate").pem();
    let tls = ServerTls::from_pem(&pem, key.serialize_pem()).expect("a pair");
    let server = app(&sessions())
        .as_server("127.0.0.1:0")
        .with_config(ServerConfig::default().with_tls(tls))
        .with_threads(1)
        .start()
        .expect("a free port");
    let trust = || ClientTls::trusting_only(&pem).expect("a certificate");
    let client = HttpClient::new().with_tls(trust());
    let client = client.with_base(format!("https://localhost:{}", server.port()));
    let client = client.expect("a base").blocking();

    let response = client.send(post("/login", "ann")).expect("a response");
    let field = response.header("set-cookie").expect("a cookie");
    assert!(field.starts_with("__Host-session="), "{field}");
    assert!(
        field.ends_with("; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure"),
        "{field}"
    );
    let ann = cookie(&response);
    let me = client.send(with("/me", &ann)).expect("a response");
    assert_eq!(me.body(), "ann");

    // The plain name could have been set by a page at `http`.
    let plain = SetCookie::new("session", ann.value().to_owned());
    assert_eq!(
        client
            .send(with("/me", &plain))
            .expect("a response")
            .status(),
        401
    );

    let mut socket = WebSocketClient::to(format!("wss://localhost:{}/ws", server.port()))
        .with_header("cookie", format!("{}={}", ann.name(), ann.value()))
        .with_tls(trust())
        .blocking()
        .expect("a socket");
    assert_eq!(socket.received().next(), Some(Ok("ann".into())));
}
