//! The deserializers of all pairs, of the values of one name, and of one text.

use serde::de::value::{BorrowedStrDeserializer, UnitDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::error::{Blamed, PairError};
use super::offer::{NESTED, Offer};
use super::table::{Group, Repeated, Table};
use crate::lens::failure::LensFailureKind;
use crate::lens::message_part::Cause;

/// All pairs: a struct, a map, a list of pairs, or an enum of one pair.
#[derive(Clone, Copy)]
pub(super) struct Top<'de>(pub(super) &'de Table);

/// Implements the methods for types that no pairs can be read as.
macro_rules! unfit {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, PairError> {
            let cause = "pairs are read as a struct, a map or a list of tuples";
            Err(PairError {
                name: None,
                ..PairError::unfit("", cause)
            })
        }
    )*};
}

impl<'de> Deserializer<'de> for Top<'de> {
    type Error = PairError;

    unfit!(
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_identifier
    );

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_map(Groups {
            table: self.0,
            next: 0,
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_seq(Elements {
            order: self.0.order.iter(),
            table: self.0,
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        let mut groups = self.0.groups.iter();
        match groups.find(|group| variants.contains(&self.0.text(group.name))) {
            Some(group) => visitor.visit_enum(Values {
                table: self.0,
                group,
            }),
            None => Err(PairError {
                kind: LensFailureKind::Missing,
                name: None,
                expected: None,
                cause: Some(format!("one of `{}` must be there", variants.join("`, `")).into()),
                blame: Blamed::Field,
            }),
        }
    }

    serde::forward_to_deserialize_any! { map struct tuple tuple_struct ignored_any }
}

/// Each name with its values.
struct Groups<'de> {
    table: &'de Table,
    next: usize,
}

impl<'de> MapAccess<'de> for Groups<'de> {
    type Error = PairError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, PairError> {
        let Some(group) = self.table.groups.get(self.next) else {
            return Ok(None);
        };
        seed.deserialize(Text::of(self.table, group, group.name))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, PairError> {
        let group = &self.table.groups[self.next];
        self.next += 1;
        let values = Values {
            table: self.table,
            group,
        };
        seed.deserialize(values)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.table.groups.len() - self.next)
    }
}

/// Each pair, as a tuple of a name and a value.
struct Elements<'de> {
    table: &'de Table,
    order: std::slice::Iter<'de, (usize, usize)>,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = PairError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, PairError> {
        let Some((group, value)) = self.order.next() else {
            return Ok(None);
        };
        let group = &self.table.groups[*group];
        let pieces = [group.name, *value];
        let table = self.table;
        seed.deserialize(Element {
            table,
            group,
            pieces,
        })
        .map(Some)
    }
}

/// A pair as a tuple.
struct Element<'de> {
    table: &'de Table,
    group: &'de Group,
    pieces: [usize; 2],
}

impl<'de> Deserializer<'de> for Element<'de> {
    type Error = PairError;

    unfit!(
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_identifier
        deserialize_map
    );

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        let list = List {
            table: self.table,
            group: self.group,
            pieces: self.pieces.into_iter(),
        };
        list.visit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        option unit unit_struct seq tuple tuple_struct struct enum ignored_any
    }
}

/// Texts of one name, in order.
struct List<'de, I> {
    table: &'de Table,
    group: &'de Group,
    pieces: I,
}

impl<'de, I: Iterator<Item = usize>> List<'de, I> {
    /// Visits the texts. A type for fewer texts, such as a tuple, is refused: the others would be
    /// dropped silently.
    fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, PairError> {
        let name = self.table.text(self.group.name);
        let value = visitor.visit_seq(&mut self);
        let value = value.map_err(|error: PairError| error.of(name))?;
        match self.pieces.count() {
            0 => Ok(value),
            left => {
                let cause = format!("it has {left} values too many");
                Err(PairError::invalid(name, Some("valid"), cause))
            }
        }
    }
}

impl<'de, I: Iterator<Item = usize>> SeqAccess<'de> for List<'de, I> {
    type Error = PairError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, PairError> {
        let Some(piece) = self.pieces.next() else {
            return Ok(None);
        };
        let text = Text::checked(self.table, self.group, piece)?;
        seed.deserialize(text).map(Some)
    }
}

/// The values of one name.
#[derive(Clone, Copy)]
struct Values<'de> {
    table: &'de Table,
    group: &'de Group,
}

impl<'de> Values<'de> {
    fn name(self) -> &'de str {
        self.table.text(self.group.name)
    }

    /// Returns the only value, or the one that the rule of the place selects.
    fn one(self) -> Result<Text<'de>, PairError> {
        let values = &self.group.values;
        let piece = match (values.as_slice(), self.table.repeated) {
            ([only], _) | ([only, ..], Repeated::First) | ([.., only], Repeated::Last) => *only,
            ([first, ..], Repeated::Joined) => self.group.joined.unwrap_or(*first),
            _ => {
                let cause = format!("it is given {} times", values.len());
                return Err(PairError::invalid(self.name(), Some("one value"), cause));
            }
        };
        Text::checked(self.table, self.group, piece)
    }

    fn list(self) -> List<'de, impl Iterator<Item = usize> + 'de> {
        List {
            table: self.table,
            group: self.group,
            pieces: self.group.values.iter().copied(),
        }
    }
}

macro_rules! one {
    ($($method:ident($($argument:ident: $type:ty),*)),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, PairError> {
            self.one()?.$method($($argument,)* visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Values<'de> {
    type Error = PairError;

    one!(
        deserialize_bool(), deserialize_i8(), deserialize_i16(), deserialize_i32(),
        deserialize_i64(), deserialize_i128(), deserialize_u8(), deserialize_u16(),
        deserialize_u32(), deserialize_u64(), deserialize_u128(), deserialize_f32(),
        deserialize_f64(), deserialize_char(), deserialize_str(), deserialize_string(),
        deserialize_bytes(), deserialize_byte_buf(), deserialize_unit(),
        deserialize_unit_struct(name: &'static str), deserialize_map(),
        deserialize_struct(name: &'static str, fields: &'static [&'static str]),
        deserialize_enum(name: &'static str, variants: &'static [&'static str]),
        deserialize_identifier(),
    );

    /// Offers several values as a list, which a type for one value refuses.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        let several = self.group.values.len() > 1 && self.table.repeated == Repeated::Refused;
        if self.group.is_list || several {
            return self.deserialize_seq(visitor);
        }
        self.one()?.deserialize_any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        self.list().visit(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_seq(visitor)
    }
}

/// The variant that has this name, with its values.
impl<'de> EnumAccess<'de> for Values<'de> {
    type Error = PairError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), PairError> {
        let name = BorrowedStrDeserializer::new(self.name());
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Values<'de> {
    type Error = PairError;

    fn unit_variant(self) -> Result<(), PairError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, PairError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, PairError> {
        Err(PairError::unfit(self.name(), NESTED))
    }
}

/// One text, which is parsed as the type of the field.
#[derive(Clone, Copy)]
struct Text<'de> {
    name: &'de str,
    text: &'de str,
    offer: Offer,
}

impl<'de> Text<'de> {
    fn of(table: &'de Table, group: &'de Group, piece: usize) -> Self {
        Self {
            name: table.text(group.name),
            text: table.text(piece),
            offer: table.pieces[piece].offer,
        }
    }

    fn checked(table: &'de Table, group: &'de Group, piece: usize) -> Result<Self, PairError> {
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

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_some(self)
    }

    /// Reads a flag, which is set by `?name` alone.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        if self.text.is_empty() {
            return visitor.visit_unit();
        }
        let cause = format!("it is {:?}", self.text);
        Err(PairError::invalid(self.name, Some("empty"), cause))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_newtype_struct(self)
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

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_seq(visitor)
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

    serde::forward_to_deserialize_any! { identifier ignored_any }
}
