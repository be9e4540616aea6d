//! The laws of lenses, over arbitrary values: a value that was set is read; setting a value that
//! was read
//! changes nothing; setting twice equals setting once. No input makes a lens panic.

use std::fmt::Debug;

use http4k_ws::lens::{
    Accept, BiDiLens, Cookie, Form, Header, MessagePart, Path, Query, ReadFrom, WebForm, WriteTo,
};
use http4k_ws::message::{RequestExt, UriTemplate};
use http4k_ws::{Body, FromRequest, IntoRequest, Message, Request, WsMessage};
use proptest::prelude::*;

use super::{blank, now};

/// Checks the laws for two values, over a message that already has other content.
fn laws<L, M, T>(lens: &BiDiLens<L, T>, message: impl Fn() -> M, one: T, two: T)
where
    L: MessagePart + ReadFrom<M> + WriteTo<M>,
    T: Clone + PartialEq + Debug + 'static,
    M: Seen,
{
    let set = lens
        .set(message(), one.clone())
        .expect("the value has a form");
    let seen = set.seen();
    assert_eq!(lens.get(&set), Ok(one.clone()), "set, then get");
    let again = lens.set(set, one.clone()).unwrap();
    assert_eq!(again.seen(), seen, "get, then set");
    let both = lens.set(lens.set(message(), two).unwrap(), one).unwrap();
    assert_eq!(both.seen(), seen, "set, then set");
}

/// The parts of a message that lenses can change.
trait Seen {
    fn seen(&self) -> String;
}

impl Seen for Request {
    fn seen(&self) -> String {
        format!("{} {:?} {:?}", self.uri(), self.headers(), self.body())
    }
}

impl Seen for WebForm {
    fn seen(&self) -> String {
        format!("{self:?}")
    }
}

impl Seen for WsMessage {
    fn seen(&self) -> String {
        format!("{self:?}")
    }
}

fn request() -> Request {
    let request = "/x?kept=1&n=0&n=1".into_request().unwrap();
    request
        .with_header("cookie", "kept=1; n=0")
        .with_header("kept", "1")
        .with_header("n", "0")
}

fn form() -> WebForm {
    [("kept", "1"), ("n", "0")].into_iter().collect()
}

fn template() -> Request {
    UriTemplate::parse("/a/<n>/<other>")
        .unwrap()
        .into_request()
        .unwrap()
}

/// Returns a text that can be a segment of a path: not empty, and neither `.` nor `..`.
fn segment() -> impl Strategy<Value = String> {
    "\\PC{1,20}".prop_filter("no dot segment", |text| text != "." && text != "..")
}

/// The permitted content of a header field: no control characters, no white space at the ends.
const FIELD: &str = "([!-~é€]([ -~é€]{0,20}[!-~é€])?)?";
const COOKIE: &str = "[!#-+\\--:<-\\[\\]-~]{0,20}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn text_obeys_the_laws(one in any::<String>(), two in any::<String>()) {
        laws(&Query::string("n").required(), request, one.clone(), two.clone());
        laws(&Query::string("ö &").required(), request, one.clone(), two.clone());
        laws(&Form::string("n").required(), form, one.clone(), two.clone());
        laws(&WsMessage::string().to_lens(), || "x".into(), one, two);
    }

    #[test]
    fn text_of_a_path_obeys_the_laws(one in segment(), two in segment()) {
        laws(&Path::string("n").required(), template, one, two);
    }

    #[test]
    fn text_of_fields_and_cookies_obeys_the_laws(
        fields in (FIELD, FIELD),
        cookies in (COOKIE, COOKIE),
    ) {
        laws(&Header::string("n").required(), request, fields.0, fields.1);
        laws(&Cookie::string("n").required(), request, cookies.0, cookies.1);
    }

    #[test]
    fn numbers_obey_the_laws(one in any::<i64>(), two in any::<i64>(), float in any::<f64>()) {
        laws(&Query::int("n").required(), request, one, two);
        laws(&Query::int("n").defaulted(3), request, one, two);
        laws(&Header::int("n").required(), request, one, two);
        laws(&Cookie::int("n").required(), request, one, two);
        laws(&Form::int("n").required(), form, one, two);
        laws(&Path::int("n").required(), template, one, two);
        if !float.is_nan() {
            laws(&Query::float("n").required(), request, float, 0.5);
        }
    }

    #[test]
    fn optional_values_obey_the_laws(one in any::<Option<bool>>(), two in any::<Option<bool>>()) {
        laws(&Query::boolean("n").optional(), request, one, two);
        laws(&Header::boolean("n").optional(), request, one, two);
        laws(&Cookie::boolean("n").optional(), request, one, two);
        laws(&Form::boolean("n").optional(), form, one, two);
    }

    #[test]
    fn lists_obey_the_laws(
        one in prop::collection::vec(any::<u8>(), 0..4),
        two in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        laws(&Query::value::<u8>("n").multi().defaulted(vec![]), request, one.clone(), two.clone());
        laws(&Header::value::<u8>("n").multi().defaulted(vec![]), request, one.clone(), two.clone());
        laws(&Cookie::value::<u8>("n").multi().defaulted(vec![]), request, one.clone(), two.clone());
        laws(&Form::value::<u8>("n").multi().defaulted(vec![]), form, one.clone(), two.clone());
        let some = |list: &[u8]| (!list.is_empty()).then(|| list.to_vec());
        laws(&Query::value::<u8>("n").multi().optional(), request, some(&one), some(&two));
    }

    #[test]
    fn bodies_obey_the_laws(one in any::<Vec<u16>>(), two in any::<Vec<u16>>()) {
        let lens = Body::json::<Vec<u16>>();
        let mut set = lens.set(request(), one.clone()).unwrap();
        let seen = set.seen();
        prop_assert_eq!(now(lens.get(&mut set)), Ok(one.clone()));
        prop_assert_eq!(set.seen(), seen.clone());
        let both = lens.set(lens.set(request(), two).unwrap(), one).unwrap();
        prop_assert_eq!(both.seen(), seen);
    }

    /// A lens returns a value or a failure for every input.
    #[test]
    fn no_input_makes_a_lens_panic(
        query in "[ -~]{0,40}",
        field in prop::collection::vec(any::<u8>(), 0..40),
        body in prop::collection::vec(any::<u8>(), 0..60),
        content_type in prop::sample::select(vec![
            "application/json", "application/msgpack", "application/cbor", "text/plain",
            "application/x-www-form-urlencoded", "x", "application/octet-stream",
        ]),
    ) {
        let mut request = blank().with_header("content-type", content_type);
        if let Ok(uri) = format!("/?{query}").parse() {
            request = request.with_uri(uri);
        }
        if let Ok(value) = http4k_ws::http::HeaderValue::from_bytes(&field) {
            request = request.with_header("n", value.clone()).with_header("cookie", value.clone());
            request = request.with_header("accept", value);
        }
        let _ = Query::int("n").multi().required().get(&request);
        let _ = Header::string("n").required().get(&request);
        let _ = Cookie::float("n").optional().get(&request);
        let _ = Accept::of(&request).choose(&["text/html"]);
        let request = &mut request.with_body(body.clone());
        let _ = now(Form::feedback(&Form::int("n").required()).get(request));
        let _ = now(super::formats::Everything::body().get(request));
        let _ = now(Body::json::<serde_json::Value>().get(request));
        let _ = now(<Query<super::formats::Flat> as FromRequest>::from_request(request));
        for format in super::formats::Everything::FORMATS {
            let message = WsMessage::new_binary(body.clone());
            let _ = super::formats::Everything::from_message_in(*format, message);
        }
    }
}
