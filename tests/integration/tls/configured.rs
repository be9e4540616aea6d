//! Unusable certificates and keys, and the replacement of a certificate.

use std::path::Path;

use http4k_ws::client::{ClientTls, WebSocketClient};
use http4k_ws::server::{ServerConfig, ServerTls};
use http4k_ws::testing::WsClient;
use http4k_ws::tls::TlsConfigError;

use super::certificates::{Authority, Pair, self_signed};
use super::{app, server_tls, start_with, trusting};

fn refused(chain: &str, key: &str) -> TlsConfigError {
    match ServerTls::from_pem(chain, key) {
        Err(error) => error,
        Ok(_) => panic!("a server that shows {chain}"),
    }
}

/// Returns PEM text with one section of meaningless bytes.
fn section(label: &str) -> String {
    format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n")
}

#[test]
fn an_unusable_certificate_is_refused_before_serving() {
    let Pair { chain, key } = self_signed(&["localhost"]);
    let broken = chain.replace("-----END CERTIFICATE-----", "");
    let other = self_signed(&["localhost"]).key;
    for (chain, key, why) in [
        ("", key.as_str(), "no section `CERTIFICATE`"),
        (&key, &key, "no section `CERTIFICATE`"),
        (&chain, "", "no private key"),
        (&chain, &chain, "no private key"),
        (&broken, &key, "malformed PEM text"),
        (&section("CERTIFICATE"), &key, "invalid certificate"),
        (&chain, &section("PRIVATE KEY"), "invalid private key"),
        (&chain, &other, "does not match the first certificate"),
    ] {
        let error = refused(chain, key).to_string();
        assert!(error.contains(why), "{error} for {why}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let missing = Path::new("no/such/file.pem");
    let refused = [
        ServerTls::from_files(missing, missing).err(),
        ClientTls::new().with_root_file(missing).err(),
    ];
    for error in refused {
        let error = error.expect("an error");
        assert!(matches!(&error, TlsConfigError::File { path, .. } if path == missing));
        assert_eq!(error.to_string(), "cannot read `no/such/file.pem`");
    }
}

#[test]
fn invalid_authorities_are_rejected() {
    for (pem, why) in [
        (String::new(), "no section `CERTIFICATE`"),
        (section("CERTIFICATE"), "invalid certificate"),
    ] {
        let error = ClientTls::trusting_only(pem)
            .expect_err("no trust")
            .to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_key_is_not_shown_by_debug() {
    let pair = self_signed(&["localhost"]);
    let config = ServerConfig::default().with_tls(server_tls(&pair));
    assert!(format!("{config:?}").contains("tls: Some(ServerTls { .. })"));
}

#[test]
fn configurations_are_equal_that_share_a_certificate() {
    let pair = self_signed(&["localhost"]);
    let tls = server_tls(&pair);
    let one = ServerConfig::default().with_tls(tls.clone());
    assert_eq!(one, ServerConfig::default().with_tls(tls));
    assert_ne!(one, ServerConfig::default().with_tls(server_tls(&pair)));
}

#[test]
fn a_certificate_is_renewed_while_the_server_runs() {
    let authority = Authority::new();
    let tls = server_tls(&authority.sign(&["before.example"]));
    let server = start_with(app(), ServerConfig::default().with_tls(tls.clone()));
    let connect = || {
        WebSocketClient::to(format!("wss://localhost:{}/", server.port()))
            .with_tls(trusting(&authority.root))
            .blocking()
    };
    assert!(connect().is_err());
    let next = authority.sign(&["localhost"]);
    tls.renew_from_pem(&next.chain, &next.key).expect("a pair");
    let mut client = connect().expect("a socket");

    // An unusable certificate changes nothing, and open connections continue.
    assert!(tls.renew_from_pem("", "").is_err());
    assert!(connect().is_ok());
    client.send("still there?").expect("an open socket");
    assert!(client.received().next().is_some_and(|next| next.is_ok()));
}
