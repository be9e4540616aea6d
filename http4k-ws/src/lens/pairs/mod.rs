//! A serde type from pairs of names and texts: a query, a form, headers, cookies, the parameters of a path.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};

use super::{Cause, Failure, LensFailure, LensFailureKind, Location};

/// A name, and the values that stand under it.
type Group = (String, Vec<Result<String, Cause>>);

/// Reads `T` from `pairs`. A field that is an `Option` may be missing, one that is a list has all values of its name,
/// any other the first.
pub(super) fn read<T: DeserializeOwned>(
    pairs: impl IntoIterator<Item = (String, Result<String, Cause>)>,
    location: Location,
) -> Result<T, LensFailure> {
    let mut groups: Vec<Group> = Vec::new();
    for (name, value) in pairs {
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    let fields = groups
        .into_iter()
        .map(|(name, values)| (name.clone(), Values { name, values }));
    T::deserialize(MapDeserializer::new(fields)).map_err(|error| error.at::<T>(location))
}

/// What serde says of a field, and which.
#[derive(Debug)]
pub(super) struct PairError {
    kind: LensFailureKind,
    name: Option<Cow<'static, str>>,
    expected: Option<Cow<'static, str>>,
    cause: Option<Cause>,
}

impl PairError {
    fn invalid(name: &str, expected: Option<&'static str>, cause: impl Into<Cause>) -> Self {
        Self {
            kind: LensFailureKind::Invalid,
            name: Some(name.to_owned().into()),
            expected: expected.map(Into::into),
            cause: Some(cause.into()),
        }
    }

    /// The same error, of the field `name`.
    fn of(mut self, name: &str) -> Self {
        self.name.get_or_insert_with(|| name.to_owned().into());
        self
    }

    fn at<T>(self, location: Location) -> LensFailure {
        let whole = || Cow::from(super::name_of::<T>());
        let name = self.name.unwrap_or_else(whole);
        let expected = self.expected.unwrap_or_else(|| "as its type says".into());
        let failure = Failure::new(self.kind, location, name, expected);
        match self.cause {
            Some(cause) => failure.with_cause(cause).into(),
            None => failure.into(),
        }
    }
}

impl fmt::Display for PairError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Some(cause) => write!(f, "{cause}"),
            None => f.write_str(self.kind.as_str()),
        }
    }
}

impl std::error::Error for PairError {}

impl de::Error for PairError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            kind: LensFailureKind::Invalid,
            name: None,
            expected: None,
            cause: Some(message.to_string().into()),
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            kind: LensFailureKind::Missing,
            name: Some(field.into()),
            expected: None,
            cause: None,
        }
    }
}

/// The values of one name.
struct Values {
    name: String,
    values: Vec<Result<String, Cause>>,
}

impl Values {
    /// The first, which there is: a name without values is not in the map.
    fn first(self) -> Result<Text, PairError> {
        let Self { name, values } = self;
        match values.into_iter().next() {
            Some(Ok(text)) => Ok(Text { name, text }),
            Some(Err(cause)) => Err(PairError::invalid(&name, Some("text"), cause)),
            None => Ok(Text {
                name,
                text: String::new(),
            }),
        }
    }
}

impl IntoDeserializer<'_, PairError> for Values {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! first {
    ($($method:ident($($argument:ident: $type:ty),*)),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, PairError> {
            self.first()?.$method($($argument,)* visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Values {
    type Error = PairError;

    first!(
        deserialize_any(), deserialize_bool(), deserialize_i8(), deserialize_i16(), deserialize_i32(),
        deserialize_i64(), deserialize_i128(), deserialize_u8(), deserialize_u16(), deserialize_u32(),
        deserialize_u64(), deserialize_u128(), deserialize_f32(), deserialize_f64(), deserialize_char(),
        deserialize_str(), deserialize_string(), deserialize_bytes(), deserialize_byte_buf(),
        deserialize_unit(), deserialize_unit_struct(name: &'static str), deserialize_map(),
        deserialize_struct(name: &'static str, fields: &'static [&'static str]),
        deserialize_enum(name: &'static str, variants: &'static [&'static str]),
        deserialize_identifier(), deserialize_ignored_any(),
    );

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
        let Self { name, values } = self;
        let texts = values.into_iter().map(|value| Values {
            name: name.clone(),
            values: vec![value],
        });
        visitor
            .visit_seq(SeqDeserializer::new(texts))
            .map_err(|error: PairError| error.of(&name))
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

/// One value, which becomes what the field wants.
struct Text {
    name: String,
    text: String,
}

macro_rules! parsed {
    ($($method:ident $visit:ident $expected:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
            match self.text.parse() {
                Ok(value) => visitor.$visit(value).map_err(|error: PairError| error.of(&self.name)),
                Err(cause) => Err(PairError::invalid(&self.name, Some($expected), cause)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Text {
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
        visitor
            .visit_string(self.text)
            .map_err(|error: PairError| error.of(&self.name))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_some(self)
    }

    /// `?name` alone stands for a flag that is there.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        if self.text.is_empty() {
            return visitor.visit_unit();
        }
        Err(PairError::invalid(
            &self.name,
            Some("empty"),
            format!("it is {:?}", self.text),
        ))
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
        let variant = self.text.into_deserializer();
        visitor
            .visit_enum(variant)
            .map_err(|error: PairError| error.of(&self.name))
    }

    serde::forward_to_deserialize_any! {
        str string bytes byte_buf seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests;
