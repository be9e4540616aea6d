//! A body from the network that has arrived complete.

use std::fmt;

use bytes::Bytes;
use http_body::SizeHint;

use super::bounds::{BodyBounds, Stage};
use super::error::BodyError;

/// The bytes of a body, which fail outside of their bounds as those of a
/// [`Limited`](super::limit::Limited) body do.
///
/// The bounds may change until the bytes are read. Bytes neither panic nor fail in the middle, so
/// they need no guard.
pub(super) struct Arrived {
    /// Empty once they are read.
    bytes: Bytes,
    bounds: BodyBounds,
}

impl Arrived {
    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    pub(super) fn new(bytes: Bytes, bounds: BodyBounds) -> Self {
        Self { bytes, bounds }
    }

    pub(super) fn bounds(&self) -> &BodyBounds {
        &self.bounds
    }

    fn is_within(&self) -> bool {
        self.bytes.len() as u64 <= self.bounds.max()
    }

    /// Returns the bytes if reading them would not fail.
    #[cfg(feature = "server")]
    pub(super) fn as_bytes(&self) -> Option<&Bytes> {
        self.is_within().then_some(&self.bytes)
    }

    /// Takes all bytes. Later calls return none.
    ///
    /// # Errors
    ///
    /// Returns [`BodyError::TooLarge`] if there are more bytes than the bounds allow.
    pub(super) fn read(&mut self) -> Result<Bytes, BodyError> {
        if self.bytes.is_empty() {
            return Ok(Bytes::new());
        }
        let is_within = self.is_within();
        let bytes = std::mem::take(&mut self.bytes);
        if is_within {
            self.bounds.set_stage(Stage::Started);
            return Ok(bytes);
        }
        self.bounds.set_stage(Stage::Failed);
        let limit = self.bounds.max();
        Err(BodyError::TooLarge { limit })
    }

    pub(super) fn is_read(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.bytes.len() as u64).min(self.bounds.max()))
    }
}

impl Drop for Arrived {
    fn drop(&mut self) {
        if !self.is_read() {
            self.bounds.set_stage(Stage::Dropped);
        }
    }
}

impl fmt::Debug for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Arrived")
    }
}
