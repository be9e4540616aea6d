//! Routes of the builder, which state their types.

use http4k_ws::calls::{CallReply, CallRequest, Calls, Reply};
use http4k_ws::describe::RouteDescription;
use http4k_ws::document::{Console, Info};
use http4k_ws::lens::Format;
use http4k_ws::lens::json::Json;
use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;
use schemars::JsonSchema;

use crate::text;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message, JsonSchema)]
struct Said {
    text: String,
}

/// Returns the description of the only route.
fn only(routes: Routes) -> RouteDescription {
    let app = routes.build().expect("the routes are valid");
    app.routes()[0].description()
}

fn talk(_request: Request) -> WsConsumer {
    WsConsumer::new(async |_ws: WebSocket<Said, Said>| {})
}

#[test]
fn messages_are_stated_in_both_directions() {
    let route = only(
        Routes::new()
            .ws("/talk", talk)
            .receives::<Said>()
            .sends::<String>(),
    );
    let (receives, sends) = (route.receives.unwrap(), route.sends.unwrap());
    assert_eq!(
        (&*receives.name, receives.formats),
        ("Said", &[Format::Json][..])
    );
    assert_eq!(
        (&*sends.name, sends.formats),
        ("String", &[Format::Text][..])
    );
}

#[derive(Calls)]
#[expect(dead_code, reason = "the route is described, and not called")]
enum Sums {
    Add(Add, Reply<u32>),
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Add {
    a: u32,
    b: u32,
}

/// Calls are known from the type of the socket, and stated once more.
#[test]
fn calls_that_are_stated_again_are_listed_once() {
    fn add(_request: Request) -> WsConsumer {
        WsConsumer::new(async |_ws: WebSocket<CallRequest<Sums>, CallReply<Sums>>| {})
    }
    let names = |routes: Routes| {
        let calls = only(routes).calls;
        calls.into_iter().map(|call| call.name).collect::<Vec<_>>()
    };
    let routes = || {
        Routes::new()
            .ws("/sums", add)
            .receives::<CallRequest<Sums>>()
    };
    assert_eq!(names(routes()), ["add"]);
    assert_eq!(names(routes().receives::<CallRequest<Sums>>()), ["add"]);
    assert_eq!(names(routes().sends::<CallReply<Sums>>()), ["add"]);
}

/// An application with a console has the documents that it had without.
#[test]
fn the_routes_of_a_console_are_in_no_document() {
    let (info, app) = (Info::new("app", "1"), || {
        routes! {
            GET "/hello/<name>" => http(|name: String| name),
            "/ws" => ws(|ws: WebSocket| ws.try_send("hi")),
        }
    });
    let console = Console::new(info.clone()).in_release();
    let with = app().with_console("/_console", console.clone());
    let with = with.with_console("/other", console);
    assert_eq!(
        with.openapi(&info).to_string(),
        app().openapi(&info).to_string()
    );
    assert_eq!(
        with.asyncapi(&info).to_string(),
        app().asyncapi(&info).to_string()
    );
    assert_eq!(with.typescript(), app().typescript());
    // They are routes nevertheless.
    assert!(
        with.routes()
            .iter()
            .any(|route| route.template() == "/_console")
    );
    let shown = with.test_http("/other/openapi.json");
    assert!(!shown.body().as_text().unwrap().contains("_console"));
}

#[test]
fn a_response_has_a_schema_and_the_statuses_of_its_wrappers() {
    let routes = Routes::new().http(Method::GET, "/", |_: Request| StatusCode::OK);
    let route = only(routes.responds::<Option<Json<Said>>>());
    let statuses: Vec<_> = route
        .responses
        .iter()
        .map(|response| response.status)
        .collect();
    assert_eq!(
        statuses,
        [Some(StatusCode::OK), Some(StatusCode::NOT_FOUND)]
    );
    assert_eq!(route.responses[0].content_types, ["application/json"]);
    assert_eq!(route.responses[0].name, "Said");
    assert!(text(route.responses[0].schema).contains(r#""required":["text"]"#));
    assert!(route.responses[1].schema.is_none());
}

#[test]
fn a_body_and_the_parameters_of_a_query_are_stated() {
    let routes = Routes::new().http(Method::POST, "/", |_: Request| "");
    let route = only(routes.reads::<Json<Said>>().reads::<Query<Said>>());
    let body = route.body.unwrap();
    assert_eq!((body.name.as_ref(), body.is_required), ("Said", true));
    assert!(text(body.schema).contains(r#""text""#));
    assert!(route.fields[0].is_flattened && route.fields[0].schema.is_some());
}

#[test]
fn parameters_of_a_mount_come_first() {
    let inner = Routes::new().http(Method::GET, "/<id>/<rest..>", |_: Request| "");
    let inner = inner.build().expect("a table");
    let route = only(Routes::new().mount("/teams/<team>", inner));
    let names: Vec<_> = route
        .params
        .iter()
        .map(|param| param.name.as_ref())
        .collect();
    assert_eq!(names, ["team", "id", "rest"]);
    assert!(route.params[2].is_rest && !route.params[1].is_rest);
}
