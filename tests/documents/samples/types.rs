//! Types with each attribute of serde, and a value of each from random parts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use http4k_ws::prelude::{Deserialize, Serialize};
use schemars::JsonSchema;

/// Random parts, from which the values of all types are made.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) number: u64,
    pub(super) signed: i64,
    pub(super) float: f64,
    pub(super) text: String,
    pub(super) letter: char,
    pub(super) flag: bool,
    pub(super) maybe: Option<u32>,
    pub(super) list: Vec<String>,
    pub(super) pick: usize,
}

macro_rules! types {
    ($($type:item)*) => {$(
        #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
        $type
    )*};
}

types! {
    pub(super) struct Plain { pub(super) id: u64, pub(super) name: String, pub(super) flag: bool }

    #[serde(rename_all = "camelCase")]
    pub(super) struct Renamed {
        pub(super) long_name: String,
        #[serde(rename = "type")]
        pub(super) kind: u32,
        #[serde(rename(serialize = "shown", deserialize = "given"))]
        pub(super) two_names: bool,
    }

    pub(super) struct Defaults {
        pub(super) maybe: Option<u32>,
        #[serde(default)]
        pub(super) list: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) left_out: Option<String>,
        #[serde(default = "seven", skip_serializing_if = "is_seven")]
        pub(super) seven: u64,
    }

    #[serde(default)]
    pub(super) struct AllDefaults { pub(super) a: u64, pub(super) b: String }

    pub(super) struct Skipped {
        pub(super) kept: String,
        #[serde(skip)]
        #[allow(dead_code)]
        pub(super) never: u64,
        #[serde(skip_serializing)]
        #[allow(dead_code)]
        pub(super) only_in: u64,
        #[serde(skip_deserializing)]
        pub(super) only_out: bool,
    }

    #[serde(deny_unknown_fields)]
    pub(super) struct Strict { pub(super) a: u64, pub(super) b: Option<String> }

    pub(super) struct Flat {
        pub(super) own: u64,
        #[serde(flatten)]
        pub(super) inner: Renamed2,
        #[serde(flatten)]
        pub(super) rest: BTreeMap<String, u32>,
    }

    #[serde(rename_all = "SCREAMING-KEBAB-CASE")]
    pub(super) struct Renamed2 { pub(super) inner_text: String }

    pub(super) struct FlatEnum {
        pub(super) own: u64,
        #[serde(flatten)]
        pub(super) event: Internal,
    }

    pub(super) struct FlatOption {
        pub(super) own: u64,
        #[serde(flatten)]
        pub(super) more: Option<Plain2>,
    }

    pub(super) struct Plain2 { pub(super) extra: String }

    #[serde(transparent)]
    pub(super) struct Transparent { pub(super) inner: Plain }

    pub(super) struct Newtype(pub(super) String);

    pub(super) struct Pair(pub(super) u8, pub(super) Option<String>);

    pub(super) struct Unit;

    pub(super) enum External { Unit, Newtype(u64), Pair(i32, String), Fields { a: bool } }

    #[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub(super) enum Internal {
        Unit,
        Inner(Plain),
        #[serde(rename = "with fields")]
        Fields { long_name: String, maybe: Option<u32> },
    }

    #[serde(tag = "t", content = "c")]
    pub(super) enum Adjacent { Unit, Newtype(u64), Pair(i32, String), Fields { a: bool } }

    #[serde(untagged)]
    pub(super) enum Untagged {
        Number(u64),
        Text(String),
        Fields { a: bool, b: String, c: Vec<bool> },
        List(Vec<u32>),
    }

    #[serde(rename_all = "lowercase")]
    pub(super) enum Units { Admin, Guest, #[serde(rename = "the owner")] Owner }

    pub(super) struct Maps {
        pub(super) by_text: BTreeMap<String, u32>,
        pub(super) by_number: BTreeMap<u32, String>,
        pub(super) by_unit: BTreeMap<Key, bool>,
    }

    pub(super) struct Sets { pub(super) set: BTreeSet<String> }

    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    #[serde(rename_all = "lowercase")]
    pub(super) enum Key { One, Two }

    pub(super) struct Tuples {
        pub(super) pair: (u8, String),
        pub(super) array: [u16; 3],
        pub(super) nested: (bool, (i8, i16)),
        pub(super) nothing: (),
    }

    pub(super) struct Page<T> { pub(super) items: Vec<T>, pub(super) next: Option<T> }

    pub(super) struct Tree { pub(super) name: String, pub(super) children: Vec<Tree>, pub(super) parent: Option<Box<Tree>> }

    pub(super) struct Numbers {
        pub(super) a: u8, pub(super) b: i8, pub(super) c: u16, pub(super) d: i32, pub(super) e: u64, pub(super) f: i64,
        pub(super) g: f64, pub(super) letter: char, pub(super) bytes: Vec<u8>,
        pub(super) never_zero: std::num::NonZeroU32,
    }

    pub(super) struct Pointers {
        pub(super) boxed: Box<u32>,
        pub(super) shared: Arc<str>,
        pub(super) cow: Cow<'static, str>,
    }

    pub(super) struct With {
        #[serde(with = "as_text")]
        #[schemars(with = "String")]
        pub(super) number: u64,
    }

    #[serde(from = "String", into = "String")]
    #[schemars(with = "String")]
    pub(super) struct Converted { pub(super) parts: Vec<String> }

    pub(super) struct Aliased {
        #[serde(alias = "old")]
        pub(super) new: u64,
        #[serde(default, alias = "before")]
        pub(super) after: bool,
    }
}

fn seven() -> u64 {
    7
}

fn is_seven(number: &u64) -> bool {
    *number == 7
}

impl Default for AllDefaults {
    fn default() -> Self {
        Self {
            a: 1,
            b: "b".into(),
        }
    }
}

mod as_text {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl From<String> for Converted {
    fn from(text: String) -> Self {
        Self {
            parts: text.split(',').map(str::to_owned).collect(),
        }
    }
}

impl From<Converted> for String {
    fn from(converted: Converted) -> Self {
        converted.parts.join(",")
    }
}

impl Parts {
    pub(super) fn plain(self) -> Plain {
        Plain {
            id: self.number,
            name: self.text,
            flag: self.flag,
        }
    }

    pub(super) fn internal(self) -> Internal {
        match self.pick % 3 {
            0 => Internal::Unit,
            1 => Internal::Inner(self.plain()),
            _ => Internal::Fields {
                long_name: self.text,
                maybe: self.maybe,
            },
        }
    }

    pub(super) fn tree(self) -> Tree {
        let leaf = |name: String| Tree {
            name,
            children: Vec::new(),
            parent: None,
        };
        Tree {
            parent: self.flag.then(|| Box::new(leaf(self.text.clone()))),
            children: self.list.into_iter().map(leaf).collect(),
            name: self.text,
        }
    }

    pub(super) fn numbers(self) -> Numbers {
        Numbers {
            a: self.number as u8,
            b: self.signed as i8,
            c: self.number as u16,
            d: self.signed as i32,
            e: self.number,
            f: self.signed,
            g: self.float,
            letter: self.letter,
            bytes: self.text.into_bytes(),
            never_zero: std::num::NonZeroU32::new(self.number as u32)
                .unwrap_or(std::num::NonZeroU32::MIN),
        }
    }
}
