//! Setters of configurations: one `with_` method for each field.

macro_rules! setters {
    ($($setter:ident, $field:ident: $type:ty;)*) => {$(
        #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $setter(mut self, $field: $type) -> Self {
            self.$field = $field;
            self
        }
    )*};
}

/// Setters of optional fields, which take a value, an `Option` or `None`.
macro_rules! optional_setters {
    ($($setter:ident, $field:ident: $type:ty;)*) => {$(
        #[doc = concat!(
            "Sets [`", stringify!($field), "`](Self::", stringify!($field), ") to a value or `None`.",
        )]
        #[must_use]
        pub fn $setter(mut self, $field: impl Into<Option<$type>>) -> Self {
            self.$field = $field.into();
            self
        }
    )*};
}

pub(crate) use {optional_setters, setters};
