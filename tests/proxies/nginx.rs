//! nginx, with the block of the guide.

use std::fs;
use std::net::Ipv4Addr;
use std::process::Command;

use http4k_ws::message::TrustedPeers;

use crate::client::{CLIENT, Way};
use crate::process::{Proxy, directory, free_address, start};
use crate::{block, replaced, trusting};

/// Starts nginx in front of `upstream`, with a certificate if there is one.
fn nginx(upstream: String, tls: Option<(String, String)>) -> Proxy {
    let (directory, address) = (directory(), free_address());
    let path = |name: &str| directory.join(name).display().to_string();
    let mut site = replaced(&block("nginx"), &[("127.0.0.1:9000", upstream)]);
    site = match tls {
        Some((chain, key)) => {
            fs::write(directory.join("chain.pem"), chain).expect("a file");
            fs::write(directory.join("key.pem"), key).expect("a file");
            replaced(
                &site,
                &[
                    ("listen 443 ssl", format!("listen {address} ssl")),
                    ("/etc/ssl/chat.example.pem", path("chain.pem")),
                    ("/etc/ssl/chat.example.key", path("key.pem")),
                ],
            )
        }
        None => {
            let plain = site
                .lines()
                .filter(|line| !line.contains("ssl_certificate"));
            let plain = plain.collect::<Vec<_>>().join("\n");
            replaced(&plain, &[("listen 443 ssl", format!("listen {address}"))])
        }
    };
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", path(kind)))
        .concat();
    let config = format!(
        "daemon off;\nmaster_process off;\npid {};\nerror_log stderr;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}{site}\n}}\n",
        path("pid")
    );
    let file = directory.join("nginx.conf");
    fs::write(&file, config).expect("a file");
    let mut command = Command::new("nginx");
    let command = command.arg("-p").arg(&directory).arg("-c").arg(&file);
    start(command.args(["-e", "stderr"]), &directory, address)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn a_plain_proxy_pass_serves_pages_sockets_and_streams() {
    let server = crate::start(trusting(TrustedPeers::x_forwarded));
    let proxy = nginx(server.addr().to_string(), None);
    let way = Way {
        address: proxy.address,
        authority: None,
    };
    way.is_transparent().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn the_scheme_is_https_if_nginx_terminates_tls() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let server = crate::start(trusting(TrustedPeers::x_forwarded));
    let proxy = nginx(server.addr().to_string(), Some((chain.clone(), key)));
    let way = Way {
        address: proxy.address,
        authority: Some(chain),
    };
    way.is_transparent().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn clients_that_share_a_connection_to_the_server_are_told_apart() {
    let server = crate::start(trusting(TrustedPeers::x_forwarded));
    let proxy = nginx(server.addr().to_string(), None);
    let way = Way {
        address: proxy.address,
        authority: None,
    };
    let other = Ipv4Addr::new(127, 0, 0, 10);
    let connection = way.get("/connection", CLIENT).await;
    for client in [CLIENT, other, CLIENT] {
        let seen = format!("{client} http {}", way.host());
        assert_eq!(way.get("/", client).await, seen);
        assert_eq!(way.get("/connection", client).await, connection);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `tests/proxies/run`"]
async fn without_the_setting_every_page_is_refused() {
    let server = crate::start(http4k_ws::server::ServerConfig::default());
    let proxy = nginx(server.addr().to_string(), None);
    let way = Way {
        address: proxy.address,
        authority: None,
    };
    // nginx sends the name of its upstream, which is not a loopback name.
    let page = format!("http://{}", way.host());
    let refused = way.open(&page).await.expect_err("a refusal");
    let refused = format!("{refused} {refused:?}");
    assert!(refused.contains("421"), "{refused}");
}
