//! The errors of serde while it reads pairs, also those that it drops.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use serde::de::{self, Expected, Unexpected};

use super::offer::Offer;
use crate::lens::failure::LensFailureKind;
use crate::lens::message_part::Cause;

/// An error, and the field that it is about.
#[derive(Debug)]
pub(in crate::lens) struct PairError {
    pub(super) kind: LensFailureKind,
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) expected: Option<Cow<'static, str>>,
    pub(super) cause: Option<Cause>,
    pub(super) blame: Blamed,
}

/// The part of the pairs, or of the program, that an error is about.
#[derive(Debug)]
pub(super) enum Blamed {
    /// The value of the field, or nothing in particular.
    Field,
    /// A buffered text that is not of the expected type.
    Text(Refusal),
    /// A value that is not text, by its index.
    Value(usize),
    /// The type, which no text can be read as.
    Type,
}

/// A text that was offered and refused.
#[derive(Debug, Clone)]
pub(in crate::lens) struct Refusal {
    /// The address range of the text in memory.
    pub(in crate::lens) address: Range<usize>,
    /// The description of the type that refused it, such as `u32`.
    pub(super) expected: String,
}

impl PairError {
    pub(super) fn invalid(
        name: &str,
        expected: Option<&'static str>,
        cause: impl Into<Cause>,
    ) -> Self {
        Self {
            name: Some(name.to_owned().into()),
            expected: expected.map(Into::into),
            ..Self::because(cause)
        }
    }

    /// The error of a type that no text can be read as.
    pub(super) fn unfit(name: &str, cause: impl Into<Cause>) -> Self {
        Self {
            blame: Blamed::Type,
            ..Self::invalid(name, None, cause)
        }
    }

    fn because(cause: impl Into<Cause>) -> Self {
        Self {
            kind: LensFailureKind::Invalid,
            name: None,
            expected: None,
            cause: Some(cause.into()),
            blame: Blamed::Field,
        }
    }

    /// Sets the name of the field, unless the error has one.
    pub(super) fn of(mut self, name: &str) -> Self {
        self.name.get_or_insert_with(|| name.to_owned().into());
        self
    }

    pub(super) fn refusal(&self) -> Option<&Refusal> {
        match &self.blame {
            Blamed::Text(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl fmt::Display for PairError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Some(cause) => write!(f, "{cause}"),
            None => f.write_str(self.kind.as_str()),
        }
    }
}

impl std::error::Error for PairError {}

impl de::Error for PairError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        // The text of serde's default methods, which only its buffers do not override.
        if message == "i128 is not supported" || message == "u128 is not supported" {
            record(|refused| refused.is_128_bit = true);
        }
        Self::because(message)
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let text = format!("invalid type: {unexpected}, expected {expected}");
        let blame = match unexpected {
            Unexpected::Str(text) => refused_text(text, expected),
            Unexpected::Bool(value) => refused_form(Offer::Bool(value), expected),
            Unexpected::Unsigned(value) => refused_form(Offer::Unsigned(value), expected),
            Unexpected::Signed(value) => refused_form(Offer::Signed(value), expected),
            Unexpected::Float(value) => refused_form(Offer::Float(value), expected),
            Unexpected::Option => refused_form(Offer::Flag, expected),
            Unexpected::Seq => {
                record(|refused| refused.is_list = true);
                Blamed::Field
            }
            _ => Blamed::Field,
        };
        Self {
            blame,
            ..Self::because(text)
        }
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let text = format!("invalid value: {unexpected}, expected {expected}");
        let blame = match unexpected {
            Unexpected::Str(text) => text_of(text, expected).map(Blamed::Text),
            _ => None,
        };
        Self {
            blame: blame.unwrap_or(Blamed::Field),
            ..Self::because(text)
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            kind: LensFailureKind::Missing,
            name: Some(field.into()),
            cause: None,
            ..Self::because("")
        }
    }
}

/// All that was refused in one pass, also if the pass continued.
#[derive(Debug, Default)]
pub(in crate::lens) struct Refused {
    buffer: Range<usize>,
    pub(in crate::lens) texts: Vec<Refusal>,
    /// Texts that were refused after they were offered as another type, and the expected type.
    pub(super) forms: Vec<(Offer, String)>,
    /// A list was refused.
    pub(super) is_list: bool,
    /// A 128-bit integer was to be read from a buffered value.
    pub(super) is_128_bit: bool,
}

thread_local! {
    /// The record of the current pass of this thread. An error that serde drops can be recorded
    /// only here, since the functions that create it have no receiver.
    static REFUSED: RefCell<Option<Refused>> = const { RefCell::new(None) };
}

/// Runs a pass over the texts in `buffer`. Returns its result and the refusals in it.
pub(in crate::lens) fn recording<R>(
    buffer: Range<usize>,
    pass: impl FnOnce() -> R,
) -> (R, Refused) {
    let started = Refused {
        buffer,
        ..Refused::default()
    };
    // A type may read another one from pairs of its own while it is read.
    let outer = Restored(REFUSED.replace(Some(started)));
    let outcome = pass();
    let refused = REFUSED.take().unwrap_or_default();
    drop(outer);
    (outcome, refused)
}

/// Restores the outer recording on drop, also if a pass panics.
struct Restored(Option<Refused>);

impl Drop for Restored {
    fn drop(&mut self) {
        REFUSED.set(self.0.take());
    }
}

fn record(add: impl FnOnce(&mut Refused)) {
    REFUSED.with_borrow_mut(|refused| {
        if let Some(refused) = refused {
            add(refused);
        }
    });
}

/// Returns the refusal of a text, if it is in the buffer that is being read.
fn text_of(text: &str, expected: &dyn Expected) -> Option<Refusal> {
    let start = text.as_ptr().addr();
    let address = start..start + text.len();
    let mut is_read = false;
    record(|refused| is_read = refused.buffer.contains(&address.start));
    is_read.then(|| Refusal {
        address,
        expected: expected.to_string(),
    })
}

fn refused_text(text: &str, expected: &dyn Expected) -> Blamed {
    let Some(refusal) = text_of(text, expected) else {
        return Blamed::Field;
    };
    record(|refused| refused.texts.push(refusal.clone()));
    Blamed::Text(refusal)
}

fn refused_form(form: Offer, expected: &dyn Expected) -> Blamed {
    record(|refused| refused.forms.push((form, expected.to_string())));
    Blamed::Field
}
