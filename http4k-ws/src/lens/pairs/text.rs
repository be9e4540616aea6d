//! The deserializer of one text.

use serde::de::value::{BorrowedStrDeserializer, UnitDeserializer};
use serde::de::{Deserializer, Visitor};

use super::alike::read_alike;
use super::error::{Blamed, PairError};
use super::offer::{NESTED, Offer};
use super::table::{Group, Table};
use crate::lens::message_part::Cause;

/// One text, which is parsed as the type of the field.
#[derive(Clone, Copy)]
pub(super) struct Text<'de> {
    name: &'de str,
    text: &'de str,
    offer: Offer,
}

impl<'de> Text<'de> {
    pub(super) fn of(table: &'de Table, group: &'de Group, piece: usize) -> Self {
        Self {
            name: table.text(group.name),
            text: table.text(piece),
            offer: table.pieces[piece].offer,
        }
    }

    pub(super) fn checked(
        table: &'de Table,
        group: &'de Group,
        piece: usize,
    ) -> Result<Self, PairError> {
        let text = Self::of(table, group, piece);
        if table.is_broken(piece) {
            return Err(PairError {
                blame: Blamed::Value(piece),
                ..PairError::invalid(text.name, Some("text"), "it is not UTF-8")
            });
        }
        Ok(text)
    }

    /// Parses the text, and names the field in each error.
    fn parsed<T: std::str::FromStr<Err: Into<Cause>>, R>(
        self,
        expected: &'static str,
        visit: impl FnOnce(T) -> Result<R, PairError>,
    ) -> Result<R, PairError> {
        match self.text.parse() {
            Ok(value) => visit(value).map_err(|error| error.of(self.name)),
            Err(cause) => Err(PairError::invalid(self.name, Some(expected), cause)),
        }
    }

    fn unfit<R>(self) -> Result<R, PairError> {
        Err(PairError::unfit(self.name, NESTED))
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $expected:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
            self.parsed($expected, |value| visitor.$visit(value))
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = PairError;

    parsed!(
        deserialize_bool visit_bool "boolean",
        deserialize_i8 visit_i8 "integer", deserialize_i16 visit_i16 "integer",
        deserialize_i32 visit_i32 "integer", deserialize_i64 visit_i64 "integer",
        deserialize_i128 visit_i128 "integer",
        deserialize_u8 visit_u8 "integer", deserialize_u16 visit_u16 "integer",
        deserialize_u32 visit_u32 "integer", deserialize_u64 visit_u64 "integer",
        deserialize_u128 visit_u128 "integer",
        deserialize_f32 visit_f32 "number", deserialize_f64 visit_f64 "number",
        deserialize_char visit_char "character",
    );

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        let visited = match self.offer {
            Offer::Text => visitor.visit_borrowed_str(self.text),
            Offer::Bool(value) => visitor.visit_bool(value),
            Offer::Unsigned(value) => visitor.visit_u64(value),
            Offer::Signed(value) => visitor.visit_i64(value),
            Offer::Float(value) => visitor.visit_f64(value),
            // A buffer turns a bare unit into `None`.
            Offer::Flag => visitor.visit_some(UnitDeserializer::new()),
        };
        visited.map_err(|error: PairError| error.of(self.name))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        let visited = visitor.visit_borrowed_str(self.text);
        visited.map_err(|error: PairError| error.of(self.name))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        self.deserialize_str(visitor)
    }

    /// Reads a flag, which is set by `?name` alone.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        if self.text.is_empty() {
            return visitor.visit_unit();
        }
        let cause = format!("it is {:?}", self.text);
        Err(PairError::invalid(self.name, Some("empty"), cause))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor
            .visit_enum(BorrowedStrDeserializer::new(self.text))
            .map_err(|error: PairError| error.of(self.name))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, PairError> {
        Err(PairError::unfit(
            self.name,
            "a text cannot be read as a list",
        ))
    }

    fn deserialize_map<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, PairError> {
        self.unfit()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, PairError> {
        self.unfit()
    }

    read_alike! { option newtype_struct unit_struct tuple tuple_struct }

    serde::forward_to_deserialize_any! { identifier ignored_any }
}
