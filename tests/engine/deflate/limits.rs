//! Compressed messages that are too long, or broken.

use super::*;
use crate::peer::{BINARY, COMPRESSED, CONTINUATION, FIN, Peer, TEXT};

/// Sends one compressed message to a server with these bounds. Returns the code and the reason.
async fn refused(session: SessionConfig, opcode: u8, payload: &[u8]) -> (u16, String) {
    let config = ServerConfig::default().with_session(session);
    let mut peer = Peer::open(echo, config, "/", &["permessage-deflate"]).await;
    // In two fragments, because the whole message counts.
    let (start, end) = payload.split_at(payload.len() / 2);
    peer.send(COMPRESSED | opcode, start).await;
    peer.send(FIN | CONTINUATION, end).await;
    peer.closed().await
}

fn session(deflate: Deflate) -> SessionConfig {
    SessionConfig::default().with_deflate(deflate)
}

#[tokio::test]
async fn a_bomb_is_refused_by_the_limits_of_a_message() {
    let bomb = compressed(vec![0; 20_000_000]);
    assert!(bomb.len() < 20_000, "{}", bomb.len());
    let any_ratio = Deflate::default().with_max_ratio(None);
    for deflate in [any_ratio, any_ratio.with_peer_context_takeover(true)] {
        let (code, reason) = refused(session(deflate), BINARY, &bomb).await;
        assert_eq!(
            (code, &reason[..]),
            (1009, "a message may have at most 1048576 bytes")
        );
    }
    let (code, reason) = refused(
        session(Deflate::default()),
        BINARY,
        &compressed(vec![0; 500_000]),
    )
    .await;
    assert_eq!(code, 1008, "{reason}");
    assert!(reason.contains("200 times"), "{reason}");

    let small = session(any_ratio).with_max_message(1000);
    assert_eq!(
        refused(small.clone(), TEXT, &compressed("a".repeat(1001)))
            .await
            .0,
        1009
    );
    let config = ServerConfig::default().with_session(small);
    let mut peer = Peer::open(echo, config, "/", &["permessage-deflate"]).await;
    peer.send(FIN | COMPRESSED | TEXT, compressed("a".repeat(1000)))
        .await;
    assert_eq!(peer.next().await.0, FIN | COMPRESSED | TEXT);
}

#[tokio::test]
async fn text_is_checked_after_it_is_inflated() {
    for bad in [&b"\xFF"[..], b"gr\xC3", b"a\xED\xA0\x80"] {
        let (code, reason) = refused(session(Deflate::default()), TEXT, &compressed(bad)).await;
        assert_eq!(code, 1007, "{reason}");
        assert!(reason.contains("UTF-8"), "{reason}");
    }
    // Compressed bytes need not be text.
    let mut peer = Peer::open(
        echo,
        with_deflate(Deflate::default()),
        "/",
        &["permessage-deflate"],
    )
    .await;
    peer.send(FIN | COMPRESSED | TEXT, compressed("grüße — 🦀"))
        .await;
    assert_eq!(peer.next().await, (FIN | TEXT, "grüße — 🦀".into()));
}

#[tokio::test]
async fn truncated_and_invalid_payloads_are_refused() {
    let payload = compressed(text(1000));
    let mut cases = vec![
        Vec::new(),
        vec![0xFF; 100],
        vec![0x06],
        b"not deflate".to_vec(),
    ];
    cases.extend(
        [1, 2, payload.len() / 2, payload.len() - 1].map(|length| payload[..length].to_vec()),
    );
    for case in cases {
        let (code, reason) = refused(session(Deflate::default()), BINARY, &case).await;
        assert_eq!(code, 1007, "{case:?}: {reason}");
        assert!(reason.contains("RFC 7692"), "{reason}");
    }
}
