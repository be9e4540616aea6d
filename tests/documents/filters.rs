//! The parts of a description that filters add to the routes behind them.

use std::time::Duration;

use http4k_ws::describe::{RouteDescription, SecurityScheme};
use http4k_ws::filter::sessions::{CookieSessions, SessionKey};
use http4k_ws::filter::{
    CredentialSource as _, Quota, RequestId, TraceContext, api_key_field, authenticate, basic_auth,
    bearer, csrf, deadline, max_body, rate_limit, session_config, subprotocols,
};
use http4k_ws::lens::Location;
use http4k_ws::message::Credentials;
use http4k_ws::prelude::*;

use crate::{described, responses};

async fn look_up(_credentials: Credentials) -> Option<String> {
    None
}

fn by_path(request: &Request) -> Option<String> {
    Some(request.uri().path().to_owned())
}

fn app() -> PolyHandler {
    let users = authenticate(bearer().or(api_key_field("x-key")), look_up);
    let guests = authenticate(bearer(), look_up).optional();
    let house = basic_auth("the house", |_name, _password| false);
    let inner = routes! {
        GET "/page" with(house) => http(|| "page"),
        "/ws" with(subprotocols(["v2", "v1"]), session_config(|c| c.with_max_message(9))) => ws(
            |ws: WebSocket| ws.try_send("hi")
        ),
    };
    let app = routes! {
        "/api" with(users, max_body(100)) => {
            POST "/notes" with(max_body(1000), csrf()) => http(|| "noted"),
            "/ws" => ws(|ws: WebSocket| ws.try_send("hi")),
        },
        "/inner" with(rate_limit(by_path, Quota::per_hour(1))) => mount(inner),
        GET "/open" with(guests) => http(|| "open"),
    };
    app.with(deadline(Duration::from_secs(1)))
}

fn route(template: &str) -> RouteDescription {
    described(&app(), template)
}

fn statuses(route: &RouteDescription) -> Vec<u16> {
    responses(route)
        .into_iter()
        .filter_map(|(status, _)| status)
        .collect()
}

#[test]
fn filters_of_a_block_a_mount_and_the_application_are_described() {
    assert_eq!(statuses(&route("/api/notes")), [200, 403, 401, 503]);
    assert_eq!(statuses(&route("/inner/page")), [200, 401, 429, 503]);
    assert_eq!(statuses(&route("/api/ws")), [401, 503]);
}

#[test]
fn credentials_of_one_filter_are_alternatives() {
    let key = SecurityScheme::api_key(Location::Header, "x-key");
    let either = SecurityScheme::AnyOf(vec![SecurityScheme::Bearer, key]);
    assert_eq!(route("/api/notes").security, [either]);
    assert_eq!(route("/inner/page").security, [SecurityScheme::Basic]);
    let guests = SecurityScheme::AnyOf(vec![SecurityScheme::Bearer, SecurityScheme::Nothing]);
    assert_eq!(route("/open").security, [guests]);
}

#[test]
fn limits_hold_together_and_only_over_their_protocol() {
    let notes = route("/api/notes");
    assert_eq!((notes.max_body, notes.max_message), (Some(100), None));
    let socket = route("/inner/ws");
    assert_eq!((socket.max_body, socket.max_message), (None, Some(9)));
    assert_eq!(socket.subprotocols, ["v2", "v1"]);
    assert!(route("/inner/page").subprotocols.is_empty());
}

#[test]
fn a_session_is_a_cookie_that_a_request_may_lack() {
    let sessions = CookieSessions::<String>::encrypted([SessionKey::generate()]);
    let app = routes! { GET "/" with(sessions) => http(|| "home") };
    let cookie = SecurityScheme::cookie("session");
    let either = SecurityScheme::AnyOf(vec![cookie, SecurityScheme::Nothing]);
    assert_eq!(described(&app, "/").security, [either]);
}

#[test]
fn arguments_that_filters_set_are_described_as_the_fields_of_the_client() {
    async fn help(id: RequestId, trace: TraceContext) -> String {
        format!("{id} {trace:?}")
    }
    let app = routes! { GET "/" => http(help(_, _)) };
    let fields = described(&app, "/")
        .fields
        .into_iter()
        .map(|field| field.meta);
    let fields = fields.map(|meta| {
        assert_eq!(
            (meta.location(), meta.is_required()),
            (Location::Header, false)
        );
        meta.name().to_owned()
    });
    let fields: Vec<_> = fields.collect();
    assert_eq!(fields, ["x-request-id", "traceparent", "tracestate"]);
}
