use std::task::Waker;

use super::*;

/// A stream that accepts as many bytes as allowed, and then no more.
#[derive(Debug, Default)]
struct Narrow {
    allowed: usize,
    written: Vec<u8>,
    /// The address of the bytes of the last write.
    last: Option<*const u8>,
}

impl AsyncWrite for Narrow {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = bytes.len().min(self.allowed);
        if taken == 0 {
            return Poll::Pending;
        }
        self.allowed -= taken;
        self.last = Some(bytes.as_ptr());
        self.written.extend_from_slice(&bytes[..taken]);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn flushed(writer: &mut Writer, io: &mut Narrow) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    match writer.poll_flush(io, &mut cx) {
        Poll::Ready(flushed) => flushed.is_ok(),
        Poll::Pending => false,
    }
}

/// Returns the opcodes and payloads of a server's frames.
fn frames(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        let (length, rest) = match second {
            126 => (
                usize::from(u16::from_be_bytes([rest[0], rest[1]])),
                &rest[2..],
            ),
            127 => {
                let (length, rest) = rest.split_first_chunk().expect("a length");
                (u64::from_be_bytes(*length) as usize, rest)
            }
            short => (usize::from(*short), rest),
        };
        let (payload, rest) = rest.split_at(length);
        frames.push((first & 0x0F, payload.to_vec()));
        bytes = rest;
    }
    frames
}

fn message(length: usize) -> WsMessage {
    WsMessage::new_binary((0..length).map(|at| at as u8).collect::<Vec<_>>())
}

#[test]
fn all_frames_leave_in_order_in_pieces_of_any_size() {
    let lengths = [0, 1, 125, 126, 1000, LONG - 1, LONG, 70_000, 3, 200_000, 0];
    for piece in [1, 7, 1000, 65_536, usize::MAX] {
        let (mut writer, mut io) = (Writer::new(Role::Server), Narrow::default());
        let mut cx = Context::from_waker(Waker::noop());
        for length in lengths {
            while writer.poll_ready(&mut io, &mut cx).is_pending() {
                io.allowed = piece;
            }
            writer.message(&message(length)).expect("open");
        }
        writer.close(WsStatus::NORMAL).expect("the first");
        while !flushed(&mut writer, &mut io) {
            io.allowed = piece;
        }
        let mut sent = frames(&io.written);
        assert_eq!(sent.pop(), Some((8, vec![3, 232])));
        let payloads: Vec<_> = sent.into_iter().map(|(_, payload)| payload).collect();
        assert_eq!(
            payloads,
            lengths.map(|length| message(length).into_bytes().to_vec())
        );
        assert_eq!(writer.written(), io.written.len() as u64);
    }
}

#[test]
fn a_client_masks_a_long_payload_in_pieces() {
    let (mut writer, mut io) = (Writer::new(Role::Client), Narrow::default());
    writer.message(&message(200_000)).expect("open");
    while !flushed(&mut writer, &mut io) {
        io.allowed = 10_007;
    }
    let (header, masked) = io.written.split_at(14);
    assert_eq!(header[..2], [0x82, 0x80 | 127]);
    let key = &header[10..];
    let clear: Vec<u8> = masked
        .iter()
        .zip(key.iter().cycle())
        .map(|(byte, key)| byte ^ key)
        .collect();
    assert_eq!(clear, message(200_000).into_bytes());
}

#[test]
fn a_long_payload_is_not_copied_on_its_way() {
    let (mut writer, mut io) = (Writer::new(Role::Server), Narrow::default());
    let message = message(LONG);
    let payload = message.as_bytes().clone();
    writer.message(&message).expect("open");
    // The header first, then the payload without a copy.
    while !flushed(&mut writer, &mut io) {
        io.allowed = 4 + LONG;
    }
    assert_eq!(io.last, Some(payload.as_ptr()));
}

#[test]
fn each_ping_gets_a_pong_while_the_peer_reads() {
    let (mut writer, mut io) = (Writer::new(Role::Server), Narrow::default());
    io.allowed = usize::MAX;
    for number in 0..3 {
        writer.pong(Bytes::from(vec![number]));
    }
    assert!(flushed(&mut writer, &mut io));
    let answered = frames(&io.written);
    assert_eq!(answered, [0, 1, 2].map(|number| (PONG, vec![number])));
}

#[test]
fn only_the_last_ping_gets_a_pong_while_the_peer_does_not_read() {
    let (mut writer, mut io) = (Writer::new(Role::Server), Narrow::default());
    writer.message(&message(10)).expect("open");
    io.allowed = 5;
    assert!(!flushed(&mut writer, &mut io));
    for number in 0..100_000_u32 {
        writer.pong(Bytes::from(number.to_be_bytes().to_vec()));
        assert!(!flushed(&mut writer, &mut io));
    }
    assert!(
        writer.gathered.capacity() < 100,
        "what waits is what could not be written"
    );
    io.allowed = usize::MAX;
    assert!(flushed(&mut writer, &mut io));
    let sent = frames(&io.written);
    assert_eq!(sent[1..], [(PONG, 99_999_u32.to_be_bytes().to_vec())]);
}

#[test]
fn a_close_frame_is_the_last_frame() {
    let (mut writer, mut io) = (Writer::new(Role::Server), Narrow::default());
    writer.message(&message(3)).expect("open");
    writer.close(WsStatus::NORMAL).expect("the first");
    assert!(writer.close(WsStatus::GOING_AWAY).is_err());
    assert!(writer.message(&message(3)).is_err());
    io.allowed = usize::MAX;
    assert!(flushed(&mut writer, &mut io));
    writer.pong(Bytes::new());
    writer.ping(Bytes::new());
    assert!(flushed(&mut writer, &mut io));
    let sent = frames(&io.written).into_iter().map(|(opcode, _)| opcode);
    assert_eq!(sent.collect::<Vec<_>>(), [2, 8]);
}

#[test]
fn an_idle_writer_owns_no_buffer() {
    let (mut writer, mut io) = (Writer::new(Role::Server), Narrow::default());
    for length in [10, 1000, 300_000] {
        writer.message(&message(length)).expect("open");
        io.allowed = 8;
        assert!(!flushed(&mut writer, &mut io));
        assert!(
            writer.gathered.capacity() <= length,
            "only what waits is kept"
        );
        io.allowed = usize::MAX;
        assert!(flushed(&mut writer, &mut io));
        assert_eq!(writer.gathered.capacity(), 0);
    }
}

#[test]
fn no_message_is_accepted_while_the_peer_does_not_read() {
    let (mut writer, mut io) = (Writer::new(Role::Server), Narrow::default());
    let mut cx = Context::from_waker(Waker::noop());
    writer.message(&message(10)).expect("open");
    assert!(
        writer.poll_ready(&mut io, &mut cx).is_ready(),
        "no write was tried yet"
    );
    assert!(!flushed(&mut writer, &mut io));
    assert!(writer.poll_ready(&mut io, &mut cx).is_pending());
    io.allowed = usize::MAX;
    assert!(writer.poll_ready(&mut io, &mut cx).is_ready());
}
