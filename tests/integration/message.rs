//! `#[derive(Message)]` from outside: the serialized form, and the constants.

use std::fmt::Debug;
use std::marker::PhantomData;

use http4k_ws::lens::json::Json;
use http4k_ws::{Message, WsMessage};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Checks that `value` is serialized as `json`, and read back.
#[track_caller]
fn check_round_trip<T: Message + Clone + PartialEq + Debug>(value: T, json: &str) {
    let lens = T::lens();
    assert_eq!(lens.create(value.clone()), Ok(WsMessage::from(json)));
    assert_eq!(lens.get(&WsMessage::from(json)), Ok(value));
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
struct Person {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    age: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
struct Meters(f64);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
struct Ping;

#[test]
fn structs_of_every_form_have_serdes_format() {
    let name = String::from("bob");
    check_round_trip(
        Person {
            name: name.clone(),
            age: None,
        },
        r#"{"name":"bob"}"#,
    );
    check_round_trip(Person { name, age: Some(3) }, r#"{"name":"bob","age":3}"#);
    check_round_trip(Meters(1.5), "1.5");
    check_round_trip(Ping, "null");
    assert_eq!((Person::NAME, Meters::NAME), ("Person", "Meters"));
    assert_eq!(Person::VARIANTS, [""; 0]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
enum Colour {
    DarkRed,
    #[serde(rename = "blue")]
    Blue,
    #[serde(skip)]
    Secret,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", content = "data", rename_all = "camelCase")]
enum Event {
    JoinedRoom(String),
    Left,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[serde(untagged)]
enum Either {
    Number(i64),
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[message(json, externally_tagged)]
enum Legacy {
    Move {
        x: i32,
    },
    #[serde(rename(serialize = "stop", deserialize = "stop"))]
    Stop,
}

#[test]
fn variants_have_serdes_names() {
    check_round_trip(Colour::DarkRed, r#""DARK-RED""#);
    check_round_trip(Colour::Blue, r#""blue""#);
    assert_eq!(Colour::VARIANTS, ["DARK-RED", "blue"]);
    assert!(Colour::Secret.into_message().is_err());

    check_round_trip(
        Event::JoinedRoom("blue".into()),
        r#"{"type":"joinedRoom","data":"blue"}"#,
    );
    check_round_trip(Event::Left, r#"{"type":"left"}"#);
    assert_eq!(Event::VARIANTS, ["joinedRoom", "left"]);

    check_round_trip(Either::Number(7), "7");
    check_round_trip(Either::Text("7".into()), r#""7""#);
    assert_eq!(Either::VARIANTS, ["Number", "Text"]);

    check_round_trip(Legacy::Move { x: 1 }, r#"{"Move":{"x":1}}"#);
    check_round_trip(Legacy::Stop, r#""stop""#);
    assert_eq!(Legacy::VARIANTS, ["Move", "stop"]);
}

/// Lists every case of every variant, so that serde's rule and the derive's are compared name by
/// name.
macro_rules! rules {
    ($($rule:literal $name:ident),*) => {$({
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
        #[serde(rename_all = $rule)]
        enum $name { A, JoinRoom, HTTPError, V2Beta, Under_Score }
        use $name::*;
        let variants = [A, JoinRoom, HTTPError, V2Beta, Under_Score];
        for (variant, name) in variants.into_iter().zip($name::VARIANTS) {
            check_round_trip(variant, &format!("\"{name}\""));
        }
    })*};
}

#[test]
#[allow(non_camel_case_types)]
fn every_rename_rule_agrees_with_serdes() {
    rules!(
        "lowercase" Lower, "UPPERCASE" Upper, "PascalCase" Pascal, "camelCase" Camel,
        "snake_case" Snake, "SCREAMING_SNAKE_CASE" ScreamingSnake, "kebab-case" Kebab,
        "SCREAMING-KEBAB-CASE" ScreamingKebab
    );
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
struct Envelope<T, const N: usize = 1>
where
    T: Debug,
{
    to: String,
    payload: T,
    #[serde(skip)]
    room: PhantomData<[(); N]>,
}

/// A type with a parameter that serde never sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[serde(bound = "")]
struct Id<Of: 'static> {
    id: u64,
    #[serde(skip)]
    of: PhantomData<fn() -> Of>,
}

#[test]
fn generic_types_are_messages_if_serde_supports_them() {
    let envelope = Envelope::<_, 3> {
        to: "bob".into(),
        payload: Meters(2.0),
        room: PhantomData,
    };
    check_round_trip(envelope, r#"{"to":"bob","payload":2.0}"#);

    #[derive(Debug, Clone, PartialEq)]
    struct NotOfSerde;
    check_round_trip(
        Id::<NotOfSerde> {
            id: 7,
            of: PhantomData,
        },
        r#"{"id":7}"#,
    );
}

#[test]
fn types_of_other_crates_are_sent_in_json() {
    fn read<T: Serialize + DeserializeOwned + Send + 'static>(text: &str) -> Result<T, String> {
        let read = Json::<T>::lens().get(&text.into());
        read.map(|Json(value)| value)
            .map_err(|failure| failure.to_string())
    }
    assert_eq!(read::<Vec<u8>>("[1,2]"), Ok(vec![1, 2]));
    let failure = read::<Vec<u8>>("[256]").unwrap_err();
    assert!(
        failure.starts_with("message `Vec<u8>` must be JSON: [0]: invalid value: integer `256`"),
        "{failure}"
    );
}

/// The library under another name, as behind a `macro_rules!` front.
mod renamed {
    pub(super) use http4k_ws as ws;

    macro_rules! message {
        ($item:item) => {
            #[derive(
                Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, http4k_ws::Message,
            )]
            #[message(crate = crate::message::renamed::ws)]
            $item
        };
    }
    pub(super) use message;
}

#[test]
fn the_library_may_have_another_name_and_the_derive_a_front() {
    renamed::message! {
        struct Place { name: String }
    }
    check_round_trip(
        Place {
            name: "here".into(),
        },
        r#"{"name":"here"}"#,
    );
}
