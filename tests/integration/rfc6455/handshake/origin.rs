//! §4.2.2, 4, §10.2: the origin of the page that opens a socket.

use http4k_ws::message::OriginPolicy;
use http4k_ws::server::ServerConfig;

use super::{answer, answer_with, each_has_status};

/// Pages from the same host and port are accepted, and so are programs, which send no origin.
#[test]
fn our_own_pages_and_programs_are_accepted() {
    each_has_status(
        101,
        &[
            &[],
            &["Origin: http://server.example"],
            &["Origin: https://server.example"],
            &["Origin: http://server.example:80"],
            &["Host: localhost:9000", "Origin: http://localhost:9000"],
            &["Host: [::1]:9000", "Origin: http://[::1]:9000"],
            &["Host: Server.Example", "Origin: https://server.example"],
            &[
                "GET http://a.example/ws HTTP/1.1",
                "Origin: http://a.example",
            ],
        ],
    );
}

/// Any other page is refused before the upgrade.
#[test]
fn pages_of_other_origins_are_forbidden() {
    each_has_status(
        403,
        &[
            &["Origin: https://evil.example"],
            &["Origin: http://server.example.evil.example"],
            &["Origin: http://evilserver.example"],
            &["Origin: http://server.example:8080"],
            &["Host: localhost:9000", "Origin: http://localhost:9001"],
            &["Origin: null"],
            &["Origin: server.example"],
            &["Origin: "],
            &["Origin: file://"],
            &[
                "Origin: http://server.example",
                "Origin: http://server.example",
            ],
            &["Origin: http://server.example https://evil.example"],
            &[
                "GET http://a.example/ws HTTP/1.1",
                "Origin: http://server.example",
            ],
        ],
    );
    let refused = answer(&["Origin: https://evil.example"]);
    assert_eq!(refused.field("sec-websocket-accept"), None);
    assert!(refused.body.contains("§10.2"), "{refused:?}");
}

/// Other pages may be listed, even those without an origin.
#[test]
fn listed_pages_are_accepted() {
    let app = "https://app.example".parse().expect("an origin");
    let policy = OriginPolicy::own()
        .and(app)
        .and("null".parse().expect("an origin"));
    for (origin, status) in [
        ("https://app.example", 101),
        ("https://App.example:443", 101),
        ("http://app.example", 403),
        ("http://server.example", 101),
        ("null", 101),
        ("https://evil.example", 403),
    ] {
        let config = ServerConfig::default().with_origins(policy.clone());
        let line = format!("Origin: {origin}");
        assert_eq!(answer_with(config, &[&line]).status, status, "{origin}");
    }
}

/// A public service allows every origin.
#[test]
fn a_server_may_allow_every_origin() {
    for origin in ["https://anyone.example", "null", "nonsense"] {
        let config = ServerConfig::default().with_origins(OriginPolicy::any());
        let line = format!("Origin: {origin}");
        assert_eq!(answer_with(config, &[&line]).status, 101, "{origin}");
    }
}

/// Only sockets are guarded; CORS is in charge of plain HTTP.
#[test]
fn plain_requests_may_have_any_origin() {
    let line = [
        "GET / HTTP/1.1",
        "Upgrade",
        "Connection",
        "Origin: https://evil.example",
    ];
    assert_eq!(answer(&line).body, "http");
}
