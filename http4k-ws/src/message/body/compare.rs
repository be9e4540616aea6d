//! Comparing a body with what a test expects.

use bytes::Bytes;

use super::Body;

/// Equal where both are in memory and hold the same bytes. A stream equals nothing, not even itself: its
/// bytes are not there yet, and reading them would use them up.
impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        match other.as_bytes() {
            Some(bytes) => *self == **bytes,
            None => false,
        }
    }
}

/// Equal where the body is in memory and holds these bytes; a stream equals nothing.
impl PartialEq<[u8]> for Body {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_bytes().is_some_and(|bytes| bytes == other)
    }
}

macro_rules! compare {
    ($($(#[$generics:tt])? $other:ty),* $(,)?) => {$(
        /// Equal where the body is in memory and holds these bytes; a stream equals nothing.
        impl $(<const $generics: usize>)? PartialEq<$other> for Body {
            fn eq(&self, other: &$other) -> bool {
                let bytes: &[u8] = other.as_ref();
                self == bytes
            }
        }
    )*};
}
compare!(
    str,
    &str,
    String,
    &[u8],
    Vec<u8>,
    Bytes,
    #[N]
    [u8; N],
    #[N]
    &[u8; N]
);
