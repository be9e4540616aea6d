//! Where inside a value serde failed.

#[cfg(feature = "cbor")]
use std::marker::PhantomData;

use serde::{Deserializer, de::DeserializeOwned};
use serde_path_to_error::Segment;

use crate::lens::Failure;

/// The path of the value that fails, as `items[1].price`; `None` where it is the whole.
pub(super) fn of<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Option<String> {
    let failed = serde_path_to_error::deserialize::<_, T>(deserializer).err()?;
    let text = failed.path().to_string();
    // What serde gives no name ends the path.
    let known = match failed.path().iter().next_back()? {
        Segment::Unknown => text.trim_end_matches('?').trim_end_matches('.'),
        _ => text.as_str(),
    };
    (!known.is_empty()).then(|| known.to_owned())
}

/// The path of what fails in a `T`; for a format that hands out no deserializer.
#[cfg(feature = "cbor")]
pub(super) struct Tracked<T>(pub(super) Option<String>, PhantomData<T>);

#[cfg(feature = "cbor")]
impl<'de, T: DeserializeOwned> serde::Deserialize<'de> for Tracked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(of::<T, D>(deserializer), PhantomData))
    }
}

/// The failure, of the value at `path`.
pub(super) fn added(failure: Failure, path: Option<String>) -> Failure {
    match path {
        Some(path) => failure.with_path(path),
        None => failure,
    }
}
