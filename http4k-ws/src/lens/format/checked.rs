//! A check of values while serde serializes them, so that a value that was sent is read unchanged.
//!
//! 1. A value that the format cannot represent is an error at once, even if serde serializes
//!    another in its place: NaN and infinities are `null` in JSON, and a tag can have the name of a
//!    field.
//! 2. A value that serde serializes and perhaps does not deserialize is noted: keys that are not
//!    text, 128-bit integers, bytes, types with a compact form, units in MessagePack and CBOR, and
//!    maps of unknown length, as which `flatten` serializes a struct. Such a message is read once
//!    before it is sent. For any other message, only the notes cost anything.
//! 3. `Some` of a value that is serialized as null, such as `Some(None)`, is usually read as
//!    `None`. Each is counted. The value that is read back must have as many. It has as many if a
//!    field reads null by a function of its own.

use std::fmt::Display;

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::notes::{Notes, note_odd, note_some_null, noting};
use crate::lens::message_part::Cause;

/// Calls `write` with the checked value. Returns its result, and the notes about the value.
/// `FINITE` is true for a format without NaN and infinities.
pub(super) fn checking<const FINITE: bool, T: Serialize + ?Sized, R>(
    value: &T,
    write: impl FnOnce(&Checked<'_, T, FINITE>) -> R,
) -> (R, Notes) {
    noting(|| write(&Checked { value }))
}

#[inline(always)]
fn float<const FINITE: bool, E: Error>(value: f64) -> Result<(), E> {
    if FINITE && !value.is_finite() {
        return Err(not_json(value));
    }
    Ok(())
}

#[cold]
fn not_json<E: Error>(value: f64) -> E {
    E::custom(format_args!(
        "JSON cannot represent {value}; write `#[serde(with = \"…\")]` on the field, \
         or use `#[message(msgpack)]` or `#[message(cbor)]`"
    ))
}

/// Returns the cause of a failure of serde to serialize a value, with a remedy if one is known.
pub(super) fn unwritten(cause: impl Into<Cause>) -> Cause {
    let cause = cause.into();
    let text = cause.to_string();
    if text.starts_with("cannot serialize tagged newtype variant") {
        return format!("{text}; write `#[serde(tag = \"…\", content = \"…\")]`").into();
    }
    cause
}

/// A value that is checked while serde serializes it.
pub(super) struct Checked<
    'a,
    T: ?Sized,
    const FINITE: bool,
    const KEY: bool = false,
    const SOME: bool = false,
> {
    value: &'a T,
}

impl<T: Serialize + ?Sized, const FINITE: bool, const KEY: bool, const SOME: bool> Serialize
    for Checked<'_, T, FINITE, KEY, SOME>
{
    #[inline(always)]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value
            .serialize(Checking::<S, FINITE, KEY, SOME> { inner: serializer })
    }
}

/// A serializer around that of a format. `KEY` is true for the key of a map, and `SOME` for the
/// value inside `Some`.
struct Checking<S, const FINITE: bool, const KEY: bool, const SOME: bool> {
    inner: S,
}

/// A list or a map that is being serialized.
struct Parts<S, const FINITE: bool> {
    inner: S,
    /// The name of the first field, which is the tag of a tagged enum.
    first: &'static str,
}

impl<S, const FINITE: bool, const KEY: bool, const SOME: bool> Checking<S, FINITE, KEY, SOME> {
    /// Notes a value that is perhaps not read back.
    fn odd(&self) {
        note_odd();
    }

    fn odd_as_key(&self) {
        if KEY {
            self.odd();
        }
    }

    /// Counts a null that represents `Some`.
    fn null(&self) {
        if SOME {
            note_some_null();
        }
    }
}

impl<S: Serializer, const FINITE: bool, const KEY: bool, const SOME: bool>
    Checking<S, FINITE, KEY, SOME>
{
    /// Notes a unit. Behind a tag, CBOR reads it as `None` and MessagePack as a list.
    fn unit(&self) {
        self.null();
        if KEY || !self.inner.is_human_readable() {
            self.odd();
        }
    }
}

impl<S, const FINITE: bool> Parts<S, FINITE> {
    fn new(inner: S) -> Self {
        Self { inner, first: "" }
    }
}

macro_rules! plain {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.odd_as_key();
            self.inner.$method(value)
        }
    )*};
}

macro_rules! wide {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.odd();
            self.inner.$method(value)
        }
    )*};
}

macro_rules! started {
    ($($method:ident($($argument:ident: $type:ty),*) -> $kind:ident)*) => {$(
        fn $method(self, $($argument: $type),*) -> Result<Self::$kind, S::Error> {
            self.odd_as_key();
            Ok(Parts::new(self.inner.$method($($argument),*)?))
        }
    )*};
}

impl<S: Serializer, const FINITE: bool, const KEY: bool, const SOME: bool> Serializer
    for Checking<S, FINITE, KEY, SOME>
{
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Parts<S::SerializeSeq, FINITE>;
    type SerializeTuple = Parts<S::SerializeTuple, FINITE>;
    type SerializeTupleStruct = Parts<S::SerializeTupleStruct, FINITE>;
    type SerializeTupleVariant = Parts<S::SerializeTupleVariant, FINITE>;
    type SerializeMap = Parts<S::SerializeMap, FINITE>;
    type SerializeStruct = Parts<S::SerializeStruct, FINITE>;
    type SerializeStructVariant = Parts<S::SerializeStructVariant, FINITE>;

    plain!(
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32)
        serialize_i64(i64) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32)
        serialize_u64(u64)
    );
    wide!(serialize_i128(i128) serialize_u128(u128) serialize_bytes(&[u8]));
    started!(
        serialize_seq(len: Option<usize>) -> SerializeSeq
        serialize_tuple(len: usize) -> SerializeTuple
        serialize_tuple_struct(name: &'static str, len: usize) -> SerializeTupleStruct
        serialize_tuple_variant(
            name: &'static str, index: u32, variant: &'static str, len: usize
        ) -> SerializeTupleVariant
        serialize_struct(name: &'static str, len: usize) -> SerializeStruct
        serialize_struct_variant(
            name: &'static str, index: u32, variant: &'static str, len: usize
        ) -> SerializeStructVariant
    );

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        self.odd_as_key();
        float::<FINITE, _>(f64::from(value))?;
        self.inner.serialize_f32(value)
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        self.odd_as_key();
        float::<FINITE, _>(value)?;
        self.inner.serialize_f64(value)
    }

    fn serialize_char(self, value: char) -> Result<S::Ok, S::Error> {
        self.inner.serialize_char(value)
    }

    fn serialize_str(self, value: &str) -> Result<S::Ok, S::Error> {
        self.inner.serialize_str(value)
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.odd_as_key();
        self.null();
        self.inner.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.odd_as_key();
        self.inner
            .serialize_some(&Checked::<_, FINITE, KEY, true> { value })
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.unit();
        self.inner.serialize_unit()
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<S::Ok, S::Error> {
        self.unit();
        self.inner.serialize_unit_struct(name)
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner
            .serialize_newtype_struct(name, &Checked::<_, FINITE, KEY, SOME> { value })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.odd_as_key();
        let value = Checked::<_, FINITE> { value };
        self.inner
            .serialize_newtype_variant(name, index, variant, &value)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        if KEY || len.is_none() {
            self.odd();
        }
        Ok(Parts::new(self.inner.serialize_map(len)?))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }

    /// Notes a type with a compact form: only such types call this. Serde reads them from its
    /// buffers as human-readable.
    fn is_human_readable(&self) -> bool {
        let is_readable = self.inner.is_human_readable();
        if !is_readable {
            self.odd();
        }
        is_readable
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident)*) => {$(
        impl<S: $trait, const FINITE: bool> $trait for Parts<S, FINITE> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                self.inner.$method(&Checked::<_, FINITE> { value })
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.inner.end()
            }
        }
    )*};
}
lists!(
    SerializeSeq::serialize_element SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field SerializeTupleVariant::serialize_field
);

macro_rules! structs {
    ($($trait:ident)*) => {$(
        impl<S: $trait, const FINITE: bool> $trait for Parts<S, FINITE> {
            type Ok = S::Ok;
            type Error = S::Error;

            #[inline(always)]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), S::Error> {
                if self.first.is_empty() {
                    self.first = name;
                } else if self.first == name {
                    return Err(twice(name));
                }
                self.inner.serialize_field(name, &Checked::<_, FINITE> { value })
            }

            fn skip_field(&mut self, name: &'static str) -> Result<(), S::Error> {
                self.inner.skip_field(name)
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.inner.end()
            }
        }
    )*};
}
structs!(SerializeStruct SerializeStructVariant);

impl<S: SerializeMap, const FINITE: bool> SerializeMap for Parts<S, FINITE> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.inner
            .serialize_key(&Checked::<_, FINITE, true> { value })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.inner.serialize_value(&Checked::<_, FINITE> { value })
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), S::Error> {
        let key = Checked::<_, FINITE, true> { value: key };
        self.inner
            .serialize_entry(&key, &Checked::<_, FINITE> { value })
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

#[cold]
fn twice<E: Error>(name: &str) -> E {
    E::custom(format_args!(
        "the tag `{name}` has the name of a field; \
         write another `#[serde(tag = \"…\")]`, or `tag` with `content`"
    ))
}
