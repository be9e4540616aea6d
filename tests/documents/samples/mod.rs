//! Each attribute of serde: values that are serialized are valid for the schema that goes out, and
//! values that the schema that comes in refuses are refused by the server, with a 4xx.
//!
//! The values that come in are serialized values after random changes. The disagreements that are
//! known have tests of their own at the end.

mod changes;
mod types;

use http4k_ws::document::Info;
use http4k_ws::lens::LensFailure;
use http4k_ws::lens::json::{Json, JsonExt};
use http4k_ws::prelude::{Deserialize, Method, PolyHandler, Request, Serialize};
use http4k_ws::routing::Routes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use schemars::JsonSchema;
use serde_json::{Value, json};

use self::changes::{Change, changes};
use self::types::*;
use super::validator::is_valid;

fn parts() -> impl Strategy<Value = Parts> {
    let numbers = (any::<u64>(), any::<i64>(), -1e9..1e9_f64, any::<char>());
    let texts = (
        "[a-z0-9é]{0,6}",
        proptest::collection::vec("[a-z]{0,3}", 0..3),
    );
    let rest = (any::<bool>(), any::<Option<u32>>(), any::<usize>());
    (numbers, texts, rest).prop_map(|(numbers, (text, list), (flag, maybe, pick))| {
        let (number, signed, float, letter) = numbers;
        Parts {
            number,
            signed,
            float,
            text,
            letter,
            flag,
            maybe,
            list,
            pick,
        }
    })
}

/// An application that reads a `T` and responds with it, and its document.
struct Echo {
    app: PolyHandler,
    document: Value,
}

impl Echo {
    fn of<T>() -> Self
    where
        T: Serialize + for<'de> Deserialize<'de> + JsonSchema + Send + Sync + 'static,
    {
        async fn echo<T>(request: Request) -> Result<Json<T>, LensFailure>
        where
            T: Serialize + for<'de> Deserialize<'de> + Send + 'static,
        {
            request.json().await.map(Json)
        }
        let routes = Routes::new().http(Method::POST, "/", echo::<T>);
        let routes = routes.reads::<Json<T>>().responds::<Json<T>>();
        let app = routes.build().expect("a table");
        let document = app.openapi(&Info::new("echo", "1")).to_value();
        Self { app, document }
    }

    fn schema(&self, pointer: &str) -> &Value {
        let operation = &self.document["paths"]["/"]["post"];
        let media = operation.pointer(pointer).expect("a body");
        &media["content"]["application/json"]["schema"]
    }

    fn incoming(&self) -> &Value {
        self.schema("/requestBody")
    }

    fn outgoing(&self) -> &Value {
        self.schema("/responses/200")
    }

    fn is_valid(&self, schema: &Value, value: &Value) -> bool {
        is_valid(&self.document, schema, value)
    }

    /// Returns the status of the response to `value`.
    fn status(&self, value: &Value) -> u16 {
        let request = Request::post("/").header("content-type", "application/json");
        let request: Request = request.body(value.to_string().into()).expect("a request");
        let response = self.app.test_http(request);
        response.status().as_u16()
    }
}

/// Holds the two rules for values of `T`.
fn hold<T>(make: fn(Parts) -> T)
where
    T: Serialize + for<'de> Deserialize<'de> + JsonSchema + Send + Sync + 'static,
{
    let echo = Echo::of::<T>();
    let config = Config {
        cases: 128,
        failure_persistence: None,
        ..Config::default()
    };
    let strategy = (parts(), proptest::collection::vec(any::<Change>(), 0..3));
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&strategy, |(parts, random)| {
        let value = serde_json::to_value(make(parts)).expect("JSON");
        prop_assert!(
            echo.is_valid(echo.outgoing(), &value),
            "{} {value}",
            echo.outgoing()
        );
        let is_object = value.is_object();
        let changed = changes(value, &random);
        // Two known disagreements, which two changes in a row can make: serde reads a struct from a
        // list, and the tag of a flattened enum from a number.
        let is_numbered = changed.get("own").is_some() && changed["type"].is_number();
        let is_known = is_object && changed.is_array() || is_numbered;
        if !is_known && !echo.is_valid(echo.incoming(), &changed) {
            let status = echo.status(&changed);
            prop_assert!(
                (400..500).contains(&status),
                "{status} {changed} {}",
                echo.incoming()
            );
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}\n{:#}", echo.document["components"]));
}

/// Returns a schema with its components, and random values with their validity.
fn sample<T>(name: &str, make: fn(Parts) -> T) -> Vec<Value>
where
    T: Serialize + for<'de> Deserialize<'de> + JsonSchema + Send + Sync + 'static,
{
    let echo = Echo::of::<T>();
    let mut runner = TestRunner::deterministic();
    let strategy = (parts(), proptest::collection::vec(any::<Change>(), 0..3));
    let values: Vec<Value> = (0..40)
        .map(|_| {
            let tree = strategy.new_tree(&mut runner).expect("a value");
            let (parts, random) = proptest::strategy::ValueTree::current(&tree);
            changes(serde_json::to_value(make(parts)).expect("JSON"), &random)
        })
        .collect();
    let schemas = [echo.incoming(), echo.outgoing()].map(|schema| {
        let mut root = schema.clone();
        root["components"] = echo.document["components"].clone();
        let values = values.iter().map(|value| {
            json!({ "value": value, "valid": echo.is_valid(schema, value) })
        });
        json!({ "name": name, "draft": "2020-12", "schema": root, "values": values.collect::<Value>() })
    });
    schemas.into()
}

macro_rules! samples {
    ($($name:ident: $type:ty = $make:expr;)*) => {
        $(
            #[test]
            fn $name() {
                hold::<$type>($make);
            }
        )*

        fn all() -> Vec<Value> {
            [$(sample::<$type>(stringify!($name), $make)),*].concat()
        }
    };
}

samples! {
    plain_structs: Plain = Parts::plain;
    renamed_fields: Renamed = |p| Renamed { long_name: p.text, kind: p.number as u32, two_names: p.flag };
    defaults: Defaults = |p| Defaults {
        maybe: p.maybe,
        list: p.list,
        left_out: p.flag.then_some(p.text),
        seven: p.number % 9,
    };
    defaults_of_structs: AllDefaults = |p| AllDefaults { a: p.number, b: p.text };
    skipped_fields: Skipped = |p| Skipped { kept: p.text, never: 0, only_in: p.number, only_out: p.flag };
    unknown_fields_are_denied: Strict = |p| Strict { a: p.number, b: p.flag.then_some(p.text) };
    flattened_maps: Flat = |p| Flat {
        own: p.number,
        inner: Renamed2 { inner_text: p.text },
        rest: p.list.into_iter().map(|name| (name, 1)).collect(),
    };
    flattened_enums: FlatEnum = |p| FlatEnum { own: p.number, event: p.internal() };
    transparent_structs: Transparent = |p| Transparent { inner: p.plain() };
    newtypes: Newtype = |p| Newtype(p.text);
    tuple_structs: Pair = |p| Pair(p.number as u8, p.flag.then_some(p.text));
    unit_structs: Unit = |_| Unit;
    enums_with_external_tags: External = |p| match p.pick % 4 {
        0 => External::Unit,
        1 => External::Newtype(p.number),
        2 => External::Pair(p.signed as i32, p.text),
        _ => External::Fields { a: p.flag },
    };
    enums_with_internal_tags: Internal = Parts::internal;
    enums_with_adjacent_tags: Adjacent = |p| match p.pick % 4 {
        0 => Adjacent::Unit,
        1 => Adjacent::Newtype(p.number),
        2 => Adjacent::Pair(p.signed as i32, p.text),
        _ => Adjacent::Fields { a: p.flag },
    };
    enums_without_tags: Untagged = |p| match p.pick % 4 {
        0 => Untagged::Number(p.number),
        1 => Untagged::Text(p.text),
        2 => Untagged::Fields { a: p.flag, b: p.text, c: vec![p.flag] },
        _ => Untagged::List(p.maybe.into_iter().collect()),
    };
    enums_of_units: Units = |p| match p.pick % 3 {
        0 => Units::Admin,
        1 => Units::Guest,
        _ => Units::Owner,
    };
    maps_and_sets: Maps = |p| Maps {
        by_text: p.list.iter().map(|name| (name.clone(), 1)).collect(),
        by_number: p.maybe.iter().map(|key| (*key, p.text.clone())).collect(),
        by_unit: [(Key::One, true), (Key::Two, false)].into_iter().take(p.pick % 3).collect(),
    };
    tuples_and_arrays: Tuples = |p| Tuples {
        pair: (p.number as u8, p.text),
        array: [p.number as u16; 3],
        nested: (p.flag, (p.signed as i8, p.signed as i16)),
        nothing: (),
    };
    generics: Page<Plain> = |p| Page { items: vec![p.clone().plain()], next: p.flag.then(|| p.plain()) };
    recursion: Tree = Parts::tree;
    numbers_letters_and_bytes: Numbers = Parts::numbers;
    pointers: Pointers = |p| Pointers {
        boxed: Box::new(p.number as u32),
        shared: p.text.as_str().into(),
        cow: p.text.into(),
    };
    with_functions: With = |p| With { number: p.number };
    conversions: Converted = |p| Converted { parts: p.list };
}

#[test]
fn schemas_are_written_for_ajv() {
    let all = all();
    assert!(all.len() > 40);
    if let Some(file) = std::env::var_os("HTTP4K_WS_SAMPLES") {
        let text = serde_json::to_string(&all).expect("JSON");
        std::fs::write(file, text).expect("a file for the samples");
    }
}

/// Asserts that the server reads a value that the schema refuses.
fn is_wider<T>(value: Value)
where
    T: Serialize + for<'de> Deserialize<'de> + JsonSchema + Send + Sync + 'static,
{
    let echo = Echo::of::<T>();
    assert!(!echo.is_valid(echo.incoming(), &value), "{value}");
    assert_eq!(echo.status(&value), 200, "{value}");
}

#[test]
fn serde_reads_more_than_a_schema_says_in_six_cases() {
    // A name from before is read. Only the new one is in the schema.
    is_wider::<Aliased>(json!({ "old": 1 }));
    // A struct is read from a list of its fields, without the last ones if they have defaults.
    is_wider::<Plain>(json!([1, "ann", true]));
    is_wider::<AllDefaults>(json!([]));
    // A variant without fields is read from an object, too.
    is_wider::<External>(json!({ "Unit": null }));
    // The items of a set may be repeated.
    is_wider::<Sets>(json!({ "set": ["a", "a"] }));
    // A flattened enum has a tag that may be the number of the variant.
    is_wider::<FlatEnum>(json!({ "own": 1, "type": 0 }));
    // A flattened option with an invalid value is `None`.
    is_wider::<FlatOption>(json!({ "own": 1, "extra": [] }));
}

#[test]
fn a_schema_allows_more_than_serde_reads_at_the_ends_of_integers() {
    let echo = Echo::of::<Plain>();
    let value = json!({ "id": 1e30, "name": "ann", "flag": true });
    assert!(echo.is_valid(echo.incoming(), &value));
    assert_eq!(echo.status(&value), 400);
}
