//! A message whose payload arrives in several reads or several frames.
//!
//! 1. Every byte of a payload passes through [`Assembly::add`], unmasked and in order, except those
//!    that [`Assembly::room`] lets a caller read directly. Text is checked there, too.
//! 2. Memory grows with the bytes that have arrived, by doubling, and never by what a header
//!    announces. The end of a message that is known only saves memory.

use bytes::Bytes;

use super::budget::Fragments;
use super::text::PartialText;
use super::violation::Violation;
use crate::message::WsMessage;

/// The spare capacity of a message of which little has arrived.
const FIRST: usize = 4 * 1024;

/// A message that has started and not ended.
#[derive(Debug)]
pub(super) struct Assembly {
    /// Its frames, by their headers.
    pub(super) fragments: Fragments,
    /// The bytes of its payloads that have arrived.
    arrived: u64,
    payload: Payload,
    /// The kind of a compressed message, which is `true` for text. Its payload is kept as binary
    /// until it is inflated.
    #[cfg(feature = "deflate")]
    compressed_text: Option<bool>,
}

#[derive(Debug)]
enum Payload {
    Text(PartialText),
    Binary(Vec<u8>),
}

/// A compressed message.
#[cfg(feature = "deflate")]
#[derive(Debug)]
pub(super) struct Compressed {
    pub(super) payload: Vec<u8>,
    pub(super) is_text: bool,
}

/// The bytes of a frame that have not arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest {
    pub(super) bytes: usize,
    /// The message ends with the frame.
    pub(super) is_last: bool,
}

impl Assembly {
    pub(super) fn new(is_text: bool, fragments: Fragments) -> Self {
        Self {
            fragments,
            arrived: 0,
            payload: if is_text {
                Payload::Text(PartialText::default())
            } else {
                Payload::Binary(Vec::new())
            },
            #[cfg(feature = "deflate")]
            compressed_text: None,
        }
    }

    /// Creates a message whose payload is compressed.
    #[cfg(feature = "deflate")]
    pub(super) fn compressed(is_text: bool, fragments: Fragments) -> Self {
        Self {
            compressed_text: Some(is_text),
            ..Self::new(false, fragments)
        }
    }

    /// Returns the whole payload if it is compressed.
    #[cfg(feature = "deflate")]
    pub(super) fn take_compressed(&mut self) -> Option<Compressed> {
        match (self.compressed_text, &mut self.payload) {
            (Some(is_text), Payload::Binary(payload)) => Some(Compressed {
                payload: std::mem::take(payload),
                is_text,
            }),
            _ => None,
        }
    }

    /// Returns the number of bytes that have arrived.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Adds `bytes`, which `rest` follows in the same frame.
    pub(super) fn add(&mut self, bytes: &[u8], rest: Rest) -> Result<(), Violation> {
        self.arrived += bytes.len() as u64;
        match &mut self.payload {
            Payload::Text(text) => {
                let checked = text.checked();
                let spare = checked.capacity() - checked.len();
                match growth(checked.len(), spare, bytes.len(), rest) {
                    Some(Growth::Exact(more)) => checked.reserve_exact(more),
                    Some(Growth::Doubled(more)) => checked.reserve(more),
                    None => {}
                }
                text.add(bytes)
            }
            Payload::Binary(payload) => {
                reserve(payload, bytes.len(), rest);
                payload.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// Returns the bytes of a binary message, with spare capacity for a part of `rest`. The caller
    /// appends to them, and reports the number in [`appended`](Self::appended).
    pub(super) fn room(&mut self, rest: Rest) -> Option<&mut Vec<u8>> {
        match &mut self.payload {
            // The text is checked in the buffer of the thread.
            Payload::Text(_) => None,
            Payload::Binary(payload) => {
                let here = rest.bytes.min(1);
                let bytes = rest.bytes - here;
                reserve(payload, here, Rest { bytes, ..rest });
                Some(payload)
            }
        }
    }

    /// Counts bytes that were appended to [`room`](Self::room).
    pub(super) fn appended(&mut self, bytes: usize) {
        self.arrived += bytes as u64;
    }

    /// Returns the whole message.
    pub(super) fn end(self) -> Result<WsMessage, Violation> {
        match self.payload {
            Payload::Text(text) => text.end().map(WsMessage::from_checked),
            Payload::Binary(payload) => Ok(WsMessage::new_binary(Bytes::from(
                payload.into_boxed_slice(),
            ))),
        }
    }
}

enum Growth {
    Exact(usize),
    Doubled(usize),
}

/// Returns how a buffer of `length` bytes grows before `here` bytes are added, if it must.
fn growth(length: usize, spare: usize, here: usize, rest: Rest) -> Option<Growth> {
    if here <= spare {
        None
    } else if rest.is_last {
        let doubled = (length + here).max(FIRST);
        Some(Growth::Exact(here + rest.bytes.min(doubled)))
    } else {
        Some(Growth::Doubled(here))
    }
}

fn reserve(payload: &mut Vec<u8>, here: usize, rest: Rest) {
    let spare = payload.capacity() - payload.len();
    match growth(payload.len(), spare, here, rest) {
        Some(Growth::Exact(more)) => payload.reserve_exact(more),
        Some(Growth::Doubled(more)) => payload.reserve(more),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capacity(message: &mut Assembly) -> usize {
        match &mut message.payload {
            Payload::Text(text) => text.checked().capacity(),
            Payload::Binary(payload) => payload.capacity(),
        }
    }

    #[test]
    fn memory_grows_with_the_bytes_that_arrive() {
        const ANNOUNCED: usize = 1 << 30;
        for is_text in [true, false] {
            for is_last in [true, false] {
                let mut message = Assembly::new(is_text, Fragments::default());
                let (mut left, mut arrived, mut grown) = (ANNOUNCED, 0, 0);
                for piece in [1, 100, 5000].into_iter().chain([30_000; 100]) {
                    left -= piece;
                    arrived += piece;
                    let before = capacity(&mut message);
                    let rest = Rest {
                        bytes: left,
                        is_last,
                    };
                    message.add(&vec![b'a'; piece], rest).expect("text");
                    grown += usize::from(capacity(&mut message) > before);
                    let most = (2 * arrived).max(arrived + FIRST);
                    assert!(
                        capacity(&mut message) <= most,
                        "{is_text} {is_last} {arrived}"
                    );
                }
                assert!(grown <= 15, "it grows by doubling: {grown}");
            }
        }
    }

    #[test]
    fn a_message_has_no_spare_memory_for_its_last_bytes() {
        for is_text in [true, false] {
            let mut message = Assembly::new(is_text, Fragments::default());
            let rest = |bytes| Rest {
                bytes,
                is_last: true,
            };
            message.add(&[b'a'; 5000], rest(3000)).expect("text");
            assert_eq!(capacity(&mut message), 8000);
            message.add(&[b'a'; 3000], rest(0)).expect("text");
            assert_eq!(message.arrived(), 8000);
            let message = message.end().expect("text");
            assert_eq!(message.as_bytes().len(), 8000);
            assert_eq!(message.is_text(), is_text);
        }
    }

    #[test]
    fn many_fragments_do_not_move_the_message_each_time() {
        let mut message = Assembly::new(false, Fragments::default());
        let mut moved = 0;
        for _ in 0..10_000 {
            let before = capacity(&mut message);
            let rest = Rest {
                bytes: 0,
                is_last: false,
            };
            message.add(&[7; 16], rest).expect("binary");
            moved += usize::from(capacity(&mut message) > before);
        }
        assert!(moved < 20, "{moved}");
    }

    #[test]
    fn bytes_read_directly_have_as_much_room_as_others() {
        let mut message = Assembly::new(false, Fragments::default());
        let rest = |bytes| Rest {
            bytes,
            is_last: true,
        };
        message.add(&[1; 50_000], rest(950_000)).expect("binary");
        let mut left = 950_000;
        while left > 0 {
            let room = message.room(rest(left)).expect("binary");
            let more = (room.capacity() - room.len()).min(left);
            assert!(more > 0 && room.capacity() <= 2 * (room.len() + 1));
            room.resize(room.len() + more, 2);
            message.appended(more);
            left -= more;
        }
        assert_eq!(message.arrived(), 1_000_000);
        assert_eq!(message.end().expect("binary").as_bytes().len(), 1_000_000);
    }
}
