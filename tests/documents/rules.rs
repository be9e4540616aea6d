//! The responses that the documents add by rule: the library responds so.

use http4k_ws::document::Info;
use http4k_ws::filter::{authenticate, bearer, max_body};
use http4k_ws::message::Credentials;
use http4k_ws::prelude::*;
use schemars::JsonSchema;
use serde_json::Value;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Note {
    text: String,
}

#[derive(FromRequest)]
struct Search {
    #[query]
    page: u32,
}

async fn nobody(_: Credentials) -> Result<Option<()>, StatusCode> {
    Ok(None)
}

fn numbered(id: u32) -> String {
    id.to_string()
}

fn search(search: Search) -> String {
    search.page.to_string()
}

fn note(Json(note): Json<Note>) -> String {
    note.text
}

async fn talk(_ws: WebSocket<String, String>, _id: u32) {}

fn app() -> PolyHandler {
    routes! {
        GET "/number/<id>" => http(numbered(id)),
        GET "/search" => http(search(_)),
        POST "/note" with(max_body(100)) => http(note(_)),
        GET "/secret" with(authenticate(bearer(), nobody)) => http(|| "secret"),
        "/talk/<id>" => ws(talk(ws, id)),
    }
}

/// Returns the responses of an operation.
fn responses(path: &str, method: &str) -> Value {
    let document = app().openapi(&Info::new("rules", "1")).to_value();
    let responses = &document["paths"][path][method]["responses"];
    assert!(responses.is_object(), "{document:#}");
    responses.clone()
}

/// Asserts that the response to `request` is one of the documented ones, with its Content-Type.
fn is_documented(responses: &Value, request: Request, status: u16) {
    let response = app().test_http(request);
    assert_eq!(response.status(), status);
    let described = &responses[status.to_string()];
    assert!(described.is_object(), "{status} {responses:#}");
    let content_type = response.header("content-type").unwrap_or_default();
    if let Some(content) = described.get("content") {
        assert!(
            content.get(content_type).is_some(),
            "{content_type} {content:#}"
        );
    }
}

fn request(method: &str, path: &str, content_type: &str, body: &'static str) -> Request {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("content-type", content_type);
    request.body(Body::from(body)).expect("a request")
}

#[test]
fn a_parameter_of_another_type_is_404() {
    let documented = responses("/number/{id}", "get");
    is_documented(
        &documented,
        request("GET", "/number/x", "text/plain", ""),
        404,
    );
    is_documented(
        &documented,
        request("GET", "/number/7", "text/plain", ""),
        200,
    );
}

#[test]
fn a_value_that_is_missing_or_invalid_is_400() {
    let documented = responses("/search", "get");
    for path in ["/search", "/search?page=x"] {
        is_documented(&documented, request("GET", path, "text/plain", ""), 400);
    }
    is_documented(
        &documented,
        request("GET", "/search?page=2", "text/plain", ""),
        200,
    );
}

#[test]
fn a_body_of_another_type_size_or_shape_is_refused() {
    const JSON: &str = "application/json";
    let documented = responses("/note", "post");
    is_documented(
        &documented,
        request("POST", "/note", JSON, r#"{"text":"a"}"#),
        200,
    );
    is_documented(&documented, request("POST", "/note", JSON, "{}"), 400);
    is_documented(
        &documented,
        request("POST", "/note", "text/html", "{}"),
        415,
    );
    let long = concat!(
        r#"{"text":""#,
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        r#""}"#
    );
    is_documented(&documented, request("POST", "/note", JSON, long), 413);
}

#[test]
fn a_request_without_credentials_is_401() {
    let documented = responses("/secret", "get");
    is_documented(
        &documented,
        request("GET", "/secret", "text/plain", ""),
        401,
    );
    let document = app().openapi(&Info::new("rules", "1")).to_value();
    let operation = &document["paths"]["/secret"]["get"];
    assert_eq!(operation["security"][0]["bearer"], serde_json::json!([]));
    let scheme = &document["components"]["securitySchemes"]["bearer"];
    assert_eq!(
        (&scheme["type"], &scheme["scheme"]),
        (&"http".into(), &"bearer".into())
    );
}

#[test]
fn a_request_without_an_upgrade_is_426_on_a_socket() {
    let documented = responses("/talk/{id}", "get");
    is_documented(
        &documented,
        request("GET", "/talk/7", "text/plain", ""),
        426,
    );
    for status in ["101", "404"] {
        assert!(documented[status].is_object());
    }
    let refusal = app().try_test_ws("/talk/x").unwrap_err();
    assert_eq!(refusal.status(), 404);
}
