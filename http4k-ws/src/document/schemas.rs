//! The schemas of a document, collected from all types of a route table.
//!
//! 1. A type has two schemas: one for the values that come in, one for those that go out. Two
//!    generators make them. Both see every type, so that they give it the same name.
//! 2. Components are the types that routes reach in a direction. A type that is reached in both is
//!    one component if its schemas and all that they refer to are equal. Otherwise `User` is the
//!    type that goes out, and `UserInput` the one that comes in.
//! 3. Two types of one name are `User` and `User2`, in the order of the routes.
//! 4. Names are identifiers in JavaScript, so that one name is legal in all documents.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::names::{Names, identifier};
use super::walk::walk;
use crate::describe::SchemaOf;

/// The direction of a value, seen from the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The application reads it.
    Incoming,
    /// The application writes it.
    Outgoing,
}

/// The schemas of all types, by direction.
#[derive(Debug)]
pub(crate) struct Schemas {
    incoming: Side,
    outgoing: Side,
    components: BTreeMap<String, Value>,
    path: String,
}

/// The schemas of one direction.
#[derive(Debug)]
struct Side {
    generator: SchemaGenerator,
    /// The component of each definition that routes reach.
    names: BTreeMap<String, String>,
}

/// The place of definitions in the schemas of a generator.
const DEFINITIONS: &str = "#/$defs/";

impl Schemas {
    /// Collects the schemas that `uses` names. References to them start with `path`, such as
    /// `#/components/schemas/`.
    pub(crate) fn collected(
        path: &str,
        uses: impl IntoIterator<Item = (Direction, SchemaOf)>,
    ) -> Self {
        let settings = SchemaSettings::draft2020_12();
        let mut incoming = settings.clone().for_deserialize().into_generator();
        let mut outgoing = settings.for_serialize().into_generator();
        let (mut read, mut written) = (BTreeSet::new(), BTreeSet::new());
        for (direction, of) in uses {
            let (input, output) = (of.schema(&mut incoming), of.schema(&mut outgoing));
            match direction {
                Direction::Incoming => references(input.as_value(), &mut read),
                Direction::Outgoing => references(output.as_value(), &mut written),
            }
        }
        let read = reached(&incoming, read);
        let written = reached(&outgoing, written);
        let differing = differing(&read, &written);

        let (mut names, mut components) = (Names::default(), BTreeMap::new());
        let mut sides = [BTreeMap::new(), BTreeMap::new()];
        for name in written.keys().chain(read.keys()).collect::<BTreeSet<_>>() {
            let component = names.unique(&identifier(name));
            if written.contains_key(name) || !differing.contains(name.as_str()) {
                sides[1].insert(name.clone(), component.clone());
            }
            if !differing.contains(name.as_str()) {
                sides[0].insert(name.clone(), component);
            }
        }
        for name in &differing {
            let component = names.unique(&format!("{}Input", identifier(name)));
            sides[0].insert((*name).to_owned(), component);
        }
        let [incoming, outgoing] = [(incoming, 0), (outgoing, 1)].map(|(generator, side)| Side {
            generator,
            names: std::mem::take(&mut sides[side]),
        });
        for (side, definitions) in [(&incoming, &read), (&outgoing, &written)] {
            for (name, schema) in definitions {
                let schema = side.named(path, schema.clone());
                components.insert(side.names[name].clone(), schema);
            }
        }
        Self {
            incoming,
            outgoing,
            components,
            path: path.to_owned(),
        }
    }

    /// Returns the schema of a type in a direction: a reference to a component, or for a simple
    /// type the schema itself.
    pub(crate) fn schema(&mut self, direction: Direction, of: SchemaOf) -> Value {
        let side = match direction {
            Direction::Incoming => &mut self.incoming,
            Direction::Outgoing => &mut self.outgoing,
        };
        let schema = of.schema(&mut side.generator).to_value();
        side.named(&self.path, schema)
    }

    /// Returns the components by their names.
    pub(crate) fn components(&self) -> &BTreeMap<String, Value> {
        &self.components
    }
}

impl Side {
    /// Returns `schema` with references to components.
    fn named(&self, path: &str, mut schema: Value) -> Value {
        walk(&mut schema, &mut |schema| {
            let component = reference(schema).and_then(|name| self.names.get(&name));
            if let Some(component) = component {
                schema.insert("$ref".to_owned(), format!("{path}{component}").into());
            }
        });
        schema
    }
}

/// Returns the name of the definition that `schema` refers to itself.
fn reference(schema: &Map<String, Value>) -> Option<String> {
    let reference = schema.get("$ref")?.as_str()?;
    let name = percent_decode_str(reference.strip_prefix(DEFINITIONS)?);
    // The escapes of a JSON Pointer, inside those of a URI (RFC 6901 §6).
    let name = name.decode_utf8().ok()?.replace("~1", "/");
    Some(name.replace("~0", "~"))
}

/// Adds the names of the definitions that `schema` refers to at any depth.
fn references(schema: &Value, found: &mut BTreeSet<String>) {
    walk(&mut schema.clone(), &mut |schema| {
        found.extend(reference(schema));
    });
}

/// Returns the definitions that can be reached from `roots`.
fn reached(generator: &SchemaGenerator, roots: BTreeSet<String>) -> BTreeMap<String, Value> {
    let definitions = generator.definitions();
    let mut reached = BTreeMap::new();
    let mut waiting: Vec<String> = roots.into_iter().collect();
    while let Some(name) = waiting.pop() {
        let Some(schema) = definitions.get(&name) else {
            continue;
        };
        if reached.contains_key(&name) {
            continue;
        }
        let mut next = BTreeSet::new();
        references(schema, &mut next);
        reached.insert(name, schema.clone());
        waiting.extend(next);
    }
    reached
}

/// Returns the names in both maps whose schemas differ, or refer to such a schema at any depth.
fn differing<'s>(
    read: &'s BTreeMap<String, Value>,
    written: &BTreeMap<String, Value>,
) -> BTreeSet<&'s str> {
    let in_both = read.iter().filter_map(|(name, schema)| {
        let other = written.get(name)?;
        Some((name.as_str(), schema, schema != other))
    });
    // The types that refer to each type.
    let mut referring: BTreeMap<String, Vec<&'s str>> = BTreeMap::new();
    let mut waiting = Vec::new();
    for (name, schema, differs) in in_both {
        let mut found = BTreeSet::new();
        references(schema, &mut found);
        for referred in found {
            referring.entry(referred).or_default().push(name);
        }
        if differs {
            waiting.push(name);
        }
    }
    let mut differing = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if differing.insert(name) {
            waiting.extend(referring.get(name).into_iter().flatten());
        }
    }
    differing
}

#[cfg(test)]
mod tests;
