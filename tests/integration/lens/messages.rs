//! Lenses of socket messages: cases 31 to 37. `ui/fail/lens` shows that a lens mapped one way
//! cannot create.

use http4k_ws::bytes::Bytes;
use http4k_ws::lens::{LensFailureKind, Location};
use http4k_ws::{Message, WsMessage};

#[derive(Debug, Clone, PartialEq)]
struct Wrapped(String);

#[test]
fn case_31_text_is_read() {
    let lens = WsMessage::string().to_lens();
    assert_eq!(lens.get(&"some value".into()), Ok("some value".into()));
}

#[test]
fn case_32_bytes_are_read_from_a_text_message_too() {
    let lens = WsMessage::binary().to_lens();
    assert_eq!(
        lens.get(&"some välue".into()),
        Ok(Bytes::from("some välue"))
    );
}

#[test]
fn case_33_a_value_that_was_set_is_read() {
    let lens = WsMessage::string().to_lens();
    let message = lens.create("hello".into()).unwrap();
    assert!(message.is_text());
    assert_eq!(lens.get(&message), Ok("hello".into()));
    let replaced = lens.set(message, "other".into()).unwrap();
    assert_eq!(lens.get(&replaced), Ok("other".into()));
}

#[test]
fn case_34_bytes_make_binary_messages() {
    let lens = WsMessage::binary().to_lens();
    let message = lens.create(Bytes::from_static(b"\xff\0")).unwrap();
    assert!(message.is_binary());
    assert_eq!(lens.get(&message), Ok(Bytes::from_static(b"\xff\0")));
}

#[test]
fn case_35_an_invalid_value_fails() {
    let lens = WsMessage::string()
        .try_map(|text| text.parse::<i32>())
        .to_lens();
    let failure = lens.get(&"hello".into()).unwrap_err();
    assert_eq!(failure.kind(), LensFailureKind::Invalid);
    assert_eq!(failure.failures()[0].location(), Location::Message);
    assert_eq!(lens.get(&"7".into()), Ok(7));
    let binary = WsMessage::string().to_lens().get(&WsMessage::from(b"\xff"));
    assert_eq!(binary.unwrap_err().kind(), LensFailureKind::Invalid);
}

#[test]
fn case_36_a_custom_type_both_ways() {
    let lens = WsMessage::string()
        .map_both(Wrapped, |Wrapped(text)| text)
        .to_lens();
    let message = lens.create(Wrapped("hello".into())).unwrap();
    assert_eq!(message, "hello");
    assert_eq!(lens.get(&message), Ok(Wrapped("hello".into())));
}

#[test]
fn case_37_a_custom_type_one_way() {
    let lens = WsMessage::string().map(Wrapped).to_lens();
    assert_eq!(lens.get(&"hello".into()), Ok(Wrapped("hello".into())));
}

#[test]
fn json_makes_text_messages_and_is_read_from_both_kinds() {
    let lens = WsMessage::json::<Vec<u8>>().to_lens();
    let message = lens.create(vec![1]).unwrap();
    assert_eq!(message, "[1]");
    assert_eq!(lens.get(&WsMessage::from(b"[1]")), Ok(vec![1]));
    let failure = lens.get(&"[x]".into()).unwrap_err();
    assert!(
        failure
            .to_string()
            .starts_with("message `Vec<u8>` must be JSON: ")
    );
    assert_eq!(lens.meta().name(), "Vec<u8>");
}

#[test]
fn a_failure_to_serialize_is_a_server_error() {
    let odd = std::collections::BTreeMap::from([(vec![1], 2)]);
    let lens = WsMessage::json::<std::collections::BTreeMap<Vec<u8>, u8>>().to_lens();
    let failure = lens.create(odd.clone()).unwrap_err();
    assert_eq!(failure.status(), 500);
    assert_eq!(failure.ws_status().code(), 1011);
    assert_eq!(
        http4k_ws::lens::json::Json(odd)
            .into_message()
            .unwrap_err()
            .status(),
        500
    );
}
