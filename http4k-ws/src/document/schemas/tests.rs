use schemars::JsonSchema;
use serde_json::json;

use super::Direction::{Incoming, Outgoing};
use super::*;

const PATH: &str = "#/components/schemas/";

fn of<T: JsonSchema>() -> SchemaOf {
    SchemaOf::of::<T>()
}

fn keys(schemas: &Schemas) -> Vec<&str> {
    schemas.components().keys().map(String::as_str).collect()
}

fn refers(name: &str) -> Value {
    json!({ "$ref": format!("{PATH}{name}") })
}

/// The same in both directions.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Point {
    x: f64,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct User {
    #[serde(default)]
    tags: Vec<String>,
    at: Point,
}

/// Equal in both directions, but for the type that it refers to.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Team {
    members: Vec<User>,
    parent: Option<Box<Team>>,
}

mod other {
    #[derive(schemars::JsonSchema)]
    #[allow(dead_code)]
    pub(super) struct User {
        name: String,
    }
}

#[test]
fn a_type_in_one_direction_keeps_its_name() {
    for direction in [Incoming, Outgoing] {
        let schemas = Schemas::collected(PATH, [(direction, of::<Team>())]);
        assert_eq!(keys(&schemas), ["Point", "Team", "User"]);
    }
}

#[test]
fn a_type_that_differs_by_direction_is_two_components() {
    let team = of::<Team>();
    let mut schemas = Schemas::collected(PATH, [(Incoming, team), (Outgoing, team)]);
    let expected = ["Point", "Team", "TeamInput", "User", "UserInput"];
    assert_eq!(keys(&schemas), expected);
    assert_eq!(schemas.schema(Incoming, team), refers("TeamInput"));
    assert_eq!(schemas.schema(Outgoing, team), refers("Team"));
    let components = schemas.components();
    assert_eq!(components["UserInput"]["required"], json!(["at"]));
    assert_eq!(components["User"]["required"], json!(["tags", "at"]));
    let members = &components["TeamInput"]["properties"]["members"];
    assert_eq!(members["items"], refers("UserInput"));
    let parent = &components["TeamInput"]["properties"]["parent"];
    assert_eq!(parent["anyOf"][0], refers("TeamInput"));
}

#[test]
fn two_types_of_one_name_are_two_components_in_each_direction() {
    let (user, other) = (of::<User>(), of::<other::User>());
    let mut schemas = Schemas::collected(PATH, [(Incoming, user), (Outgoing, other)]);
    assert_eq!(keys(&schemas), ["Point", "User", "User2"]);
    assert_eq!(schemas.schema(Outgoing, other), refers("User2"));
    assert_eq!(schemas.schema(Incoming, user), refers("User"));
}

#[test]
fn simple_types_are_not_components() {
    let mut schemas = Schemas::collected(PATH, [(Incoming, of::<Vec<u8>>())]);
    assert!(schemas.components().is_empty());
    let bytes = schemas.schema(Incoming, of::<Vec<u8>>());
    assert_eq!(bytes["type"], "array");
}

#[test]
fn a_name_with_other_characters_is_referred_to() {
    #[derive(JsonSchema)]
    #[schemars(rename = "a/b~c d%20")]
    struct Odd;
    #[derive(JsonSchema)]
    #[schemars(rename = "a_b_c_d_20")]
    struct Even;
    let uses = [of::<Odd>(), of::<Even>()].map(|of| (Incoming, of));
    let mut schemas = Schemas::collected(PATH, uses);
    assert_eq!(keys(&schemas), ["a_b_c_d_20", "a_b_c_d_20_2"]);
    assert_eq!(schemas.schema(Incoming, of::<Odd>()), refers("a_b_c_d_20"));
    assert_eq!(
        schemas.schema(Incoming, of::<Even>()),
        refers("a_b_c_d_20_2")
    );
}
