use std::collections::BTreeMap;

use futures_util::FutureExt;
use serde::Deserialize;

use super::*;
use crate::message::IntoRequest;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Person {
    name: String,
    age: u32,
}

impl Message for Person {
    const NAME: &'static str = "Person";

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        into_message(&self)
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        from_message(message)
    }
}

fn bob() -> Person {
    Person {
        name: "bob".into(),
        age: 30,
    }
}

const BOB: &str = r#"{"name":"bob","age":30}"#;

fn post(content_type: Option<&'static str>, body: impl Into<Body>) -> Request {
    let request = (::http::Method::POST, "/", body).into_request().unwrap();
    match content_type {
        Some(content_type) => request.with_header("content-type", content_type),
        None => request,
    }
}

/// Returns the output of a future that never waits; a failing body is polled once more per layer.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut polled = (0..4).map(|_| future.as_mut().now_or_never());
    polled
        .find_map(|polled| polled)
        .expect("nothing here waits")
}

#[test]
fn a_value_is_sent_as_text_and_read_from_either_kind() {
    let lens = Person::lens();
    assert_eq!(lens.create(bob()), Ok(BOB.into()));
    assert_eq!(lens.get(&BOB.into()), Ok(bob()));
    assert_eq!(lens.get(&WsMessage::new_binary(BOB)), Ok(bob()));
}

#[test]
fn an_invalid_message_keeps_serdes_cause_and_position() {
    let failure = Person::lens().get(&r#"{"name":"bob"}"#.into()).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "message `Person` must be JSON: missing field `age` at line 1 column 14"
    );
    let [part] = failure.failures() else {
        panic!("{failure:?}");
    };
    assert_eq!(part.kind(), LensFailureKind::Invalid);
    assert_eq!(part.location(), Location::Message);
    assert_eq!((part.name(), part.expected()), ("Person", "JSON"));
    let cause = part.cause().unwrap().downcast_ref::<serde_json::Error>();
    assert_eq!(
        cause.map(|cause| (cause.line(), cause.column())),
        Some((1, 14))
    );
}

#[test]
fn json_that_is_not_utf8_is_refused_with_its_position() {
    let invalid = b"{\"name\":\"b\xFFb\",\"age\":5}";
    let failure = Person::lens().get(&invalid.into()).unwrap_err();
    let expected = "message `Person` must be JSON: invalid utf-8 sequence of 1 bytes from index 10";
    assert_eq!(failure.to_string(), expected);
}

#[test]
fn a_value_that_json_cannot_represent_is_a_failure() {
    let odd = Json(BTreeMap::from([([1, 2], 3)]));
    let failure = odd.clone().into_message().unwrap_err();
    assert!(
        failure
            .to_string()
            .starts_with("message `BTreeMap<[i32; 2], i32>` must be JSON: ")
    );
    assert_eq!(odd.into_response().status(), 500);
}

#[test]
fn a_body_is_read_if_its_type_is_json() {
    let cases = [
        (None, false),
        (Some("application/json"), true),
        (Some("Application/JSON; charset=utf-8"), true),
        (Some("application/merge-patch+json"), true),
        (Some("text/plain"), false),
        (Some("application/x-www-form-urlencoded"), false),
        (Some("application/jsonp"), false),
        (Some("json"), false),
    ];
    for (content_type, read) in cases {
        let outcome = now(post(content_type, BOB).json::<Person>());
        match outcome {
            Ok(person) => assert!(read && person == bob(), "{content_type:?}"),
            Err(failure) => {
                assert!(!read, "{content_type:?}: {failure}");
                assert_eq!(failure.status(), 415);
            }
        }
    }
}

#[test]
fn each_way_a_body_fails_has_its_kind_and_status() {
    let cases = [
        (
            Body::empty(),
            LensFailureKind::Missing,
            400,
            "body `Person` is required",
        ),
        (
            Body::from("{"),
            LensFailureKind::Invalid,
            400,
            "body `Person` must be JSON: EOF while parsing an object at line 1 column 1",
        ),
        (
            Body::from(BOB).limit(5),
            LensFailureKind::Invalid,
            413,
            "body `Person` must be JSON: the body is longer than the limit of 5 bytes",
        ),
    ];
    for (body, kind, status, text) in cases {
        let request = post(Some("application/json"), body);
        let failure = now(request.json::<Person>()).unwrap_err();
        assert_eq!(failure.kind(), kind);
        assert_eq!(failure.status(), status);
        assert_eq!(failure.to_string(), text);
    }
}

#[test]
fn a_failing_response_is_a_server_error() {
    let response = Response::new(Body::from("{"));
    assert_eq!(now(response.json::<Person>()).unwrap_err().status(), 502);
    let page = "<h1>".into_response();
    assert_eq!(now(page.json::<Person>()).unwrap_err().status(), 502);
}

#[test]
fn json_is_an_argument_and_a_response() {
    let mut request = post(Some("application/json"), BOB);
    let Json(person) = now(Json::<Person>::from_request(&mut request)).unwrap();
    assert_eq!(person, bob());
    assert_eq!(request.body(), "");
    assert_eq!(Json(person).into_response().body(), BOB);

    let rejection = now(Json::<Person>::from_request(&mut post(
        Some("application/json"),
        "[]",
    )))
    .unwrap_err();
    assert_eq!(rejection.into_response().status(), 400);
}
