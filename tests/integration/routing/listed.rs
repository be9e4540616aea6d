//! The list of an application's routes, and explanations of requests.

use std::time::Duration;

use http4k_ws::filter::session_config;
use http4k_ws::filter::{
    Cors, MessageRate, Quota, authenticate, basic_auth, bearer, body_stall, by_address,
    catch_failures, csrf, guard, http_only, max_body, message_rate, messages, min_body_rate,
    open_limit, poly, print_traffic, problems_as_html, provide, rate_limit, record, report_sockets,
    report_streams, subprotocols, tap, ws_only,
};
use http4k_ws::handler::BoxPolyFilter;
use http4k_ws::message::{OriginPolicy, RequestExt};
use http4k_ws::routing::Routes;
use http4k_ws::routing::explain::Verdict;
use http4k_ws::{
    Filter, Method, Next, PolyFilter, PolyHandler, Request, Response, StatusCode, WebSocket,
    WsNext, WsResponse, WsStatus, routes,
};

fn show(id: u64) -> String {
    id.to_string()
}

fn said(_request: Request) -> &'static str {
    "said"
}

async fn talk(_ws: WebSocket) {}

async fn passing(request: Request, next: Next) -> Response {
    http4k_ws::HttpHandler::call(&next, request).await
}

fn users() -> PolyHandler {
    let app = routes! {
        /// One user.
        ///
        /// As JSON.
        GET | PUT "/<id>" => http(show(id)),
        "/<_id>/talk" as talk_to => ws(talk),
    };
    app.with(poly(passing))
}

fn app() -> PolyHandler {
    let inner = Routes::new()
        .mount("/users", users())
        .http(Method::GET, "/health", said)
        .named("health")
        .documented("Whether it is well.");
    routes! {
        "/api/<_version>" with(poly(passing)) => { "/" => mount(inner.build().unwrap()) },
        "/admin" => mount(PolyHandler::new(said, said_ws)),
        "/<_rest..>" as anything => http(said),
    }
}

fn said_ws(_request: Request) -> http4k_ws::WsResponse {
    http4k_ws::WsResponse::refuse("no")
}

#[test]
fn every_route_is_listed_with_its_prefixes() {
    assert_eq!(
        app().routes().to_string(),
        "\
GET|PUT  /api/<_version>/users/<id>        http   show      with(poly(passing), poly(passing))  One user.
         /api/<_version>/users/<_id>/talk  ws     talk_to   with(poly(passing), poly(passing))
GET      /api/<_version>/health            http   health    with(poly(passing))                 Whether it is well.
         /admin                            mount
*        /<_rest..>                        http   anything
"
    );
    let table = app().routes();
    assert_eq!(table[0].docs(), "One user.\n\nAs JSON.");
    assert_eq!(table[0].methods(), [Method::GET, Method::PUT]);
    assert!(PolyHandler::new(said, said_ws).routes().is_empty());
}

#[test]
fn an_explanation_gives_the_reason_for_each_rejected_candidate() {
    let app = app();
    for (request, explanation) in [
        (
            "GET /api/1/users/7?x=1",
            "\
GET /api/1/users/7
  ->  GET|PUT /api/<_version>/users/<id>  show      with(poly(passing), poly(passing))  takes it: _version = \"1\", id = \"7\"
      http /<_rest..>                     anything                                      `GET|PUT /api/<_version>/users/<id>` goes before it
",
        ),
        (
            "DELETE /api/1/users/7",
            "\
DELETE /api/1/users/7
      GET|PUT /api/<_version>/users/<id>  show      with(poly(passing), poly(passing))  takes GET, PUT only
  ->  http /<_rest..>                     anything                                      takes it: _rest = \"api/1/users/7\"
",
        ),
        (
            "OPTIONS /api/1/health",
            "\
OPTIONS /api/1/health
      GET /api/<_version>/health  health    with(poly(passing))  takes GET only
  ->  http /<_rest..>             anything                       takes it: _rest = \"api/1/health\"
",
        ),
        (
            "/api/1/users/7/talk",
            "\
GET /api/1/users/7/talk
      ws /api/<_version>/users/<_id>/talk  talk_to   with(poly(passing), poly(passing))  is a WebSocket
  ->  http /<_rest..>                      anything                                      takes it: _rest = \"api/1/users/7/talk\"
",
        ),
        (
            "ws /admin/x",
            "\
ws /admin/x
  ->  mount /admin               takes it
      http /<_rest..>  anything  is not a WebSocket route
",
        ),
        (
            "/api/%zz/health",
            "\
GET /api/%zz/health
      GET /api/<_version>/health  health    with(poly(passing))  segment `%zz` is not percent-encoded UTF-8
      http /<_rest..>             anything                       `mount /api/<_version>` goes before it
  400 Bad Request
",
        ),
    ] {
        assert_eq!(app.explain(request).to_string(), explanation, "{request}");
    }
}

#[test]
fn an_unknown_path_lists_the_nearest_routes() {
    for (request, explanation) in [
        (
            "GET /users/7",
            "\
GET /users/7
      GET|PUT /<id>   show     with(poly(passing))  goes no further than segment 1, and `7` follows
      ws /<_id>/talk  talk_to  with(poly(passing))  segment 2 is `7`, not `talk`
  404 Not Found
",
        ),
        ("GET /", "GET /\n  404 Not Found\n"),
        ("what is this", "what is this\n  404 Not Found\n"),
    ] {
        assert_eq!(users().explain(request).to_string(), explanation);
    }
}

#[test]
fn a_request_is_explained_like_its_line() {
    let request = Request::new(http4k_ws::Body::empty())
        .with_uri("/api/1/users/7/talk".parse().unwrap())
        .with_header("upgrade", "WebSocket");
    let explanation = app().explain(&request);
    assert_eq!(explanation.taken().unwrap().name(), "talk_to");
    assert_eq!(explanation.status(), None);
    assert!(
        matches!(&explanation.candidates()[0].verdict, Verdict::Takes { params } if params.len() == 2)
    );
}

async fn checked(request: Request) -> Result<Request, StatusCode> {
    Ok(request)
}

fn keyed(_request: &Request) -> Option<u8> {
    None
}

async fn ws_passing(request: Request, next: WsNext) -> WsResponse {
    http4k_ws::WsHandler::call(&next, request).await
}

fn logged() -> impl Filter {
    |request: Request, next: Next| passing(request, next)
}

struct Audit;

impl PolyFilter for Audit {
    fn ws(&self, next: http4k_ws::handler::BoxWsHandler) -> http4k_ws::handler::BoxWsHandler {
        http4k_ws::WsFilter::then(ws_passing, next)
    }
}

#[test]
fn a_route_lists_the_filters_that_see_its_requests() {
    let inner = routes! {
        GET "/a" with(logged()) => http(said),
        "/ws" with(ws_passing) => ws(talk),
        "/opaque" with(http_only(passing), Audit) => mount(PolyHandler::new(said, said_ws)),
    };
    let app = routes! {
        GET "/free" => http(said),
        "/api" with(guard(checked), http_only(passing)) => {
            "/" with(ws_only(ws_passing)) => mount(inner.with(Audit)),
            GET "/b" with(passing, max_body(9)) => http(said),
        },
    };
    let app = app.with(poly(logged()));
    let table = app.routes();
    let filters = |index: usize| table[index].filters().collect::<Vec<_>>().join(" ");
    for (index, template, expected) in [
        (0, "/free", "poly(logged)"),
        (
            1,
            "/api/a",
            "poly(logged) guard(checked) http_only(passing) logged",
        ),
        (
            2,
            "/api/ws",
            "poly(logged) guard(checked) ws_only(ws_passing) Audit ws_passing",
        ),
        (
            3,
            "/api/opaque",
            "poly(logged) guard(checked) http_only(passing) ws_only(ws_passing) Audit \
             http_only(passing) Audit",
        ),
        (
            4,
            "/api/b",
            "poly(logged) guard(checked) http_only(passing) passing max_body",
        ),
    ] {
        assert_eq!(
            (table[index].template(), &*filters(index)),
            (template, expected)
        );
    }
    let explained = app.explain("ws /api/ws");
    let taken = explained.taken().expect("a route");
    assert_eq!(taken, &table[2]);
    assert_eq!(
        app.explain("ws /free").to_string(),
        "\
ws /free
      GET /free  said  with(poly(logged))  is not a WebSocket route
  404 Not Found
"
    );
}

#[test]
fn a_built_table_lists_its_filters_too() {
    let app = Routes::new()
        .with(guard(checked))
        .http(Method::GET, "/a", said)
        .under("/b", |b| {
            b.with(http_only(passing))
                .ws("/ws", said_ws)
                .http(Method::GET, "/", said)
        })
        .mount("/users", users())
        .build()
        .unwrap();
    assert_eq!(
        app.routes().to_string(),
        "\
GET      /a                 http           with(guard(checked))
         /b/ws              ws             with(guard(checked))
GET      /b                 http           with(guard(checked), http_only(passing))
GET|PUT  /users/<id>        http  show     with(guard(checked), poly(passing))       One user.
         /users/<_id>/talk  ws    talk_to  with(guard(checked), poly(passing))
"
    );
}

/// Returns the stock filters, each with its name and the column "sees" of the table in the module's
/// docs.
fn stock_filters() -> Vec<(&'static str, BoxPolyFilter, &'static str)> {
    let all = "every protocol";
    vec![
        ("guard", guard(checked), all),
        (
            "authenticate",
            BoxPolyFilter::new(authenticate(bearer(), |_| Some(()))),
            all,
        ),
        (
            "basic_auth",
            BoxPolyFilter::new(basic_auth("the house", |_, _| true)),
            all,
        ),
        (
            "Cors",
            BoxPolyFilter::new(Cors::new(OriginPolicy::own())),
            all,
        ),
        ("tap", BoxPolyFilter::new(tap(|_request: &Request| {})), all),
        (
            "print_traffic",
            BoxPolyFilter::new(print_traffic(drop)),
            all,
        ),
        ("max_body", BoxPolyFilter::new(max_body(1)), "HTTP"),
        (
            "body_stall",
            BoxPolyFilter::new(body_stall(Duration::MAX)),
            "HTTP",
        ),
        (
            "min_body_rate",
            BoxPolyFilter::new(min_body_rate(1)),
            "HTTP",
        ),
        (
            "session_config",
            BoxPolyFilter::new(session_config(|config| config)),
            "upgrades",
        ),
        (
            "subprotocols",
            BoxPolyFilter::new(subprotocols(["a"])),
            "upgrades",
        ),
        (
            "catch_failures",
            BoxPolyFilter::new(catch_failures(|_| WsStatus::INTERNAL_ERROR)),
            "upgrades",
        ),
        (
            "report_sockets",
            BoxPolyFilter::new(report_sockets(drop)),
            "upgrades",
        ),
        ("csrf", BoxPolyFilter::new(csrf()), "every protocol"),
        (
            "problems_as_html",
            BoxPolyFilter::new(problems_as_html()),
            all,
        ),
        (
            "report_streams",
            BoxPolyFilter::new(report_streams(drop)),
            "HTTP",
        ),
        (
            "open_limit",
            BoxPolyFilter::new(open_limit(keyed, 1)),
            "every protocol",
        ),
        ("provide", provide(1_u8), "every protocol"),
        ("record", BoxPolyFilter::new(record(drop)), "upgrades"),
        (
            "rate_limit",
            BoxPolyFilter::new(rate_limit(by_address(), Quota::per_second(9))),
            all,
        ),
        (
            "message_rate",
            BoxPolyFilter::new(message_rate(Quota::per_second(9))),
            "upgrades",
        ),
        (
            "messages",
            BoxPolyFilter::new(messages(|_| MessageRate::new(Quota::per_second(9)))),
            "upgrades",
        ),
    ]
}

#[test]
fn the_documentation_of_each_stock_filter_is_right() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/http4k-ws/src/filter/mod.rs");
    let docs = std::fs::read_to_string(file).expect("the module of the filters");
    for (name, filter, sees) in stock_filters() {
        let app = routes! {
            with(filter) => { GET "/" => http(said), "/" => ws(said_ws) }
        };
        let shown: Vec<bool> = app
            .routes()
            .iter()
            .map(|route| route.filters().count() > 0)
            .collect();
        let seen = match shown.as_slice() {
            [true, true] => "every protocol",
            [true, false] => "HTTP",
            [false, true] => "upgrades",
            other => panic!("{name} sees {other:?}"),
        };
        assert_eq!(seen, sees, "{name}");
        let row = docs
            .lines()
            .find(|line| line.contains(&format!("[`{name}`]")));
        let row = row.unwrap_or_else(|| panic!("the documentation lacks a row for {name}"));
        assert!(row.ends_with(&format!("| {sees} |")), "{name}: {row}");
        let shown = app.routes().to_string();
        let as_shown = match name {
            "guard" => "guard(checked)",
            "provide" => "provide(u8)",
            "open_limit" => "open_limit(keyed)",
            "rate_limit" => "rate_limit(by_address)",
            name => name,
        };
        assert!(
            shown.contains(&format!("with({as_shown})")),
            "{name}: {shown}"
        );
    }
}
