//! The checks of hosts, origins and limits behind proxies.

use std::net::IpAddr;

use http4k_ws::contract_test;
use http4k_ws::message::{HostPolicy, Networks, Proxies};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::testing::contract::Backend;
use tokio::io::AsyncWriteExt;

use super::client::{connect, exchange, handshake, head, received};
use super::{app, text};
use crate::logged;

/// Trusts the peer of every backend: this machine, and peers without an address.
fn behind_a_proxy() -> ServerConfig {
    let peers = Networks::of(["127.0.0.1", "::1", "unix:"]).expect("networks");
    ServerConfig::default().with_proxies(Proxies::of(peers).x_forwarded())
}

fn chat_only() -> ServerConfig {
    let chat = "chat.example".parse().expect("a host");
    behind_a_proxy().with_hosts(HostPolicy::only([chat]))
}

fn forwarding(path: &str, host: &str) -> Request {
    let request = Request::get(path)
        .header("x-forwarded-for", "1.1.1.1, 203.0.113.7")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", host);
    request.body(Body::empty()).expect("a request")
}

#[contract_test(app(), config = behind_a_proxy())]
fn a_browser_behind_a_proxy_is_served(backend: &impl Backend) {
    let expected = "203.0.113.7 https chat.example \
                    [x-forwarded-for x-forwarded-host x-forwarded-proto]";
    assert_eq!(
        backend.http(forwarding("/", "chat.example")).body(),
        expected
    );
    let page = forwarding("/ws", "chat.example").with_header("origin", "https://chat.example");
    let mut socket = backend.ws(page);
    assert_eq!(
        socket.received().next().expect("one").expect("a message"),
        expected
    );
    let mut stream = backend.sse(forwarding("/events", "chat.example"));
    assert_eq!(
        stream
            .received()
            .next()
            .expect("one")
            .expect("an event")
            .data(),
        expected
    );
}

#[contract_test(app(), config = behind_a_proxy())]
fn a_page_must_have_the_scheme_and_host_that_the_proxy_states(backend: &impl Backend) {
    for origin in [
        "http://chat.example",
        "https://localhost",
        "https://chat.example:8443",
    ] {
        let origin = http4k_ws::http::HeaderValue::from_static(origin);
        let page = forwarding("/ws", "chat.example").with_header("origin", origin);
        assert_eq!(backend.try_ws(page).err().expect("a refusal").status(), 403);
    }
}

#[contract_test(app(), config = chat_only())]
fn a_host_that_a_proxy_states_must_be_served(backend: &impl Backend) {
    assert_eq!(backend.http(forwarding("/", "chat.example")).status(), 200);
    let refused = backend.http(forwarding("/", "other.example"));
    assert_eq!(refused.status(), 421);
    // The host of the connection does not count then.
    let request = forwarding("/", "other.example").with_header("host", "chat.example");
    assert_eq!(backend.http(request).status(), 421);
    assert_eq!(backend.http("/").status(), 421);
    let request = Request::get("/").header("host", "chat.example");
    assert_eq!(backend.http(request).status(), 200);
}

#[contract_test(app(), config = behind_a_proxy())]
fn a_host_that_is_not_one_is_refused(backend: &impl Backend) {
    for host in [
        "a b",
        "https://chat.example",
        "chat.example:99999",
        "chat.example,",
    ] {
        let refused = backend.http(forwarding("/", host));
        assert_eq!(refused.status(), 400, "{host}");
        assert!(text(&refused).contains("trusted proxy"), "{refused:?}");
        let refused = backend.try_ws(forwarding("/ws", host));
        assert_eq!(refused.err().expect("a refusal").status(), 400, "{host}");
    }
}

#[contract_test(app())]
fn without_proxies_nothing_that_a_client_states_arrives(backend: &impl Backend) {
    let request = forwarding("/", "evil")
        .with_header("forwarded", "for=1.1.1.1")
        .with_header("x-real-ip", "1.1.1.1")
        .with_header("x-forwarded-prefix", "/admin");
    let shown = text(&backend.http(request));
    assert!(shown.ends_with(" []") && !shown.contains("evil"), "{shown}");
    let mut socket = backend.ws(forwarding("/ws", "evil"));
    let said = socket.received().next().expect("one").expect("a message");
    assert!(
        said.text().ends_with(" []") && !said.text().contains("evil"),
        "{said:?}"
    );
    let mut stream = backend.sse(forwarding("/events", "evil"));
    let event = stream.received().next().expect("one").expect("an event");
    assert!(
        event.data().ends_with(" []") && !event.data().contains("evil"),
        "{event:?}"
    );
}

#[contract_test(app())]
fn a_refused_origin_names_the_setting_of_the_proxy(backend: &impl Backend) {
    logged::start();
    let page = forwarding("/ws", "chat.example").with_header("origin", "https://setting.example");
    let refused = backend.try_ws(page).err().expect("a refusal");
    assert_eq!(refused.status(), 403);
    let body = text(&refused);
    let logged = logged::await_line_with("https://setting.example");
    for part in [
        "sent X-Forwarded-Host, which was ignored",
        "`ServerConfig::with_proxies(Proxies::",
        ".x_forwarded())`",
    ] {
        assert!(body.contains(part), "{body}");
        assert!(logged.contains(part), "{logged}");
    }
    let page = Request::get("/ws").header("origin", "https://direct.example");
    let refused = backend.try_ws(page).err().expect("a refusal");
    assert!(!text(&refused).contains("with_proxies"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_of_a_connection_is_resolved_by_itself() {
    let server = app().as_server("127.0.0.1:0").with_config(behind_a_proxy());
    let server = server.start().expect("a server");
    let peer: IpAddr = [127, 0, 0, 1].into();
    let mut stream = connect(server.addr(), peer).await;
    for (client, host, status) in [
        ("203.0.113.7", Some("chat.example"), "200 OK"),
        ("203.0.113.8", Some("other.example"), "200 OK"),
        ("203.0.113.9", None, "200 OK"),
        ("203.0.113.7", Some("chat.example"), "200 OK"),
    ] {
        let mut fields = vec![("x-forwarded-for", client.to_owned())];
        fields.extend(host.map(|host| ("x-forwarded-host", host.to_owned())));
        stream
            .write_all(&head("/", "localhost", &fields))
            .await
            .expect("a connection");
        let received = received(&mut stream).await;
        let expected = format!("{client} - {}", host.unwrap_or("localhost"));
        assert!(
            received.contains(status) && received.contains(&expected),
            "{received}"
        );
    }
    // A host that a proxy has stated is not one that a browser on this machine may use.
    stream
        .write_all(&head("/", "chat.example", &[]))
        .await
        .expect("a connection");
    let received = received(&mut stream).await;
    assert!(received.contains(" 421 "), "{received}");
    tokio::task::spawn_blocking(move || server.stop())
        .await
        .expect("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_of_a_proxy_count_as_its_own() {
    let config = behind_a_proxy().with_max_connections_per_address(1);
    let server = app().as_server("127.0.0.1:0").with_config(config);
    let server = server.start().expect("a server");
    let proxy: IpAddr = [127, 0, 0, 1].into();
    let opening = |client: &str| {
        let forwarded = [("x-forwarded-for", client.to_owned())];
        head(
            "/ws",
            "localhost",
            &[handshake("http://localhost"), forwarded.into()].concat(),
        )
    };
    let mut first = connect(server.addr(), proxy).await;
    first
        .write_all(&opening("203.0.113.7"))
        .await
        .expect("a connection");
    assert!(received(&mut first).await.contains("203.0.113.7"));
    let second = exchange(server.addr(), proxy, &opening("203.0.113.8")).await;
    assert!(second.contains(" 503 "), "{second}");
    let stranger: IpAddr = [127, 0, 0, 2].into();
    let third = exchange(server.addr(), stranger, &opening("203.0.113.8")).await;
    assert!(
        third.contains(" 101 ") && third.contains("127.0.0.2 - localhost []"),
        "{third}"
    );
    drop(first);
    tokio::task::spawn_blocking(move || server.stop())
        .await
        .expect("stopped");
}
