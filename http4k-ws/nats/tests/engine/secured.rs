//! Credentials and TLS.

use http4k_ws::topics::engine::Engine;
use http4k_ws_nats::{NatsConfig, NatsEngine};

use crate::nats::Nats;
use crate::process::Directory;
use crate::support::{entry, next_entry, run, subscribed, topic};

/// Publishes an entry, and receives it.
async fn is_used(config: NatsConfig) {
    let engine = NatsEngine::connect_with(config).await.unwrap();
    let topic = topic("secured");
    let mut events = subscribed(&engine, &topic).await;
    let at = engine.publish(&entry(&topic, 1, "a")).await.unwrap();
    while next_entry(&mut events).await.0 != at {}
    assert_eq!(engine.members(&topic).await.unwrap(), (Vec::new(), at));
}

/// Connects in vain, and returns the error.
async fn refused(config: NatsConfig) -> String {
    NatsEngine::connect_with(config)
        .await
        .unwrap_err()
        .to_string()
}

fn config(nats: &Nats, scheme: &str, login: &str) -> NatsConfig {
    NatsConfig::new("app", &format!("{scheme}://{login}localhost:{}", nats.port)).unwrap()
}

#[test]
fn a_user_has_a_password() {
    let arguments = ["-js", "--user", "ann", "--pass", "pass@word"];
    let Some(nats) = Nats::start_with(&arguments) else {
        return;
    };
    run(async {
        is_used(config(&nats, "nats", "ann:pass%40word@")).await;
        for login in ["", "ann:wrong@", "bob:pass%40word@", "pass%40word@"] {
            let error = refused(config(&nats, "nats", login)).await;
            assert!(error.contains("authorization"), "{error}");
        }
    });
}

#[test]
fn a_token_takes_the_place_of_a_user() {
    let Some(nats) = Nats::start_with(&["-js", "--auth", "s3cret"]) else {
        return;
    };
    run(async {
        is_used(config(&nats, "nats", "s3cret@")).await;
        let error = refused(config(&nats, "nats", "wrong@")).await;
        assert!(error.contains("authorization"), "{error}");
    });
}

/// Writes a certificate and its key as files, and returns their paths.
fn certificate(directory: &Directory, name: &str) -> [String; 2] {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let texts = [made.cert.pem(), made.signing_key.serialize_pem()];
    let kinds = ["cert", "key"].into_iter();
    let mut paths = kinds.zip(texts).map(|(kind, text)| {
        let path = directory.file(&format!("{name}.{kind}"));
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    });
    [paths.next().unwrap(), paths.next().unwrap()]
}

#[test]
fn a_server_is_reached_over_tls() {
    let directory = Directory::new();
    let [cert, key] = certificate(&directory, "server");
    let tls = ["-js", "--tls", "--tlscert", &cert, "--tlskey", &key];
    let Some(nats) = Nats::start_with(&tls) else {
        return;
    };
    run(async {
        let config = || config(&nats, "tls", "");
        is_used(config().with_root_certificates(&cert)).await;
        // A certificate that is not trusted ends the connection.
        let [other, _] = certificate(&directory, "other");
        for config in [config(), config().with_root_certificates(&other)] {
            let error = refused(config).await;
            assert!(error.contains("certificate"), "{error}");
        }
    });
}

#[test]
fn a_server_without_tls_is_not_used_with_it() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        refused(config(&nats, "tls", "")).await;
    });
}

#[test]
fn a_client_has_a_certificate_of_its_own() {
    let directory = Directory::new();
    let [cert, key] = certificate(&directory, "server");
    let [own, own_key] = certificate(&directory, "client");
    let tls = ["-js", "--tlsverify", "--tlscert", &cert, "--tlskey", &key];
    let Some(nats) = Nats::start_with(&[&tls[..], &["--tlscacert", &own]].concat()) else {
        return;
    };
    run(async {
        let config = || config(&nats, "tls", "").with_root_certificates(&cert);
        is_used(config().with_client_certificate(&own, &own_key)).await;
        refused(config()).await;
        let [other, other_key] = certificate(&directory, "other");
        refused(config().with_client_certificate(other, other_key)).await;
    });
}
