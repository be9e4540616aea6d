//! Where lenses look: a place in messages, and how its values are taken out and put in.

use std::error::Error;

use super::meta::Location;

/// The error behind a failure.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// A place in messages where values stand, such as [`Query`](crate::lens::Query): what a lens is of.
pub trait MessagePart: 'static {
    /// A value as it stands there: text, or a whole message.
    type Raw: Send + 'static;

    /// The place, in failures and in documentation.
    const LOCATION: Location;
}

/// A [`MessagePart`] whose values are text, and may be missing or repeated.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is neither missing nor repeated",
    label = "this is for values of text",
    note = "a lens of whole messages is closed by `to_lens()`"
)]
pub trait TextPart: MessagePart<Raw = String> {}

/// A [`MessagePart`] that messages of type `M` have.
#[diagnostic::on_unimplemented(
    message = "this lens can't read a `{M}`",
    label = "a lens of another message"
)]
pub trait ReadFrom<M>: MessagePart {
    /// Whether such a message is somebody's answer to us: a failure to read it is then never our client's.
    const IS_RESPONSE: bool = false;

    /// The values called `name`, in the order they stand; the error of one that can't be had at all.
    fn values(message: &M, name: &str) -> Vec<Result<Self::Raw, Cause>>;
}

/// A [`MessagePart`] that messages of type `M` have, and can be given values in.
#[diagnostic::on_unimplemented(
    message = "this lens can't write to a `{M}`",
    label = "a lens of another message"
)]
pub trait WriteTo<M>: MessagePart {
    /// The same message, with `values` in the place of those called `name`.
    ///
    /// # Errors
    ///
    /// The cause, where the place has no form for a value.
    fn replaced(message: M, name: &str, values: Vec<Self::Raw>) -> Result<M, Cause>;
}
