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
    let map = get::<BTreeMap<String, u8>>(&[("a", "1"), ("b", "2")]);
    assert_eq!(map, Ok(BTreeMap::from([("a".into(), 1), ("b".into(), 2)])));
}

#[test]
fn a_failure_names_the_field_and_the_expected_kind() {
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
            "query `colour` must be valid: unknown variant `blue`, expected `red`",
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
fn a_type_that_text_cannot_become_is_a_server_error() {
    type Map = BTreeMap<String, String>;
    let failures = [
        read::<u8>(pairs(&[("a", "1")]), Location::Query).unwrap_err(),
        read::<BTreeMap<String, Map>>(pairs(&[("a", "1")]), Location::Query).unwrap_err(),
        read::<Vec<u8>>(pairs(&[("a", "1")]), Location::Query).unwrap_err(),
        read::<BTreeMap<String, Vec<Vec<u8>>>>(pairs(&[("a", "1")]), Location::Form).unwrap_err(),
    ];
    for failure in failures {
        assert_eq!(failure.status(), 500, "{failure}");
        assert!(
            failure.to_string().contains("must be readable from text: "),
            "{failure}"
        );
    }
}

#[test]
fn each_place_has_its_rule_for_several_values() {
    let several = [("a", "1"), ("b", "x"), ("a", "2")];
    let one = |location| {
        read::<BTreeMap<String, String>>(pairs(&several), location)
            .map(|map| map["a"].clone())
            .map_err(|failure| failure.to_string())
    };
    let refused = "must be one value: it is given 2 times";
    assert_eq!(one(Location::Query), Err(format!("query `a` {refused}")));
    assert_eq!(one(Location::Form), Err(format!("form `a` {refused}")));
    assert_eq!(one(Location::Cookie), Ok("1".into()));
    assert_eq!(one(Location::Path), Ok("2".into()));
    assert_eq!(one(Location::Header), Ok("1, 2".into()));
    for location in [
        Location::Query,
        Location::Cookie,
        Location::Path,
        Location::Header,
    ] {
        let all = read::<BTreeMap<String, Vec<String>>>(pairs(&several), location).unwrap();
        assert_eq!(all["a"], ["1", "2"]);
        let list = read::<Vec<(String, char)>>(pairs(&several), location).unwrap();
        assert_eq!(
            list,
            [("a".into(), '1'), ("b".into(), 'x'), ("a".into(), '2')]
        );
    }
}

#[test]
fn a_map_of_numbers_is_read_in_a_few_passes() {
    #[derive(Debug, serde::Deserialize)]
    struct Counts {
        #[serde(flatten)]
        by_id: BTreeMap<u32, f32>,
    }
    let many: Vec<Pair> = (0..1_000)
        .map(|n| (n.to_string(), Ok(format!("{n}.5"))))
        .collect();
    let read: Counts = read(many, Location::Form).unwrap();
    assert_eq!(read.by_id.len(), 1_000);
    assert_eq!(read.by_id[&7], 7.5);
}

#[test]
fn a_text_behind_many_numbers_stays_a_text() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Many {
        numbers: [u8; 20],
        text: String,
    }
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Flat {
        #[serde(flatten)]
        many: Many,
    }
    let mut sent: Vec<(&str, &str)> = vec![("numbers", "1"); 20];
    sent.push(("text", "7"));
    let many = Many {
        numbers: [1; 20],
        text: "7".into(),
    };
    assert_eq!(get::<Flat>(&sent), Ok(Flat { many }));
}
