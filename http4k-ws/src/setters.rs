//! Setters of configurations: one `with_` method for each field.
//!
//! A list starts with the type and its imports. `= DEFAULT => OTHER` behind the type of a field
//! adds an example that asserts both values. Doc comments stand before that example.

/// Setters of fields, which take a value.
macro_rules! setters {
    ($owner:ident: $imports:literal; $(
        $(#[$doc:meta])*
        $setter:ident, $field:ident: $type:ty $(= $default:expr => $other:expr)?;
    )*) => {$(
        #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
        $(#[$doc])*
        $(#[doc = concat!(
            "\n# Examples\n\n```\n# use std::time::Duration;\n# use ", $imports, ";\n",
            "let config = ", stringify!($owner), "::default();\n",
            "assert_eq!(config.", stringify!($field), ", ", stringify!($default), ");\n",
            "let config = config.", stringify!($setter), "(", stringify!($other), ");\n",
            "assert_eq!(config.", stringify!($field), ", ", stringify!($other), ");\n```",
        )])?
        #[must_use]
        pub fn $setter(mut self, $field: $type) -> Self {
            self.$field = $field;
            self
        }
    )*};
}

/// Setters of optional fields, which take a value, an `Option` or `None`.
macro_rules! optional_setters {
    ($owner:ident: $imports:literal; $(
        $(#[$doc:meta])*
        $setter:ident, $field:ident: $type:ty $(= $default:expr => $other:expr)?;
    )*) => {$(
        #[doc = concat!(
            "Sets [`", stringify!($field), "`](Self::", stringify!($field), ") to a value or `None`.",
        )]
        $(#[$doc])*
        $(#[doc = concat!(
            "\n# Examples\n\n```\n# use std::time::Duration;\n# use ", $imports, ";\n",
            "let config = ", stringify!($owner), "::default();\n",
            "assert_eq!(config.", stringify!($field), ", ", stringify!($default), ");\n",
            "let config = config.", stringify!($setter), "(", stringify!($other), ");\n",
            "assert_eq!(config.", stringify!($field), ", Some(", stringify!($other), "));\n",
            "assert_eq!(config.", stringify!($setter), "(None).", stringify!($field), ", None);\n```",
        )])?
        #[must_use]
        pub fn $setter(mut self, $field: impl Into<Option<$type>>) -> Self {
            self.$field = $field.into();
            self
        }
    )*};
}

pub(crate) use {optional_setters, setters};
