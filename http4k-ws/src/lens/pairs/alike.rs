//! Methods of deserializers that read one kind of value like another.

/// Writes methods of a [`Deserializer`](serde::Deserializer) whose lifetime is `'de`, as
/// [`serde::forward_to_deserialize_any`] does:
///
/// | kind | read as |
/// |---|---|
/// | `option` | an option that has this value |
/// | `newtype_struct` | a struct around this value |
/// | `unit_struct` | a unit |
/// | `tuple`, `tuple_struct` | a list |
macro_rules! read_alike {
    ($($kind:ident)*) => {
        $(read_alike!(@$kind);)*
    };
    (@option) => {
        fn deserialize_option<V: ::serde::de::Visitor<'de>>(
            self,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            visitor.visit_some(self)
        }
    };
    (@newtype_struct) => {
        fn deserialize_newtype_struct<V: ::serde::de::Visitor<'de>>(
            self,
            _name: &'static str,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            visitor.visit_newtype_struct(self)
        }
    };
    (@unit_struct) => {
        fn deserialize_unit_struct<V: ::serde::de::Visitor<'de>>(
            self,
            _name: &'static str,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.deserialize_unit(visitor)
        }
    };
    (@tuple) => {
        fn deserialize_tuple<V: ::serde::de::Visitor<'de>>(
            self,
            _len: usize,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.deserialize_seq(visitor)
        }
    };
    (@tuple_struct) => {
        fn deserialize_tuple_struct<V: ::serde::de::Visitor<'de>>(
            self,
            _name: &'static str,
            _len: usize,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.deserialize_seq(visitor)
        }
    };
}

pub(in crate::lens) use read_alike;
