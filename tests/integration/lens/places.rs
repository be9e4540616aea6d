//! Query, header, form field, cookie and path under one contract: case 157.

use http4k_ws::lens::{
    Cookie, Form, Header, LensFailureKind, Location, Path, Query, WebForm, With,
};
use http4k_ws::message::{PathParams, RequestExt, UriTemplate};
use http4k_ws::{IntoRequest, IntoResponse, PathParam, Request};

use super::blank;

#[derive(Debug, Clone, Copy, PartialEq, PathParam)]
#[path_param(rename_all = "lowercase")]
enum Colour {
    Red,
    Blue,
}

#[derive(Debug, Clone, PartialEq)]
struct Date(u16, u8);

fn date(text: String) -> Result<Date, String> {
    let (year, month) = text.split_once('-').ok_or("`-` is missing")?;
    let number = |_| format!("{text} lacks numbers");
    Ok(Date(
        year.parse().map_err(number)?,
        month.parse().map_err(|_| "no month")?,
    ))
}

/// Defines the tests of one place of text, in an empty message.
macro_rules! contract {
    ($module:ident, $place:ident, $location:ident, $empty:expr) => {
        mod $module {
            use super::*;

            #[test]
            fn case_157_a_value_that_is_present() {
                let strings = $place::string("n").multi().required();
                let two = strings.set($empty, vec!["1".into(), "2".into()]).unwrap();
                assert_eq!(strings.get(&two).unwrap(), ["1", "2"]);
                assert_eq!($place::string("n").required().get(&two).unwrap(), "1");
                assert_eq!(
                    $place::string("n").optional().get(&two).unwrap().unwrap(),
                    "1"
                );
                assert_eq!($place::int("n").required().get(&two), Ok(1));
                assert_eq!(
                    $place::int("n").multi().optional().get(&two),
                    Ok(Some(vec![1, 2]))
                );
                assert_eq!($place::int("n").map(|n| n + 1).required().get(&two), Ok(2));
                assert_eq!(
                    $place::int("n").map(|n| n + 1).multi().required().get(&two),
                    Ok(vec![2, 3])
                );
            }

            #[test]
            fn case_157_a_value_that_is_missing() {
                let empty = $empty;
                assert_eq!($place::string("n").optional().get(&empty), Ok(None));
                assert_eq!($place::string("n").multi().optional().get(&empty), Ok(None));
                assert_eq!($place::int("n").defaulted(5).get(&empty), Ok(5));
                assert_eq!(
                    $place::int("n").multi().defaulted(vec![]).get(&empty),
                    Ok(vec![])
                );
                for failure in [
                    $place::string("n").required().get(&empty).unwrap_err(),
                    $place::string("n")
                        .multi()
                        .required()
                        .get(&empty)
                        .map(drop)
                        .unwrap_err(),
                ] {
                    assert_eq!(failure.kind(), LensFailureKind::Missing);
                    assert_eq!(failure.failures()[0].location(), Location::$location);
                    assert_eq!(failure.status(), 400);
                    let text = format!("{} `n` is required", Location::$location);
                    assert_eq!(failure.to_string(), text);
                }
            }

            #[test]
            fn case_157_a_set_value_replaces_the_present_one() {
                let one = $place::string("n").required();
                let many = $place::string("n").multi().required();
                let other = $place::string("other").required();
                let message = other.set($empty, "kept".into()).unwrap();
                let message = many.set(message, vec!["1".into(), "2".into()]).unwrap();
                let message = one.set(message, "3".into()).unwrap();
                assert_eq!(many.get(&message).unwrap(), ["3"]);
                let message = many.set(message, vec!["4".into(), "5".into()]).unwrap();
                assert_eq!(many.get(&message).unwrap(), ["4", "5"]);
                let message = $place::string("n").optional().set(message, None).unwrap();
                assert_eq!(
                    one.get(&message).unwrap_err().kind(),
                    LensFailureKind::Missing
                );
                assert_eq!(other.get(&message).unwrap(), "kept");
            }

            #[test]
            fn case_157_a_value_that_is_invalid() {
                let message = $place::string("n")
                    .required()
                    .set($empty, "many".into())
                    .unwrap();
                for failure in [
                    $place::int("n").required().get(&message).unwrap_err(),
                    $place::int("n").optional().get(&message).unwrap_err(),
                    $place::int("n").defaulted(1).get(&message).unwrap_err(),
                    $place::int("n")
                        .multi()
                        .required()
                        .get(&message)
                        .unwrap_err(),
                    $place::int("n")
                        .multi()
                        .optional()
                        .get(&message)
                        .unwrap_err(),
                    $place::int("n")
                        .multi()
                        .defaulted(vec![])
                        .get(&message)
                        .unwrap_err(),
                ] {
                    assert_eq!(failure.kind(), LensFailureKind::Invalid);
                    assert!(
                        failure
                            .to_string()
                            .contains("`n` must be integer: invalid digit")
                    );
                }
            }

            #[test]
            fn case_157_values_of_every_kind_are_sent_and_read() {
                let dates = $place::string("d")
                    .try_map_both(date, |Date(year, month)| format!("{year}-{month}"))
                    .expecting("date");
                let (flag, number) = (
                    $place::boolean("b").required(),
                    $place::float("f").required(),
                );
                let colour = $place::value::<Colour>("c").required();
                let date = dates.required();
                let message = $empty
                    .with((
                        date.of(Date(2024, 2)),
                        flag.of(true),
                        number.of(-1.5),
                        colour.of(Colour::Blue),
                    ))
                    .unwrap();
                assert_eq!(date.get(&message), Ok(Date(2024, 2)));
                assert_eq!(flag.get(&message), Ok(true));
                assert_eq!(number.get(&message), Ok(-1.5));
                assert_eq!(colour.get(&message), Ok(Colour::Blue));

                let message = $place::string("d")
                    .required()
                    .set(message, "2024".into())
                    .unwrap();
                let text = format!("{} `d` must be date: `-` is missing", Location::$location);
                assert_eq!(date.get(&message).unwrap_err().to_string(), text);
                let message = $place::string("c")
                    .required()
                    .set(message, "green".into())
                    .unwrap();
                let text = format!(
                    "{} `c` must be Colour: `green` must be one of `red`, `blue`",
                    Location::$location
                );
                assert_eq!(colour.get(&message).unwrap_err().to_string(), text);
            }

            #[test]
            fn case_157_a_lens_has_debug_and_its_meta() {
                let lens = $place::int("n")
                    .with_description("how many")
                    .multi()
                    .required();
                assert_eq!(
                    format!("{lens:?}"),
                    format!("Lens({} `n`: integer)", Location::$location)
                );
                assert!(lens.meta().is_required() && lens.meta().is_multiple());
                assert_eq!(lens.meta().description(), Some("how many"));
                assert!(!$place::int("n").optional().meta().is_required());
            }

            #[test]
            fn lists_that_a_message_cannot_hold_are_not_set() {
                for failure in [
                    $place::int("n")
                        .multi()
                        .required()
                        .set($empty, vec![])
                        .map(drop)
                        .unwrap_err(),
                    $place::int("n")
                        .multi()
                        .optional()
                        .set($empty, Some(vec![]))
                        .map(drop)
                        .unwrap_err(),
                    $place::int("n")
                        .multi()
                        .defaulted(vec![1])
                        .set($empty, vec![])
                        .map(drop)
                        .unwrap_err(),
                ] {
                    assert_eq!(failure.status(), 500);
                }
                let none = $place::int("n").multi().defaulted(vec![]);
                assert_eq!(none.get(&none.set($empty, vec![]).unwrap()), Ok(vec![]));
            }
        }
    };
}
contract!(query, Query, Query, blank());
contract!(header, Header, Header, blank());
contract!(form, Form, Form, WebForm::new());
contract!(cookie, Cookie, Cookie, blank());

#[test]
fn a_value_that_is_not_text_is_invalid_and_not_missing() {
    let query = "/?n=%ff".into_request().unwrap();
    assert_eq!(
        Query::string("n")
            .optional()
            .get(&query)
            .unwrap_err()
            .kind(),
        LensFailureKind::Invalid
    );
    let value = http4k_ws::http::HeaderValue::from_bytes(b"\xff").unwrap();
    let header = blank().with_header("n", value.clone());
    assert_eq!(
        Header::string("n")
            .optional()
            .get(&header)
            .unwrap_err()
            .kind(),
        LensFailureKind::Invalid
    );
    // The first value counts, in front of any other.
    let header = blank().with_header("n", "1").with_added_header("n", value);
    assert_eq!(Header::int("n").required().get(&header), Ok(1));
}

#[test]
fn a_header_of_a_response_is_set_and_read() {
    let response = ().into_response();
    let etags = Header::string("etag").multi().required();
    let response = etags.set(response, vec!["1".into(), "2".into()]).unwrap();
    let etag = Header::int("etag").required();
    assert_eq!(etag.get(&response), Ok(1));
    let response = etag.set(response, 3).unwrap();
    assert_eq!(etags.get(&response).unwrap(), ["3"]);
    let bare = Header::int("etag").optional().set(response, None).unwrap();
    assert_eq!(etag.get(&bare).unwrap_err().status(), 502);
}

#[test]
fn a_text_invalid_in_a_header_or_cookie_is_not_set() {
    for value in ["a\r\nb: c", "a\0", " a", "a\t"] {
        let failure = Header::string("x")
            .required()
            .set(blank(), value.into())
            .unwrap_err();
        assert_eq!(failure.status(), 500, "{value:?}");
    }
    assert!(
        Header::string("not a name")
            .required()
            .set(blank(), "a".into())
            .is_err()
    );
    for value in ["a b", "a;b", "a,b", "\"a\"", "a\\b", "é", "a\n"] {
        assert!(
            Cookie::string("x")
                .required()
                .set(blank(), value.into())
                .is_err(),
            "{value:?}"
        );
    }
    for name in ["", "a b", "a=b", "a;b", "é"] {
        assert!(
            Cookie::string(name)
                .required()
                .set(blank(), "a".into())
                .is_err(),
            "{name:?}"
        );
    }
    let long = "x".repeat(70_000);
    assert!(Query::string("q").required().set(blank(), long).is_err());
}

fn routed(params: &[(&'static str, &str)]) -> Request {
    let params: PathParams = params
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    let mut request = blank();
    request.extensions_mut().insert(params);
    request
}

#[test]
fn case_157_a_path_parameter_that_is_present() {
    let request = routed(&[("id", "7"), ("name", "bob"), ("colour", "red")]);
    assert_eq!(Path::int("id").required().get(&request), Ok(7));
    assert_eq!(
        Path::string("name")
            .map(|name| name.len())
            .required()
            .get(&request),
        Ok(3)
    );
    assert_eq!(
        Path::value::<Colour>("colour").required().get(&request),
        Ok(Colour::Red)
    );
}

#[test]
fn case_157_a_path_parameter_that_is_missing_or_invalid() {
    let request = routed(&[("id", "seven")]);
    let failure = Path::int("id").required().get(&request).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "path `id` must be integer: invalid digit found in string"
    );
    let failure = Path::int("other").required().get(&request).unwrap_err();
    assert_eq!(failure.to_string(), "path `other` is required");
    assert_eq!(Path::int("other").optional().get(&blank()), Ok(None));
}

#[test]
fn case_157_path_parameters_fill_in_a_template_and_are_encoded() {
    let (id, rest) = (Path::int("id").required(), Path::string("rest").required());
    let template = UriTemplate::parse("/users/<id: u64>/<rest..>").unwrap();
    let request = template.into_request().unwrap().with_query("q", 1);
    let request = request.with(rest.of("a b/ä{id}".into())).unwrap();
    assert_eq!(request.uri(), "/users/{id}/a%20b/%C3%A4%7Bid%7D?q=1");
    let request = request.with((id.of(1), id.of(7))).unwrap();
    assert_eq!(request.uri(), "/users/7/a%20b/%C3%A4%7Bid%7D?q=1");
    assert_eq!(
        (id.get(&request), rest.get(&request)),
        (Ok(7), Ok("a b/ä{id}".into()))
    );

    let name = Path::string("name").required();
    let failure = name.set(request, "x".into()).unwrap_err();
    assert!(failure.to_string().contains("lacks `<name>`"), "{failure}");
    let failure = id.set(blank(), 1).unwrap_err();
    assert!(
        failure
            .to_string()
            .contains("was not created from a `UriTemplate`"),
        "{failure}"
    );
    let one = || UriTemplate::parse("/<name>").unwrap().into_request();
    for value in ["", ".", ".."] {
        assert!(name.set(one().unwrap(), value.into()).is_err(), "{value}");
    }
    let request = one().unwrap().with(name.of("...".into())).unwrap();
    assert_eq!(request.uri(), "/...");
}
