//! HAProxy, with the blocks of the guide.

use std::fs;
use std::process::Command;

use http4k_ws::message::{Networks, TrustedPeers};
use http4k_ws::server::ServerConfig;

use crate::client::{CLIENT, Way};
use crate::process::{Proxy, directory, free_address, start};
use crate::{block, replaced, trusting};

const CRT: &str = "/etc/ssl/chat.example.pem";

/// Starts HAProxy in front of `upstream` with `config`, and with a certificate if there is one.
fn haproxy(config: &str, upstream: String, tls: Option<String>) -> Proxy {
    let (directory, address) = (directory(), free_address());
    let mut config = replaced(config, &[("127.0.0.1:9000", upstream)]);
    config = match tls {
        Some(pem) => {
            let file = directory.join("chat.pem");
            fs::write(&file, pem).expect("a file");
            replaced(&config, &[(CRT, file.display().to_string())])
        }
        None => config.replace(&format!(" ssl crt {CRT}"), ""),
    };
    config = replaced(&config, &[("bind :443", format!("bind {address}"))]);
    let file = directory.join("haproxy.cfg");
    fs::write(&file, config).expect("a file");
    let mut command = Command::new("haproxy");
    start(command.arg("-db").arg("-f").arg(&file), &directory, address)
}

fn plain(proxy: &Proxy) -> Way {
    Way {
        address: proxy.address,
        authority: None,
    }
}

/// Returns a certificate for localhost, and with its key.
fn certificate() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let chain = made.cert.pem();
    let both = format!("{chain}{}", made.signing_key.serialize_pem());
    (chain, both)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn a_proxy_of_http_serves_pages_sockets_and_streams() {
    let server = crate::start(trusting(TrustedPeers::x_forwarded));
    let proxy = haproxy(&block("haproxy"), server.addr().to_string(), None);
    plain(&proxy).is_transparent().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn the_scheme_is_https_if_haproxy_terminates_tls() {
    let (chain, both) = certificate();
    let server = crate::start(trusting(TrustedPeers::x_forwarded));
    let proxy = haproxy(&block("haproxy"), server.addr().to_string(), Some(both));
    let way = Way {
        address: proxy.address,
        authority: Some(chain),
    };
    way.is_transparent().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn forwardfor_appends_the_client_to_what_it_has_forged() {
    let line = "http-request set-header X-Forwarded-For   %[src]";
    let config = replaced(&block("haproxy"), &[(line, "option forwardfor".to_owned())]);
    let server = crate::start(trusting(TrustedPeers::x_forwarded));
    let proxy = haproxy(&config, server.addr().to_string(), None);
    plain(&proxy).is_transparent().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn the_standard_field_serves_as_well() {
    // As `option forwarded` of HAProxy 2.8 writes it, behind the client's own.
    let config = replaced(
        &block("haproxy"),
        &[(
            "http-request set-header X-Forwarded-For   %[src]",
            "http-request add-header Forwarded \
             for=%[src];proto=%[ssl_fc,iif(https,http)];host=\\\"%[req.hdr(host)]\\\""
                .to_owned(),
        )],
    );
    let server = crate::start(trusting(TrustedPeers::forwarded));
    let proxy = haproxy(&config, server.addr().to_string(), None);
    plain(&proxy).is_transparent().await;
}

/// Requires headers from HAProxy.
fn behind_headers() -> ServerConfig {
    let peers = Networks::of(["127.0.0.1"]).expect("a network");
    ServerConfig::default().with_proxy_protocol(peers)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn headers_of_both_versions_state_the_client() {
    for option in ["send-proxy", "send-proxy-v2"] {
        let config = replaced(
            &block("haproxy-tcp"),
            &[("send-proxy-v2", option.to_owned())],
        );
        let server = crate::start(behind_headers());
        let proxy = haproxy(&config, server.addr().to_string(), None);
        let way = plain(&proxy);
        let seen = format!("{CLIENT} - {}", way.host());
        assert_eq!(way.get("/", CLIENT).await, seen, "{option}");
        way.opens_sockets(&seen).await;
        assert_eq!(way.first_event().await, seen, "{option}");
        let connection = way.get("/connection", CLIENT).await;
        assert!(connection.contains(&CLIENT.to_string()), "{connection}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn a_header_precedes_the_tls_of_the_server() {
    let (chain, both) = certificate();
    let tls = http4k_ws::server::ServerTls::from_pem(&chain, &both).expect("a certificate");
    for option in ["send-proxy", "send-proxy-v2"] {
        let config = replaced(
            &block("haproxy-tcp"),
            &[("send-proxy-v2", option.to_owned())],
        );
        let server = crate::start(behind_headers().with_tls(tls.clone()));
        let proxy = haproxy(&config, server.addr().to_string(), None);
        let way = Way {
            address: proxy.address,
            authority: Some(chain.clone()),
        };
        let seen = format!("{CLIENT} https {}", way.host());
        assert_eq!(way.get("/", CLIENT).await, seen, "{option}");
        way.opens_sockets(&seen).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn a_header_states_the_tls_that_haproxy_terminates() {
    let (chain, both) = certificate();
    let config = replaced(
        &block("haproxy-tcp"),
        &[
            ("send-proxy-v2", "send-proxy-v2-ssl".to_owned()),
            ("bind :443", format!("bind :443 ssl crt {CRT}")),
        ],
    );
    let server = crate::start(behind_headers());
    let proxy = haproxy(&config, server.addr().to_string(), Some(both));
    let way = Way {
        address: proxy.address,
        authority: Some(chain),
    };
    let seen = format!("{CLIENT} https {}", way.host());
    assert_eq!(way.get("/", CLIENT).await, seen);
    way.opens_sockets(&seen).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn checks_of_haproxy_itself_are_served() {
    let config = block("haproxy-tcp").replace("send-proxy-v2", "send-proxy-v2 check inter 50ms");
    let server = crate::start(behind_headers());
    let proxy = haproxy(&config, server.addr().to_string(), None);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let way = plain(&proxy);
    // A server whose checks fail would be taken out.
    assert!(way.get("/", CLIENT).await.starts_with(&CLIENT.to_string()));
}
