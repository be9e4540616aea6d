//! The routes of an application, and what is said of a request.

use http4k_ws::{
    Method, Next, PolyHandler, Request, RequestExt, Response, Routes, Verdict, WebSocket, poly,
    routes,
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
GET|PUT  /api/<_version>/users/<id>        http   show      One user.
         /api/<_version>/users/<_id>/talk  ws     talk_to
GET      /api/<_version>/health            http   health    Whether it is well.
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
fn an_explanation_says_why_each_candidate_lost() {
    let app = app();
    for (request, explanation) in [
        (
            "GET /api/1/users/7?x=1",
            "\
GET /api/1/users/7
  ->  GET|PUT /api/<_version>/users/<id>  show      takes it: _version = \"1\", id = \"7\"
      http /<_rest..>                     anything  `GET|PUT /api/<_version>/users/<id>` goes before it
",
        ),
        (
            "DELETE /api/1/users/7",
            "\
DELETE /api/1/users/7
      GET|PUT /api/<_version>/users/<id>  show      takes GET, PUT only
      http /<_rest..>                     anything  `mount /api/<_version>/users` goes before it
  405 Method Not Allowed, Allow: GET, HEAD, PUT, OPTIONS
",
        ),
        (
            "OPTIONS /api/1/health",
            "\
OPTIONS /api/1/health
      GET /api/<_version>/health  health    takes GET only
      http /<_rest..>             anything  `mount /api/<_version>` goes before it
  204 No Content, Allow: GET, HEAD, OPTIONS
",
        ),
        (
            "/api/1/users/7/talk",
            "\
GET /api/1/users/7/talk
      ws /api/<_version>/users/<_id>/talk  talk_to   is a WebSocket
      http /<_rest..>                      anything  `mount /api/<_version>/users` goes before it
  426 Upgrade Required
",
        ),
        (
            "ws /admin/x",
            "\
ws /admin/x
  ->  mount /admin               takes it
      http /<_rest..>  anything  is no WebSocket
",
        ),
        (
            "/api/%zz/health",
            "\
GET /api/%zz/health
      GET /api/<_version>/health  health    segment `%zz` is not percent-encoded UTF-8
      http /<_rest..>             anything  `mount /api/<_version>` goes before it
  400 Bad Request
",
        ),
    ] {
        assert_eq!(app.explain(request).to_string(), explanation, "{request}");
    }
}

#[test]
fn where_no_route_has_the_path_the_nearest_are_shown() {
    for (request, explanation) in [
        (
            "GET /users/7",
            "\
GET /users/7
      GET|PUT /<id>   show     goes no further than segment 1, and `7` follows
      ws /<_id>/talk  talk_to  segment 2 is `7`, not `talk`
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
