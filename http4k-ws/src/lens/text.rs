//! What text can be: the specs that every place of text starts with.

use std::fmt::Display;
use std::str::FromStr;

use super::{BiDiLensSpec, Cause, TextPart};

/// A value that has a text, both ways.
pub(super) fn value<L: TextPart, T>(name: Name, expected: Name) -> BiDiLensSpec<L, T>
where
    T: FromStr<Err: Into<Cause>> + Display + 'static,
{
    let read = |text: String| text.parse::<T>().map_err(Into::into);
    BiDiLensSpec::new(name, expected, read, |value: T| Ok(value.to_string()))
}

/// `true` and `false`, in any case.
pub(super) fn boolean<L: TextPart>(name: Name) -> BiDiLensSpec<L, bool> {
    let read = |text: String| Ok(text.to_ascii_lowercase().parse::<bool>()?);
    BiDiLensSpec::new(name, "boolean", read, |value: bool| Ok(value.to_string()))
}

pub(super) type Name = std::borrow::Cow<'static, str>;

/// The specs of a place, as its associated functions.
macro_rules! text_specs {
    ($place:ty, $of:literal) => {
        impl $place {
            #[doc = concat!("Text of a ", $of, ", as it stands there.")]
            pub fn string(name: impl Into<Name>) -> BiDiLensSpec<Self, String> {
                text::value(name.into(), "string".into())
            }

            #[doc = concat!("A whole number of a ", $of, "; one past the bounds of `i64` is Invalid.")]
            ///
            /// For other bounds, name the type: `value::<u8>(name)`.
            pub fn int(name: impl Into<Name>) -> BiDiLensSpec<Self, i64> {
                text::value(name.into(), "integer".into())
            }

            #[doc = concat!("A number of a ", $of, ".")]
            pub fn float(name: impl Into<Name>) -> BiDiLensSpec<Self, f64> {
                text::value(name.into(), "number".into())
            }

            #[doc = concat!("`true` or `false` of a ", $of, ", in any case.")]
            pub fn boolean(name: impl Into<Name>) -> BiDiLensSpec<Self, bool> {
                text::boolean(name.into())
            }

            #[doc = concat!("Any type of a ", $of, " that is read and written as text.")]
            ///
            /// Of an enum, `#[derive(PathParam)]` makes one. The type's name is what failures expect; say it better
            /// with [`expecting`](crate::LensSpec::expecting).
            pub fn value<T>(name: impl Into<Name>) -> BiDiLensSpec<Self, T>
            where
                T: std::str::FromStr<Err: Into<Cause>> + std::fmt::Display + 'static,
            {
                text::value(name.into(), name_of::<T>().into())
            }
        }

        impl TextPart for $place {}
    };
}
pub(super) use text_specs;
