//! The deserializer of the values of one name: one value, a list, or an enum's variant.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, SeqAccess, VariantAccess, Visitor};

use super::alike::read_alike;
use super::error::PairError;
use super::offer::NESTED;
use super::table::{Group, Repeated, Table};
use super::text::Text;

/// Texts of one name, in order.
pub(super) struct List<'de, I> {
    pub(super) table: &'de Table,
    pub(super) group: &'de Group,
    pub(super) pieces: I,
}

impl<'de, I: Iterator<Item = usize>> List<'de, I> {
    /// Visits the texts. A type for fewer texts, such as a tuple, is refused: the others would be
    /// dropped silently.
    pub(super) fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, PairError> {
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
pub(super) struct Values<'de> {
    pub(super) table: &'de Table,
    pub(super) group: &'de Group,
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

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        self.list().visit(visitor)
    }

    read_alike! { option newtype_struct tuple tuple_struct }
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
