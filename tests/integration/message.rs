//! `#[derive(Message)]` from outside: what travels, and what the constants say.

use std::fmt::Debug;
use std::marker::PhantomData;

use http4k_ws::lens::json::Json;
use http4k_ws::{Message, WsMessage};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// `value` travels as `json`, and comes back.
#[track_caller]
fn travels<T: Message + Clone + PartialEq + Debug>(value: T, json: &str) {
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
fn structs_of_every_form_travel_as_serde_writes_them() {
    let name = String::from("bob");
    travels(
        Person {
            name: name.clone(),
            age: None,
        },
        r#"{"name":"bob"}"#,
    );
    travels(Person { name, age: Some(3) }, r#"{"name":"bob","age":3}"#);
    travels(Meters(1.5), "1.5");
    travels(Ping, "null");
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
fn variants_are_called_as_serde_writes_them() {
    travels(Colour::DarkRed, r#""DARK-RED""#);
    travels(Colour::Blue, r#""blue""#);
    assert_eq!(Colour::VARIANTS, ["DARK-RED", "blue"]);
    assert!(Colour::Secret.into_message().is_err());

    travels(
        Event::JoinedRoom("blue".into()),
        r#"{"type":"joinedRoom","data":"blue"}"#,
    );
    travels(Event::Left, r#"{"type":"left"}"#);
    assert_eq!(Event::VARIANTS, ["joinedRoom", "left"]);

    travels(Either::Number(7), "7");
    travels(Either::Text("7".into()), r#""7""#);
    assert_eq!(Either::VARIANTS, ["Number", "Text"]);

    travels(Legacy::Move { x: 1 }, r#"{"Move":{"x":1}}"#);
    travels(Legacy::Stop, r#""stop""#);
    assert_eq!(Legacy::VARIANTS, ["Move", "stop"]);
}

/// Names every case of every variant, so that serde's rule and the derive's are compared word by word.
macro_rules! rules {
    ($($rule:literal $name:ident),*) => {$({
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
        #[serde(rename_all = $rule)]
        enum $name { A, JoinRoom, HTTPError, V2Beta, Under_Score }
        use $name::*;
        let variants = [A, JoinRoom, HTTPError, V2Beta, Under_Score];
        for (variant, name) in variants.into_iter().zip($name::VARIANTS) {
            travels(variant, &format!("\"{name}\""));
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

/// A parameter that serde never sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[serde(bound = "")]
struct Id<Of: 'static> {
    id: u64,
    #[serde(skip)]
    of: PhantomData<fn() -> Of>,
}

#[test]
fn generic_types_are_messages_where_serde_knows_them() {
    let envelope = Envelope::<_, 3> {
        to: "bob".into(),
        payload: Meters(2.0),
        room: PhantomData,
    };
    travels(envelope, r#"{"to":"bob","payload":2.0}"#);

    #[derive(Debug, Clone, PartialEq)]
    struct NotOfSerde;
    travels(
        Id::<NotOfSerde> {
            id: 7,
            of: PhantomData,
        },
        r#"{"id":7}"#,
    );
}

#[test]
fn types_of_other_crates_travel_in_json() {
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
    travels(
        Place {
            name: "here".into(),
        },
        r#"{"name":"here"}"#,
    );
}
