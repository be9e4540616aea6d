//! Other forms of a message, which its clones share.
//!
//! 1. A form belongs to one way of encoding, named by a number: for example a level of compression
//!    and a window.
//! 2. It is made by the first socket that needs it, and kept as long as a clone of the message.
//!    Other sockets that need it meanwhile wait, which is no longer than making it again.
//! 3. Clones share a list only if it exists before the first of them. It is allocated with the
//!    message, so messages have one only while a part of the program asks for it, and from the
//!    length on for which it asks. Otherwise a message pays for one comparison.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

/// The length from which a message shares its forms.
static SHARED_FROM: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Makes the clones of each message of at least `length` bytes share its forms, from now on.
pub(crate) fn share_encoded_from(length: usize) {
    SHARED_FROM.fetch_min(length.max(1), Ordering::Relaxed);
}

/// Returns `true` if the clones of a message of `length` bytes share its forms.
#[inline]
pub(super) fn is_shared(length: usize) -> bool {
    length >= SHARED_FROM.load(Ordering::Relaxed)
}

/// The number of a way to encode.
pub(crate) type Encoding = u16;

/// The forms of one message: a list that only grows, with one entry for each encoding.
#[derive(Debug, Default)]
pub(super) struct EncodedForms(OnceLock<Box<EncodedForm>>);

#[derive(Debug)]
struct EncodedForm {
    encoding: Encoding,
    /// `None` if the encoding gains nothing.
    bytes: Option<Bytes>,
    others: EncodedForms,
}

impl EncodedForms {
    /// Returns the form of `encoding`, which `encode` makes if there is none.
    pub(super) fn of(
        &self,
        encoding: Encoding,
        encode: impl FnOnce() -> Option<Bytes>,
    ) -> Option<Bytes> {
        let mut encode = Some(encode);
        let mut forms = self;
        loop {
            let form = forms.0.get_or_init(|| {
                // Each entry of a list asks at most once for the same encoding, so it is there.
                let bytes = encode.take().and_then(|encode| encode());
                Box::new(EncodedForm {
                    encoding,
                    bytes,
                    others: Self::default(),
                })
            });
            if form.encoding == encoding {
                return form.bytes.clone();
            }
            forms = &form.others;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn each_form_is_made_once() {
        let forms = EncodedForms::default();
        let made = Cell::new(0);
        for encoding in [3, 5, 3, 7, 5, 3] {
            let form = forms.of(encoding, || {
                made.set(made.get() + 1);
                (encoding != 7).then(|| Bytes::from(vec![encoding as u8]))
            });
            let expected = (encoding != 7).then(|| vec![encoding as u8]);
            assert_eq!(form.map(Vec::from), expected);
        }
        assert_eq!(made.get(), 3);
    }
}
