//! The table of cases: whose fields count, over both versions of HTTP and in memory, for requests,
//! sockets with their origin, and streams.

use std::net::{IpAddr, SocketAddr};

use http4k_ws::message::{Networks, Proxies, TrustedPeers};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;

use super::client::{Field, exchange, handshake, head, over_http2};
use super::{app, text};

/// A proxy that the server trusts, and a client that connects without it.
const PROXY: &str = "127.0.0.1";
const STRANGER: &str = "127.0.0.2";

/// The fields of a request, and the client, scheme and host that they are resolved to. `?` is what
/// the connection says, and `-` what is not known.
type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    [&'static str; 3],
);

const OWN: &str = "upstream:9000";

const X_FORWARDED: &[Case] = &[
    // The peer is not trusted.
    (
        STRANGER,
        &[("x-forwarded-for", "1.1.1.1"), ("forwarded", "for=1.1.1.1")],
        ["?", "?", OWN],
    ),
    (
        STRANGER,
        &[
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil"),
            ("x-real-ip", "1.1.1.1"),
        ],
        ["?", "?", OWN],
    ),
    // One proxy.
    (
        PROXY,
        &[
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "chat.example"),
        ],
        ["203.0.113.7", "https", "chat.example"],
    ),
    // A forged beginning.
    (
        PROXY,
        &[("x-forwarded-for", "1.1.1.1, 203.0.113.7, 10.0.0.2")],
        ["203.0.113.7", "?", OWN],
    ),
    (
        PROXY,
        &[
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "203.0.113.7"),
        ],
        ["203.0.113.7", "?", OWN],
    ),
    // A forged scheme and host.
    (
        PROXY,
        &[
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-proto", "https, http"),
            ("x-forwarded-host", "evil, chat.example:8080"),
        ],
        ["203.0.113.7", "http", "chat.example:8080"],
    ),
    // Every address is trusted.
    (
        PROXY,
        &[("x-forwarded-for", "10.0.0.3, 10.0.0.2")],
        ["10.0.0.3", "?", OWN],
    ),
    // Elements that are not addresses.
    (
        PROXY,
        &[("x-forwarded-for", "1.1.1.1, unknown")],
        ["-", "?", OWN],
    ),
    (
        PROXY,
        &[("x-forwarded-for", "1.1.1.1, \u{fc}")],
        ["-", "?", OWN],
    ),
    // Ports, and IPv4 in IPv6.
    (
        PROXY,
        &[("x-forwarded-for", "203.0.113.7:4711")],
        ["203.0.113.7", "?", OWN],
    ),
    (
        PROXY,
        &[("x-forwarded-for", "[2a00::1]:80, ::ffff:10.0.0.9")],
        ["2a00::1", "?", OWN],
    ),
    // The proxy itself is the client.
    (PROXY, &[], ["?", "?", OWN]),
    // The other kind is not read.
    (
        PROXY,
        &[("forwarded", "for=1.1.1.1;proto=https;host=evil")],
        ["?", "?", OWN],
    ),
    // A scheme that HTTP does not have.
    (PROXY, &[("x-forwarded-proto", "gopher")], ["?", "-", OWN]),
];

const FORWARDED: &[Case] = &[
    (
        STRANGER,
        &[("forwarded", "for=1.1.1.1;proto=https;host=evil")],
        ["?", "?", OWN],
    ),
    (
        PROXY,
        &[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-host", "evil")],
        ["?", "?", OWN],
    ),
    (
        PROXY,
        &[(
            "forwarded",
            "for=1.1.1.1;host=evil, For=\"[2a00::1]:4711\";proto=https;host=\"a,b\", for=10.0.0.9",
        )],
        ["2a00::1", "https", "a,b"],
    ),
    (
        PROXY,
        &[("forwarded", "for=1.1.1.1, for=_hidden")],
        ["-", "?", OWN],
    ),
    (
        PROXY,
        &[("forwarded", "for=203.0.113.7;proto=ftp")],
        ["203.0.113.7", "-", OWN],
    ),
    (
        PROXY,
        &[
            ("forwarded", "for=\"1.1.1.1"),
            ("forwarded", "for=203.0.113.7;host=chat.example"),
        ],
        ["203.0.113.7", "?", "chat.example"],
    ),
    (
        PROXY,
        &[("forwarded", "for=\"1.1.1.1, for=203.0.113.7")],
        ["-", "-", OWN],
    ),
    (
        PROXY,
        &[("forwarded", "for=1.1.1.1;for=203.0.113.7")],
        ["-", "-", OWN],
    ),
];

fn trusted() -> TrustedPeers {
    Proxies::of(Networks::of([PROXY, "10.0.0.0/8"]).expect("networks"))
}

/// Returns the start of the line with which the application responds.
fn expected(case: &Case, scheme_of_connection: &str) -> String {
    let (peer, _, [client, scheme, host]) = case;
    let client = if *client == "?" { peer } else { client };
    let scheme = if *scheme == "?" {
        scheme_of_connection
    } else {
        scheme
    };
    format!("{client} {scheme} {host} [")
}

/// Returns an origin that is the server's own.
fn own_origin(case: &Case) -> String {
    let (_, _, [_, scheme, host]) = case;
    let scheme = if *scheme == "https" { "https" } else { "http" };
    format!("{scheme}://{host}")
}

fn fields(case: &Case) -> Vec<Field> {
    let fields = case.1.iter();
    fields
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

async fn holds(server: SocketAddr, case: &Case) {
    let from: IpAddr = case.0.parse().expect("an address");
    let shown = expected(case, "-");
    let sent = fields(case);
    for path in ["/", "/events"] {
        let received = exchange(server, from, &head(path, OWN, &sent)).await;
        assert!(received.contains(&shown), "{case:?}: {received}");
    }
    let own = own_origin(case);
    let opening = |origin: &str| head("/ws", OWN, &[handshake(origin), sent.clone()].concat());
    let received = exchange(server, from, &opening(&own)).await;
    assert!(
        received.contains(" 101 ") && received.contains(&shown),
        "{case:?}: {received}"
    );
    let received = exchange(server, from, &opening("https://other.example")).await;
    assert!(received.contains(" 403 "), "{case:?}: {received}");

    let shown = expected(case, "http");
    for path in ["/", "/events"] {
        let received = over_http2(server, from, path, OWN, &sent, None).await;
        assert!(received.contains(&shown), "{case:?}: {received}");
    }
    let received = over_http2(server, from, "/ws", OWN, &sent, Some(&own)).await;
    assert!(received.contains(&shown), "{case:?}: {received}");
    let other = Some("https://other.example");
    let received = over_http2(server, from, "/ws", OWN, &sent, other).await;
    assert!(received.starts_with("403"), "{case:?}: {received}");
}

fn holds_in_memory(config: &ServerConfig, case: &Case) {
    let app = app().test_with(config.clone());
    let request = |path: &str| {
        let mut request = Request::get(path).header("host", OWN);
        for (name, value) in case.1 {
            let value: Vec<u8> = value.chars().map(|char| char as u8).collect();
            request = request.header(*name, value);
        }
        let request = request.body(Body::empty()).expect("a request");
        request.with_peer_addr(format!("{}:50000", case.0).parse().expect("an address"))
    };
    let shown = expected(case, "-");
    let response = app.http(request("/"));
    let text = text(&response);
    assert!(text.starts_with(&shown), "{case:?}: {text}");
    let origin = |origin: &str| {
        request("/ws")
            .try_with_header("origin", origin)
            .expect("a field")
    };
    let mut socket = app.ws(origin(&own_origin(case)));
    let said = socket
        .received()
        .next()
        .expect("a message")
        .expect("a message");
    assert!(said.text().starts_with(&shown), "{case:?}: {said:?}");
    let refusal = app
        .try_ws(origin("https://other.example"))
        .expect_err("a refusal");
    assert_eq!(refusal.status(), 403, "{case:?}");
}

async fn table_holds(proxies: Proxies, cases: &[Case]) {
    let config = ServerConfig::default().with_proxies(proxies);
    let hosts = http4k_ws::message::HostPolicy::any();
    let config = config.with_hosts(hosts);
    let server = app().as_server("127.0.0.1:0").with_config(config.clone());
    let server = server.start().expect("a server");
    for case in cases {
        holds(server.addr(), case).await;
    }
    tokio::task::spawn_blocking(move || server.stop())
        .await
        .expect("stopped");
    for case in cases {
        holds_in_memory(&config, case);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn x_forwarded_fields_count_from_trusted_peers_only() {
    table_holds(trusted().x_forwarded(), X_FORWARDED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forwarded_counts_from_trusted_peers_only() {
    table_holds(trusted().forwarded(), FORWARDED).await;
}
