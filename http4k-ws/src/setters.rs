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

pub(crate) use setters;
