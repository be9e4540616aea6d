//! Users with a JWT, as the tool `nsc` creates them: an operator signs accounts, and an account
//! signs its users.

use std::path::PathBuf;

use data_encoding::BASE64URL_NOPAD;
use http4k_ws::topics::engine::Engine;
use http4k_ws_nats::{NatsConfig, NatsEngine};
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::nats::Nats;
use crate::process::Directory;
use crate::support::{entry, run, topic};

/// Returns a token about `subject` that `issuer` signs.
fn token(issuer: &KeyPair, subject: &KeyPair, content: Value) -> String {
    let encode = |part: &Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
    let claims = json!({
        "jti": "test",
        "iat": 1_700_000_000,
        "iss": issuer.public_key(),
        "sub": subject.public_key(),
        "name": "test",
        "nats": content,
    });
    let head = encode(&json!({ "typ": "JWT", "alg": "ed25519-nkey" }));
    let signed = format!("{head}.{}", encode(&claims));
    let signature = issuer.sign(signed.as_bytes()).expect("a signature");
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
}

fn account(operator: &KeyPair, account: &KeyPair, storage: i64) -> String {
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
        "conn": -1, "leaf": -1, "mem_storage": storage, "disk_storage": storage,
        "streams": storage, "consumer": storage,
    });
    let content = json!({ "type": "account", "version": 2, "limits": limits });
    token(operator, account, content)
}

/// Writes the file of a user of `account`.
fn user(directory: &Directory, name: &str, account: &KeyPair) -> PathBuf {
    let user = KeyPair::new_user();
    let limits = json!({
        "type": "user", "version": 2, "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1,
    });
    let (jwt, seed) = (token(account, &user, limits), user.seed().expect("a seed"));
    let path = directory.file(&format!("{name}.creds"));
    let text = format!(
        "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    );
    std::fs::write(&path, text).expect("a file");
    path
}

#[test]
fn a_user_has_a_file_with_a_jwt() {
    let (operator, system, of_chat) = (
        KeyPair::new_operator(),
        KeyPair::new_account(),
        KeyPair::new_account(),
    );
    let settings = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{ {}: {}, {}: {} }}",
        token(
            &operator,
            &operator,
            json!({ "type": "operator", "version": 2 })
        ),
        system.public_key(),
        system.public_key(),
        account(&operator, &system, 0),
        of_chat.public_key(),
        account(&operator, &of_chat, -1),
    );
    let Some((nats, directory)) = Nats::start_with_settings(&settings) else {
        return;
    };
    run(async {
        let config = || NatsConfig::new("app", &nats.url()).unwrap();
        let own = user(&directory, "own", &of_chat);
        let engine = NatsEngine::connect_with(config().with_credentials_file(own)).await;
        let engine = engine.unwrap();
        let at = engine.publish(&entry(&topic("t"), 1, "a")).await.unwrap();
        assert_eq!(engine.positions(&[topic("t")]).await, Ok(vec![at]));

        // The server does not know the account of the stranger.
        let stranger = user(&directory, "stranger", &KeyPair::new_account());
        let missing = directory.file("missing.creds");
        for (config, cause) in [
            (config(), "authorization"),
            (config().with_credentials_file(stranger), "authorization"),
            (config().with_credentials_file(missing), "credentials"),
        ] {
            let error = NatsEngine::connect_with(config).await.unwrap_err();
            assert!(error.to_string().contains(cause), "{error}");
        }
    });
}
