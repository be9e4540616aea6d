//! Responses that a client refuses (RFC 7692 §5.1, §7.1).

use http4k_ws::client::{ConnectError, WebSocketClient};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;
use crate::peer::within;

/// Connects to a server whose response gets these lines. Returns the outcome, and the offer.
async fn connect(
    config: SessionConfig,
    lines: &str,
) -> (Result<WebSocket, ConnectError>, Option<String>) {
    let (ours, mut near) = duplex(64 * 1024);
    let (mut far, theirs) = duplex(64 * 1024);
    tokio::spawn(echo.serve_connection(theirs, ServerConfig::default()));
    let client = WebSocketClient::to("ws://localhost/").with_config(config);
    let between = async {
        let request = head(&mut near).await;
        far.write_all(request.as_bytes()).await.expect("room");
        let response = head(&mut far).await;
        let response = format!("{}{lines}\r\n", &response[..response.len() - 2]);
        near.write_all(response.as_bytes()).await.expect("room");
        let mut fields = request.lines().filter_map(|line| line.split_once(": "));
        let offer = fields.find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-extensions"));
        (offer.map(|(_, value)| value.to_owned()), near, far)
    };
    let (socket, (offer, ..)) =
        within(async { tokio::join!(client.connect_over(ours), between) }).await;
    (socket, offer)
}

/// Reads a head, with its last line.
async fn head(stream: &mut DuplexStream) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let byte = stream.read_u8().await.expect("a head");
        head.push(byte.into());
    }
    head
}

#[tokio::test]
async fn a_client_offers_only_if_it_is_configured() {
    let (socket, offer) = connect(SessionConfig::default(), "").await;
    assert_eq!(offer, None);
    socket.expect("an open socket");
    let config = SessionConfig::default().with_deflate(Deflate::default());
    let (socket, offer) = connect(config, "").await;
    let expected = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
                    client_max_window_bits";
    assert_eq!(offer.as_deref(), Some(expected));
    socket.expect("a server may decline");
}

#[tokio::test]
async fn an_invalid_response_fails_the_connection() {
    let on = SessionConfig::default().with_deflate(Deflate::default());
    let good = "permessage-deflate; server_no_context_takeover";
    let (socket, _) = connect(on.clone(), &format!("Sec-WebSocket-Extensions: {good}\r\n")).await;
    socket.expect("a valid response");
    for (config, value, part) in [
        (&SessionConfig::default(), good, "not offered"),
        (&on, "x-other", "not offered"),
        (&on, "permessage-deflate", "server_no_context_takeover"),
        (
            &on,
            &format!("{good}; client_max_window_bits"),
            "invalid parameter",
        ),
        (
            &on,
            &format!("{good}; server_max_window_bits=16"),
            "invalid parameter",
        ),
        (&on, &format!("{good}; {}", &good[20..]), "repeated"),
        (&on, &format!("{good}, {good}"), "twice"),
        (&on, &format!("{good};"), "grammar"),
    ] {
        let field = format!("Sec-WebSocket-Extensions: {value}\r\n");
        let (socket, _) = connect(config.clone(), &field).await;
        match socket {
            Err(ConnectError::BadHandshake { rule }) => assert!(rule.contains(part), "{rule}"),
            other => panic!("{value}: {other:?}"),
        }
    }
}
