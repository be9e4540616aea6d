//! Client certificates (RFC 8446 §4.3.2), and rustls configurations of the program.

use std::sync::Arc;

use http4k_ws::client::{ClientTls, ConnectError, DialError, HttpClient, WebSocketClient};
use http4k_ws::message::PeerCertificates;
use http4k_ws::server::{Http2Config, ServerConfig, ServerTls};
use http4k_ws::tls::TlsConfigError;
use http4k_ws::tls::rustls_0_23::{self, rustls};
use http4k_ws::{PolyHandler, Request, WebSocket};
use tokio::io::{DuplexStream, duplex};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::certificates::{Authority, Pair, self_signed};
use super::handshake::within;
use super::{server_tls, trusting};

fn known(request: &Request) -> String {
    let known = request.extensions().get::<PeerCertificates>();
    known.map_or_else(
        || "a stranger".to_owned(),
        |known| format!("{:?}", known.own()),
    )
}

/// Returns an application that responds with the client name for its certificate.
fn app() -> PolyHandler {
    let over_the_socket = |ws: WebSocket| async move {
        let known = known(ws.request());
        ws.send(known).await
    };
    PolyHandler::new(|request: Request| known(&request), over_the_socket)
}

fn serve(tls: ServerTls) -> DuplexStream {
    let (ours, theirs) = duplex(64 * 1024);
    let config = ServerConfig::default()
        .with_tls(tls)
        .with_http2(Http2Config::default());
    tokio::spawn(app().serve_connection(theirs, config));
    ours
}

fn der(pair: &Pair) -> String {
    let der = CertificateDer::from_pem_slice(pair.chain.as_bytes()).expect("a certificate");
    format!("{:?}", der.to_vec())
}

/// Returns the responses to a socket and a request over such connections, or `None` without a
/// connection.
async fn responses(server: &ServerTls, client: &ClientTls) -> [Option<String>; 2] {
    let handshake = WebSocketClient::to("wss://localhost/").with_tls(client.clone());
    let socket = match within(handshake.connect_over(serve(server.clone()))).await {
        Ok(mut socket) => within(socket.recv()).await.ok().flatten(),
        Err(ConnectError::Dial(DialError::Tls { .. }) | ConnectError::Broken { .. }) => None,
        Err(error) => panic!("{error:?}"),
    };
    let http = HttpClient::new().with_tls(client.clone());
    let sent = within(http.send_over(serve(server.clone()), "https://localhost/")).await;
    let response = sent.ok().map(|response| {
        let text = response.body().as_text().expect("a text");
        text.to_owned()
    });
    [socket.map(|message| message.text().into_owned()), response]
}

struct Parties {
    server: ServerTls,
    authority: Authority,
    client: ClientTls,
    ann: Pair,
    stranger: Pair,
}

fn parties() -> Parties {
    let pair = self_signed(&["localhost"]);
    let authority = Authority::new();
    Parties {
        server: server_tls(&pair),
        client: trusting(&pair.chain),
        ann: authority.sign(&["ann"]),
        stranger: Authority::new().sign(&["eve"]),
        authority,
    }
}

fn with_identity(client: &ClientTls, pair: &Pair) -> ClientTls {
    let client = client.clone().with_identity_pem(&pair.chain, &pair.key);
    client.expect("a certificate and its key")
}

#[tokio::test(start_paused = true)]
async fn a_server_may_require_a_certificate() {
    let parties = parties();
    let server = parties
        .server
        .with_client_roots_pem(&parties.authority.root);
    let server = server.expect("an authority");
    let ann = with_identity(&parties.client, &parties.ann);
    let known = Some(der(&parties.ann));
    assert_eq!(responses(&server, &ann).await, [known.clone(), known]);
    let eve = with_identity(&parties.client, &parties.stranger);
    for client in [&parties.client, &eve] {
        assert_eq!(responses(&server, client).await, [None, None]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_may_request_a_certificate() {
    let parties = parties();
    let server = parties
        .server
        .with_optional_client_roots_pem(&parties.authority.root);
    let server = server.expect("an authority");
    let ann = with_identity(&parties.client, &parties.ann);
    let known = Some(der(&parties.ann));
    assert_eq!(responses(&server, &ann).await, [known.clone(), known]);
    let nobody = Some("a stranger".to_owned());
    assert_eq!(
        responses(&server, &parties.client).await,
        [nobody.clone(), nobody]
    );
    let eve = with_identity(&parties.client, &parties.stranger);
    assert_eq!(responses(&server, &eve).await, [None, None]);
}

#[tokio::test(start_paused = true)]
async fn without_such_roots_a_certificate_is_not_requested() {
    let parties = parties();
    let ann = with_identity(&parties.client, &parties.ann);
    let nobody = Some("a stranger".to_owned());
    assert_eq!(
        responses(&parties.server, &ann).await,
        [nobody.clone(), nobody]
    );
}

#[test]
fn unusable_values_are_refused_at_once() {
    let parties = parties();
    let other = parties
        .client
        .clone()
        .with_identity_pem(&parties.ann.chain, &parties.stranger.key);
    assert!(matches!(other, Err(TlsConfigError::OtherKey)), "{other:?}");
    let none = parties
        .client
        .clone()
        .with_identity_pem("", &parties.ann.key);
    assert!(
        matches!(none, Err(TlsConfigError::NoCertificate)),
        "{none:?}"
    );
    let none = parties
        .client
        .with_identity_files("/nowhere/chain", "/nowhere/key");
    assert!(matches!(none, Err(TlsConfigError::File { .. })), "{none:?}");
    let none = parties.server.with_client_roots_pem(&parties.ann.key);
    assert!(
        matches!(none, Err(TlsConfigError::NoCertificate)),
        "{none:?}"
    );
}

/// An added root keeps the client's certificate.
#[tokio::test(start_paused = true)]
async fn roots_and_a_certificate_may_be_set_in_any_order() {
    let parties = parties();
    let pair = self_signed(&["localhost"]);
    let server = server_tls(&pair).with_client_roots_pem(&parties.authority.root);
    let server = server.expect("an authority");
    let client = with_identity(&parties.client, &parties.ann).with_root_pem(&pair.chain);
    let known = Some(der(&parties.ann));
    let client = client.expect("a certificate");
    assert_eq!(responses(&server, &client).await, [known.clone(), known]);
}

#[tokio::test(start_paused = true)]
async fn a_program_may_bring_its_own_configurations() {
    let pair = self_signed(&["localhost"]);
    let chain = CertificateDer::from_pem_slice(pair.chain.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("a version")
        .with_no_client_auth()
        .with_single_cert(vec![chain.clone()], key)
        .expect("a certificate and its key");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(chain).expect("a certificate");
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("a version")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let server = rustls_0_23::server(Arc::new(server));
    let client = rustls_0_23::client(Arc::new(client));
    let nobody = Some("a stranger".to_owned());
    for (server, client) in [
        (server.clone(), client.clone()),
        (server_tls(&pair), client.clone()),
        (server.clone(), trusting(&pair.chain)),
    ] {
        let both = [nobody.clone(), nobody.clone()];
        // The second certificate differs, but has the same names and key.
        assert_eq!(responses(&server, &client).await, both);
    }
    assert_eq!(server, server.clone());
    let changed = server.renew_from_pem(&pair.chain, &pair.key);
    assert!(matches!(changed, Err(TlsConfigError::OwnConfiguration)));
    let changed = server.with_client_roots_pem(&pair.chain);
    assert!(matches!(changed, Err(TlsConfigError::OwnConfiguration)));
    let changed = client.with_root_pem(&pair.chain);
    assert!(matches!(changed, Err(TlsConfigError::OwnConfiguration)));
}

/// The test below runs this one in a separate process.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs the environment that another test sets"]
fn roots_of_the_system() {
    let roots = ClientTls::with_native_roots();
    println!("roots: {roots:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_client_may_trust_the_authorities_of_the_system() {
    let roots = |file: &std::path::Path| {
        let this = std::env::current_exe().expect("a test is a program");
        let child = std::process::Command::new(this)
            .args([
                "--ignored",
                "--exact",
                "--nocapture",
                "tls::mutual::roots_of_the_system",
            ])
            .env("SSL_CERT_FILE", file)
            .env_remove("SSL_CERT_DIR")
            .output()
            .expect("the program runs");
        String::from_utf8_lossy(&child.stdout).into_owned()
    };
    struct Removed(std::path::PathBuf);
    impl Drop for Removed {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }
    let name = format!("http4k-ws-roots-{}.pem", std::process::id());
    let file = Removed(std::env::temp_dir().join(name));
    let two = Authority::new().root + &Authority::new().root;
    std::fs::write(&file.0, two).expect("a file");
    let found = roots(&file.0);
    assert!(
        found.contains("roots: Ok(ClientTls { roots: Some(2)"),
        "{found}"
    );
    std::fs::write(&file.0, "").expect("a file");
    let found = roots(&file.0);
    assert!(found.contains("roots: Err(NoNativeRoots"), "{found}");
}
