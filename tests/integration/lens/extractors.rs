//! Arguments that are read by their type.

use http4k_ws::bytes::Bytes;
use http4k_ws::lens::json::Json;
use http4k_ws::lens::{Cookie, Form, Header, LensFailure, Path, Query};
use http4k_ws::message::{PathParams, Rejection, RequestExt};
use http4k_ws::{Body, FromRequest, IntoRequest, Method, Request, StatusCode, routes};
use serde::Deserialize;

use super::now;

#[derive(Debug, PartialEq, Deserialize)]
struct Page {
    number: u8,
    #[serde(default)]
    tag: Vec<String>,
}

fn status<T>(read: Result<T, Rejection>) -> u16 {
    match read {
        Ok(_) => 200,
        Err(rejection) => rejection.response().status().as_u16(),
    }
}

fn get(uri: &str) -> Request {
    uri.into_request().unwrap()
}

#[test]
fn each_place_is_read_as_a_type() {
    let Query(page) = now(Query::<Page>::from_request(&mut get(
        "/?number=1&tag=a&tag=b",
    )))
    .unwrap();
    assert_eq!(
        page,
        Page {
            number: 1,
            tag: vec!["a".into(), "b".into()]
        }
    );

    let mut request = get("/")
        .with_header("number", 2)
        .with_header("cookie", "number=3; tag=\"x\"");
    assert_eq!(
        now(Header::<Page>::from_request(&mut request))
            .unwrap()
            .0
            .number,
        2
    );
    let Cookie(page) = now(Cookie::<Page>::from_request(&mut request)).unwrap();
    assert_eq!(
        page,
        Page {
            number: 3,
            tag: vec!["x".into()]
        }
    );

    let params: PathParams = [("number", "4".to_owned())].into_iter().collect();
    request.extensions_mut().insert(params.clone());
    assert_eq!(
        now(Path::<Page>::from_request(&mut request))
            .unwrap()
            .0
            .number,
        4
    );
    assert_eq!(now(PathParams::from_request(&mut request)).unwrap(), params);

    let form = "application/x-www-form-urlencoded";
    let mut request = request
        .with_header("content-type", form)
        .with_body("number=5&tag=%C3%A4");
    let Form(page) = now(Form::<Page>::from_request(&mut request)).unwrap();
    assert_eq!(
        page,
        Page {
            number: 5,
            tag: vec!["ä".into()]
        }
    );
}

#[test]
fn each_failure_has_its_status() {
    for (uri, expected) in [
        ("/?number=1", 200),
        ("/?number=256", 400),
        ("/", 400),
        ("/?number=%ff", 400),
    ] {
        assert_eq!(
            status(now(Query::<Page>::from_request(&mut get(uri)))),
            expected,
            "{uri}"
        );
    }
    let mut json = get("/")
        .with_header("content-type", "application/json")
        .with_body("{}");
    assert_eq!(status(now(Form::<Page>::from_request(&mut json))), 415);
    let mut text = get("/").with_body(b"\xff");
    assert_eq!(status(now(String::from_request(&mut text))), 400);
    let mut long = get("/").with_body(Body::from("hello").limit(2));
    assert_eq!(status(now(Bytes::from_request(&mut long))), 413);
}

#[test]
fn the_body_is_read_unchanged() {
    let mut request = get("/").with_body("hello");
    assert_eq!(now(Bytes::from_request(&mut request)).unwrap(), "hello");
    let mut request = request.with_body("hello");
    assert_eq!(now(Body::from_request(&mut request)).unwrap(), *"hello");
}

type Read<T> = Result<Result<T, LensFailure>, Rejection>;

#[test]
fn options_and_results_receive_absence_and_failure() {
    let none = now(Option::<Query<Page>>::from_request(&mut get("/")));
    assert_eq!(none.unwrap(), None);
    let some = now(Option::<Query<Page>>::from_request(&mut get("/?number=1")));
    assert_eq!(some.unwrap().unwrap().0.number, 1);
    let wrong = now(Option::<Query<Page>>::from_request(&mut get("/?number=x")));
    assert_eq!(status(wrong), 400);
    let empty = now(Option::<Json<u8>>::from_request(&mut get("/")));
    assert_eq!(empty.unwrap(), None);

    let failure: Read<Query<Page>> = now(Result::from_request(&mut get("/?number=x")));
    let text = "query `number` must be integer: invalid digit found in string";
    assert_eq!(failure.unwrap().unwrap_err().to_string(), text);
}

/// A rejection that is not a `LensFailure`, and that the handler does not receive.
#[derive(Debug)]
struct Closed;

impl FromRequest for Closed {
    async fn from_request(_: &mut Request) -> Result<Self, Rejection> {
        Err(Rejection::new(StatusCode::FORBIDDEN))
    }
}

#[test]
fn another_rejection_stays_a_rejection() {
    let read: Read<Closed> = now(Result::from_request(&mut get("/")));
    assert_eq!(read.map(drop).unwrap_err().response().status(), 403);
    assert_eq!(
        status(now(Option::<Closed>::from_request(&mut get("/")))),
        403
    );
}

#[test]
fn arguments_of_a_route_are_read_by_type() {
    async fn all(
        Query(page): Query<Page>,
        maybe: Option<Cookie<Page>>,
        json: Result<Json<u8>, LensFailure>,
    ) -> String {
        format!("{} {} {}", page.number, maybe.is_none(), json.is_err())
    }
    let app = routes! { POST "/" => http(all(_, _, _)) };
    let answer = app.test_http((Method::POST, "/?number=1", "x"));
    assert_eq!(answer.body(), "1 true true");
}
