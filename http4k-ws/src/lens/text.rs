//! The specs of values that are text, which every place of texts has.

use std::fmt::Display;
use std::str::FromStr;

use super::message_part::{Cause, TextPart};
use super::meta::name_of;
use super::spec::BiDiLensSpec;

/// A type that is read from text and written as text: any type with [`FromStr`] and [`Display`].
///
/// `#[derive(PathParam)]` implements both for a newtype and for an enum of bare names.
///
/// # Examples
///
/// ```
/// use std::net::IpAddr;
///
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::Query;
///
/// let from = Query::value::<IpAddr>("from").required();
/// assert_eq!(from.get(&"/log?from=10.0.0.1".into_request()?)?, IpAddr::from([10, 0, 0, 1]));
/// assert!(from.get(&"/log?from=home".into_request()?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from text and written as text",
    label = "this type lacks `FromStr` or `Display`",
    note = "implement `std::str::FromStr` and `std::fmt::Display` for `{Self}`, or derive `PathParam` \
            for a newtype or an enum"
)]
pub trait TextValue: FromStr<Err: Into<Cause>> + Display + 'static {}

#[diagnostic::do_not_recommend]
impl<T: FromStr<Err: Into<Cause>> + Display + 'static> TextValue for T {}

/// Returns the spec of a value of any [`TextValue`].
pub(super) fn value<L: TextPart, T: TextValue>(name: Name, expected: Name) -> BiDiLensSpec<L, T> {
    let read = |text: String| text.parse::<T>().map_err(Into::into);
    BiDiLensSpec::new(name, expected, read, |value: T| Ok(value.to_string()))
}

/// Returns the spec of `true` and `false`, in any case.
pub(super) fn boolean<L: TextPart>(name: Name) -> BiDiLensSpec<L, bool> {
    let read = |text: String| Ok(text.to_ascii_lowercase().parse::<bool>()?);
    BiDiLensSpec::new(name, "boolean", read, |value: bool| Ok(value.to_string()))
}

/// Returns the kind of value that failures name for a `T`.
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

/// The section of a doc comment with an example: the text of its lines.
macro_rules! lens_example {
    ($($text:tt)*) => {
        concat!(
            "\n# Examples\n\n```\n# use http4k_ws::lens::*;\n# use http4k_ws::prelude::*;\n",
            "# #[tokio::main(flavor = \"current_thread\")]\n",
            "# async fn main() -> Result<(), Box<dyn std::error::Error>> {\n",
            $($text)*
            "# Ok(())\n# }\n```",
        )
    };
}

/// Implements the specs of a place as its associated functions. `$message` is the text of an
/// expression for a message without values, which the examples set.
macro_rules! text_specs {
    ($place:ident, $of:literal, $message:literal) => {
        impl $place {
            #[doc = concat!("Returns the spec of a ", $of, " as text, unchanged.")]
            #[doc = text::lens_example!(
                "let name = ", stringify!($place), "::string(\"name\").required();\n",
                "let message = ", $message, ".with(name.of(\"ann\".into()))?;\n",
                "assert_eq!(name.get(&message)?, \"ann\");\n",
            )]
            pub fn string(name: impl Into<Name>) -> BiDiLensSpec<Self, String> {
                text::value(name.into(), "string".into())
            }

            #[doc = concat!("Returns the spec of a ", $of, " as an integer.")]
            ///
            /// An integer out of the range of `i64` is Invalid. For another range, name the type:
            /// `value::<u8>(name)`.
            #[doc = text::lens_example!(
                "let age = ", stringify!($place), "::int(\"age\").required();\n",
                "let message = ", $message, ".with(age.of(-30))?;\n",
                "assert_eq!(age.get(&message)?, -30);\n",
                "let small = ", stringify!($place), "::value::<u8>(\"age\").required();\n",
                "assert!(small.get(&message).is_err());\n",
            )]
            pub fn int(name: impl Into<Name>) -> BiDiLensSpec<Self, i64> {
                text::value(name.into(), "integer".into())
            }

            #[doc = concat!("Returns the spec of a ", $of, " as a floating-point number.")]
            #[doc = text::lens_example!(
                "let price = ", stringify!($place), "::float(\"price\").required();\n",
                "let message = ", $message, ".with(price.of(7.5))?;\n",
                "assert_eq!(price.get(&message)?, 7.5);\n",
            )]
            pub fn float(name: impl Into<Name>) -> BiDiLensSpec<Self, f64> {
                text::value(name.into(), "number".into())
            }

            #[doc = concat!("Returns the spec of a ", $of, " as `true` or `false`, in any case.")]
            #[doc = text::lens_example!(
                "let open = ", stringify!($place), "::boolean(\"open\").required();\n",
                "let text = ", stringify!($place), "::string(\"open\").required();\n",
                "let message = ", $message, ".with(text.of(\"TRUE\".into()))?;\n",
                "assert!(open.get(&message)?);\n",
            )]
            pub fn boolean(name: impl Into<Name>) -> BiDiLensSpec<Self, bool> {
                text::boolean(name.into())
            }

            #[doc = concat!("Returns the spec of a ", $of, " of any type that is read and written as text.")]
            ///
            /// An enum of bare names may derive `PathParam`. Failures name `integer`, `number`,
            /// `boolean`, `string`, or else the name of the type, unless
            /// [`expecting`](crate::lens::LensSpec::expecting) sets another kind.
            #[doc = text::lens_example!(
                "let ip = ", stringify!($place), "::value::<std::net::IpAddr>(\"ip\").required();\n",
                "let message = ", $message, ".with(ip.of([127, 0, 0, 1].into()))?;\n",
                "assert_eq!(ip.get(&message)?.to_string(), \"127.0.0.1\");\n",
                "assert_eq!(ip.meta().expected(), \"IpAddr\");\n",
            )]
            pub fn value<T: TextValue>(name: impl Into<Name>) -> BiDiLensSpec<Self, T> {
                text::value(name.into(), text::expected::<T>())
            }
        }

        impl TextPart for $place {}
    };
}
pub(super) use {lens_example, text_specs};
