//! The results of failures: cases 149 to 156 and 158.

use http4k_ws::lens::json::JsonExt;
use http4k_ws::lens::{
    Failure, Form, Header, LensFailure, LensFailureKind, Location, Query, WebForm,
};
use http4k_ws::message::{RequestExt, ResponseExt};
use http4k_ws::testing::WsClient;
use http4k_ws::{
    Body, Filter, HttpHandler, IntoRequest, IntoResponse, Message, Next, PolyHandler, Request,
    Response, StatusCode, WebSocket, WsMessage, WsResult,
};
use serde::{Deserialize, Serialize};

use super::{closed, now};

fn get(uri: &str) -> Request {
    uri.into_request().unwrap()
}

fn two() -> LensFailure {
    let bob = Failure::new(LensFailureKind::Invalid, Location::Header, "bob", "string");
    let bill = Failure::new(LensFailureKind::Missing, Location::Header, "bill", "string");
    LensFailure::from(bob).and(bill)
}

async fn failing(_: Request) -> Result<Response, LensFailure> {
    Err(two())
}

/// Replaces a failure by a response in plain text.
async fn in_plain_text(request: Request, next: Next) -> Response {
    let terse = request.header("accept") == Some("text/plain");
    let response = next.call(request).await;
    match response.extensions().get::<LensFailure>() {
        Some(failure) if terse => (StatusCode::IM_A_TEAPOT, failure.to_string()).into_response(),
        _ => response,
    }
}

#[test]
fn cases_149_and_150_a_filter_may_replace_the_response() {
    let app = in_plain_text.then(failing);
    let answer = now(app.call(get("/").with_header("accept", "text/plain")));
    assert_eq!(answer.status(), 418);
    assert_eq!(
        answer.body(),
        "header `bob` must be string; header `bill` is required"
    );
    assert_eq!(now(app.call(get("/"))).status(), 400);
}

#[test]
fn case_151_the_default_is_a_400_that_lists_all_failures() {
    let answer = now(http4k_ws::handler::BoxHttpHandler::new(failing).call(get("/")));
    assert_eq!(answer.status(), 400);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let problem: serde_json::Value = now(answer.json()).unwrap();
    assert_eq!(
        problem["detail"],
        "header `bob` must be string; header `bill` is required"
    );
    assert_eq!(problem["failures"].as_array().unwrap().len(), 2);
}

#[test]
fn cases_152_and_153_a_failure_of_another_message_is_not_a_client_error() {
    let key = Header::int("x-key").required();
    for answer in [
        "hello".into_response(),
        "hello".into_response().with_header("x-key", "a"),
    ] {
        let failure = key.get(&answer).unwrap_err();
        assert_eq!(failure.status(), 502);
        assert_eq!(failure.ws_status().code(), 1011);
        let response = failure.into_response();
        assert!(!response.body().as_text().unwrap().contains("x-key"));
    }
    let mut answer = "["
        .into_response()
        .with_header("content-type", "application/json");
    assert_eq!(
        now(Body::json::<Vec<u8>>().get(&mut answer))
            .unwrap_err()
            .status(),
        502
    );
    let failure = Header::string("x")
        .required()
        .set(().into_response(), "\n".into());
    assert_eq!(failure.unwrap_err().into_response().status(), 500);
}

#[test]
fn case_154_unsupported_is_415() {
    let body = Body::json::<Vec<u8>>();
    let cases = [
        (None, 415, 200, 200),
        (Some("text/plain"), 415, 415, 200),
        (Some("application/json"), 200, 200, 200),
        (
            Some("application/vnd.api+json; charset=utf-8"),
            200,
            200,
            200,
        ),
    ];
    for (content_type, strict, lenient, unchecked) in cases {
        let mut request = get("/").with_body("[1]");
        if let Some(content_type) = content_type {
            request = request.with_header("content-type", content_type);
        }
        for (lens, expected) in [
            (body.clone(), strict),
            (body.clone().lenient(), lenient),
            (body.clone().unchecked(), unchecked),
        ] {
            let status = match now(lens.get(&mut request)) {
                Ok(_) => 200,
                Err(failure) => failure.status().as_u16(),
            };
            assert_eq!(status, expected, "{content_type:?}");
        }
    }
}

#[test]
fn case_155_the_kind_of_all_is_the_worst() {
    use LensFailureKind::{Invalid, Missing, Unsupported};
    let cases: [(&[LensFailureKind], LensFailureKind); 4] = [
        (&[Missing, Missing], Missing),
        (&[Missing, Invalid], Invalid),
        (&[Missing, Invalid, Unsupported], Unsupported),
        (&[Invalid], Invalid),
    ];
    for (kinds, overall) in cases {
        let failures = kinds
            .iter()
            .map(|kind| LensFailure::from(Failure::new(*kind, Location::Query, "a", "b")));
        assert_eq!(failures.reduce(LensFailure::and).unwrap().kind(), overall);
    }
}

#[test]
fn case_156_each_kind_has_its_text() {
    use LensFailureKind::{Invalid, Missing, Unsupported};
    for (kind, text) in [
        (Missing, "header `bob` is required"),
        (Invalid, "header `bob` must be string"),
        (Unsupported, "header `bob` has a format that is not string"),
    ] {
        assert_eq!(
            Failure::new(kind, Location::Header, "bob", "string").to_string(),
            text
        );
    }
}

fn posted(form: &'static str) -> Request {
    get("/")
        .with_header("content-type", "application/x-www-form-urlencoded")
        .with_body(form)
}

#[test]
fn case_158_a_form_is_sent_and_read() {
    let form: WebForm = [("name", "bob & co"), ("tag", "a=b"), ("tag", "ä")]
        .into_iter()
        .collect();
    let lens = Form::strict(());
    let mut request = lens.set(get("/"), form.clone()).unwrap();
    assert_eq!(request.body(), "name=bob%20%26%20co&tag=a%3Db&tag=%C3%A4");
    assert_eq!(now(lens.get(&mut request)), Ok(form));

    let mut request = posted("hello=world=is=big&tag=1&tag=2&empty=&flag");
    let form = now(lens.get(&mut request)).unwrap();
    assert_eq!(
        Form::string("hello").required().get(&form).unwrap(),
        "world=is=big"
    );
    assert_eq!(
        Form::int("tag").multi().required().get(&form).unwrap(),
        [1, 2]
    );
    assert_eq!(Form::string("empty").required().get(&form).unwrap(), "");
    assert_eq!(Form::string("flag").required().get(&form).unwrap(), "");
}

#[test]
fn case_158_another_content_type_is_refused() {
    for content_type in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        let mut request = posted("a=1").with_header("content-type", content_type);
        let failure = now(Form::feedback(()).get(&mut request)).unwrap_err();
        assert_eq!(failure.kind(), LensFailureKind::Unsupported);
        assert_eq!(failure.status(), 415);
    }
    let mut request = posted("a=1").with_header(
        "content-type",
        "Application/X-WWW-Form-Urlencoded; charset=utf-8",
    );
    assert!(now(Form::strict(()).get(&mut request)).is_ok());
}

#[test]
fn case_158_feedback_collects_and_strict_refuses() {
    let (name, age) = (Form::string("name").required(), Form::int("age").required());
    let form = now(Form::feedback((&name, &age)).get(&mut posted("age=old"))).unwrap();
    let texts: Vec<String> = form.failures().iter().map(ToString::to_string).collect();
    let expected = [
        "form `name` is required",
        "form `age` must be integer: invalid digit found in string",
    ];
    assert_eq!(texts, expected);
    assert_eq!(form.failures()[0].kind(), LensFailureKind::Missing);

    let failure = now(Form::strict((&name, &age)).get(&mut posted("age=old"))).unwrap_err();
    assert_eq!(failure.failures().len(), 2);
    assert_eq!(failure.kind(), LensFailureKind::Invalid);
    assert_eq!(failure.status(), 400);
}

#[test]
fn bytes_that_are_not_a_form_are_invalid() {
    for body in ["a=%ff", "a=%zz%ff"] {
        let failure = now(Form::strict(()).get(&mut posted(body))).unwrap_err();
        assert_eq!(failure.failures()[0].name(), "a");
    }
    let mut request = posted("").with_body(b"a=\xff");
    assert_eq!(
        now(Form::strict(()).get(&mut request))
            .unwrap_err()
            .status(),
        400
    );
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
struct Order {
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Item {
    price: u32,
}

#[test]
fn serdes_path_names_the_value() {
    let failure = Order::lens()
        .get(&r#"{"items":[{"price":1},{"price":-1}]}"#.into())
        .unwrap_err();
    assert_eq!(failure.failures()[0].path(), Some("items[1].price"));
    assert!(
        failure.to_string().starts_with(
            "message `Order` must be JSON: items[1].price: invalid value: integer `-1`"
        )
    );
    let answer = failure.into_response();
    let problem: serde_json::Value = now(answer.json()).unwrap();
    assert_eq!(problem["failures"][0]["path"], "items[1].price");
    let whole = Order::lens().get(&"[".into()).unwrap_err();
    assert_eq!(whole.failures()[0].path(), None);
}

/// A body over its limit is still a 413.
#[test]
fn a_body_over_its_limit_is_a_413() {
    let request = get("/").with_header("content-type", "application/json");
    let mut request = request.with_body(Body::from("[1,2,3]").limit(3));
    assert_eq!(
        now(Body::json::<Vec<u8>>().get(&mut request))
            .unwrap_err()
            .status(),
        413
    );
}

/// A consumer that returns the failure, so that its socket closes with 1007 and the reason.
async fn return_failures(mut ws: WebSocket<Order, WsMessage>) -> WsResult {
    while ws.recv().await?.is_some() {}
    Ok(())
}

/// A consumer that continues after the failure, so that its socket stays open.
async fn continue_after_failures(mut ws: WebSocket<Order, WsMessage>) -> WsResult {
    loop {
        match ws.recv().await {
            Ok(None) => return Ok(()),
            Ok(Some(order)) => ws.send(order.items.len().to_string()).await?,
            Err(failure) => ws.send(failure.kind().as_str()).await?,
        }
    }
}

#[test]
fn an_invalid_message_closes_with_1007_or_reaches_the_consumer() {
    let app = |ws: http4k_ws::handler::BoxWsHandler| {
        PolyHandler::new(|_: Request| StatusCode::NOT_FOUND, ws)
    };
    let mut client = app(http4k_ws::handler::BoxWsHandler::new(return_failures)).test_ws("/");
    client.send("{").unwrap();
    let status = closed(&mut client);
    assert_eq!(status.code(), 1007);
    assert!(
        status
            .reason()
            .starts_with("message `Order` must be JSON: ")
    );
    assert!(status.reason().len() <= 123);

    let mut client = app(http4k_ws::handler::BoxWsHandler::new(
        continue_after_failures,
    ))
    .test_ws("/");
    client.send("{").unwrap();
    client.send(r#"{"items":[]}"#).unwrap();
    let received: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
    assert_eq!(received, ["invalid", "0"]);
}

#[test]
fn a_failure_before_the_upgrade_is_an_http_response() {
    async fn talk(
        ws: WebSocket,
        Query(page): Query<std::collections::BTreeMap<String, u8>>,
    ) -> WsResult {
        ws.send(page["page"].to_string()).await?;
        Ok(())
    }
    let app = http4k_ws::routes! { "/" => ws(talk(ws, _)) };
    let mut client = app.test_ws("/?page=7");
    assert_eq!(client.received().next().unwrap().unwrap(), "7");
    let refused = app.try_test_ws("/?page=x").map(drop).unwrap_err();
    assert_eq!(refused.status(), 400);
}

#[test]
fn a_path_parameter_missing_from_the_route_is_a_500() {
    use http4k_ws::lens::{Path, Query};
    use http4k_ws::{FromRequest, Request, routes};

    #[derive(Debug, FromRequest)]
    #[allow(dead_code)]
    struct Derived {
        #[param]
        user: u64,
        #[query]
        q: String,
    }
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code)]
    struct Params {
        user: u64,
    }
    let user = || Path::int("user").required();
    let by_lens = move |request: Request| user().get(&request).map(|user| user.to_string());
    let by_both = move |request: Request| {
        let q = Query::string("q").required().get(&request);
        let both = user().get(&request).map_err(|failure| match q {
            Err(other) => other.and(failure),
            Ok(_) => failure,
        });
        both.map(|user| user.to_string())
    };
    let derived = |derived: Derived| async move { format!("{derived:?}") };
    let of_serde = |Path(params): Path<Params>| async move { format!("{params:?}") };
    let optional = |path: Option<Path<Params>>| async move { path.is_none().to_string() };
    let app = routes! {
        "/lens/<id>" => http(by_lens(req)),
        "/both/<id>" => http(by_both(req)),
        "/optional/<id>" => http(optional(_)),
    };
    for path in ["/lens/7", "/both/7"] {
        let response = app.test_http(path);
        assert_eq!(response.status(), 500, "{path}");
        let problem: serde_json::Value = now(response.json()).unwrap();
        assert_eq!(problem.get("failures"), None, "{path}");
    }
    assert_eq!(app.test_http("/optional/7").body(), "true");

    // A test of the table would panic, because these types state the parameters that they read.
    let table = routes! {
        "/derived/<id>" => http(derived(_)),
        "/serde/<id>" => http(of_serde(_)),
    };
    for path in ["/derived/7", "/derived/7?q=a", "/serde/7"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = now(table.http().call(request));
        assert_eq!(response.status(), 500, "{path}");
    }
}
