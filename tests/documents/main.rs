//! What the route table knows of the types of an application, and the documents made from it.

mod derived;
mod filters;
mod inferred;
mod lists;
mod odd;
mod rules;
mod samples;
mod stated;
mod validator;

use http4k_ws::PolyHandler;
use http4k_ws::describe::{RouteDescription, SchemaOf};
use schemars::generate::SchemaSettings;

/// Returns the description of the route with this template.
fn described(app: &PolyHandler, template: &str) -> RouteDescription {
    let table = app.routes();
    let route = table.iter().find(|route| route.template() == template);
    route.expect("there is such a route").description()
}

/// Returns the text of a schema, with its definitions.
fn text(schema: Option<SchemaOf>) -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let schema = schema.expect("there is a schema").schema(&mut generator);
    let definitions = serde_json::to_string(generator.definitions()).expect("JSON");
    format!(
        "{} {definitions}",
        serde_json::to_string(&schema).expect("JSON")
    )
}

/// Returns the statuses of the responses, and the names of their types.
fn responses(route: &RouteDescription) -> Vec<(Option<u16>, String)> {
    let responses = route.responses.iter();
    let known = responses.map(|response| {
        let status = response.status.map(|status| status.as_u16());
        (status, response.name.clone().into_owned())
    });
    known.collect()
}
