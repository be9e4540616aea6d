//! §4: the extended CONNECT method.

use http::{Method, StatusCode};
use http4k_ws::server::ServerConfig;

use super::app;
use crate::http2::client::{Client, handshake, request, whole};
use crate::http2::frames::{Frame, GOAWAY, HEADERS, PROTOCOL_ERROR, Peer, RST_STREAM};
use crate::http2::serve;

const GOOD: [(&str, &str); 6] = [
    (":method", "CONNECT"),
    (":protocol", "websocket"),
    (":scheme", "https"),
    (":authority", "localhost"),
    (":path", "/echo"),
    ("sec-websocket-version", "13"),
];

/// Returns the first frame of the response to these fields, on a connection of their own.
async fn answer_to(fields: &[(&str, &str)]) -> Frame {
    let mut peer = Peer::new(serve(app(), ServerConfig::default()).0, &[]).await;
    let mut head = Frame::head(1, fields);
    // The request does not end its stream.
    head.flags &= !1;
    peer.send(head).await;
    let first = peer.next_of(&[HEADERS, RST_STREAM, GOAWAY]).await;
    first.expect("an answer")
}

fn without(name: &str) -> Vec<(&str, &str)> {
    GOOD.into_iter()
        .filter(|(known, _)| *known != name)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_complete_request_is_granted() {
    let head = answer_to(&GOOD).await;
    // The index of `:status` 200 (RFC 7541 §A).
    assert_eq!((head.kind, head.payload[0]), (HEADERS, 0x88));
    // The stream stays open.
    assert_eq!(head.flags & 1, 0);
}

/// "the `:scheme` and `:path` pseudo-header fields … MUST also be included".
#[tokio::test(start_paused = true)]
async fn scheme_and_path_are_required() {
    for missing in [":scheme", ":path"] {
        let over = answer_to(&without(missing)).await;
        assert_eq!(
            (over.kind, over.code()),
            (RST_STREAM, PROTOCOL_ERROR),
            "{missing}"
        );
    }
}

/// Without `:protocol`, CONNECT is the one of RFC 9113 §8.5, which has neither scheme nor path.
#[tokio::test(start_paused = true)]
async fn connect_without_a_protocol_is_malformed() {
    let over = answer_to(&without(":protocol")).await;
    assert_eq!((over.kind, over.code()), (RST_STREAM, PROTOCOL_ERROR));
}

/// `:protocol` belongs to CONNECT.
#[tokio::test(start_paused = true)]
async fn a_protocol_on_another_method_is_malformed() {
    for method in ["GET", "POST"] {
        let mut fields = GOOD;
        fields[0].1 = method;
        let over = answer_to(&fields).await;
        assert_eq!(
            (over.kind, over.code()),
            (RST_STREAM, PROTOCOL_ERROR),
            "{method}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_host_is_required() {
    let head = answer_to(&without(":authority")).await;
    // The status is 400.
    assert_eq!((head.kind, head.payload[0]), (HEADERS, 0x8C));
    let mut fields = without(":authority");
    fields.push(("host", "localhost"));
    assert_eq!(answer_to(&fields).await.payload[0], 0x88);
}

#[tokio::test(start_paused = true)]
async fn another_protocol_is_not_implemented() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    for name in ["connect-udp", "WebSocket", ""] {
        let mut request = handshake("/echo", &[]);
        let protocol = h2::ext::Protocol::from(name);
        request.extensions_mut().insert(protocol);
        let (answer, _stream) = client.begin(request, false);
        let answer = whole(answer).await.expect("an answer");
        assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED, "{name}");
    }
}

/// The path and the authority work as in any request, so the same routes respond.
#[tokio::test(start_paused = true)]
async fn the_target_is_routed_as_in_http() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let mut socket = client.open("/tell?a=b%20c", &[]).await;
    let told = socket.text().await;
    assert!(
        told.starts_with("GET /tell?a=b%20c host=localhost "),
        "{told}"
    );
}

/// A request without extended CONNECT goes to the HTTP side, with any fields.
#[tokio::test(start_paused = true)]
async fn a_request_without_extended_connect_is_plain() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let fields = [
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let answer = client.ask(request(Method::GET, "/echo", &fields)).await;
    assert_eq!((answer.status, answer.text()), (StatusCode::OK, "http"));
}

/// The limits of a head apply.
#[tokio::test(start_paused = true)]
async fn the_target_is_bounded() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let long = format!("/echo?{}", "b".repeat(9000));
    let (answer, _stream) = client.begin(handshake(&long, &[]), false);
    let answer = whole(answer).await.expect("an answer");
    assert_eq!(answer.status, StatusCode::URI_TOO_LONG);
}
