use flate2::{Compress, Compression, FlushCompress};

use super::inflate::NotInflated;
use super::*;
use crate::message::WsMessage;
use crate::session::{Deflate, DeflateTerms};

const MAX: usize = 1024 * 1024;

fn agreed(settings: Deflate) -> DeflateTerms {
    DeflateTerms {
        takeover: settings.context_takeover,
        peer_takeover: settings.peer_context_takeover,
        window_bits: settings.window_bits,
        window_is_limited: false,
        settings: settings.in_use(),
    }
}

fn with_takeover() -> Deflate {
    Deflate::default()
        .with_context_takeover(true)
        .with_peer_context_takeover(true)
}

fn compressor(settings: Deflate) -> Compressor {
    Compressor::new(&agreed(settings)).expect("a window of 9 bits or more")
}

fn inflater() -> Inflater {
    Inflater::new(&agreed(Deflate::default()))
}

fn inflated(payload: &[u8]) -> Result<Vec<u8>, NotInflated> {
    inflater().inflate(payload, MAX, <[u8]>::to_vec)
}

/// Bytes that repeat little.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Text with repetitions, and a number.
fn text(length: usize, number: usize) -> String {
    let line = format!(r#"{{"type":"move","player":"p{number}","x":12.5,"y":99.25}},"#);
    let mut text = line.repeat(length / line.len() + 1);
    text.truncate(length);
    text
}

#[test]
fn messages_of_each_length_return_unchanged() {
    for settings in [Deflate::default(), with_takeover()] {
        for (level, bits) in [(1, 15), (2, 9), (6, 12), (9, 10), (0, 15), (99, 15)] {
            let settings = settings
                .with_level(level)
                .with_min_length(0)
                .with_window_bits(bits)
                .with_max_ratio(None);
            let mut compressor = compressor(settings);
            let mut inflater = Inflater::new(&agreed(settings));
            for length in (1..40).chain([126, 4095, 4096, 65_535, 65_536, 65_537, 300_000]) {
                for message in [
                    WsMessage::from(text(length, level as usize)),
                    WsMessage::from(noise(length)),
                ] {
                    let Some(payload) = compressor.compress(&message) else {
                        assert!(!settings.context_takeover);
                        continue;
                    };
                    let back = inflater
                        .inflate(&payload, MAX, <[u8]>::to_vec)
                        .expect("a valid message");
                    assert_eq!(&back, message.as_bytes(), "level {level}, {length} bytes");
                }
            }
        }
    }
}

#[test]
fn short_and_incompressible_messages_are_sent_as_they_are() {
    let mut compressor = compressor(Deflate::default());
    let mut is_compressed = |message: WsMessage| compressor.compress(&message).is_some();
    assert!(!is_compressed("".into()));
    assert!(!is_compressed("a".repeat(255).into()));
    assert!(is_compressed("a".repeat(256).into()));
    for length in [256, 1000, 100_000] {
        assert!(!is_compressed(noise(length).into()), "{length}");
    }
    // An empty message has no shorter form.
    let all = Deflate::default().with_min_length(0);
    assert!(
        Compressor::new(&agreed(all)).is_some_and(|mut own| own.compress(&"".into()).is_none())
    );
}

#[test]
fn a_window_of_8_bits_compresses_nothing() {
    let agreed = DeflateTerms {
        window_bits: 8,
        ..agreed(Deflate::default())
    };
    assert!(Compressor::new(&agreed).is_none());
}

/// A receiver may inflate with the window that was agreed on, and no larger one.
#[test]
fn no_match_lies_beyond_the_window() {
    for bits in 9..=15 {
        let settings = Deflate::default().with_window_bits(bits).with_level(9);
        // The second half repeats the first from a distance of 20,000 bytes.
        let half = noise(20_000);
        let message = WsMessage::from([&half[..], &half[..], &[0; 4000]].concat());
        let payload = compressor(settings).compress(&message).expect("shorter");
        let mut small = flate2::Decompress::new_with_window_bits(false, bits);
        let mut back = Vec::with_capacity(50_000);
        // In pieces, because matches within one output buffer need no window.
        for piece in payload.chunks(100).chain([&TAIL[..]]) {
            small
                .decompress_vec(piece, &mut back, flate2::FlushDecompress::Sync)
                .expect("within the window");
        }
        assert_eq!(&back, message.as_bytes(), "{bits}");
        assert_eq!(
            payload.len() < 25_000,
            bits == 15,
            "{bits}: {}",
            payload.len()
        );
    }
}

/// RFC 7692 §7.2.3: the examples.
#[test]
fn the_examples_of_the_rfc_inflate() {
    for (name, payload, expected) in [
        ("one block", "f248cdc9c90700", "Hello"),
        ("no compression", "000500faff48656c6c6f00", "Hello"),
        ("BFINAL", "f348cdc9c9070000", "Hello"),
        ("two blocks", "f24805000000ffffcac9c90700", "Hello"),
        ("empty", "00", ""),
    ] {
        let payload = bytes(payload);
        assert_eq!(inflated(&payload), Ok(expected.into()), "{name}");
    }
    let mut inflater = Inflater::new(&agreed(with_takeover()));
    for payload in ["f248cdc9c90700", "f200110000"] {
        let back = inflater
            .inflate(&bytes(payload), MAX, <[u8]>::to_vec)
            .expect("valid");
        assert_eq!(back, b"Hello");
    }
    // Without a context the second refers to bytes that are not there.
    assert_eq!(inflated(&bytes("f200110000")), Err(NotInflated::Invalid));
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
    digits
        .map(|digits| u8::from_str_radix(digits, 16).expect("hex"))
        .collect()
}

fn final_block(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(plain.len() + 100);
    let mut state = Compress::new(Compression::new(6), false);
    state
        .compress_vec(plain, &mut out, FlushCompress::Finish)
        .expect("room");
    out
}

#[test]
fn final_blocks_may_be_followed_by_more() {
    let (a, b) = (final_block(b"first "), final_block(b"second"));
    let joined = [&a[..], &b[..], &[0]].concat();
    assert_eq!(inflated(&joined), Ok(b"first second".to_vec()));
    // Some senders leave out the byte behind the last block.
    assert_eq!(inflated(&a), Ok(b"first ".to_vec()));
    let mut inflater = Inflater::new(&agreed(with_takeover()));
    for _ in 0..3 {
        assert_eq!(
            inflater
                .inflate(&joined, MAX, <[u8]>::to_vec)
                .expect("valid"),
            b"first second"
        );
        assert_eq!(
            inflater
                .inflate(&bytes("f248cdc9c90700"), MAX, <[u8]>::to_vec)
                .expect("valid"),
            b"Hello"
        );
    }
}

#[test]
fn a_message_may_inflate_to_the_limit_and_no_further() {
    let zeros = |length: usize| WsMessage::from(vec![0; length]);
    let any_ratio = Deflate::default().with_max_ratio(None);
    for max in [1000, 65_536, 65_537, 1_000_000] {
        for (length, expected) in [(max, Ok(max)), (max + 1, Err(NotInflated::TooBig))] {
            let payload = compressor(any_ratio)
                .compress(&zeros(length))
                .expect("shorter");
            let back = Inflater::new(&agreed(any_ratio)).inflate(&payload, max, <[u8]>::to_vec);
            assert_eq!(back.map(|back| back.len()), expected);
        }
    }
}

#[test]
fn a_message_may_inflate_to_a_multiple_of_its_bytes() {
    let any_ratio = Deflate::default().with_level(9);
    let payload = |length| {
        let zeros = WsMessage::from(vec![0; length]);
        compressor(any_ratio).compress(&zeros).expect("shorter")
    };
    // The first 64 KiB are free, whatever the ratio.
    assert!(inflated(&payload(64 * 1024)).is_ok());
    assert_eq!(inflated(&payload(500_000)), Err(NotInflated::Ratio(200)));
    let mut unlimited = Inflater::new(&agreed(Deflate::default().with_max_ratio(None)));
    assert!(
        unlimited
            .inflate(&payload(500_000), MAX, <[u8]>::to_vec)
            .is_ok()
    );
    let mut strict = Inflater::new(&agreed(Deflate::default().with_max_ratio(0)));
    assert!(
        strict
            .inflate(&payload(64 * 1024), MAX, <[u8]>::to_vec)
            .is_ok()
    );
    assert_eq!(
        strict.inflate(&payload(64 * 1024 + 1), MAX, <[u8]>::to_vec),
        Err(NotInflated::Ratio(0))
    );
}

/// A bomb costs no more memory than a message may have.
#[test]
fn a_bomb_allocates_only_up_to_the_limit() {
    let bomb = final_block(&vec![0; 50_000_000]);
    assert!(bomb.len() < 50_000);
    for (ratio, max, failure) in [
        (None, MAX, NotInflated::TooBig),
        (Some(1), usize::MAX, NotInflated::Ratio(1)),
        (Some(5), MAX, NotInflated::Ratio(5)),
    ] {
        let mut inflater = Inflater::new(&agreed(Deflate::default().with_max_ratio(ratio)));
        assert_eq!(inflater.inflate(&bomb, max, <[u8]>::to_vec), Err(failure));
    }
}

#[test]
fn truncated_messages_are_invalid() {
    let plain = WsMessage::from(text(2000, 7));
    for level in [1, 6] {
        let settings = Deflate::default().with_level(level);
        let payload = compressor(settings).compress(&plain).expect("shorter");
        for length in 0..payload.len() {
            let cut = inflated(&payload[..length]);
            assert_eq!(
                cut,
                Err(NotInflated::Invalid),
                "{length} of {}",
                payload.len()
            );
        }
    }
}

/// Every payload ends in a message or a failure, after which the thread's states work as before.
#[test]
fn flipped_bits_are_bounded_and_leave_no_trace() {
    let plain = WsMessage::from(text(600, 3));
    let good = compressor(Deflate::default())
        .compress(&plain)
        .expect("shorter");
    let mut failures = 0;
    for bit in 0..good.len() * 8 {
        let mut bad = good.to_vec();
        bad[bit / 8] ^= 1 << (bit % 8);
        failures += usize::from(inflated(&bad).is_err());
        assert_eq!(inflated(&good).as_deref(), Ok(&plain.as_bytes()[..]));
    }
    assert!(failures > good.len(), "{failures} of {}", good.len() * 8);
}

#[test]
fn contexts_make_later_messages_shorter() {
    let mut kept = compressor(with_takeover());
    let mut alone = compressor(Deflate::default());
    let message = WsMessage::from(String::from_utf8_lossy(&noise(400)).into_owned());
    let length = |own: &mut Compressor| own.compress(&message).map(|payload| payload.len());
    let first = length(&mut kept).expect("always");
    assert!(length(&mut kept).expect("always") < first / 4);
    assert!(length(&mut alone).is_none_or(|length| length > first / 2));
}

#[test]
fn states_return_to_the_thread() {
    let other = || {
        let mut compressor = compressor(Deflate::default());
        let plain = WsMessage::from("a".repeat(1000));
        let payload = compressor.compress(&plain).expect("shorter");
        for bits in 9..=15 {
            let settings = Deflate::default().with_window_bits(bits);
            let own = Compressor::new(&agreed(settings));
            assert!(own.is_some_and(|mut own| {
                own.compress(&WsMessage::from("a".repeat(1000))).is_some()
            }));
        }
        for _ in 0..10 {
            let mut inflater = inflater();
            assert!(inflater.inflate(&payload, MAX, <[u8]>::to_vec).is_ok());
            assert!(inflater.inflate(b"\xff", MAX, <[u8]>::to_vec).is_err());
        }
        pool::free()
    };
    let free = std::thread::spawn(other).join().expect("no panic");
    assert_eq!(free, (3, 1));
}

#[test]
fn a_broadcast_is_compressed_once() {
    let settings = Deflate::default().in_use();
    let message = WsMessage::from(text(1000, 1));
    COMPRESSIONS.set(0);
    let mut payloads: Vec<_> = (0..1000)
        .map(|_| compressor(settings).compress(&message.clone()))
        .collect();
    payloads.dedup();
    assert_eq!((payloads.len(), COMPRESSIONS.get()), (1, 1));
    assert!(payloads[0].is_some());

    // Another window is another form, and an incompressible message is tried once, too.
    let noise = WsMessage::from(noise(1000));
    for _ in 0..10 {
        let small = compressor(settings.with_window_bits(9)).compress(&message);
        assert!(small.is_some());
        assert_eq!(compressor(settings).compress(&noise.clone()), None);
    }
    assert_eq!(COMPRESSIONS.get(), 3);
}
