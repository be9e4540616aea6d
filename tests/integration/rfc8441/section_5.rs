//! §5: the opening handshake over HTTP/2.

use http::StatusCode;
use http4k_ws::WsMessage;
use http4k_ws::message::OriginPolicy;
use http4k_ws::server::ServerConfig;

use super::app;
use crate::http2::client::{Answer, CLOSE, Client, TEXT, handshake, whole};

async fn refused(path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let (answer, _stream) = client.begin(handshake(path, fields), false);
    let answer = whole(answer).await.expect("an answer");
    assert!(!answer.status.is_success(), "{answer:?}");
    answer
}

/// Returns the response to a handshake with these versions.
async fn with_versions(versions: &[&str]) -> Answer {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let mut request = handshake("/echo", &[]);
    request.headers_mut().remove("sec-websocket-version");
    for version in versions {
        let version = version.parse().expect("a value");
        request
            .headers_mut()
            .append("sec-websocket-version", version);
    }
    let (answer, _stream) = client.begin(request, false);
    whole(answer).await.expect("an answer")
}

/// "the `Upgrade` and `Connection` header fields … are not included".
#[tokio::test(start_paused = true)]
async fn the_response_has_no_upgrade_field() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let socket = client.open("/echo", &[]).await;
    for name in [
        "upgrade",
        "connection",
        "transfer-encoding",
        "content-length",
    ] {
        assert!(!socket.fields.contains_key(name), "{name}");
    }
}

/// "`Sec-WebSocket-Key` and `Sec-WebSocket-Accept` … are superseded by the `:protocol`".
#[tokio::test(start_paused = true)]
async fn the_key_fields_are_not_used() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    for fields in [&[][..], &[("sec-websocket-key", "no key at all")]] {
        let mut socket = client.open("/tell", fields).await;
        assert!(!socket.fields.contains_key("sec-websocket-accept"));
        assert!(socket.text().await.starts_with("GET /tell "));
    }
}

/// "all other conditions … of [RFC6455]": §4.2.1, 6 and §4.4.
#[tokio::test(start_paused = true)]
async fn the_version_is_13() {
    for versions in [&[][..], &["12"], &["14"], &["13, 14"], &[""]] {
        let answer = with_versions(versions).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{versions:?}");
        assert_eq!(answer.fields["sec-websocket-version"], "13");
        assert!(!answer.fields.contains_key("upgrade"));
    }
    let answer = with_versions(&["13", "13"]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

/// RFC 6455 §4.2.2, 5.
#[tokio::test(start_paused = true)]
async fn one_of_the_offered_subprotocols_is_chosen() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let name = "sec-websocket-protocol";
    for offered in [
        &[(name, "chat")][..],
        &[(name, "a, chat")],
        &[(name, "a"), (name, "chat")],
    ] {
        let mut socket = client.open("/chat", offered).await;
        assert_eq!(socket.fields[name], "chat");
        assert!(socket.text().await.ends_with("subprotocol=chat"));
    }
    for offered in [&[][..], &[(name, "other")]] {
        let mut socket = client.open("/chat", offered).await;
        assert!(!socket.fields.contains_key(name));
        assert!(socket.text().await.ends_with("subprotocol=-"));
    }
}

/// RFC 6455 §9.1: a server may decline an offered extension.
#[tokio::test(start_paused = true)]
async fn extensions_are_declined() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let offered = [("sec-websocket-extensions", "permessage-deflate")];
    let mut socket = client.open("/echo", &offered).await;
    assert!(!socket.fields.contains_key("sec-websocket-extensions"));
    assert_eq!(socket.text().await, "hello");
}

/// RFC 6455 §10.2.
#[tokio::test(start_paused = true)]
async fn pages_of_other_origins_cannot_open_a_socket() {
    // The last origin has another scheme than `:scheme`.
    for origin in [
        "http://evil.example",
        "http://localhost:81",
        "null",
        "https://localhost",
    ] {
        let answer = refused("/echo", &[("origin", origin)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
    }
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let mut socket = client
        .open("/echo", &[("origin", "http://localhost")])
        .await;
    assert_eq!(socket.text().await, "hello");

    let any = ServerConfig::default().with_origins(OriginPolicy::any());
    let mut client = Client::to(app(), any).await;
    let mut socket = client
        .open("/echo", &[("origin", "http://evil.example")])
        .await;
    assert_eq!(socket.text().await, "hello");
}

#[tokio::test(start_paused = true)]
async fn a_path_without_a_route_is_a_404() {
    let answer = refused("/nowhere", &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_arrives_whole() {
    let answer = refused("/secret", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.fields["www-authenticate"], "Bearer");
    assert_eq!(answer.text(), "who are you?");
    assert_eq!(refused("/elsewhere", &[]).await.status, StatusCode::FOUND);
}

/// Any 2xx would open the socket (§4, RFC 9110 §9.3.6).
#[tokio::test(start_paused = true)]
async fn a_refusal_never_looks_like_a_grant() {
    let answer = refused("/no", &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.text(), "no, though with 200");
}

/// "the HTTP/2 stream … is … as if it were the TCP connection": frames are those of RFC 6455.
#[tokio::test(start_paused = true)]
async fn frames_travel_in_both_directions() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let mut socket = client.open("/echo", &[]).await;
    // The greeting does not wait for the client.
    assert_eq!(socket.text().await, "hello");
    for payload in ["", "short", &"b".repeat(126), &"b".repeat(70_000)] {
        socket.send_frame(TEXT, payload.as_bytes());
        assert_eq!(
            WsMessage::from(socket.text().await),
            WsMessage::from(payload)
        );
    }
}

/// A frame may come in pieces of any size, and one piece may hold several frames.
#[tokio::test(start_paused = true)]
async fn frames_of_the_two_protocols_need_not_align() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let mut socket = client.open("/echo", &[]).await;
    assert_eq!(socket.text().await, "hello");
    for byte in [0x81, 0x83, 0, 0, 0, 0, b'o', b'n', b'e'] {
        socket.send_bytes([byte]);
    }
    assert_eq!(socket.text().await, "one");
    let frame = [0x81, 0x81, 0, 0, 0, 0, b'x'];
    socket.send_bytes(frame.repeat(3));
    for _ in 0..3 {
        assert_eq!(socket.text().await, "x");
    }
}

/// RFC 6455 §5.1: the client must mask its frames here too.
#[tokio::test(start_paused = true)]
async fn a_frame_without_mask_is_an_error() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let mut socket = client.open("/echo", &[]).await;
    assert_eq!(socket.text().await, "hello");
    socket.send_bytes([0x81, 1, b'x']);
    assert_eq!(socket.close_code().await, 1002);
}

/// "orderly TCP-level closures are represented as END_STREAM flags".
#[tokio::test(start_paused = true)]
async fn a_closed_socket_ends_its_stream() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let mut socket = client.open("/echo", &[]).await;
    assert_eq!(socket.text().await, "hello");
    socket.send_frame(CLOSE, &[0x03, 0xE8]);
    assert_eq!(socket.close_code().await, 1000);
    assert_eq!(socket.ended().await, None);
}
