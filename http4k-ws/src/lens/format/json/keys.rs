//! Numbers as keys behind a tag.
//!
//! JSON has only texts as keys. Serde_json parses them as the type of the key, except in values
//! that serde buffers: the contents of tagged and untagged enums and of flattened structs. A
//! message that was refused is read again here:
//!
//! 1. The message is parsed to a tree, which is read with its keys as texts.
//! 2. A key that is refused for a number is found by its address in the message. Every key of its
//!    object that is a number is offered as one from then on.
//! 3. These steps are repeated while other objects are found, and end after a few passes.
//!
//! The deserializers of [`pairs`](crate::lens::pairs) share with these only their error and what
//! [`read_alike`] writes. They read flat texts that are parsed to the type of the field, and these
//! read a tree that is typed.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{
    self, Deserialize, DeserializeOwned, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};

use crate::lens::pairs::alike::read_alike;
use crate::lens::pairs::{PairError, recording};

/// The number of passes after which the keys of every object that are numbers are offered as
/// numbers.
const MANY: usize = 8;

/// Returns the value of a message that was refused with `error`, if its keys are numbers.
pub(super) fn read<T: DeserializeOwned>(json: &[u8], error: &serde_json::Error) -> Option<T> {
    let refused = error.to_string();
    let is_of_keys = refused.starts_with("invalid type: string")
        || refused.starts_with("data did not match any variant");
    if !is_of_keys || !has_number_as_key(json) {
        return None;
    }
    let tree: Node<'_> = serde_json::from_slice(json).ok()?;
    let mut objects = HashMap::new();
    tree.index(&mut objects);
    let start = json.as_ptr().addr();
    for pass in 0..=2 * MANY {
        let (outcome, refused) = recording(start..start + json.len(), || T::deserialize(&tree));
        if let Ok(value) = outcome {
            return Some(value);
        }
        let refused = refused.texts.iter().map(|refusal| refusal.address.start);
        let refused = refused.filter_map(|address| objects.get(&address));
        let mut new = refused.filter(|object| !object.replace(true)).count();
        if new > 0 && pass == MANY {
            let all = objects.values();
            new = all.filter(|object| !object.replace(true)).count();
        }
        if new == 0 {
            return None;
        }
    }
    None
}

/// Returns `true` if a text starts with a digit or a sign, and is perhaps a key.
fn has_number_as_key(json: &[u8]) -> bool {
    json.windows(2)
        .any(|pair| pair[0] == b'"' && (pair[1].is_ascii_digit() || pair[1] == b'-'))
}

/// A value of JSON.
enum Node<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Object<'a>),
}

struct Object<'a> {
    entries: Vec<(Cow<'a, str>, Node<'a>)>,
    /// `true` if the keys that are numbers are offered as numbers.
    has_numbers: Cell<bool>,
}

impl<'a> Node<'a> {
    /// Adds each object that has numbers as keys under the addresses of these keys.
    fn index<'n>(&'n self, objects: &mut HashMap<usize, &'n Cell<bool>>) {
        match self {
            Self::List(nodes) => nodes.iter().for_each(|node| node.index(objects)),
            Self::Object(object) => {
                let keys = object.entries.iter().map(|(key, _)| key);
                let numbers = keys.filter(|key| number(key).is_some());
                let addresses = numbers.map(|key| key.as_ptr().addr());
                objects.extend(addresses.map(|address| (address, &object.has_numbers)));
                object
                    .entries
                    .iter()
                    .for_each(|(_, node)| node.index(objects));
            }
            _ => {}
        }
    }
}

/// A key as a number.
enum Number {
    Unsigned(u64),
    Signed(i64),
}

/// Parses a key as a number of JSON. `+1` and `01` are texts: they would be the same key as `1`.
fn number(key: &str) -> Option<Number> {
    if !is_plain(key) {
        return None;
    }
    let unsigned = || key.parse().ok().map(Number::Unsigned);
    unsigned().or_else(|| key.parse().ok().map(Number::Signed))
}

fn is_plain(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    number == "0" || !digits.starts_with(['+', '0'])
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node<'de>, E> {
        Ok(Node::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node<'de>, E> {
        Ok(Node::Signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node<'de>, E> {
        Ok(Node::Float(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(value.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node<'de>, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some((Borrowed(key), node)) = map.next_entry()? {
            entries.push((key, node));
        }
        Ok(Node::Object(Object {
            entries,
            has_numbers: Cell::new(false),
        }))
    }
}

/// A text that is borrowed from the message if it has no escapes.
struct Borrowed<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Borrowed<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Node::deserialize(deserializer)? {
            Node::Text(text) => Ok(Self(text)),
            _ => Err(de::Error::custom("a key is a text")),
        }
    }
}

impl<'de> Deserializer<'de> for &'de Node<'de> {
    type Error = PairError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        match self {
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(*value),
            Node::Unsigned(value) => visitor.visit_u64(*value),
            Node::Signed(value) => visitor.visit_i64(*value),
            Node::Float(value) => visitor.visit_f64(*value),
            Node::Text(text) => visitor.visit_borrowed_str(text),
            Node::List(nodes) => {
                let mut list = SeqDeserializer::new(nodes.iter());
                let value = visitor.visit_seq(&mut list)?;
                list.end()?;
                Ok(value)
            }
            Node::Object(object) => {
                let mut entries = MapDeserializer::new(object.entries());
                let value = visitor.visit_map(&mut entries)?;
                entries.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        match self {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        match self {
            Node::Text(text) => visitor.visit_enum(BorrowedStrDeserializer::new(text)),
            Node::Object(object) if object.entries.len() == 1 => visitor.visit_enum(object),
            _ => Err(de::Error::custom(format_args!(
                "it is not a variant of `{name}`"
            ))),
        }
    }

    read_alike! { newtype_struct }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, PairError> for &'de Node<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Object<'de> {
    fn entries(&'de self) -> impl Iterator<Item = (Key<'de>, &'de Node<'de>)> {
        let is_number = self.has_numbers.get();
        self.entries
            .iter()
            .map(move |(text, node)| (Key { text, is_number }, node))
    }
}

impl<'de> EnumAccess<'de> for &'de Object<'de> {
    type Error = PairError;
    type Variant = &'de Node<'de>;

    fn variant_seed<V: de::DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self::Variant), PairError> {
        let (name, node) = &self.entries[0];
        Ok((seed.deserialize(BorrowedStrDeserializer::new(name))?, node))
    }
}

impl<'de> VariantAccess<'de> for &'de Node<'de> {
    type Error = PairError;

    fn unit_variant(self) -> Result<(), PairError> {
        <()>::deserialize(self)
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, PairError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_any(visitor)
    }
}

/// The key of an object.
struct Key<'de> {
    text: &'de str,
    is_number: bool,
}

impl<'de> IntoDeserializer<'de, PairError> for Key<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
            match self.text.parse() {
                Ok(value) if is_plain(self.text) => visitor.$visit(value),
                _ => visitor.visit_borrowed_str(self.text),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = PairError;

    parsed!(
        deserialize_bool visit_bool deserialize_i8 visit_i8 deserialize_i16 visit_i16
        deserialize_i32 visit_i32 deserialize_i64 visit_i64 deserialize_i128 visit_i128
        deserialize_u8 visit_u8 deserialize_u16 visit_u16 deserialize_u32 visit_u32
        deserialize_u64 visit_u64 deserialize_u128 visit_u128
    );

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        match number(self.text).filter(|_| self.is_number) {
            Some(Number::Unsigned(value)) => visitor.visit_u64(value),
            Some(Number::Signed(value)) => visitor.visit_i64(value),
            None => visitor.visit_borrowed_str(self.text),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.text))
    }

    read_alike! { option newtype_struct }

    serde::forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}
