//! Notes about a value that is being serialized, and the decision to read it back before sending.

use std::borrow::Cow;
use std::cell::Cell;

use super::formats::Format;
use crate::lens::failure::LensFailure;
use crate::lens::message::Message;
use crate::lens::meta::Location;
use crate::message::WsMessage;

thread_local! {
    /// The message that this thread writes has a value that is perhaps not read back. A field in
    /// each serializer would cost more than the checks do.
    static IS_ODD: Cell<bool> = const { Cell::new(false) };
    /// The number of `Some` of a null in that message.
    static SOME_NULLS: Cell<usize> = const { Cell::new(0) };
}

/// The notes about a value that was serialized.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notes {
    /// It has a value that is perhaps not read back.
    is_odd: bool,
    /// The number of `Some` of a null.
    some_nulls: usize,
}

/// Notes a value that is perhaps not read back.
#[inline(always)]
pub(super) fn note_odd() {
    IS_ODD.set(true);
}

/// Notes a null that represents `Some`.
#[inline(always)]
pub(super) fn note_some_null() {
    SOME_NULLS.set(SOME_NULLS.get() + 1);
}

/// Calls `write`. Returns its result, and the notes that were made meanwhile.
pub(super) fn noting<R>(write: impl FnOnce() -> R) -> (R, Notes) {
    // A value may write another message while it is serialized.
    let outer = (IS_ODD.replace(false), SOME_NULLS.replace(0));
    let written = write();
    let is_odd = IS_ODD.replace(outer.0);
    let some_nulls = SOME_NULLS.replace(outer.1);
    (written, Notes { is_odd, some_nulls })
}

/// Returns the message if a `T` can be read from it. `again` returns the notes about the value that
/// was read.
///
/// # Errors
///
/// The failure to write `name`, if the notes require that the message is read, and it is not.
pub(super) fn read_back<T: Message>(
    notes: Notes,
    format: Format,
    message: WsMessage,
    name: impl Into<Cow<'static, str>>,
    again: impl FnOnce(&T) -> Notes,
) -> Result<WsMessage, LensFailure> {
    if !notes.is_odd && notes.some_nulls == 0 {
        return Ok(message);
    }
    let cause = match T::from_message_in(format, message.clone()) {
        Ok(value) if notes.some_nulls == 0 || again(&value).some_nulls == notes.some_nulls => {
            return Ok(message);
        }
        Ok(_) => SOME_NULL.to_owned(),
        Err(failure) => {
            let cause = failure.failures().iter().find_map(|part| part.cause());
            unread(&cause.map(ToString::to_string).unwrap_or_default())
        }
    };
    let failure = super::invalid(Location::Message, name, format, cause);
    Err(LensFailure::from(failure).in_writing())
}

const SOME_NULL: &str = "`Some` of a null, such as `Some(None)`, would be read back as `None`; \
                         write `#[serde(default, skip_serializing_if = \"Option::is_none\", \
                         deserialize_with = \"…\")]` on the field, or an enum";

fn unread(cause: &str) -> String {
    format!(
        "it would not be read back: {cause}; serde reads neither 128-bit integers, nor repeated \
         names, nor units, nor the compact form of a type such as `IpAddr` behind `flatten`, `untagged` or \
         `tag`, unless it is `#[serde(tag = \"…\", content = \"…\")]`"
    )
}
