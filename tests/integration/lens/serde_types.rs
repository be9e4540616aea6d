//! Serde's attributes on types that are read from pairs of names and texts.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use http4k_ws::lens::{Cookie, Form, Header, LensFailure, Path, Query};
use http4k_ws::message::{PathParams, Rejection, RequestExt};
use http4k_ws::{FromRequest, IntoRequest, Request, routes};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::now;

fn request(query: &str) -> Request {
    format!("/?{query}").into_request().unwrap()
}

fn failure_of(rejection: Rejection) -> LensFailure {
    let response = rejection.response();
    response
        .extensions()
        .get::<LensFailure>()
        .expect("a lens failed")
        .clone()
}

fn query<T: DeserializeOwned>(query: &str) -> Result<T, LensFailure> {
    let read = now(Query::<T>::from_request(&mut request(query)));
    read.map(|Query(value)| value).map_err(failure_of)
}

/// Reads the value in each place, checks that the results agree, and returns one.
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
fn untagged_structs_are_distinguished_by_their_fields() {
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
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum ManyOrOne<T> {
    Many(Vec<T>),
    #[allow(dead_code)]
    One(T),
}

#[test]
fn one_value_is_read_by_the_first_variant() {
    use OneOrMany::{Many, One};
    assert_eq!(everywhere::<Keys<OneOrMany<u8>>>("key=1").key, One(1));
    assert_eq!(everywhere::<Keys<OneOrMany<f64>>>("key=1").key, One(1.0));
    assert_eq!(
        everywhere::<Outer<Keys<OneOrMany<bool>>>>("first=1&key=true")
            .inner
            .key,
        One(true)
    );
    let text = One("1".to_owned());
    assert_eq!(everywhere::<Keys<OneOrMany<String>>>("key=1").key, text);
    let several: Keys<OneOrMany<u8>> = query("key=1&key=2").unwrap();
    assert_eq!(several.key, Many(vec![1, 2]));
    let first = ManyOrOne::Many(vec![1]);
    assert_eq!(everywhere::<Keys<ManyOrOne<u8>>>("key=1").key, first);
    for refused in ["key=x", "key=1&key=x", "key=256", "key="] {
        let failure = query::<Keys<OneOrMany<u8>>>(refused).unwrap_err();
        let text = failure.to_string();
        assert_eq!(failure.status(), 400, "{text}");
        assert!(text.contains("did not match any variant"), "{text}");
    }
}

/// The first of several cookies of one name counts, also for the first variant.
#[test]
fn the_first_cookie_is_the_value_of_a_variant() {
    let mut request = request("")
        .try_with_header("cookie", "key=1; key=2")
        .unwrap();
    let Cookie(read) = now(Cookie::<Keys<OneOrMany<u8>>>::from_request(&mut request)).unwrap();
    assert_eq!(read.key, OneOrMany::One(1));
}

#[test]
fn a_type_may_read_another_query_while_it_is_read() {
    fn inner<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        let text = String::deserialize(from)?;
        let read: Search = query(&text).map_err(serde::de::Error::custom)?;
        Ok(read.pager.page)
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Link {
        #[serde(deserialize_with = "inner")]
        to: u32,
        count: u8,
    }
    let read: Outer<Link> = query("first=1&to=q%3Da%26page%3D2&count=3").unwrap();
    assert_eq!(read.inner, Link { to: 2, count: 3 });
}

/// A variant for one value is refused for another field, and a variant for a list comes next.
#[test]
fn a_list_and_one_value_are_both_tried() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum ListLast {
        One { v: u8, other: u8 },
        Many { v: Vec<u8> },
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum ListFirst {
        Many { v: Vec<u8>, other: u8 },
        One { v: u8 },
    }
    assert_eq!(everywhere::<ListLast>("v=7"), ListLast::Many { v: vec![7] });
    assert_eq!(everywhere::<ListFirst>("v=7"), ListFirst::One { v: 7 });
    let both = ListFirst::Many {
        v: vec![7],
        other: 8,
    };
    assert_eq!(everywhere::<ListFirst>("v=7&other=8"), both);
}

#[test]
fn flags_are_read_behind_flatten() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Set;
    #[derive(Debug, PartialEq, Deserialize)]
    struct Flags {
        verbose: Option<()>,
        quiet: Option<Set>,
    }
    let set = || Flags {
        verbose: Some(()),
        quiet: Some(Set),
    };
    let none = || Flags {
        verbose: None,
        quiet: None,
    };
    assert_eq!(everywhere::<Flags>("verbose=&quiet="), set());
    let flat = |pairs: &str| everywhere::<Outer<Flags>>(pairs).inner;
    assert_eq!(flat("first=1&verbose=&quiet="), set());
    assert_eq!(flat("first=1"), none());
    for refused in ["first=1&verbose=x", "first=1&quiet=x"] {
        let failure = query::<Outer<Flags>>(refused).unwrap_err();
        assert_eq!(failure.status(), 400);
    }
}

#[test]
fn a_refused_text_behind_flatten_is_named() {
    for (pairs, text) in [
        (
            "first=1&number=300&letter=x",
            "query `number` must be integer: number too large to fit in target type",
        ),
        (
            "first=1&number=-1&letter=x",
            "query `number` must be integer: invalid digit found in string",
        ),
        (
            "first=1&number=1&letter=xy",
            "query `letter` must be character: invalid value: string \"xy\", \
             expected a character",
        ),
    ] {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Small {
            number: u8,
            letter: char,
        }
        let failure = query::<Outer<Small>>(pairs).unwrap_err();
        assert_eq!(
            (failure.to_string().as_str(), failure.status().as_u16()),
            (text, 400)
        );
    }
}

#[test]
fn many_numbers_are_read_beside_texts_that_look_like_numbers() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Map {
        text: String,
        #[serde(flatten)]
        numbers: BTreeMap<String, u32>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct List {
        n: Vec<u16>,
        text: String,
        m: Vec<f32>,
    }
    let fields = |name: fn(usize) -> String| -> String {
        (0..1_000)
            .map(|n| format!("{}={}&", name(n), n % 300))
            .collect()
    };
    let names = fields(|n| format!("k{n}"));
    for pairs in [format!("{names}text=7"), format!("text=7&{names}")] {
        let read: Outer<Map> = query(&format!("first=1&{pairs}")).unwrap();
        assert_eq!(read.inner.text, "7");
        assert_eq!(read.inner.numbers.len(), 1_000);
        assert_eq!(read.inner.numbers["k307"], 7);
    }
    let (n, m) = (fields(|_| "n".into()), fields(|_| "m".into()));
    let read: Outer<List> = query(&format!("first=1&{n}text=7&{m}")).unwrap();
    assert_eq!((read.inner.n.len(), read.inner.m.len()), (1_000, 1_000));
    assert_eq!(read.inner.text, "7");
    // Each name has one value, so its list has one element.
    let read: Outer<BTreeMap<String, Vec<u32>>> = query(&format!("first=1&{names}")).unwrap();
    assert_eq!(read.inner["k307"], [7]);
    // The request has a wrong number, among any amount of right ones.
    let refused = query::<Outer<Map>>(&format!("first=1&text=7&{names}k=x")).unwrap_err();
    assert_eq!(refused.status(), 400);
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
fn a_nested_struct_is_refused_with_a_remedy() {
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

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code)]
enum External2 {
    Pair(u8, u8),
}

#[test]
fn a_name_that_is_not_utf_8_is_refused_if_it_is_read() {
    // Two names that are invalid in different ways would be read as one.
    let map = query::<BTreeMap<String, String>>("a=1&%E9=2").unwrap_err();
    assert_eq!(map.status(), 400);
    assert!(query::<Vec<(String, String)>>("%E9=1&%FF=2").is_err());
    // A struct reads its own fields only.
    assert_eq!(query::<Pager>("page=1&%E9=2").unwrap(), Pager { page: 1 });
    assert_eq!(
        query::<Wide<String>>("w%69de=%C3%A9+%2B").unwrap().wide,
        "é +"
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
    // These types expect fewer values than there are.
    let refused = [
        query::<Wide<[u8; 2]>>("wide=1&wide=2&wide=3").unwrap_err(),
        query::<Wide<(u8, String)>>("wide=1&wide=2&wide=3").unwrap_err(),
        query::<Outer<Wide<[u8; 2]>>>("first=1&wide=1&wide=2&wide=3").unwrap_err(),
        query::<External2>("pair=1&pair=2&pair=3").unwrap_err(),
        query::<Vec<(String,)>>("a=1").unwrap_err(),
    ];
    for failure in refused {
        assert_eq!(failure.status(), 400, "{failure}");
    }
    assert_eq!(everywhere::<Wide<(u8,)>>("wide=1").wide, (1,));
    // A field that the type does not read may be repeated.
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
        now(Form::<HashMap<String, u8>>::from_request(&mut request)).map_err(failure_of)
    };
    assert_eq!(form(10_000).unwrap().0.len(), 10_000);
    let failure = form(10_001).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "body `form` must be form: it has more than 10000 fields"
    );
    assert_eq!(failure.status(), 400);
}
