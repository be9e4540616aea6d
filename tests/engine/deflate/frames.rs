//! Compressed messages on the wire (RFC 7692 §6, §7.2).

use super::*;
use crate::peer::{BINARY, COMPRESSED, CONTINUATION, FIN, PING, Peer, TEXT};

const OFFER: &str = "permessage-deflate; client_max_window_bits";

async fn open(deflate: Deflate) -> Peer {
    let peer = Peer::open(echo, with_deflate(deflate), "/", &[OFFER]).await;
    assert!(peer.extension().is_some(), "{}", peer.head);
    peer
}

#[tokio::test]
async fn a_long_message_returns_compressed_and_a_short_one_does_not() {
    let mut peer = open(Deflate::default()).await;
    for (opcode, length) in [(TEXT, 256), (BINARY, 100_000), (TEXT, 1_000_000)] {
        let plain = text(length);
        peer.send(FIN | COMPRESSED | opcode, compressed(&plain))
            .await;
        let (first, payload) = peer.next().await;
        assert_eq!(first, FIN | COMPRESSED | opcode);
        assert!(payload.len() < length, "{} of {length}", payload.len());
        assert!(Inflater::new().inflate(&payload) == plain.as_bytes());
    }
    peer.send(FIN | COMPRESSED | TEXT, compressed("hello"))
        .await;
    assert_eq!(peer.next().await, (FIN | TEXT, b"hello".to_vec()));
    // What is not compressed may still be sent at any time.
    peer.send(FIN | TEXT, "hello").await;
    assert_eq!(peer.next().await, (FIN | TEXT, b"hello".to_vec()));
}

#[tokio::test]
async fn a_level_and_a_length_are_configured() {
    let deflate = Deflate::default().with_level(9).with_min_length(1000);
    let mut peer = open(deflate).await;
    for (length, is_compressed) in [(999, 0), (1000, COMPRESSED)] {
        peer.send(FIN | TEXT, text(length)).await;
        assert_eq!(peer.next().await.0, FIN | TEXT | is_compressed);
    }
    let mut lengths = Vec::new();
    for level in [1, 9] {
        let mut peer = open(Deflate::default().with_level(level)).await;
        peer.send(FIN | TEXT, text(50_000)).await;
        lengths.push(peer.next().await.1.len());
    }
    assert!(lengths[1] < lengths[0], "{lengths:?}");
}

/// RFC 7692 §6.1: only the first frame is marked, and control frames may stand between.
#[tokio::test]
async fn fragments_of_a_compressed_message_are_joined() {
    let mut peer = open(Deflate::default()).await;
    let plain = text(2000);
    let payload = compressed(&plain);
    for size in [1, 7, payload.len() / 2, payload.len()] {
        let mut pieces = payload.chunks(size).peekable();
        let mut first = COMPRESSED | TEXT;
        while let Some(piece) = pieces.next() {
            let end = if pieces.peek().is_none() { FIN } else { 0 };
            peer.send(first | end, piece).await;
            first = CONTINUATION;
            if end == 0 && size > 1 {
                peer.send(FIN | PING, "between").await;
                assert_eq!(peer.next().await.1, b"between");
            }
        }
        let (_, payload) = peer.next().await;
        assert!(Inflater::new().inflate(&payload) == plain.as_bytes());
    }
    // Empty fragments, and one with the whole payload.
    peer.send(COMPRESSED | TEXT, "").await;
    peer.send(CONTINUATION, &payload).await;
    peer.send(FIN | CONTINUATION, "").await;
    let (_, payload) = peer.next().await;
    assert!(Inflater::new().inflate(&payload) == plain.as_bytes());
}

/// RFC 7692 §7.2.3.6 and §7.2.3.4.
#[tokio::test]
async fn empty_messages_and_final_blocks_are_valid() {
    let mut peer = open(Deflate::default()).await;
    for opcode in [TEXT, BINARY] {
        peer.send(FIN | COMPRESSED | opcode, [0]).await;
        assert_eq!(peer.next().await, (FIN | opcode, Vec::new()));
    }
    let hello = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00];
    peer.send(FIN | COMPRESSED | TEXT, hello).await;
    assert_eq!(peer.next().await, (FIN | TEXT, b"Hello".to_vec()));
}

#[tokio::test]
async fn a_kept_context_makes_later_messages_shorter() {
    let mut peer = open(with_takeover()).await;
    let (mut inflater, plain) = (Inflater::new(), text(700));
    let mut lengths = Vec::new();
    let mut own = Compress::new(Compression::best(), false);
    for _ in 0..5 {
        let mut out = Vec::with_capacity(2000);
        own.compress_vec(plain.as_bytes(), &mut out, FlushCompress::Sync)
            .expect("room");
        lengths.push(out.len());
        let payload = out.strip_suffix(&TAIL).expect("the end of a flush");
        peer.send(FIN | COMPRESSED | TEXT, payload).await;
        let (first, payload) = peer.next().await;
        assert_eq!(first, FIN | COMPRESSED | TEXT);
        assert_eq!(inflater.inflate(&payload), plain.as_bytes());
        lengths.push(payload.len());
    }
    assert!(
        lengths[2..].iter().all(|length| *length < lengths[0] / 4),
        "{lengths:?}"
    );
}

#[tokio::test]
async fn the_mark_of_compression_is_refused_where_it_must_not_stand() {
    let second_fragment: &[(u8, &[u8])] = &[
        (COMPRESSED | TEXT, b""),
        (FIN | COMPRESSED | CONTINUATION, b""),
    ];
    for frames in [
        &[(FIN | COMPRESSED | PING, &b""[..])][..],
        &[(FIN | COMPRESSED | 8, &[3, 232])],
        second_fragment,
        // Other reserved bits have no meaning.
        &[(FIN | 0x20 | TEXT, b"a")],
        &[(FIN | 0x10 | TEXT, b"a")],
        &[(FIN | COMPRESSED | 0x20 | TEXT, b"a")],
    ] {
        let mut peer = open(Deflate::default()).await;
        for (first, payload) in frames {
            peer.send(*first, payload).await;
        }
        let (code, reason) = peer.closed().await;
        assert_eq!(code, 1002, "{frames:?}");
        assert!(reason.contains("reserved bit"), "{reason}");
    }
    let mut peer = Peer::open(echo, ServerConfig::default(), "/", &[OFFER]).await;
    peer.send(FIN | COMPRESSED | TEXT, compressed("hello"))
        .await;
    assert_eq!(peer.closed().await.0, 1002);
}
