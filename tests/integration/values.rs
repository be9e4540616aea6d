//! Values in an application: typed messages and JSON, accepted and refused.

use http4k_ws::lens::LensFailure;
use http4k_ws::message::BodyError;
use http4k_ws::prelude::*;
use http4k_ws::{IntoRequest, StatusCode, routes};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
struct Person {
    name: String,
    age: u32,
}

async fn older(mut ws: WebSocket<Person, Person>) -> WsResult {
    while let Some(person) = ws.recv().await? {
        let age = person.age + 10;
        ws.send(Person { age, ..person }).await?;
    }
    Ok(())
}

/// A handler in http4k's style: a socket of raw messages, and a lens.
fn older_by_lens(ws: WebSocket) {
    let lens = Person::lens();
    let sender = ws.sender();
    ws.on_message(move |message| -> WsResult {
        let person = lens.get(&message)?;
        let age = person.age + 10;
        sender.try_send(lens.create(Person { age, ..person })?)?;
        Ok(())
    });
}

async fn by_argument(Json(person): Json<Person>) -> Json<Person> {
    let age = person.age + 10;
    Json(Person { age, ..person })
}

async fn by_request(request: Request) -> Result<Response, LensFailure> {
    let person: Person = request.json().await?;
    Response::new(Body::empty()).with_json(&person.age)
}

async fn by_query(request: Request) -> Option<String> {
    let name = request.query("name")?;
    Some(format!("hello {name}"))
}

async fn length(request: Request) -> Result<String, BodyError> {
    let text = request.into_body().limit(5).text().await?;
    Ok(text.len().to_string())
}

fn app() -> PolyHandler {
    routes! {
        "/typed" => ws(older(ws)),
        "/lens" => ws(older_by_lens(ws)),
        POST "/argument" => http(by_argument(_)),
        POST "/request" => http(by_request),
        GET "/query" => http(by_query),
        POST "/length" => http(length),
    }
}

const BOB: &str = r#"{"name":"bob","age":30}"#;

#[test]
fn typed_sockets_and_lenses_agree() {
    for path in ["/typed", "/lens"] {
        let mut client = app().test_ws(path);
        client.send(BOB).unwrap();
        let answer = client.received().next().unwrap().unwrap();
        assert_eq!(answer.text(), r#"{"name":"bob","age":40}"#, "{path}");
    }
}

#[test]
fn an_invalid_message_closes_with_1007_and_the_reason() {
    for path in ["/typed", "/lens"] {
        let mut client = app().test_ws(path);
        client.send(r#"{"name":"bob"}"#).unwrap();
        let closed = client.received().next().unwrap().unwrap_err();
        let text = closed.to_string();
        let reason = "1007 message `Person` must be JSON: missing field `age` at line 1 column 14";
        assert!(text.contains(reason), "{path}: {text}");
    }
}

#[test]
fn json_is_read_and_sent_by_argument_and_by_request() {
    let ask = |path: &str, body: &'static str| {
        let request = Request::post(path).header("content-type", "application/json");
        app().test_http(request.body(body).expect("a request"))
    };
    for path in ["/argument", "/request"] {
        let untyped = app().test_http((Method::POST, path, BOB));
        assert_eq!(untyped.status(), 415, "{path} without a Content-Type");
    }
    let answer = ask("/argument", BOB);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.body(), r#"{"name":"bob","age":40}"#);
    assert_eq!(ask("/request", BOB).body(), "30");
    for path in ["/argument", "/request"] {
        let answer = ask(path, "{}");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        let text = answer.body().as_text().unwrap();
        assert!(
            text.contains("missing field `name` at line 1 column 2"),
            "{text}"
        );
    }
}

#[test]
fn a_body_with_another_content_type_than_json_is_415() {
    for path in ["/argument", "/request"] {
        let form = (Method::POST, path, BOB).into_request().unwrap();
        let form = form.with_header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(app().test_http(form).status(), 415, "{path}");
    }
}

#[test]
fn queries_are_decoded_and_an_absent_one_is_404() {
    let request = "/query"
        .into_request()
        .unwrap()
        .with_query("name", "bob & co");
    assert_eq!(app().test_http(request).body(), "hello bob & co");
    assert_eq!(app().test_http("/query?name=a+b").body(), "hello a b");
    assert_eq!(app().test_http("/query").status(), 404);
}

#[test]
fn a_body_over_its_limit_is_a_413() {
    let ask = |body: &'static [u8]| app().test_http((Method::POST, "/length", body));
    assert_eq!(ask(b"hello").body(), "5");
    assert_eq!(ask(b"hello!").status(), 413);
    assert_eq!(ask(b"\xff").status(), 400);
}
