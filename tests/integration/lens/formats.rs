//! Every format, both ways, over arbitrary values of a type that has every kind of field.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use http4k_ws::bytes::Bytes;
use http4k_ws::client::WebSocketClient;
use http4k_ws::filter::subprotocols;
use http4k_ws::lens::{Format, LensFailureKind, With};
use http4k_ws::message::{RequestExt, ResponseExt};
use http4k_ws::testing::WsClient;
use http4k_ws::{
    FromRequest, IntoRequest, IntoResponse, Message, PolyHandler, Request, StatusCode, WebSocket,
    WsMessage, WsResult,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::{blank, closed, now};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "snake_case")]
#[message(json, msgpack, cbor)]
pub(super) enum Everything {
    Empty,
    Named {
        text: String,
        number: i64,
        maybe: Option<bool>,
    },
    Nested {
        parts: Vec<Part>,
        by_name: BTreeMap<String, u16>,
    },
    Boxed {
        inside: Box<Everything>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    letter: char,
    bytes: Vec<u8>,
    // Halves have the same decimal form in every format.
    weight: f64,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Plain,
    Tuple(u64, String),
    Record { flag: bool },
}

#[derive(Debug, Deserialize)]
pub(super) struct Flat {
    #[serde(default)]
    #[allow(dead_code)]
    n: Vec<Option<i8>>,
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Plain),
        any::<(u64, String)>().prop_map(|(number, text)| Kind::Tuple(number, text)),
        any::<bool>().prop_map(|flag| Kind::Record { flag }),
    ]
}

fn parts() -> impl Strategy<Value = Part> {
    (any::<char>(), any::<Vec<u8>>(), any::<i32>(), kinds()).prop_map(
        |(letter, bytes, halves, kind)| Part {
            letter,
            bytes,
            weight: f64::from(halves) / 2.0,
            kind,
        },
    )
}

fn everything() -> impl Strategy<Value = Everything> {
    let leaf = prop_oneof![
        Just(Everything::Empty),
        any::<(String, i64, Option<bool>)>().prop_map(|(text, number, maybe)| Everything::Named {
            text,
            number,
            maybe
        }),
        (
            prop::collection::vec(parts(), 0..3),
            any::<BTreeMap<String, u16>>()
        )
            .prop_map(|(parts, by_name)| Everything::Nested { parts, by_name }),
    ];
    leaf.prop_recursive(3, 8, 1, |inner| {
        inner.prop_map(|inside| Everything::Boxed {
            inside: Box::new(inside),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_format_reads_back_the_sent_value(value in everything()) {
        for format in Everything::FORMATS {
            let message = value.clone().into_message_in(*format).unwrap();
            prop_assert_eq!(message.is_text(), format.is_text());
            prop_assert_eq!(Everything::from_message_in(*format, message), Ok(value.clone()));
        }
        let lens = Everything::lens();
        prop_assert_eq!(lens.get(&lens.create(value.clone()).unwrap()), Ok(value.clone()));
        let mut request = blank().with(Everything::body().of(value.clone())).unwrap();
        prop_assert_eq!(now(Everything::body().get(&mut request)), Ok(value));
    }

    /// A message that is truncated, or has a byte changed, is a value or a failure.
    #[test]
    fn a_damaged_message_is_a_value_or_a_failure(value in everything(), at in any::<prop::sample::Index>(), byte: u8) {
        for format in Everything::FORMATS {
            let bytes = value.clone().into_message_in(*format).unwrap().into_bytes();
            let at = at.index(bytes.len());
            let _ = Everything::from_message_in(*format, WsMessage::new_binary(bytes.slice(..at)));
            let mut changed = bytes.to_vec();
            changed[at] = byte;
            let _ = Everything::from_message_in(*format, WsMessage::new_binary(changed));
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[message(msgpack)]
struct Packed {
    price: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[message(cbor)]
struct Concise {
    price: u32,
}

#[test]
fn a_struct_is_a_map_of_its_field_names() {
    let message = Packed { price: 7 }.into_message().unwrap();
    assert_eq!(message, WsMessage::from(b"\x81\xa5price\x07"));
    let message = Concise { price: 7 }.into_message().unwrap();
    assert_eq!(message, WsMessage::from(b"\xa1\x65price\x07"));
    assert_eq!(
        (Packed::FORMATS, Concise::FORMATS),
        ([Format::MessagePack].as_slice(), [Format::Cbor].as_slice())
    );
}

#[test]
fn binary_formats_report_the_path_of_a_failure() {
    let message = WsMessage::from(b"\x81\xa5price\xa1x");
    let failure = Packed::lens().get(&message).unwrap_err();
    assert_eq!(failure.failures()[0].path(), Some("price"));
    assert!(
        failure
            .to_string()
            .starts_with("message `Packed` must be MessagePack: price: "),
        "{failure}"
    );
    let failure = Concise::lens()
        .get(&WsMessage::from(b"\xa1\x65price\x61x"))
        .unwrap_err();
    assert_eq!(failure.failures()[0].path(), Some("price"));
    assert!(
        failure
            .to_string()
            .starts_with("message `Concise` must be CBOR: price: "),
        "{failure}"
    );

    for (more, less) in [
        (
            b"\x81\xa5price\x07\x07".as_slice(),
            b"\x81\xa5pri".as_slice(),
        ),
        (b"\xa1\x65price\x07\x07", b"\xa1\x65pri"),
    ] {
        for bytes in [more, less, b""] {
            assert!(Packed::lens().get(&bytes.into()).is_err(), "{bytes:?}");
            assert!(Concise::lens().get(&bytes.into()).is_err(), "{bytes:?}");
        }
    }
}

#[test]
fn values_nested_too_deeply_fail() {
    #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
    #[message(json, msgpack, cbor)]
    struct Deep(Option<Box<Deep>>, Vec<Deep>);
    for (format, one) in [
        (Format::Json, b'['),
        (Format::MessagePack, 0x91),
        (Format::Cbor, 0x81),
    ] {
        let message = WsMessage::new_binary(vec![one; 100_000]);
        assert!(Deep::from_message_in(format, message).is_err(), "{format}");
    }
}

#[derive(Debug, Clone, PartialEq, Message)]
#[message(text)]
struct Celsius(f32);

impl fmt::Display for Celsius {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}°C", self.0)
    }
}

impl FromStr for Celsius {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix("°C").ok_or("°C is missing")?;
        number.parse().map(Self).map_err(|cause| format!("{cause}"))
    }
}

#[derive(Debug, Clone, PartialEq, Message)]
#[message(binary)]
struct Rgb([u8; 3]);

impl From<Rgb> for Bytes {
    fn from(Rgb(bytes): Rgb) -> Self {
        Self::copy_from_slice(&bytes)
    }
}

impl TryFrom<Bytes> for Rgb {
    type Error = std::array::TryFromSliceError;

    fn try_from(bytes: Bytes) -> Result<Self, Self::Error> {
        bytes.as_ref().try_into().map(Self)
    }
}

#[test]
fn custom_text_and_bytes_are_sent_and_read() {
    let message = Celsius(21.5).into_message().unwrap();
    assert_eq!(message, "21.5°C");
    assert_eq!(Celsius::lens().get(&message), Ok(Celsius(21.5)));
    let failure = Celsius::lens().get(&"21".into()).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "message `Celsius` must be text: °C is missing"
    );

    let message = Rgb([1, 2, 3]).into_message().unwrap();
    assert_eq!(message, WsMessage::from(b"\x01\x02\x03"));
    assert_eq!(Rgb::lens().get(&message), Ok(Rgb([1, 2, 3])));
    let failure = Rgb::lens().get(&b"\x01".into()).unwrap_err();
    assert!(
        failure
            .to_string()
            .starts_with("message `Rgb` must be bytes: "),
        "{failure}"
    );
}

#[test]
fn a_message_is_a_body_and_a_response_with_its_content_type() {
    let cases = [
        (Packed { price: 1 }.into_response(), "application/msgpack"),
        (Concise { price: 1 }.into_response(), "application/cbor"),
        (Celsius(1.0).into_response(), "text/plain; charset=utf-8"),
        (Rgb([1, 2, 3]).into_response(), "application/octet-stream"),
        (Everything::Empty.into_response(), "application/json"),
        (
            (StatusCode::CREATED, Everything::Empty).into_response(),
            "application/json",
        ),
    ];
    for (response, content_type) in cases {
        assert_eq!(response.header("content-type"), Some(content_type));
    }
    let mut request = blank()
        .with_header("content-type", "application/cbor")
        .with_body(b"\xa1\x64type\x65empty");
    assert_eq!(
        now(Everything::body().get(&mut request)),
        Ok(Everything::Empty)
    );
    let request = &mut request.with_header("content-type", "text/plain");
    assert_eq!(
        now(Everything::body().get(request)).unwrap_err().kind(),
        LensFailureKind::Unsupported
    );
    let mut empty = blank().with_header("content-type", "application/json");
    assert_eq!(
        now(Everything::body().get(&mut empty))
            .unwrap_err()
            .to_string(),
        "body `Everything` is required"
    );
}

#[test]
fn a_response_of_an_unserializable_value_is_a_500() {
    #[derive(Serialize, Deserialize, Message)]
    struct Odd(BTreeMap<Vec<u8>, u8>);
    let response = Odd(BTreeMap::from([(vec![1], 1)])).into_response();
    assert_eq!(response.status(), 500);
}

/// A consumer without knowledge of formats.
async fn doubling(mut ws: WebSocket<Everything, Everything>) -> WsResult {
    while let Some(value) = ws.recv().await? {
        let inside = Box::new(value);
        ws.sender().send(Everything::Boxed { inside }).await?;
    }
    Ok(())
}

/// Checks the consumer's response to a client with the subprotocol of `format`.
fn check_response_in(client: &mut impl WsClient, format: Format) {
    let message = Everything::Empty.into_message_in(format).unwrap();
    client.send(message).unwrap();
    let answer = client.received().next().unwrap().unwrap();
    assert_eq!(answer.is_text(), format.is_text(), "{format}");
    let inside = Box::new(Everything::Empty);
    let read = Everything::from_message_in(format, answer);
    assert_eq!(read, Ok(Everything::Boxed { inside }));
}

#[test]
fn the_subprotocol_chooses_the_format_in_memory_and_over_a_port() {
    let ours = subprotocols(["chat.v1+msgpack", "chat.v1+json", "chat.v1+cbor", "plain"]);
    let app = PolyHandler::new(|_: Request| StatusCode::NOT_FOUND, doubling).with(ours);
    let server = app.clone().as_server("127.0.0.1:0").start().unwrap();
    let uri = format!("ws://{}/", server.addr());
    let cases = [
        (None, Format::Json),
        (Some("plain"), Format::Json),
        (Some("chat.v1+json"), Format::Json),
        (Some("chat.v1+msgpack"), Format::MessagePack),
        (Some("chat.v1+cbor"), Format::Cbor),
    ];
    for (subprotocol, format) in cases {
        let mut request = "/".into_request().unwrap();
        let mut opening = WebSocketClient::to(uri.clone());
        if let Some(name) = subprotocol {
            request = request.with_header("sec-websocket-protocol", name);
            opening = opening.with_subprotocol(name);
        }
        let (mut in_memory, mut live) = (app.test_ws(request), opening.blocking().unwrap());
        assert_eq!(in_memory.subprotocol(), subprotocol);
        assert_eq!(live.subprotocol(), subprotocol);
        check_response_in(&mut in_memory, format);
        check_response_in(&mut live, format);
    }
}

/// Both ends of one socket are typed, and use the negotiated format.
#[tokio::test]
async fn a_typed_client_uses_the_subprotocol_too() {
    let ours = subprotocols(["chat.v1+msgpack"]);
    let app = PolyHandler::new(|_: Request| StatusCode::NOT_FOUND, doubling).with(ours);
    let server = app.as_server("127.0.0.1:0").start().unwrap();
    let opening = WebSocketClient::to(format!("ws://{}/", server.addr()));
    let socket = opening.with_subprotocol("chat.v1+msgpack").connect();
    let mut socket = socket.await.unwrap().typed::<Everything, Everything>();
    socket.send(Everything::Empty).await.unwrap();
    let answer = tokio::time::timeout(std::time::Duration::from_secs(10), socket.recv());
    let inside = Box::new(Everything::Empty);
    assert_eq!(
        answer.await.unwrap(),
        Ok(Some(Everything::Boxed { inside }))
    );
}

/// A derived message is an argument through `Json` or a derive; `String` and `Bytes` are messages
/// too.
#[test]
fn strings_and_bytes_are_messages() {
    async fn shout(mut ws: WebSocket<String, Bytes>) -> WsResult {
        while let Some(text) = ws.recv().await? {
            ws.send(Bytes::from(text.to_uppercase())).await?;
        }
        Ok(())
    }
    let app = PolyHandler::new(|_: Request| StatusCode::NOT_FOUND, shout);
    let mut client = app.test_ws("/");
    client.send("hey").unwrap();
    assert_eq!(
        client.received().next().unwrap().unwrap(),
        WsMessage::from(b"HEY")
    );
    client.send(b"\xff").unwrap();
    assert_eq!(closed(&mut client).code(), 1007);
    let mut request = blank().with_body("text");
    assert_eq!(now(String::from_request(&mut request)).unwrap(), "text");
}
