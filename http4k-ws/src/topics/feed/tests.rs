use bytes::Bytes;

use super::*;
use crate::topics::engine::{MemberId, NodeId};

fn each<M>(data: M) -> [Feed<M>; 6] {
    let at = Position::new(1, 2);
    let id = MemberId {
        node: NodeId(3),
        number: 4,
    };
    let member = Member {
        id,
        name: "ann \"\u{1F600}".to_owned(),
    };
    [
        Feed::Message { at, data },
        Feed::Joined {
            at,
            member: member.clone(),
        },
        Feed::Left {
            at,
            member: member.clone(),
        },
        Feed::CaughtUp {
            at,
            members: 1,
            present: Some(vec![member]),
        },
        Feed::CaughtUp {
            at,
            members: 20_000,
            present: None,
        },
        Feed::Lost { at },
    ]
}

fn survives<M: Message + Clone + PartialEq + std::fmt::Debug>(data: M) {
    for feed in each(data) {
        for format in Feed::<M>::FORMATS {
            let message = feed.clone().into_message_in(*format).unwrap();
            assert_eq!(message.is_text(), format.is_text());
            assert_eq!(Feed::from_message_in(*format, message), Ok(feed.clone()));
        }
    }
}

#[test]
fn a_feed_survives_each_of_its_formats() {
    survives("a \"text\"\n".to_owned());
    survives(Bytes::from_static(b"\xff\0"));
    survives(WsMessage::new_text("a"));
    survives(WsMessage::new_binary("a"));
}

#[test]
fn data_may_stand_anywhere_in_json() {
    let text = r#"{"data": "hi", "x": 1, "at": "0000000000000001-2", "type": "message"}"#;
    let at = Position::new(1, 2);
    let data = "hi".to_owned();
    let feed = Feed::Message { at, data };
    assert_eq!(Feed::from_message(text.into()), Ok(feed));
}

#[test]
fn what_is_no_feed_is_refused_with_its_reason() {
    for (text, reason) in [
        ("{}", "missing field `type`"),
        (r#"{"type":"lost","at":"x"}"#, "a position has 16"),
        (
            r#"{"type":"hm","at":"0000000000000001-2"}"#,
            "the type \"hm\" is unknown",
        ),
        (
            r#"{"type":"message","at":"0000000000000001-2"}"#,
            "the field `data` is missing",
        ),
        (
            r#"{"type":"joined","at":"0000000000000001-2","member":{"id":"1","name":""}}"#,
            "the id of a member has",
        ),
    ] {
        let failure = Feed::<String>::from_message(text.into()).unwrap_err();
        assert!(failure.to_string().contains(reason), "{failure}");
    }
}

#[cfg(feature = "schema")]
#[test]
fn a_feed_has_a_schema_with_each_of_its_types() {
    let mut generator = schemars::SchemaGenerator::default();
    let reference = generator.subschema_for::<Feed<String>>();
    assert_eq!(reference.get("$ref").unwrap(), "#/$defs/Feed_of_string");
    let schema = &generator.definitions()["Feed_of_string"];
    let types = schema["oneOf"].as_array().unwrap().iter();
    let types: Vec<_> = types
        .map(|one| &one["properties"]["type"]["const"])
        .collect();
    assert_eq!(types, Feed::<String>::VARIANTS);
    // Each member that is written is described, and each that is required is written.
    for feed in each("a".to_owned()) {
        let text = feed.into_message().unwrap();
        let written: serde_json::Value = serde_json::from_str(&text.text()).unwrap();
        let is_own =
            |one: &&serde_json::Value| one["properties"]["type"]["const"] == written["type"];
        let own = schema["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .find(is_own)
            .unwrap();
        for name in written.as_object().unwrap().keys() {
            assert!(own["properties"].get(name).is_some(), "{name}");
        }
        for name in own["required"].as_array().unwrap() {
            assert!(written.get(name.as_str().unwrap()).is_some(), "{name}");
        }
    }
}
