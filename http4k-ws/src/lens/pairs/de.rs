//! The deserializer of all pairs, which reads each name with its values. The parameters of a path
//! have an order too, so one is also read as its value, and several are read as a tuple.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::alike::read_alike;
use super::error::{Blamed, PairError};
use super::table::{Group, Table};
use super::text::Text;
use super::values::{List, Values};
use crate::lens::failure::LensFailureKind;
use crate::lens::message_part::Cause;

/// All pairs: a struct, a map, a list of pairs, or an enum of one pair.
#[derive(Clone, Copy)]
pub(super) struct Top<'de>(pub(super) &'de Table);

impl<'de> Top<'de> {
    /// Returns the only parameter of a path.
    fn only(self) -> Result<Values<'de>, PairError> {
        let table = self.0;
        match (table.is_path(), table.groups.as_slice()) {
            (true, [group]) => Ok(Values { table, group }),
            (true, params) => Err(unfit(format!(
                "one value is read from one parameter, and the path has {}",
                params.len()
            ))),
            (false, _) => Err(unfit(
                "pairs are read as a struct, a map or a list of tuples",
            )),
        }
    }
}

/// Returns the error of a type that the pairs can't be read as.
fn unfit(cause: impl Into<Cause>) -> PairError {
    PairError {
        name: None,
        ..PairError::unfit("", cause)
    }
}

/// Implements the methods for types of one value.
macro_rules! only {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
            self.only()?.$method(visitor)
        }
    )*};
}

/// Implements the methods for types that no pairs can be read as.
macro_rules! unfit {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, PairError> {
            Err(unfit("pairs are read as a struct, a map or a list of tuples"))
        }
    )*};
}

impl<'de> Deserializer<'de> for Top<'de> {
    type Error = PairError;

    only!(
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

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_seq(Elements {
            order: self.0.order.iter(),
            table: self.0,
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        let mut groups = self.0.groups.iter();
        match groups.find(|group| variants.contains(&self.0.text(group.name))) {
            Some(group) => visitor.visit_enum(Values {
                table: self.0,
                group,
            }),
            None if self.0.is_path() => self.only()?.deserialize_enum(name, variants, visitor),
            None => Err(PairError {
                kind: LensFailureKind::Missing,
                name: None,
                expected: None,
                cause: Some(format!("one of `{}` must be there", variants.join("`, `")).into()),
                blame: Blamed::Field,
            }),
        }
    }

    /// Reads the parameters of a path in their order.
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        let order = &self.0.order;
        match self.0.is_path() {
            false => Err(unfit(
                "pairs are read as a struct, a map or a list of tuples",
            )),
            true if order.len() == len => visitor.visit_seq(Params {
                order: order.iter(),
                table: self.0,
            }),
            true => Err(unfit(format!(
                "a tuple of {len} is read from as many parameters, and the path has {}",
                order.len()
            ))),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_tuple(len, visitor)
    }

    read_alike! { option newtype_struct unit_struct }

    serde::forward_to_deserialize_any! { map struct ignored_any }
}

/// The value of each parameter of a path.
struct Params<'de> {
    table: &'de Table,
    order: std::slice::Iter<'de, (usize, usize)>,
}

impl<'de> SeqAccess<'de> for Params<'de> {
    type Error = PairError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, PairError> {
        let Some((group, value)) = self.order.next() else {
            return Ok(None);
        };
        let group = &self.table.groups[*group];
        let text = Text::checked(self.table, group, *value)?;
        let read = seed.deserialize(text);
        read.map(Some)
            .map_err(|error: PairError| error.of(self.table.text(group.name)))
    }
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

    read_alike! { newtype_struct }

    serde::forward_to_deserialize_any! {
        option unit unit_struct seq tuple tuple_struct struct enum ignored_any
    }
}
