//! What text can be: the specs that every place of text starts with.

use std::fmt::Display;
use std::str::FromStr;

use super::message_part::{Cause, TextPart};
use super::meta::name_of;
use super::spec::BiDiLensSpec;

/// A type that has a text, both ways: anything with [`FromStr`] and [`Display`].
///
/// Of a newtype and of an enum of bare names `#[derive(PathParam)]` makes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from text, and written as one",
    label = "this type lacks `FromStr` or `Display`",
    note = "implement `std::str::FromStr` and `std::fmt::Display` for `{Self}`; of a newtype and of an enum `#[derive(PathParam)]` does"
)]
pub trait TextValue: FromStr<Err: Into<Cause>> + Display + 'static {}

#[diagnostic::do_not_recommend]
impl<T: FromStr<Err: Into<Cause>> + Display + 'static> TextValue for T {}

/// A value that has a text, both ways.
pub(super) fn value<L: TextPart, T: TextValue>(name: Name, expected: Name) -> BiDiLensSpec<L, T> {
    let read = |text: String| text.parse::<T>().map_err(Into::into);
    BiDiLensSpec::new(name, expected, read, |value: T| Ok(value.to_string()))
}

/// `true` and `false`, in any case.
pub(super) fn boolean<L: TextPart>(name: Name) -> BiDiLensSpec<L, bool> {
    let read = |text: String| Ok(text.to_ascii_lowercase().parse::<bool>()?);
    BiDiLensSpec::new(name, "boolean", read, |value: bool| Ok(value.to_string()))
}

/// What a value of `T` is called in failures.
pub(super) fn expected<T>() -> Name {
    let name = name_of::<T>();
    match name.as_str() {
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "integer".into(),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "integer".into(),
        "f32" | "f64" => "number".into(),
        "bool" => "boolean".into(),
        "String" => "string".into(),
        "char" => "character".into(),
        _ => name.into(),
    }
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
            /// Of an enum, `#[derive(PathParam)]` makes one. Failures expect `integer`, `number`, `boolean` or
            /// `string`, or else the type's name; say it better with [`expecting`](crate::lens::LensSpec::expecting).
            pub fn value<T: TextValue>(name: impl Into<Name>) -> BiDiLensSpec<Self, T> {
                text::value(name.into(), text::expected::<T>())
            }
        }

        impl TextPart for $place {}
    };
}
pub(super) use text_specs;
