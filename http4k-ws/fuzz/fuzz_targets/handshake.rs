//! A request opens a socket only if it keeps every rule of RFC 6455 §4.2.1, and no request makes the server panic or
//! hang.
#![no_main]

use http4k_ws::server::ServerConfig;
use http4k_ws::{PolyHandler, Request, WebSocket};
use http4k_ws_fuzz::{Head, Last, Step, on_paused_clock, talk};
use libfuzzer_sys::fuzz_target;
use tungstenite::handshake::derive_accept_key;

async fn listen(mut ws: WebSocket) {
    while let Ok(Some(_)) = ws.recv().await {}
}

fuzz_target!(|data: &[u8]| {
    let app = PolyHandler::new(|_: Request| "http", listen);
    let steps = [Step::Send(data)];
    let answer = on_paused_clock(talk(app, ServerConfig::default(), &steps, Last::HalfClose));
    if !answer.starts_with(b"HTTP/1.1 101 ") {
        return;
    }
    let head = Head::of(data).expect("a request with a response has a head");
    if let Err(rule) = check(&head) {
        panic!("101 for {head:?}, which {rule}");
    }
    let answered = Head::of(&answer).expect("an answer has a head");
    let key = head.only("sec-websocket-key").expect("one key");
    assert_eq!(
        answered.only("sec-websocket-accept"),
        Some(derive_accept_key(key).as_bytes())
    );
    assert!(
        answered.only("sec-websocket-protocol").is_none(),
        "the server offers no subprotocol"
    );
    assert!(
        answered.values("sec-websocket-extensions").is_empty(),
        "there are none"
    );
});

fn check(head: &Head) -> Result<(), &'static str> {
    let rules = [
        ("is not GET", head.line[0] == "GET"),
        ("is not of HTTP/1.1", head.line[2] == "HTTP/1.1"),
        ("has not one Host", head.only("host").is_some()),
        (
            "`websocket` is missing from Upgrade",
            head.lists("upgrade", "websocket"),
        ),
        (
            "`upgrade` is missing from Connection",
            head.lists("connection", "upgrade"),
        ),
        (
            "has not one key of 16 bytes",
            head.only("sec-websocket-key").is_some_and(is_key),
        ),
        (
            "is not of version 13",
            head.only("sec-websocket-version") == Some(b"13"),
        ),
        ("has a body", head.values("transfer-encoding").is_empty()),
        (
            "has a body",
            head.values("content-length")
                .iter()
                .all(|length| length.iter().all(|digit| *digit == b'0')),
        ),
        ("comes from elsewhere", from_here(head)),
    ];
    rules
        .into_iter()
        .find(|(_, kept)| !kept)
        .map_or(Ok(()), |(rule, _)| Err(rule))
}

/// Sixteen bytes in base64.
fn is_key(key: &[u8]) -> bool {
    key.len() == 24
        && key.ends_with(b"==")
        && key[..22]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
}

/// No Origin, or one that names the requested host.
fn from_here(head: &Head) -> bool {
    let host = head.only("host").unwrap_or_default().to_ascii_lowercase();
    let mut origins = head
        .values("origin")
        .into_iter()
        .map(<[u8]>::to_ascii_lowercase);
    origins.all(|origin| {
        let own = |scheme: &str, port: &str| {
            let bare = |authority: &[u8]| {
                authority
                    .strip_suffix(port.as_bytes())
                    .unwrap_or(authority)
                    .to_vec()
            };
            origin
                .strip_prefix(scheme.as_bytes())
                .is_some_and(|from| bare(from) == bare(&host))
        };
        own("http://", ":80") || own("https://", ":443")
    })
}
