//! The opening handshake on the client's side (RFC 6455 §4.1).

use std::net::TcpListener;
use std::time::Duration;

use http4k_ws::client::{ConnectError, DialError, OpeningHandshake, WebSocketClient};
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{
    PolyHandler, Request, StatusCode, WebSocket, WsConsumer, WsMessage, WsResponse, WsStatus,
};

use super::script::{SWITCHING, accept, server};

fn refused(handshake: OpeningHandshake) -> ConnectError {
    match handshake.blocking() {
        Ok(_) => panic!("a socket was opened"),
        Err(error) => error,
    }
}

#[test]
fn the_handshake_has_every_field_that_the_rfc_requires() {
    let uri = server(|head| {
        let mut lines = head.lines();
        assert_eq!(lines.next(), Some("GET /chat?a=b HTTP/1.1"));
        let fields: Vec<_> = lines.collect();
        for field in [
            "connection: Upgrade",
            "upgrade: websocket",
            "sec-websocket-version: 13",
            "x-token: t",
            "sec-websocket-protocol: one, two",
        ] {
            assert!(fields.contains(&field), "{field} in {head}");
        }
        assert!(head.contains("\r\nhost: 127.0.0.1:"), "{head}");
        let answer = format!(
            "{SWITCHING}{}Sec-WebSocket-Protocol: two\r\n\r\n",
            accept(head)
        );
        // The greeting arrives together with the response.
        [answer.as_bytes(), b"\x81\x05early"].concat()
    });
    let mut client = WebSocketClient::to(uri.as_str())
        .with_header("X-Token", "t")
        .with_subprotocol("one")
        .with_subprotocol("two")
        .blocking()
        .expect("a socket");
    assert_eq!(client.subprotocol(), Some("two"));
    let greeting = client.received().next().expect("a message");
    assert_eq!(greeting, Ok(WsMessage::from("early")));
}

#[test]
fn a_server_may_choose_none_of_the_subprotocols() {
    let uri = server(|head| format!("{SWITCHING}{}\r\n", accept(head)).into());
    let client = WebSocketClient::to(uri).with_subprotocol("one").blocking();
    assert_eq!(client.expect("a socket").subprotocol(), None);
}

#[test]
fn each_handshake_has_a_key_of_its_own() {
    let (keys, seen) = std::sync::mpsc::channel();
    for _ in 0..2 {
        let keys = keys.clone();
        let uri = server(move |head| {
            keys.send(accept(head)).expect("a test that listens");
            format!("{SWITCHING}{}\r\n", accept(head)).into()
        });
        WebSocketClient::blocking(uri).expect("a socket");
    }
    assert_ne!(seen.recv(), seen.recv());
}

#[test]
fn a_response_that_breaks_a_rule_opens_no_socket() {
    let no_upgrade = SWITCHING.replace("Upgrade: websocket\r\n", "Upgrade: h2c\r\n");
    let no_connection = SWITCHING.replace("Connection: Upgrade\r\n", "");
    for (fields, more, rule) in [
        (no_upgrade, "", "`Upgrade` is not"),
        (no_connection, "", "`Connection` is not"),
        (
            SWITCHING.to_owned(),
            "Sec-WebSocket-Extensions: permessage-deflate\r\n",
            "extension",
        ),
        (
            SWITCHING.to_owned(),
            "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n",
            "two subprotocols",
        ),
    ] {
        let uri = server(move |head| format!("{fields}{}{more}\r\n", accept(head)).into());
        let error = refused(WebSocketClient::to(uri).with_subprotocol("a"));
        assert!(
            matches!(
                error,
                ConnectError::BadHandshake { .. } | ConnectError::Broken { .. }
            ),
            "{error:?}"
        );
        assert!(error.to_string().contains(rule), "{error}");
    }
}

#[test]
fn a_wrong_accept_key_opens_no_socket() {
    for accept in ["Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", ""] {
        let uri = server(move |_| format!("{SWITCHING}{accept}\r\n").into());
        let error = refused(WebSocketClient::to(uri));
        assert!(matches!(error, ConnectError::WrongAcceptKey), "{error:?}");
    }
}

#[test]
fn a_subprotocol_that_was_not_offered_opens_no_socket() {
    for offered in [&["b"][..], &[]] {
        let uri = server(|head| {
            format!(
                "{SWITCHING}{}Sec-WebSocket-Protocol: a\r\n\r\n",
                accept(head)
            )
            .into()
        });
        let mut handshake = WebSocketClient::to(uri);
        for name in offered {
            handshake = handshake.with_subprotocol(*name);
        }
        match refused(handshake) {
            ConnectError::UnofferedSubprotocol { subprotocol } => assert_eq!(subprotocol, "a"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_refusal_carries_its_status_and_body() {
    let ws = |request: Request| match request.uri().path() {
        "/open" => WsResponse::accept(WsConsumer::new(|_: WebSocket| {})),
        _ => WsResponse::refuse("no room here"),
    };
    let server = PolyHandler::new(|_: Request| "http", ws)
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let to = |path| WebSocketClient::to(format!("ws://{}{path}", server.addr()));
    match refused(to("/")) {
        ConnectError::Refused { response } => {
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(&response.body()[..], b"no room here");
        }
        other => panic!("{other:?}"),
    }
    assert!(to("/open").blocking().is_ok());
}

#[test]
fn an_endless_refusal_body_is_truncated() {
    let uri = self::server(|_| {
        let mut answer = b"HTTP/1.1 503 No\r\nContent-Length: 9000000\r\n\r\n".to_vec();
        answer.resize(answer.len() + 100_000, b'x');
        answer
    });
    match refused(WebSocketClient::to(uri)) {
        ConnectError::Refused { response } => assert_eq!(response.body().len(), 64 * 1024),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_response_that_is_not_http_opens_no_socket() {
    let uri = server(|_| b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec());
    let error = refused(WebSocketClient::to(uri));
    assert!(matches!(error, ConnectError::Broken { .. }), "{error:?}");
}

#[test]
fn a_port_without_a_listener_is_unreachable() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("its address")
    };
    match refused(WebSocketClient::to(format!("ws://{address}"))) {
        ConnectError::Dial(DialError::Unreachable { address: tried, .. }) => {
            assert_eq!(tried, address)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unknown_host_is_not_resolved() {
    // RFC 6761 §6.4: such a name never resolves.
    let error = refused(WebSocketClient::to("ws://absent.invalid/"));
    assert!(
        matches!(&error, ConnectError::Dial(DialError::Unresolvable { host, .. }) if host == "absent.invalid"),
        "{error:?}"
    );
}

#[test]
fn a_silent_server_times_out() {
    let uri = server(|_| Vec::new());
    let brief = Duration::from_millis(30);
    let error = refused(WebSocketClient::to(uri).with_timeout(brief));
    assert!(
        matches!(error, ConnectError::Timeout { after } if after == brief),
        "{error:?}"
    );
}

#[test]
fn a_message_over_the_limit_of_the_client_closes_with_1009() {
    let uri = server(|head| {
        let answer = format!("{SWITCHING}{}\r\n", accept(head));
        [answer.as_bytes(), b"\x81\x05early"].concat()
    });
    let mut config = SessionConfig::default();
    config.max_message = 4;
    let mut client = WebSocketClient::to(uri)
        .with_config(config)
        .blocking()
        .expect("a socket");
    assert_eq!(client.closed().as_ref().map(WsStatus::code), Some(1009));
}

#[tokio::test]
async fn the_asynchronous_client_lives_in_the_runtime_around_it() {
    let uri = server(|head| {
        let answer = format!("{SWITCHING}{}\r\n", accept(head));
        [answer.as_bytes(), b"\x81\x05hello", b"\x88\x02\x03\xe8"].concat()
    });
    let mut socket = WebSocketClient::connect(uri).await.expect("a socket");
    assert_eq!(socket.request().uri().path(), "/chat");
    assert_eq!(socket.recv().await, Ok(Some(WsMessage::from("hello"))));
    assert_eq!(socket.recv().await, Ok(None));
    assert_eq!(socket.status(), Some(WsStatus::NORMAL));
}
