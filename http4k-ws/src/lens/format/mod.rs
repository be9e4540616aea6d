//! Wire formats, and the conversion of serde's types to and from them.

#[cfg(feature = "json")]
mod by_name;
#[cfg(feature = "cbor")]
pub(super) mod cbor;
#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor"))]
pub(super) mod checked;
mod formats;
#[cfg(feature = "json")]
pub(super) mod json;
#[cfg(feature = "msgpack")]
pub(super) mod msgpack;
#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor"))]
mod notes;
pub(crate) mod private;

#[cfg(feature = "json")]
pub(crate) use by_name::{NAMED_FORMATS, named_format, read_named, write_named};
pub use formats::Format;
pub(super) use formats::essence;

use std::borrow::Cow;
#[cfg(feature = "cbor")]
use std::marker::PhantomData;

#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor"))]
use serde::{Deserializer, de::DeserializeOwned};
#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor"))]
use serde_path_to_error::Segment;

use super::failure::{Failure, LensFailureKind};
use super::message_part::Cause;
use super::meta::Location;

/// Returns the failure of a value that is not valid in `format`.
pub(super) fn invalid(
    location: Location,
    name: impl Into<Cow<'static, str>>,
    format: Format,
    cause: impl Into<Cause>,
) -> Failure {
    Failure::new(LensFailureKind::Invalid, location, name, format.as_str()).with_cause(cause)
}

/// Returns the failure with the path of the value that fails, such as `items[1].price`.
#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor"))]
fn with_path(failure: Failure, path: Option<String>) -> Failure {
    match path {
        Some(path) => failure.with_path(path),
        None => failure,
    }
}

/// Reads a `T` again and returns the path of the value that fails; `None` if it is the whole.
///
/// Tracking the path has a cost, so that only a message that has failed is read this way.
#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor"))]
fn failing_path<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Option<String> {
    let failed = serde_path_to_error::deserialize::<_, T>(deserializer).err()?;
    let text = failed.path().to_string();
    // Serde does not name some segments. They are left out at the end.
    let known = match failed.path().iter().next_back()? {
        Segment::Unknown => text.trim_end_matches('?').trim_end_matches('.'),
        _ => text.as_str(),
    };
    (!known.is_empty()).then(|| known.to_owned())
}

/// The failing path of a `T`, for a format that does not expose its deserializer.
#[cfg(feature = "cbor")]
struct FailingPath<T>(Option<String>, PhantomData<T>);

#[cfg(feature = "cbor")]
impl<'de, T: DeserializeOwned> serde::Deserialize<'de> for FailingPath<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(failing_path::<T, D>(deserializer), PhantomData))
    }
}
