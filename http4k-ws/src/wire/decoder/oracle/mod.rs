//! The decoder beside two others: a model of RFC 6455, and tungstenite.
//!
//! 1. The result does not depend on how the bytes are split, down to the rule that is named.
//! 2. The model finds the same messages, and a rule of the same class broken at the same place.
//! 3. tungstenite finds the same, except for the rules that only this library has, and for a text
//!    that fails before its last frame.
//!
//! Unit tests run it on random streams, and the fuzz target `decoder` on its own.

mod model;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod tests;
mod theirs;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};

use super::{Decoded, Decoder, Violation};
use crate::message::{WsMessage, WsStatus};
use crate::session::Role;
use crate::wire::Limits;

/// A message or control frame.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
}

impl Event {
    fn of(message: WsMessage) -> Self {
        match message.is_text() {
            true => Self::Text(message.into_bytes().into()),
            false => Self::Binary(message.into_bytes().into()),
        }
    }
}

/// The end of what can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End<B> {
    /// More bytes may follow.
    Open,
    /// A header is incomplete. The rules that it breaks already may be named now or later.
    Header(B),
    /// A close frame, with its payload.
    Closed(Vec<u8>),
    Broken(B),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome<B> {
    events: Vec<Event>,
    end: End<B>,
}

impl<B> Outcome<B> {
    fn new(events: Vec<Event>, end: End<B>) -> Self {
        Self { events, end }
    }
}

/// Classes of broken rules, one for each code of a close frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Rules {
    /// 1002.
    protocol: bool,
    /// 1007.
    data: bool,
    /// 1009.
    size: bool,
    /// 1008, for the bounds on fragments.
    policy: bool,
}

impl Rules {
    const NONE: Self = Self {
        protocol: false,
        data: false,
        size: false,
        policy: false,
    };
    const PROTOCOL: Self = Self {
        protocol: true,
        ..Self::NONE
    };
    const DATA: Self = Self {
        data: true,
        ..Self::NONE
    };
    const SIZE: Self = Self {
        size: true,
        ..Self::NONE
    };

    fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// Returns `true` if the class of `violation` is one of these.
    fn include(self, violation: Violation) -> bool {
        let code = violation.status().code();
        (self.protocol && code == WsStatus::PROTOCOL_ERROR.code())
            || (self.data && code == WsStatus::INVALID_PAYLOAD.code())
            || (self.size && code == WsStatus::TOO_BIG.code())
            || (self.policy && code == WsStatus::POLICY_VIOLATION.code())
    }
}

/// Returns what the decoder finds in `bytes`, of which it gets `ahead` at first, and then pieces
/// whose lengths `piece` returns.
fn ours(
    bytes: &[u8],
    role: Role,
    limits: Limits,
    ahead: usize,
    piece: &mut dyn FnMut() -> usize,
) -> Outcome<Violation> {
    let (ahead, bytes) = bytes.split_at(ahead.min(bytes.len()));
    let mut decoder = Decoder::new(Bytes::copy_from_slice(ahead), role, limits);
    let mut stream = Pieces {
        bytes,
        piece,
        waits: false,
    };
    let mut cx = Context::from_waker(Waker::noop());
    let (mut events, mut close_ahead) = (Vec::new(), false);
    let end = loop {
        let Poll::Ready(decoded) = decoder.poll_next(&mut stream, &mut cx) else {
            match stream.bytes.is_empty() {
                true => break End::Open,
                false => continue,
            }
        };
        assert!(!close_ahead || matches!(decoded, Decoded::Close(_) | Decoded::Broken(_)));
        match decoded {
            Decoded::Message(message) => {
                events.push(Event::of(message));
                // Any number of the messages behind it may be taken at once.
                let mut left = (stream.piece)();
                let taken = decoder.has_started().then(|| {
                    decoder.take_whole(|message| {
                        events.push(Event::of(message));
                        left = left.saturating_sub(1);
                        left > 0
                    })
                });
                if let Some(Err(violation)) = taken {
                    break End::Broken(violation);
                }
            }
            Decoded::Ping(payload) => events.push(Event::Ping(payload.into())),
            Decoded::Pong(payload) => events.push(Event::Pong(payload.into())),
            Decoded::CloseAhead => close_ahead = true,
            Decoded::Close(payload) => {
                assert!(
                    close_ahead,
                    "a close frame is reported before it is decoded"
                );
                break End::Closed(payload);
            }
            Decoded::Broken(violation) => break End::Broken(violation),
            Decoded::Lost => panic!("the stream does not end"),
        }
    };
    Outcome::new(events, end)
}

/// A stream of pieces, with a pause after each.
struct Pieces<'a> {
    bytes: &'a [u8],
    piece: &'a mut dyn FnMut() -> usize,
    waits: bool,
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.waits = !self.waits;
        if self.bytes.is_empty() || !self.waits {
            return Poll::Pending;
        }
        let piece = (self.piece)().max(1);
        let piece = piece.min(self.bytes.len()).min(buffer.remaining());
        let (now, later) = self.bytes.split_at(piece);
        buffer.put_slice(now);
        self.bytes = later;
        Poll::Ready(Ok(()))
    }
}

/// Compares what the decoder finds in the whole `bytes` with the model and with tungstenite.
///
/// # Panics
///
/// Panics if they differ.
fn compare(bytes: &[u8], role: Role, limits: Limits) -> Outcome<Violation> {
    let ours = ours(bytes, role, limits, 0, &mut || usize::MAX);
    let model = model::outcome(bytes, role, &limits);
    let agrees = match (&ours.end, &model.end) {
        (End::Open, End::Open | End::Header(_)) => true,
        (End::Closed(payload), End::Closed(expected)) => payload == expected,
        (End::Broken(violation), End::Broken(rules) | End::Header(rules)) => {
            rules.include(*violation)
        }
        _ => false,
    };
    assert!(
        agrees && ours.events == model.events,
        "the model differs\nours: {ours:?}\nmodel: {model:?}\nbytes: {bytes:?}"
    );
    let theirs = theirs::outcome(bytes, role, &limits);
    assert!(
        agrees_with(&ours, &theirs),
        "tungstenite differs\nours: {ours:?}\ntheirs: {theirs:?}\nbytes: {bytes:?}"
    );
    ours
}

fn agrees_with(ours: &Outcome<Violation>, theirs: &Outcome<Rules>) -> bool {
    let same = theirs.events == ours.events;
    match (&ours.end, &theirs.end) {
        (End::Open, end) => same && *end == End::Open,
        (End::Closed(payload), End::Closed(expected)) => {
            same && (payload == expected || is_replaced(payload))
        }
        (End::Closed(payload), end) => {
            same && *end == End::Broken(Rules::DATA) && is_replaced(payload)
        }
        (End::Broken(violation), end) => match violation {
            Violation::LengthNotShortest
            | Violation::LengthOf64Bits
            // tungstenite reads the length of a control frame in any form.
            | Violation::LongControl
            | Violation::Fragments(_)
            | Violation::EmptyFragments(_)
            // It fails within its message, and tungstenite at its end.
            | Violation::Text => theirs.events.starts_with(&ours.events),
            // It fails with its header, and tungstenite may wait for its payload. If a header
            // breaks two rules, either may be named.
            _ => same && matches!(end, End::Open | End::Broken(_)),
        },
        (End::Header(_), _) => false,
    }
}

/// Returns `true` for the payload of a close frame that tungstenite replaces, because its status is
/// invalid or not known to it, as 1014 is not.
fn is_replaced(payload: &[u8]) -> bool {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return false;
    };
    let code = u16::from_be_bytes(*code);
    let is_known = matches!(code, 1000..=1003 | 1007..=1013 | 3000..=4999);
    !is_known || std::str::from_utf8(reason).is_err()
}

/// The bounds of a test: small ones, or ones that no stream reaches.
fn limits(are_small: bool) -> Limits {
    Limits {
        max_message: if are_small { 1500 } else { 1 << 20 },
        max_frame: if are_small { 1000 } else { 1 << 20 },
        max_fragments: are_small.then_some(4),
        max_empty_fragments: are_small.then_some(2),
        // It depends on the time.
        max_control_rate: None,
    }
}

/// Compares the result of bytes that a fuzzer has chosen, in several splits.
///
/// # Panics
///
/// Panics if the result depends on the split, or differs from that of another decoder.
#[cfg(fuzzing)]
pub fn fuzz(data: &[u8]) {
    let Some((&[form, piece], bytes)) = data.split_first_chunk() else {
        return;
    };
    let role = if form & 1 == 0 {
        Role::Server
    } else {
        Role::Client
    };
    let limits = limits(form & 2 == 0);
    let whole = compare(bytes, role, limits);
    let ahead = usize::from(form >> 2);
    let mut next = piece;
    let mut varied = || {
        next = next.wrapping_mul(5).wrapping_add(3);
        usize::from(next % 32)
    };
    assert_eq!(ours(bytes, role, limits, 0, &mut || 1), whole);
    assert_eq!(ours(bytes, role, limits, ahead, &mut varied), whole);
}
