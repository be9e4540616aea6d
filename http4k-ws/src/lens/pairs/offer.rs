//! The types as which a buffered text is offered, selected by serde's description of the expected
//! type.

use std::borrow::Cow;
use std::num::ParseIntError;
use std::str::FromStr;

use crate::lens::message_part::Cause;

/// The value as which a buffered text is offered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Offer {
    Text,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    /// A flag that is set: a name without a value, for an `Option<()>`.
    Flag,
}

impl Offer {
    /// Returns a key that is equal for equal offers.
    pub(super) fn key(self) -> (u8, u64) {
        match self {
            Self::Text => (0, 0),
            Self::Bool(value) => (1, value.into()),
            Self::Unsigned(value) => (2, value),
            Self::Signed(value) => (3, value as u64),
            Self::Float(value) => (4, value.to_bits()),
            Self::Flag => (5, 0),
        }
    }
}

/// The cause of a failure to read a struct inside a struct.
pub(super) const NESTED: &str = "a text cannot be read as a struct or a map; write \
                                 `#[serde(flatten)]` on the field, or read JSON";

/// Returns `true` if this description of serde is that of a list.
pub(super) fn is_list(expected: &str) -> bool {
    [
        "a sequence",
        "a tuple",
        "tuple struct",
        "an array",
        "a list",
        "a set",
    ]
    .iter()
    .any(|words| expected.starts_with(words))
}

pub(super) fn is_structure(expected: &str) -> bool {
    expected == "a map" || expected.starts_with("struct ")
}

/// Parses a text as the integer type of this name. Returns `None` if there is no such type.
fn integer(text: &str, name: &str) -> Option<Result<Offer, ParseIntError>> {
    fn of<T: FromStr<Err = ParseIntError>>(
        text: &str,
        form: impl FnOnce(T) -> Offer,
    ) -> Option<Result<Offer, ParseIntError>> {
        Some(text.parse().map(form))
    }
    let unsigned = Offer::Unsigned;
    let signed = Offer::Signed;
    match name {
        "u8" => of::<u8>(text, |value| unsigned(value.into())),
        "u16" => of::<u16>(text, |value| unsigned(value.into())),
        "u32" => of::<u32>(text, |value| unsigned(value.into())),
        "u64" => of::<u64>(text, unsigned),
        "usize" => of::<usize>(text, |value| unsigned(value as u64)),
        "i8" => of::<i8>(text, |value| signed(value.into())),
        "i16" => of::<i16>(text, |value| signed(value.into())),
        "i32" => of::<i32>(text, |value| signed(value.into())),
        "i64" => of::<i64>(text, signed),
        "isize" => of::<isize>(text, |value| signed(value as i64)),
        _ => None,
    }
}

/// Returns the offer of a text that parses as the expected type.
pub(super) fn offer(text: &str, expected: &str) -> Option<Offer> {
    let bool = || text.parse().ok().map(Offer::Bool);
    let unsigned = || text.parse().ok().map(Offer::Unsigned);
    let signed = || text.parse().ok().map(Offer::Signed);
    let float = || text.parse().ok().map(Offer::Float);
    if let Some(parsed) = integer(text, expected) {
        return parsed.ok();
    }
    match expected {
        "a boolean" => bool(),
        "f32" | "f64" => float(),
        "unit" => text.is_empty().then_some(Offer::Flag),
        unit if unit.starts_with("unit struct ") => text.is_empty().then_some(Offer::Flag),
        "a string" => None,
        structure if is_structure(structure) => None,
        // A type with a visitor of its own, such as a time in seconds.
        _ => bool().or_else(unsigned).or_else(signed).or_else(float),
    }
}

pub(super) type Described = (Option<Cow<'static, str>>, Option<Cause>);

/// Describes a refused text that does not parse as the expected type, in the words for a field that
/// is not buffered.
pub(super) fn refused(text: &str, expected: &str, cause: Option<Cause>) -> Described {
    if let Some(parsed) = integer(text, expected) {
        return (
            Some("integer".into()),
            parsed.err().map(Into::into).or(cause),
        );
    }
    let (kind, parsed): (_, Result<(), Cause>) = match expected {
        "a boolean" => (
            "boolean",
            text.parse::<bool>().map(drop).map_err(Into::into),
        ),
        "f32" | "f64" => ("number", text.parse::<f64>().map(drop).map_err(Into::into)),
        "unit" => ("empty", Err(format!("it is {text:?}").into())),
        "a character" => ("character", Ok(())),
        other => return (Some(other.to_owned().into()), cause),
    };
    (Some(kind.into()), parsed.err().or(cause))
}
