//! A sent message is read back as the same value, or it is not sent.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::Arc;

use http4k_ws::lens::json::{Json, JsonExt};
use http4k_ws::lens::{Format, LensFailure, With};
use http4k_ws::{IntoResponse, Message, Request, Response, WsMessage};
use serde::{Deserialize, Serialize};

use super::{blank, now};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type")]
enum Event {
    Scores {
        by_id: HashMap<u32, u32>,
    },
    Nested {
        inner: BTreeMap<i64, Vec<BTreeMap<u8, String>>>,
    },
    Texts {
        by_name: BTreeMap<String, u32>,
    },
    Fields(Fields),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Fields {
    by_id: BTreeMap<u64, bool>,
    one: Option<Id>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Map(BTreeMap<u16, char>),
}

#[test]
fn a_tagged_message_is_read_back() {
    let sent = Event::Scores {
        by_id: [(1, 2)].into(),
    };
    let message = Event::lens().create(sent.clone()).unwrap();
    assert_eq!(Event::lens().get(&message), Ok(sent));
}

#[test]
fn numbers_are_keys_under_every_attribute() {
    let texts: BTreeMap<String, u32> = [("1".to_owned(), 2), ("x".to_owned(), 3)].into();
    let inner = BTreeMap::from([(3, "x".to_owned())]);
    let cases = [
        Event::Scores {
            by_id: (0..100).map(|n| (n, n)).collect(),
        },
        Event::Nested {
            inner: (-50..50).map(|n| (n, vec![inner.clone(); 3])).collect(),
        },
        Event::Texts { by_name: texts },
        Event::Fields(Fields {
            by_id: [(u64::MAX, true)].into(),
            one: Some(Id::Map([(7, 'x')].into())),
        }),
        Event::Fields(Fields {
            by_id: BTreeMap::new(),
            one: Some(Id::Number(7)),
        }),
    ];
    for sent in cases {
        check_read_back(sent);
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
struct Flat<T: 'static> {
    name: String,
    #[serde(flatten)]
    inner: T,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[message(json, msgpack, cbor)]
struct Holds<T: 'static> {
    value: T,
}

/// Checks that a value returns from a message and from a body.
#[track_caller]
fn check_read_back<T: Message + Clone + Debug + PartialEq>(sent: T) {
    for format in T::FORMATS {
        let message = sent.clone().into_message_in(*format).unwrap();
        assert_eq!(
            T::from_message_in(*format, message),
            Ok(sent.clone()),
            "{format}"
        );
    }
    let mut request = blank().with(T::body().of(sent.clone())).unwrap();
    assert_eq!(now(T::body().get(&mut request)), Ok(sent));
}

/// Checks that a value is sent neither as a message nor as a body, and that the failure shows the
/// remedy.
#[track_caller]
fn is_refused<T: Message + IntoResponse + Clone + Debug>(sent: T, format: Format, words: &str) {
    let failure = sent.clone().into_message_in(format).unwrap_err();
    assert_eq!(failure.status(), 500);
    let text = failure.to_string();
    assert!(text.contains(words) && text.contains("serde("), "{text}");
    if format == T::FORMATS[0] {
        assert_eq!(sent.into_response().status(), 500);
    }
}

#[test]
fn maps_of_numbers_are_flattened() {
    check_read_back(Flat {
        name: "7".into(),
        inner: BTreeMap::from([(7, 8), (9, 10)]),
    });
    check_read_back(Flat {
        name: "7".into(),
        inner: Holds {
            value: BTreeMap::from([(7, 8)]),
        },
    });
}

/// Types that every format reads back.
#[test]
fn odd_values_are_read_back_in_every_format() {
    check_read_back(Holds { value: u128::MAX });
    check_read_back(Holds { value: i128::MIN });
    check_read_back(Holds {
        value: HashMap::from([(u64::MAX, -1)]),
    });
    check_read_back(Holds {
        value: BTreeMap::from([(true, ())]),
    });
    check_read_back(Holds {
        value: BTreeMap::from([('x', 1.5_f32)]),
    });
    check_read_back(Holds {
        value: Some(f64::MAX),
    });
    check_read_back(Holds {
        value: Bytes(vec![0, 255]),
    });
    check_read_back(Holds {
        value: Some(Bytes(vec![])),
    });
}

/// Bytes in serde's data model, which are a list of numbers in JSON.
#[derive(Debug, Clone, PartialEq)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> Result<Bytes, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = list.next_element()? {
                    bytes.push(byte);
                }
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}

/// Bytes that are read from bytes only.
#[derive(Debug, Clone, PartialEq)]
struct OnlyBytes;

impl Serialize for OnlyBytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(b"x")
    }
}

impl<'de> Deserialize<'de> for OnlyBytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = OnlyBytes;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, _bytes: &[u8]) -> Result<OnlyBytes, E> {
                Ok(OnlyBytes)
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

#[test]
fn a_number_that_json_lacks_is_not_sent_as_null() {
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
    struct Price {
        eur: f64,
    }
    assert!(Price::lens().create(Price { eur: f64::NAN }).is_err());
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        is_refused(Holds { value: odd }, Format::Json, "JSON cannot represent ");
        is_refused(
            Holds { value: odd as f32 },
            Format::Json,
            "JSON cannot represent ",
        );
        is_refused(
            Holds { value: Some(odd) },
            Format::Json,
            "JSON cannot represent ",
        );
        is_refused(
            Holds {
                value: vec![1.0, odd],
            },
            Format::Json,
            "JSON cannot represent ",
        );
        is_refused(
            Holds { value: (1, odd) },
            Format::Json,
            "JSON cannot represent ",
        );
        is_refused(
            Holds {
                value: BTreeMap::from([("x".to_owned(), odd)]),
            },
            Format::Json,
            "JSON cannot represent ",
        );
        let flat = Flat {
            name: "x".into(),
            inner: Holds {
                value: Box::new(odd),
            },
        };
        is_refused(flat, Format::Json, "JSON cannot represent ");
        assert!(Json(odd).into_message().is_err());
        assert!(WsMessage::json::<f64>().to_lens().create(odd).is_err());
        assert_eq!(Json(vec![odd]).into_response().status(), 500);
        assert!(Response::default().with_json(&odd).is_err());
        assert!(Request::default().with_json(&Some(odd)).is_err());
        for format in [Format::MessagePack, Format::Cbor] {
            let message = Holds { value: odd }.into_message_in(format).unwrap();
            let back: Holds<f64> = Holds::from_message_in(format, message).unwrap();
            assert_eq!(back.value.to_string(), odd.to_string());
        }
    }
}

#[test]
fn a_value_that_serde_cannot_read_back_is_not_sent() {
    let wide = || Flat {
        name: "x".into(),
        inner: Holds { value: 1_u128 },
    };
    is_refused(wide(), Format::Json, "128-bit integers");
    for format in [Format::Json, Format::MessagePack, Format::Cbor] {
        is_refused(Holds { value: wide() }, format, "128-bit integers");
        is_refused(
            Holds {
                value: Tagged::Wide(Holds { value: -1_i128 }),
            },
            format,
            "128-bit integers",
        );
        is_refused(
            Holds {
                value: Either::Left(1_u128),
            },
            format,
            "128-bit integers",
        );
    }
    is_refused(
        Holds { value: OnlyBytes },
        Format::Json,
        "would not be read back",
    );
    check_read_back(Adjacent::Wide(u128::MAX));
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Tagged<T> {
    Wide(T),
    Other { kind: u8 },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either<T> {
    Left(T),
    Right { x: u8 },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", content = "data")]
#[message(json, msgpack, cbor)]
enum Adjacent {
    Wide(u128),
    Scores(BTreeMap<u32, u32>),
}

#[test]
fn a_repeated_name_is_not_sent() {
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: u8,
    }
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Named {
        name: String,
    }
    let named = || Named { name: "y".into() };
    for format in [Format::Json, Format::MessagePack, Format::Cbor] {
        let tagged = Tagged::Wide(Typed { kind: 1 });
        is_refused(
            Holds { value: tagged },
            format,
            "the tag `type` has the name of a field",
        );
        let flat = Flat {
            name: "x".into(),
            inner: named(),
        };
        is_refused(Holds { value: flat }, format, "duplicate field `name`");
        let map = BTreeMap::from([("name".to_owned(), "y".to_owned())]);
        let flat = Flat {
            name: "x".into(),
            inner: map,
        };
        is_refused(Holds { value: flat }, format, "duplicate field `name`");
    }
    check_read_back(Holds {
        value: Tagged::<Named>::Other { kind: 1 },
    });
    check_read_back(Holds {
        value: Tagged::Wide(named()),
    });
}

#[test]
fn the_failure_of_a_tagged_newtype_shows_the_remedy() {
    for format in [Format::Json, Format::MessagePack, Format::Cbor] {
        let words = "write `#[serde(tag = \"…\", content = \"…\")]`";
        is_refused(
            Holds {
                value: Tagged::Wide(7),
            },
            format,
            words,
        );
        is_refused(
            Holds {
                value: Tagged::Wide("x".to_owned()),
            },
            format,
            words,
        );
        is_refused(
            Holds {
                value: Tagged::Wide(vec![1]),
            },
            format,
            words,
        );
    }
}

/// A pointer around a value leaves no trace in the message, so it must not hide the value from the
/// check.
#[test]
fn a_tagged_newtype_is_checked_through_pointers() {
    fn refused<T: Clone + 'static>(value: T)
    where
        Holds<T>: Message + IntoResponse + Clone + Debug,
    {
        for format in [Format::Json, Format::MessagePack, Format::Cbor] {
            let words = "write `#[serde(tag = \"…\", content = \"…\")]`";
            let value = value.clone();
            is_refused(Holds { value }, format, words);
        }
    }
    refused(Tagged::Wide(Box::new(7)));
    refused(Tagged::Wide(Arc::new("x".to_owned())));
    refused(Tagged::Wide(Arc::new(vec![1])));
    refused(Tagged::Wide(Cow::Borrowed("x")));
    refused(Box::new(Tagged::Wide(Arc::new(Box::new(true)))));
    check_read_back(Holds {
        value: Box::new(Tagged::Wide(Box::new(Holds { value: 1_u8 }))),
    });
    check_read_back(Holds {
        value: Arc::new(Tagged::Wide(Cow::<Holds<u8>>::Owned(Holds { value: 1 }))),
    });
}

#[test]
fn adjacently_tagged_content_is_read_back() {
    check_read_back(Adjacent::Wide(u128::MAX));
    check_read_back(Adjacent::Scores([(1, 2)].into()));
    // Another program may send the content first, which serde buffers.
    let message = r#"{"data":{"1":2},"type":"Scores"}"#.into();
    assert_eq!(
        Adjacent::lens().get(&message),
        Ok(Adjacent::Scores([(1, 2)].into()))
    );
}

#[test]
fn a_text_is_a_number_only_as_a_key() {
    let refused: [Result<Event, LensFailure>; 7] = [
        r#"{"type":"Scores","by_id":{"1":"2"}}"#,
        // These would be the same key as `1`.
        r#"{"type":"Scores","by_id":{"01":2}}"#,
        r#"{"type":"Scores","by_id":{"+1":2,"1":3}}"#,
        r#"{"type":"Nested","inner":{"-01":[]}}"#,
        r#"{"type":"Nested","inner":{"-0":[]}}"#,
        r#"{"type":"Scores","by_id":{"x":2}}"#,
        r#"{"type":"Fields","by_id":{"-1":true},"one":null}"#,
    ]
    .map(|message| Event::lens().get(&message.into()));
    for failure in refused {
        assert_eq!(failure.unwrap_err().ws_status().code(), 1007);
    }
}

/// Returns `true` if the value is sent, and asserts that it then comes back.
#[track_caller]
fn is_sent<T: Message + Clone + Debug + PartialEq>(sent: T, format: Format) -> bool {
    match sent.clone().into_message_in(format) {
        Ok(message) => {
            assert_eq!(T::from_message_in(format, message), Ok(sent), "{format}");
            true
        }
        Err(failure) => {
            assert_eq!(failure.status(), 500, "{failure}");
            false
        }
    }
}

#[test]
fn each_format_sends_only_values_it_reads_back() {
    fn flat<T: Clone>(value: T) -> Holds<Flat<T>> {
        Holds {
            value: Flat {
                name: "x".into(),
                inner: value,
            },
        }
    }
    let numbers = || BTreeMap::from([(7_u8, 8_i64), (9, -9)]);
    let flags = || BTreeMap::from([(true, 1_u8)]);
    let texts = || BTreeMap::from([("7".to_owned(), 8_u8)]);
    for (format, expected) in [
        (Format::Json, [true, true, true, false, true]),
        (Format::MessagePack, [true, true, true, true, true]),
        (Format::Cbor, [false, true, true, true, true]),
    ] {
        let sent = [
            is_sent(flat(numbers()), format),
            is_sent(flat(texts()), format),
            is_sent(
                Holds {
                    value: Tagged::Wide(Holds { value: numbers() }),
                },
                format,
            ),
            is_sent(
                Holds {
                    value: Tagged::Wide(Holds { value: flags() }),
                },
                format,
            ),
            is_sent(
                Holds {
                    value: Either::Left(numbers()),
                },
                format,
            ),
        ];
        assert_eq!(sent, expected, "{format}");
    }
}

#[test]
fn some_of_none_is_not_sent_as_none() {
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Unit;
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Newtype(Option<u8>);

    let words = "would be read back as `None`";
    for format in [Format::Json, Format::MessagePack, Format::Cbor] {
        let nested = || Some(None::<u8>);
        is_refused(Holds { value: nested() }, format, words);
        is_refused(
            Holds {
                value: Some(nested()),
            },
            format,
            words,
        );
        is_refused(
            Holds {
                value: vec![Some(Some(1)), nested()],
            },
            format,
            words,
        );
        is_refused(Holds { value: Some(()) }, format, words);
        is_refused(
            Holds {
                value: Some(Newtype(None)),
            },
            format,
            words,
        );
        let tagged = Tagged::Wide(Holds { value: nested() });
        is_refused(Holds { value: tagged }, format, words);
    }
    is_refused(Holds { value: Some(Unit) }, Format::Json, words);
    is_refused(
        Holds {
            value: Some(serde_json::Value::Null),
        },
        Format::Json,
        words,
    );
    assert!(Json(Some(None::<u8>)).into_message().is_err());
    assert!(Json(None::<Option<u8>>).into_message().is_ok());
    check_read_back(Holds {
        value: None::<Option<u8>>,
    });
    check_read_back(Holds {
        value: Some(Some(1)),
    });
    check_read_back(Holds {
        value: Some(Newtype(Some(1))),
    });
    check_read_back(Holds {
        value: vec![None::<u8>, Some(1)],
    });
}

/// A field with its own function that reads null is `Some(None)`.
#[test]
fn a_field_that_distinguishes_null_from_absence_is_read_back() {
    fn some<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<u8>>, D::Error> {
        Ok(Some(Option::deserialize(from)?))
    }
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
    #[message(json, msgpack, cbor)]
    struct Patch {
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "some"
        )]
        age: Option<Option<u8>>,
    }
    for age in [None, Some(None), Some(Some(7))] {
        check_read_back(Patch { age });
    }
}

/// `IpAddr` has a compact form in MessagePack and CBOR, which serde does not read from its buffers.
#[test]
fn compact_forms_and_units_are_read_back_or_not_sent() {
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Unit;

    let address = std::net::IpAddr::from([1, 2, 3, 4]);
    let socket = std::net::SocketAddr::from(([1, 2, 3, 4], 5));
    check_read_back(Holds { value: address });
    check_read_back(Holds { value: socket });
    check_read_back(Holds { value: Unit });
    check_read_back(Holds {
        value: vec![(), ()],
    });
    let mut sent = Vec::new();
    for format in [Format::Json, Format::MessagePack, Format::Cbor] {
        let tagged = Tagged::Wide(Holds { value: address });
        sent.push(is_sent(Holds { value: tagged }, format));
        let either = Either::Left(socket);
        sent.push(is_sent(Holds { value: either }, format));
        let tagged = Tagged::Wide(Holds { value: Unit });
        sent.push(is_sent(Holds { value: tagged }, format));
        let either = Either::Left(Unit);
        sent.push(is_sent(Holds { value: either }, format));
        let either = Either::Left(vec![()]);
        sent.push(is_sent(Holds { value: either }, format));
    }
    assert_eq!(
        sent,
        [
            [true, true, true, true, true],
            [false, false, true, false, true],
            [false, false, false, false, false],
        ]
        .concat()
    );
}

/// Every bit of a number counts.
#[test]
fn every_finite_number_is_read_back() {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let mut numbers = vec![
        f64::MIN_POSITIVE,
        5e-324,
        f64::MAX,
        -0.0,
        31.245270191439438,
    ];
    while numbers.len() < 20_000 {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        numbers.extend(Some(f64::from_bits(bits)).filter(|number| number.is_finite()));
        numbers.push((bits >> 11) as f64 / 1e9);
    }
    check_read_back(Holds {
        value: numbers.clone(),
    });
    let small: Vec<f32> = numbers.iter().map(|number| *number as f32).collect();
    check_read_back(Holds {
        value: small
            .into_iter()
            .filter(|number| number.is_finite())
            .collect::<Vec<_>>(),
    });
    check_read_back(Flat {
        name: "x".into(),
        inner: Holds { value: numbers },
    });
}

#[test]
fn a_nested_message_hides_no_part_of_the_outer_one() {
    #[derive(Debug, Clone, PartialEq, Deserialize)]
    struct Writes;
    impl Serialize for Writes {
        fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let inner = Json(1).into_message().map_err(serde::ser::Error::custom)?;
            assert_eq!(inner.text(), "1");
            to.serialize_unit()
        }
    }
    check_read_back(Holds { value: (1, Writes) });
    is_refused(
        Holds {
            value: (OnlyBytes, Writes),
        },
        Format::Json,
        "would not be read back",
    );
    is_refused(
        Holds {
            value: (Some(None::<u8>), Writes),
        },
        Format::Json,
        "would be read back as `None`",
    );
}
