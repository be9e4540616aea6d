use std::collections::BTreeMap;

use super::*;

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Id(u8);

#[derive(Debug, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
struct All {
    text: String,
    number: i32,
    yes: bool,
    maybe: Option<f64>,
    many: Vec<u8>,
    colour: Option<Colour>,
    id: Option<Id>,
    flag: Option<()>,
}

fn pairs(text: &[(&str, &str)]) -> Vec<(String, Result<String, Cause>)> {
    text.iter()
        .map(|(name, value)| (String::from(*name), Ok(String::from(*value))))
        .collect()
}

fn get<T: DeserializeOwned>(text: &[(&str, &str)]) -> Result<T, String> {
    read(pairs(text), Location::Query).map_err(|failure| failure.to_string())
}

#[test]
fn every_kind_of_field_is_read() {
    let read = get::<All>(&[
        ("text", "a b"),
        ("number", "-3"),
        ("yes", "true"),
        ("maybe", "1.5"),
        ("many", "1"),
        ("other", "x"),
        ("many", "2"),
        ("colour", "red"),
        ("id", "7"),
        ("flag", ""),
    ]);
    let expected = All {
        text: "a b".into(),
        number: -3,
        yes: true,
        maybe: Some(1.5),
        many: vec![1, 2],
        colour: Some(Colour::Red),
        id: Some(Id(7)),
        flag: Some(()),
    };
    assert_eq!(read, Ok(expected));
    assert_eq!(get::<All>(&[]), Ok(All::default()));
    let map = get::<BTreeMap<String, String>>(&[("a", "1"), ("b", "2"), ("a", "3")]);
    let expected = [("a", "1"), ("b", "2")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    assert_eq!(map, Ok(BTreeMap::from(expected)));
}

#[test]
fn a_failure_names_the_field_and_what_it_is_to_be() {
    #[derive(Debug, serde::Deserialize)]
    struct Needed {
        #[allow(dead_code)]
        number: u8,
    }
    let cases = [
        (get::<Needed>(&[]).map(drop), "query `number` is required"),
        (
            get::<Needed>(&[("number", "256")]).map(drop),
            "query `number` must be integer: number too large to fit in target type",
        ),
        (
            get::<All>(&[("many", "1"), ("many", "x")]).map(drop),
            "query `many` must be integer: invalid digit found in string",
        ),
        (
            get::<All>(&[("colour", "blue")]).map(drop),
            "query `colour` must be as its type says: unknown variant `blue`, expected `red`",
        ),
        (
            get::<All>(&[("flag", "x")]).map(drop),
            "query `flag` must be empty: it is \"x\"",
        ),
    ];
    for (outcome, text) in cases {
        assert_eq!(outcome.unwrap_err(), text);
    }
}

#[test]
fn types_that_texts_can_not_be_fail() {
    assert!(get::<u8>(&[("a", "1")]).is_err());
    assert!(get::<BTreeMap<String, BTreeMap<String, String>>>(&[("a", "1")]).is_err());
    assert!(get::<Vec<u8>>(&[("a", "1")]).is_err());
}
