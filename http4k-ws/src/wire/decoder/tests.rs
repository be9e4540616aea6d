mod violations;

use std::pin::Pin;
use std::task::Waker;

use tokio::io::ReadBuf;

use super::header::CONTINUATION;
use super::*;

fn limits() -> Limits {
    Limits {
        max_message: 1024 * 1024,
        max_frame: 1024 * 1024,
        max_fragments: Some(1024),
        max_empty_fragments: Some(128),
        max_control_rate: Some(1000),
    }
}

fn role(masked: bool) -> Role {
    if masked { Role::Server } else { Role::Client }
}

/// Returns a frame whose payload looks like close frames at every position. It is masked with a key
/// that has no equal bytes.
fn frame(first: u8, payload: usize, masked: bool) -> Vec<u8> {
    frame_of(first, &vec![0x08; payload], masked)
}

fn frame_of(first: u8, payload: &[u8], masked: bool) -> Vec<u8> {
    let mut frame = vec![first];
    let mask = if masked { MASKED } else { 0 };
    match payload.len() {
        length @ 0..=125 => frame.push(mask | length as u8),
        length @ 126..=65535 => {
            frame.push(mask | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(mask | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    let key = if masked { [0x88, 1, 2, 3] } else { [0; 4] };
    if masked {
        frame.extend(key);
    }
    let keys = key.iter().cycle();
    frame.extend(payload.iter().zip(keys).map(|(byte, key)| byte ^ key));
    frame
}

/// A stream that yields its bytes in pieces, and then waits.
struct Pieces<'a> {
    bytes: &'a [u8],
    piece: usize,
    /// The stream ends behind its bytes.
    ends: bool,
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.bytes.is_empty() && !self.ends {
            return Poll::Pending;
        }
        let piece = self.piece.min(self.bytes.len()).min(buffer.remaining());
        let (now, later) = self.bytes.split_at(piece);
        buffer.put_slice(now);
        self.bytes = later;
        Poll::Ready(Ok(()))
    }
}

/// Returns all that `decoder` decodes in `bytes`, up to the first failure.
fn decoded(decoder: &mut Decoder, bytes: &[u8], piece: usize) -> Vec<Decoded> {
    let mut stream = Pieces {
        bytes,
        piece,
        ends: false,
    };
    let mut cx = Context::from_waker(Waker::noop());
    let mut all = Vec::new();
    while let Poll::Ready(decoded) = decoder.poll_next(&mut stream, &mut cx) {
        let ends = matches!(decoded, Decoded::Broken(_) | Decoded::Lost);
        all.push(decoded);
        if ends {
            break;
        }
    }
    all
}

fn server() -> Decoder {
    Decoder::new(Bytes::new(), Role::Server, limits())
}

/// Returns the kinds of what was decoded, and the lengths of their payloads.
fn kinds(decoded: &[Decoded]) -> Vec<(&'static str, usize)> {
    let kind = |decoded: &Decoded| match decoded {
        Decoded::Message(message) => {
            let kind = if message.is_text() { "text" } else { "binary" };
            assert!(message.as_bytes().iter().all(|byte| *byte == 0x08));
            (kind, message.as_bytes().len())
        }
        Decoded::Ping(payload) => ("ping", payload.len()),
        Decoded::Pong(payload) => ("pong", payload.len()),
        Decoded::CloseAhead => ("close ahead", 0),
        Decoded::Close(payload) => ("close", payload.len()),
        Decoded::Broken(violation) => panic!("{violation}"),
        Decoded::Lost => ("lost", 0),
    };
    decoded.iter().map(kind).collect()
}

const PIECES: [usize; 8] = [1, 2, 3, 7, 1024, 16 * 1024, 64 * 1024, usize::MAX];

#[test]
fn messages_are_the_same_however_the_bytes_are_split() {
    for masked in [false, true] {
        for payload in [0, 1, 125, 126, 65535, 65536, 100_000] {
            let bytes = [
                frame(FIN | TEXT, payload, masked),
                frame(FIN | PING, 4, masked),
                frame(BINARY, payload, masked),
                frame(FIN | PONG, 0, masked),
                frame(CONTINUATION, 3, masked),
                frame(FIN | CONTINUATION, payload, masked),
                frame(TEXT, 0, masked),
                frame(FIN | CONTINUATION, payload, masked),
                frame(FIN | BINARY, payload, masked),
                frame(FIN | CLOSE, 2, masked),
            ]
            .concat();
            for piece in PIECES.map(|piece| piece.max(payload / 100)) {
                for ahead in [0, 1, 100, bytes.len()] {
                    let (ahead, later) = bytes.split_at(ahead.min(bytes.len()));
                    let ahead = Bytes::copy_from_slice(ahead);
                    let mut decoder = Decoder::new(ahead, role(masked), limits());
                    let expected = [
                        ("text", payload),
                        ("ping", 4),
                        ("pong", 0),
                        ("binary", payload + 3 + payload),
                        ("text", payload),
                        ("binary", payload),
                        ("close ahead", 0),
                        ("close", 2),
                    ];
                    assert_eq!(kinds(&decoded(&mut decoder, later, piece)), expected);
                    assert_eq!(decoder.bytes_read(), bytes.len() as u64);
                    assert_eq!(decoder.partial(), None);
                }
            }
        }
    }
}

#[test]
fn a_close_frame_is_reported_before_it_is_decoded() {
    let mut decoder = server();
    let close = frame(FIN | CLOSE, 2, true);
    assert_eq!(
        kinds(&decoded(&mut decoder, &close[..1], 1)),
        [("close ahead", 0)]
    );
    assert_eq!(kinds(&decoded(&mut decoder, &close[1..5], 1)), []);
    assert_eq!(
        kinds(&decoded(&mut decoder, &close[5..], 1)),
        [("close", 2)]
    );
}

#[test]
fn an_unfinished_message_is_reported() {
    let mut decoder = server();
    let whole = frame(FIN | TEXT, 10, true);
    let partial = |number, bytes| Some(Partial { number, bytes });
    let mut arrive = |bytes: &[u8]| {
        decoded(&mut decoder, bytes, usize::MAX);
        decoder.partial()
    };
    assert_eq!(arrive(&whole[..5]), None, "in a header");
    assert_eq!(arrive(&whole[5..8]), partial(1, 2), "in a payload");
    assert_eq!(arrive(&whole[8..]), None);
    let start = frame(TEXT, 5, true);
    assert_eq!(arrive(&start), partial(2, 5), "between two fragments");
    let ping = frame(FIN | PING, 3, true);
    assert_eq!(arrive(&ping), partial(2, 5), "after a ping in between");
    let next = frame(0, 5, true);
    assert_eq!(arrive(&next[..8]), partial(2, 7), "in a fragment");
    assert_eq!(arrive(&next[8..]), partial(2, 10));
    assert_eq!(arrive(&frame(FIN, 3, true)), None);
    // Messages that arrive at once have a number, too.
    assert_eq!(arrive(&whole), None);
    let long = frame(FIN | BINARY, 100_000, true);
    assert_eq!(arrive(&long[..70_014]), partial(4, 70_000), "read directly");
    assert_eq!(arrive(&long[70_014..]), None);
}

#[test]
fn any_number_of_fragments_is_joined_without_recursion() {
    let unlimited = Limits {
        max_fragments: None,
        max_empty_fragments: None,
        ..limits()
    };
    const FRAGMENTS: usize = 200_000;
    let mut bytes = frame(TEXT, 1, true);
    for _ in 0..FRAGMENTS {
        bytes.extend(frame(CONTINUATION, 1, true));
        bytes.extend(frame(CONTINUATION, 0, true));
    }
    bytes.extend(frame(FIN, 1, true));
    for ahead in [0, bytes.len()] {
        let (ahead, later) = bytes.split_at(ahead);
        let ahead = Bytes::copy_from_slice(ahead);
        let mut decoder = Decoder::new(ahead, Role::Server, unlimited);
        // A small stack, which one frame of it per fragment would overflow.
        let joined = std::thread::scope(|scope| {
            let joining = || kinds(&decoded(&mut decoder, later, usize::MAX));
            let thread = std::thread::Builder::new().stack_size(256 * 1024);
            let thread = thread.spawn_scoped(scope, joining).expect("a thread");
            thread.join().expect("no overflow")
        });
        assert_eq!(joined, [("text", FRAGMENTS + 2)]);
    }
}

#[test]
fn the_end_of_the_stream_is_reported_in_any_state() {
    let bytes = [frame(FIN | TEXT, 3, true), frame(BINARY, 100_000, true)].concat();
    for length in [0, 1, 9, 10, 50, 60_000, bytes.len()] {
        let mut decoder = server();
        let mut stream = Pieces {
            bytes: &bytes[..length],
            piece: usize::MAX,
            ends: true,
        };
        let mut cx = Context::from_waker(Waker::noop());
        let mut next = || decoder.poll_next(&mut stream, &mut cx);
        if length >= 9 {
            assert!(
                matches!(next(), Poll::Ready(Decoded::Message(_))),
                "{length}"
            );
        }
        assert!(matches!(next(), Poll::Ready(Decoded::Lost)), "{length}");
    }
}

#[test]
fn few_unread_bytes_do_not_occupy_the_threads_buffer() {
    let bytes = [
        frame(FIN | TEXT, 10_000, true),
        frame(FIN | TEXT, 50_000, true),
    ]
    .concat();
    for (bytes, is_lent) in [(&bytes[..20_000], false), (&bytes[..], true)] {
        let mut decoder = server();
        let mut stream = Pieces {
            bytes,
            piece: usize::MAX,
            ends: false,
        };
        let mut cx = Context::from_waker(Waker::noop());
        assert!(decoder.poll_next(&mut stream, &mut cx).is_ready());
        let left = decoder.unread.bytes().to_vec();
        decoder.shrink();
        assert_eq!(decoder.unread.is_lent(), is_lent);
        assert_eq!(decoder.unread.bytes(), left);
        decoder.unread.clear();
        assert!(!decoder.unread.is_lent());
    }
}
