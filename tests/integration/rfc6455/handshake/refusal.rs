//! §4.2.2, 2–4: responses other than 101.

use super::{answer, each_has_status, handshake, start_with};
use crate::server::peer::{self, Peer};
use http4k_ws::server::ServerConfig;

/// §4.2.2, 2: a client without credentials gets 401 before the upgrade, and may authenticate on the
/// same connection.
#[test]
fn a_client_without_credentials_is_refused_before_the_upgrade() {
    let server = start_with(ServerConfig::default());
    let mut peer = Peer::connect(server.addr());
    for (authorization, status) in [
        ("X: y", 401),
        ("Authorization: Bearer guessed", 403),
        ("Authorization: Bearer secret", 101),
    ] {
        let request = handshake(&["GET /secret HTTP/1.1", authorization]);
        let answer = peer.send(request).answer();
        assert_eq!(answer.status, status, "{authorization}");
        let accepted = answer.field("sec-websocket-accept").is_some();
        assert_eq!(accepted, status == 101, "{answer:?}");
    }
    assert_eq!(peer.send(peer::text("x")).text(), "x");
}

/// §4.2.2, 3: a client may be redirected.
#[test]
fn a_client_may_be_redirected() {
    let answer = answer(&["GET /moved HTTP/1.1"]);
    assert_eq!(answer.status, 307);
    assert_eq!(answer.field("location"), Some("/ws"));
}

/// §4.2.2, 4: the resource does not exist.
#[test]
fn a_path_without_a_socket_is_not_found() {
    each_has_status(404, &[&["GET /nowhere HTTP/1.1"], &["GET / HTTP/1.1"]]);
}

/// §4.2.2: the rules of the handshake come before those of the application.
#[test]
fn a_bad_handshake_is_refused_on_every_path() {
    each_has_status(
        400,
        &[
            &["GET /nowhere HTTP/1.1", "Sec-WebSocket-Key: x"],
            &["GET /secret HTTP/1.1", "Sec-WebSocket-Key: x"],
        ],
    );
    each_has_status(
        426,
        &[&["GET /secret HTTP/1.1", "Sec-WebSocket-Version: 8"]],
    );
    each_has_status(
        403,
        &[&["GET /secret HTTP/1.1", "Origin: https://evil.example"]],
    );
}

/// §4.2.1: after a refusal the connection is still HTTP.
#[test]
fn the_connection_stays_open_after_a_refusal() {
    let server = start_with(ServerConfig::default());
    let mut peer = Peer::connect(server.addr());
    for (lines, status) in [
        (&["GET /nowhere HTTP/1.1"][..], 404),
        (&["Sec-WebSocket-Version: 7"], 426),
        (&["Sec-WebSocket-Key: x"], 400),
        (&["Origin: https://evil.example"], 403),
        (&[], 101),
    ] {
        assert_eq!(
            peer.send(handshake(lines)).answer().status,
            status,
            "{lines:?}"
        );
    }
    assert_eq!(peer.send(peer::text("x")).text(), "x");
}
