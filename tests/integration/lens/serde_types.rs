//! Serde's attributes on types that are read from pairs of names and texts.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use http4k_ws::{
    Cookie, Form, FromRequest, Header, IntoRequest, LensFailure, Path, PathParams, Query,
    Rejection, Request, RequestExt, routes,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::now;

fn request(query: &str) -> Request {
    format!("/?{query}").into_request().unwrap()
}

fn told(rejection: Rejection) -> LensFailure {
    let response = rejection.response();
    response
        .extensions()
        .get::<LensFailure>()
        .expect("a lens failed")
        .clone()
}

fn query<T: DeserializeOwned>(query: &str) -> Result<T, LensFailure> {
    let read = now(Query::<T>::from_request(&mut request(query)));
    read.map(|Query(value)| value).map_err(told)
}

/// The value as each place reads it, which is the same.
#[track_caller]
fn everywhere<T: DeserializeOwned + Debug + PartialEq>(pairs: &str) -> T {
    let value = query::<T>(pairs).unwrap();
    let mut form = request("")
        .with_header("content-type", "application/x-www-form-urlencoded")
        .with_body(pairs.to_owned());
    let Form(of_form) = now(Form::<T>::from_request(&mut form)).unwrap();
    assert_eq!(of_form, value);
    let split = || pairs.split('&').filter_map(|pair| pair.split_once('='));
    let mut fields = request("");
    for (name, value) in split() {
        let name: http::HeaderName = name.parse().unwrap();
        fields.headers_mut().append(name, value.parse().unwrap());
    }
    let cookies = pairs.replace('&', "; ");
    let mut fields = fields.try_with_header("cookie", cookies).unwrap();
    let params: PathParams = split()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    fields.extensions_mut().insert(params);
    let Cookie(of_cookies) = now(Cookie::<T>::from_request(&mut fields)).unwrap();
    assert_eq!(of_cookies, value);
    let Path(of_path) = now(Path::<T>::from_request(&mut fields)).unwrap();
    assert_eq!(of_path, value);
    value
}

#[derive(Debug, PartialEq, Deserialize)]
struct Pager {
    page: u32,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Search {
    q: String,
    #[serde(flatten)]
    pager: Pager,
}

#[test]
fn a_flattened_query_is_read() {
    let app =
        routes! { GET "/" => http(|Query(s): Query<Search>| format!("{} {}", s.q, s.pager.page)) };
    assert_eq!(app.test_http("/?q=a&page=2").body(), "a 2");
    assert_eq!(app.test_http("/?page=2&q=2").body(), "2 2");
    let refused = query::<Search>("q=a&page=x").unwrap_err();
    let text = "query `page` must be integer: invalid digit found in string";
    assert_eq!(
        (refused.to_string().as_str(), refused.status().as_u16()),
        (text, 400)
    );
    let refused = query::<Search>("q=a").unwrap_err();
    assert_eq!(refused.to_string(), "query `page` is required");
    assert_eq!(
        query::<Search>("q=a&page=1&page=2").unwrap_err().status(),
        400
    );
}

#[derive(Debug, PartialEq, Deserialize)]
struct Id(u64);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Up,
    Down,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    text: String,
    signed: i8,
    float: f64,
    small: f32,
    yes: bool,
    letter: char,
    id: Id,
    sort: Sort,
    none: Option<u32>,
    some: Option<u32>,
    words: Vec<String>,
    numbers: Vec<u8>,
    maybe: Option<Vec<bool>>,
    pair: (u8, String),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Outer<T> {
    first: u8,
    #[serde(flatten)]
    inner: T,
}

fn inner() -> Inner {
    Inner {
        text: "1".into(),
        signed: -1,
        float: 1.0,
        small: 0.5,
        yes: true,
        letter: '7',
        id: Id(9),
        sort: Sort::Down,
        none: None,
        some: Some(3),
        words: vec!["1".into(), "true".into()],
        numbers: vec![4],
        maybe: Some(vec![true, false]),
        pair: (5, "6".into()),
    }
}

const INNER: &str = "text=1&signed=-1&float=1&small=0.5&yes=true&letter=7&id=9&sort=down&some=3\
    &words=1&words=true&numbers=4&maybe=true&maybe=false&pair=5&pair=6";

#[test]
fn every_kind_of_field_is_read_behind_flatten() {
    let pairs = format!("first=1&{INNER}");
    assert_eq!(everywhere::<Inner>(INNER), inner());
    assert_eq!(everywhere::<Outer<Inner>>(&pairs).inner, inner());
    assert_eq!(everywhere::<Outer<Outer2>>(&pairs).inner.inner, inner());
    assert_eq!(
        everywhere::<Outer<Option<Inner>>>(&pairs).inner,
        Some(inner())
    );
    assert_eq!(everywhere::<Outer<Option<Inner>>>("first=1").inner, None);
}

#[derive(Debug, PartialEq, Deserialize)]
struct Outer2 {
    #[serde(flatten)]
    inner: Inner,
}

#[test]
fn maps_and_newtypes_are_read() {
    type Map<K, V> = BTreeMap<K, V>;
    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(Pager);
    assert_eq!(everywhere::<Wrapped>("page=2"), Wrapped(Pager { page: 2 }));
    assert_eq!(
        everywhere::<Option<Pager>>("page=2"),
        Some(Pager { page: 2 })
    );
    assert_eq!(
        everywhere::<Map<u8, i8>>("1=2&3=-4"),
        Map::from([(1, 2), (3, -4)])
    );
    let texts = Map::from([("a".to_owned(), "2".to_owned())]);
    assert_eq!(
        everywhere::<Outer<Map<String, String>>>("first=1&a=2").inner,
        texts
    );
    let numbers = Map::from([("a".to_owned(), 2)]);
    assert_eq!(
        everywhere::<Outer<Map<String, u8>>>("first=1&a=2").inner,
        numbers
    );
    let keys = Map::from([(5, 2.5)]);
    assert_eq!(
        everywhere::<Outer<Map<u8, f64>>>("first=1&5=2.5").inner,
        keys
    );
    let values: HashMap<String, serde_json::Value> = query("a=2").unwrap();
    assert_eq!(values["a"], "2");
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Internal {
    Circle { radius: f64, label: String },
    Square(Side),
    Point,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Side {
    side: u16,
    tags: Vec<u8>,
}

#[test]
fn an_internally_tagged_enum_is_read() {
    let circle = Internal::Circle {
        radius: 2.0,
        label: "2".into(),
    };
    assert_eq!(
        everywhere::<Internal>("radius=2&label=2&type=circle"),
        circle
    );
    let square = || {
        Internal::Square(Side {
            side: 3,
            tags: vec![1, 2],
        })
    };
    assert_eq!(
        everywhere::<Internal>("type=square&side=3&tags=1&tags=2"),
        square()
    );
    assert_eq!(
        everywhere::<Outer<Internal>>("first=1&type=square&side=3&tags=1&tags=2").inner,
        square()
    );
    assert_eq!(everywhere::<Internal>("type=point"), Internal::Point);
    assert_eq!(
        query::<Internal>("type=square&side=x&tags=1")
            .unwrap_err()
            .status(),
        400
    );
    assert_eq!(query::<Internal>("side=1").unwrap_err().status(), 400);
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "lowercase")]
enum Adjacent {
    Number(u32),
    Text(String),
    List(Vec<i8>),
    Nothing,
}

#[test]
fn an_adjacently_tagged_enum_is_read_in_either_order() {
    let cases = [
        ("kind=number&value=7", Adjacent::Number(7)),
        ("value=7&kind=number", Adjacent::Number(7)),
        ("value=7&kind=text", Adjacent::Text("7".into())),
        ("kind=text&value=7", Adjacent::Text("7".into())),
        ("value=7&kind=list", Adjacent::List(vec![7])),
        ("value=7&value=-8&kind=list", Adjacent::List(vec![7, -8])),
        ("kind=nothing", Adjacent::Nothing),
    ];
    for (pairs, expected) in cases {
        assert_eq!(everywhere::<Adjacent>(pairs), expected, "{pairs}");
        let outer = everywhere::<Outer<Adjacent>>(&format!("first=1&{pairs}"));
        assert_eq!(outer.inner, expected, "{pairs}");
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Key {
    Flag(bool),
    Number(u32),
    Float(f64),
    Name(String),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum TextFirst {
    Name(String),
    #[allow(dead_code)]
    Number(u32),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Keys<T> {
    key: T,
    #[serde(default = "Vec::new")]
    keys: Vec<T>,
}

#[test]
fn the_first_untagged_variant_that_fits_is_read() {
    for (text, expected) in [
        ("true", Key::Flag(true)),
        ("7", Key::Number(7)),
        ("-7", Key::Float(-7.0)),
        ("7.5", Key::Float(7.5)),
        ("seven", Key::Name("seven".into())),
    ] {
        assert_eq!(
            everywhere::<Keys<Key>>(&format!("key={text}")).key,
            expected,
            "{text}"
        );
        let outer = everywhere::<Outer<Keys<Key>>>(&format!("first=1&key={text}"));
        assert_eq!(outer.inner.key, expected, "{text}");
    }
    let all: Keys<Key> = everywhere("key=x&keys=7&keys=a&keys=true");
    assert_eq!(
        all.keys,
        [Key::Number(7), Key::Name("a".into()), Key::Flag(true)]
    );
    assert_eq!(
        everywhere::<Keys<TextFirst>>("key=7").key,
        TextFirst::Name("7".into())
    );
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Shapes {
    Sized { id: u32, size: u8 },
    Named { id: String },
}

#[test]
fn untagged_structs_are_told_apart_by_their_fields() {
    assert_eq!(
        everywhere::<Shapes>("id=7&size=1"),
        Shapes::Sized { id: 7, size: 1 }
    );
    assert_eq!(
        everywhere::<Shapes>("id=7"),
        Shapes::Named { id: "7".into() }
    );
    assert_eq!(
        everywhere::<Shapes>("id=7&size=x"),
        Shapes::Named { id: "7".into() }
    );
    let outer = everywhere::<Outer<Shapes>>("first=1&id=7&size=1");
    assert_eq!(outer.inner, Shapes::Sized { id: 7, size: 1 });
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum External {
    Number(u32),
    Text(String),
}

#[test]
fn an_externally_tagged_enum_is_one_pair() {
    assert_eq!(everywhere::<External>("number=7"), External::Number(7));
    assert_eq!(everywhere::<External>("text=7"), External::Text("7".into()));
    assert_eq!(
        everywhere::<Outer<External>>("first=1&number=7").inner,
        External::Number(7)
    );
    assert_eq!(query::<External>("other=7").unwrap_err().status(), 400);
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wide<T> {
    wide: T,
}

#[test]
fn wide_integers_are_read_or_the_type_is_refused() {
    let max = u128::MAX;
    assert_eq!(everywhere::<Wide<u128>>(&format!("wide={max}")).wide, max);
    assert_eq!(everywhere::<Wide<i128>>("wide=-1").wide, -1);

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Wide(u128),
        Text(String),
    }
    let refused = [
        query::<Outer<Wide<u128>>>("first=1&wide=1").unwrap_err(),
        query::<Outer<Wide<i128>>>("first=1&wide=1").unwrap_err(),
        query::<Wide<Untagged>>("wide=1").unwrap_err(),
    ];
    for failure in refused {
        assert_eq!(failure.status(), 500);
        assert!(
            failure
                .to_string()
                .contains("128-bit integers behind `flatten`"),
            "{failure}"
        );
    }
}

#[test]
fn a_nested_struct_is_refused_with_the_way_out() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Nested {
        pager: Pager,
    }
    for failure in [
        query::<Nested>("pager=1").unwrap_err(),
        query::<Outer<Nested>>("first=1&pager=1").unwrap_err(),
    ] {
        assert_eq!(failure.status(), 500);
        assert!(
            failure.to_string().contains("write `#[serde(flatten)]`"),
            "{failure}"
        );
    }
}

#[test]
fn a_text_that_two_variants_read_differently_is_refused() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum Unclear {
        First { id: u32, size: u8 },
        Second { id: String },
        Third { id: f64 },
    }
    let failure = query::<Unclear>("id=7").unwrap_err();
    assert_eq!(failure.status(), 500);
    assert!(
        failure
            .to_string()
            .contains("read the same text as different types"),
        "{failure}"
    );
}

#[test]
fn no_repeated_pair_is_dropped() {
    let all = [("a", "1"), ("b", "x"), ("a", "2")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(query::<Vec<(String, String)>>("a=1&b=x&a=2").unwrap(), all);
    let lists: BTreeMap<String, Vec<u8>> = query("a=1&a=2").unwrap();
    assert_eq!(lists["a"], [1, 2]);
    let refused = [
        query::<Pager>("page=1&page=2").unwrap_err(),
        query::<BTreeMap<String, String>>("page=1&page=1").unwrap_err(),
    ];
    for failure in refused {
        assert_eq!(
            failure.to_string(),
            "query `page` must be one value: it is given 2 times"
        );
        assert_eq!(failure.status(), 400);
    }
    // A field that no type reads may be repeated.
    assert_eq!(query::<Pager>("page=1&x=1&x=2").unwrap(), Pager { page: 1 });

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Fields {
        x_forwarded_for: String,
    }
    let mut repeated = request("")
        .with_added_header("x-forwarded-for", "a")
        .with_added_header("x-forwarded-for", "b");
    let Header(fields) = now(Header::<Fields>::from_request(&mut repeated)).unwrap();
    assert_eq!(fields.x_forwarded_for, "a, b");
}

#[test]
fn the_number_of_fields_is_bounded() {
    let form = |fields: usize| {
        let body: Vec<String> = (0..fields).map(|field| format!("f{field}=1")).collect();
        let request = request("").with_header("content-type", "application/x-www-form-urlencoded");
        let mut request = request.with_body(body.join("&"));
        now(Form::<HashMap<String, u8>>::from_request(&mut request)).map_err(told)
    };
    assert_eq!(form(10_000).unwrap().0.len(), 10_000);
    let failure = form(10_001).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "body `form` must be form: it has more than 10000 fields"
    );
    assert_eq!(failure.status(), 400);
}
