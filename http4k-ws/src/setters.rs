//! How bounds are set in a chain: one `with_` method for each field.

macro_rules! setters {
    ($($setter:ident, $field:ident: $type:ty;)*) => {$(
        #[doc = concat!("The same bounds with another [`", stringify!($field), "`](Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $setter(mut self, $field: $type) -> Self {
            self.$field = $field;
            self
        }
    )*};
}

/// The same for bounds that can be lifted: each takes a value, or `None`.
macro_rules! optional_setters {
    ($($setter:ident, $field:ident: $type:ty;)*) => {$(
        #[doc = concat!("The same bounds with another [`", stringify!($field), "`](Self::", stringify!($field), "): a value, or `None`.")]
        #[must_use]
        pub fn $setter(mut self, $field: impl Into<Option<$type>>) -> Self {
            self.$field = $field.into();
            self
        }
    )*};
}

pub(crate) use {optional_setters, setters};
