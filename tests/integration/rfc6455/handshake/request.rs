//! §4.2.1: reading the client's opening handshake.

use super::{KEY, each_has_status, handshake, start_with};
use crate::server::peer::{self, Peer};
use http4k_ws::server::ServerConfig;

/// The helper of these tests builds a complete handshake.
#[test]
fn a_good_handshake_is_accepted() {
    each_has_status(
        101,
        &[
            &[],
            &["X: y"],
            &["GET /ws?a=b HTTP/1.1"],
            &["Host: [::1]:80"],
        ],
    );
    let lines = handshake(&["Upgrade"]);
    assert!(!lines.contains("Upgrade: websocket") && lines.contains("Host: server.example\r\n"));
}

/// §4.2.1, 1: HTTP/1.1 or higher.
#[test]
fn http_1_0_cannot_upgrade() {
    each_has_status(400, &[&["GET /ws HTTP/1.0"]]);
}

/// §4.2.1, 1: an upgrade is a GET request. Other methods ask for a path that serves WebSocket only.
#[test]
fn only_get_upgrades() {
    let methods = ["POST", "HEAD", "PUT", "OPTIONS", "DELETE", "get", "PATCH"];
    let server = start_with(ServerConfig::default());
    for method in methods {
        let request = handshake(&[&format!("{method} /ws HTTP/1.1")]);
        let answer = Peer::connect(server.addr()).send(request).head();
        assert!(!answer.starts_with("HTTP/1.1 101"), "{method}: {answer}");
    }
}

/// §4.2.1, 2: a handshake has a Host, like every request.
#[test]
fn a_handshake_has_one_valid_host() {
    each_has_status(
        400,
        &[
            &["Host"],
            &["Host:"],
            &["Host: a b"],
            &["Host: a", "Host: a"],
            &["Host: http://a"],
        ],
    );
}

/// §4.2.1, 3: Upgrade lists `websocket`, in any case.
#[test]
fn the_upgrade_field_lists_websocket() {
    each_has_status(
        101,
        &[
            &["Upgrade: WebSocket"],
            &["Upgrade: WEBSOCKET"],
            &["Upgrade: h2c, websocket"],
            &["Upgrade: h2c", "Upgrade: websocket"],
            &["Upgrade:  , websocket ,"],
        ],
    );
    each_has_status(
        426,
        &[
            &["Upgrade"],
            &["Upgrade: h2c"],
            &["Upgrade: websockets"],
            &["Upgrade: web socket"],
            &["Upgrade: websocket;v=13"],
        ],
    );
}

/// §4.2.1, 4: Connection has the token `Upgrade`, in any case.
#[test]
fn the_connection_field_lists_upgrade() {
    each_has_status(
        101,
        &[
            &["Connection: upgrade"],
            &["Connection: UPGRADE"],
            &["Connection: keep-alive, Upgrade"],
            &["Connection: keep-alive", "Connection: Upgrade"],
            &["Connection: keep-alive,Upgrade,x"],
        ],
    );
    each_has_status(
        426,
        &[
            &["Connection"],
            &["Connection: keep-alive"],
            &["Connection: Upgrades"],
            &["Connection: close"],
        ],
    );
}

/// §4.2.1, 5: the key is the base64 of 16 bytes.
#[test]
fn a_key_is_16_bytes_in_base64() {
    let key = |key: &str| format!("Sec-WebSocket-Key: {key}");
    for bad in [
        "",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25jZWE=",
        "dGhlIHNhbXBsZSBub25jZWFhYWFh",
        "dGhlIHNhbXBsZSBub25jZ-==",
        "dGhlIHNhbXBsZSBub25jZ_==",
        "dGhlIHNhbXBsZ SBub25jZ==",
        "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
        "========================",
        "\"dGhlIHNhbXBsZSBub25jZQ==\"",
    ] {
        each_has_status(400, &[&[&key(bad)]]);
    }
    let twice = key(KEY);
    each_has_status(400, &[&["Sec-WebSocket-Key"], &[&twice, &twice]]);
    // The second key, the very example of §4.1, has surplus bits at its end.
    for good in [
        "AAAAAAAAAAAAAAAAAAAAAA==",
        "AQIDBAUGBwgJCgsMDQ4PEC==",
        "+/+/+/+/+/+/+/+/+/+/+w==",
    ] {
        each_has_status(101, &[&[&key(good)]]);
    }
}

/// §4.2.1, 6, §4.4: the version is 13; a refusal of another names it.
#[test]
fn the_version_is_13() {
    let server = start_with(ServerConfig::default());
    for version in [
        "0", "8", "7", "12", "14", "013", "13.0", "-13", "256", "x", "", "13, 8", "8, 13",
    ] {
        let request = handshake(&[&format!("Sec-WebSocket-Version: {version}")]);
        let answer = Peer::connect(server.addr()).send(request).answer();
        assert_eq!(answer.status, 426, "{version}");
        assert_eq!(
            answer.field("sec-websocket-version"),
            Some("13"),
            "{version}"
        );
        // RFC 9110 §15.5.22.
        assert_eq!(answer.field("upgrade"), Some("websocket"), "{version}");
    }
    each_has_status(426, &[&["Sec-WebSocket-Version"]]);
    // §11.3.5: the field occurs once.
    each_has_status(
        400,
        &[&["Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13"]],
    );
}

/// §4.2.1, 10: unknown fields are ignored, cookies among them.
#[test]
fn other_fields_are_ignored() {
    each_has_status(
        101,
        &[
            &["Cookie: a=b; c=d"],
            &["Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5"],
            &["Sec-WebSocket-Accept: x"],
            &[
                "Pragma: no-cache",
                "Cache-Control: no-cache",
                "User-Agent: x",
            ],
            &["Sec-WebSocket-Extensions: nonsense; a=\"b"],
        ],
    );
}

/// §4.1, §4.2.1: a handshake has no body; its bytes would be read as frames.
#[test]
fn a_handshake_has_no_body() {
    let server = start_with(ServerConfig::default());
    for (field, body) in [
        ("Content-Length: 3", "abc"),
        ("Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", "0\r\n\r\n"),
    ] {
        let request = handshake(&[field]) + body;
        let answer = Peer::connect(server.addr()).send(request).answer();
        assert_eq!(answer.status, 400, "{field}");
    }
    each_has_status(101, &[&["Content-Length: 0"]]);
}

/// The limits of every head apply to a handshake.
#[test]
fn a_handshake_is_bounded() {
    let long = format!("X: {}", "y".repeat(16 * 1024));
    let target = format!("GET /ws?{} HTTP/1.1", "y".repeat(8 * 1024));
    each_has_status(431, &[&[&long]]);
    each_has_status(414, &[&[&target]]);
}

/// §4.2.1: the bytes after the handshake are the first frames.
#[test]
fn frames_sent_with_the_handshake_are_kept() {
    let server = start_with(ServerConfig::default());
    let mut peer = Peer::connect(server.addr());
    let mut bytes = handshake(&[]).into_bytes();
    for n in 0..100 {
        bytes.extend(peer::text(&n.to_string()));
    }
    // The last frame is split in two.
    let last = bytes.split_off(bytes.len() - 3);
    assert_eq!(peer.send(bytes).answer().status, 101);
    for n in 0..99 {
        assert_eq!(peer.text(), n.to_string());
    }
    assert_eq!(peer.send(last).text(), "99");
}

/// A handshake may arrive byte by byte.
#[test]
fn a_handshake_may_arrive_in_pieces() {
    let server = start_with(ServerConfig::default());
    let mut peer = Peer::connect(server.addr());
    for byte in handshake(&[]).into_bytes() {
        peer.send([byte]);
    }
    assert_eq!(peer.answer().status, 101);
    assert_eq!(peer.send(peer::text("x")).text(), "x");
}
