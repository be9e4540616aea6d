//! The places in messages that lenses read and write.

use std::error::Error;

use super::meta::Location;

/// The error behind a failure.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// A place in messages, such as [`Query`](crate::lens::Query). Each lens is one of a place.
pub trait MessagePart: 'static {
    /// A value in this place: text, or a whole message.
    type Raw: Send + 'static;

    /// The name of the place in failures and in documentation.
    const LOCATION: Location;
}

/// A [`MessagePart`] whose values are text, and may be missing or repeated.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` can be neither missing nor repeated",
    label = "only for places of text",
    note = "`to_lens()` returns a lens of whole messages"
)]
pub trait TextPart: MessagePart<Raw = String> {}

/// A [`MessagePart`] that messages of type `M` have. Applications only name it in bounds.
#[diagnostic::on_unimplemented(
    message = "this lens can't read a `{M}`",
    label = "this lens reads and writes another kind of message"
)]
pub trait ReadFrom<M>: MessagePart {
    /// `true` if the message is a response: the client is then not to blame for a failure to read
    /// it.
    const IS_RESPONSE: bool = false;

    /// Returns the values of `name` in their order, or the error of a value that cannot be decoded.
    fn values(message: &M, name: &str) -> Vec<Result<Self::Raw, Cause>>;
}

/// A [`MessagePart`] that can be set on messages of type `M`. Applications only name it in bounds.
#[diagnostic::on_unimplemented(
    message = "this lens can't write to a `{M}`",
    label = "this lens reads and writes another kind of message"
)]
pub trait WriteTo<M>: MessagePart {
    /// Returns the message with `values` in place of those of `name`.
    ///
    /// # Errors
    ///
    /// The cause, if the place cannot represent a value.
    fn replaced(message: M, name: &str, values: Vec<Self::Raw>) -> Result<M, Cause>;
}
