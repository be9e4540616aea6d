//! `#[derive(FromRequest)]` and `#[derive(PathParam)]` from outside.

use http4k_ws::lens::json::{Json, JsonExt};
use http4k_ws::lens::{LensFailureKind, With};
use http4k_ws::message::{RequestExt, UriTemplate};
use http4k_ws::{
    FromRequest, IntoRequest, IntoResponse, Message, Method, PathParam, Request, WebSocket,
    WsResult, routes,
};
use serde::{Deserialize, Serialize};

use super::{blank, now};

#[derive(Debug, Clone, Copy, PartialEq, PathParam)]
struct UserId(u64);

#[derive(Debug, Clone, PartialEq, PathParam)]
struct Tag<T> {
    text: T,
}

#[derive(Debug, Clone, Copy, PartialEq, PathParam, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
enum Sort {
    NewestFirst,
    #[serde(rename = "old")]
    OldestFirst,
    #[path_param(rename = "any order")]
    Unsorted,
    r#Type,
}

#[test]
fn a_path_parameter_converts_from_and_to_text() {
    assert_eq!("7".parse(), Ok(UserId(7)));
    assert_eq!(UserId(7).to_string(), "7");
    assert!("x".parse::<UserId>().is_err());
    assert_eq!(format!("{:>3}", UserId(7)), "  7");
    assert_eq!("a".parse(), Ok(Tag { text: 'a' }));
    let all = [
        (Sort::NewestFirst, "NEWEST-FIRST"),
        (Sort::OldestFirst, "old"),
        (Sort::Unsorted, "any order"),
        (Sort::Type, "TYPE"),
    ];
    for (sort, text) in all {
        assert_eq!(sort.to_string(), text);
        assert_eq!(text.parse(), Ok(sort));
    }
    let failure = "x".parse::<Sort>().unwrap_err();
    assert_eq!(
        failure.to_string(),
        "`x` must be one of `NEWEST-FIRST`, `old`, `any order`, `TYPE`"
    );
    assert_eq!(failure.known()[1], "old");
}

#[test]
fn a_path_parameter_type_is_an_argument_of_a_route() {
    async fn show(user: UserId, sort: Sort) -> String {
        format!("{user:?} {sort:?}")
    }
    let app = routes! { "/users/<user>/<sort>" => http(show(user, sort)) };
    assert_eq!(
        app.test_http("/users/7/any%20order").body(),
        "UserId(7) Unsorted"
    );
    assert_eq!(app.test_http("/users/7/anything").status(), 404);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
struct Note {
    text: String,
}

/// A struct with one field of each kind.
#[derive(Debug, Clone, PartialEq, FromRequest)]
struct Everything {
    #[param]
    user: UserId,
    #[query]
    q: String,
    #[query("page", default = 1)]
    number: u32,
    #[query(default)]
    verbose: bool,
    #[query("tag")]
    tags: Vec<String>,
    #[query]
    levels: Option<Vec<i8>>,
    #[query]
    sort: Option<Sort>,
    #[query(default = vec![1, 2])]
    sizes: Vec<u8>,
    #[header]
    x_request_id: String,
    #[header("x-retry")]
    retry: std::option::Option<u8>,
    #[cookie]
    session: String,
    #[body]
    note: Note,
}

fn everything() -> Everything {
    Everything {
        user: UserId(7),
        q: "a & b".into(),
        number: 3,
        verbose: true,
        tags: vec!["x".into(), "y".into()],
        levels: Some(vec![-1]),
        sort: Some(Sort::Unsorted),
        sizes: vec![9],
        x_request_id: "id".into(),
        retry: None,
        session: "s".into(),
        note: Note { text: "hi".into() },
    }
}

async fn debug(all: Everything) -> String {
    format!("{all:?}")
}

fn request_to(template: &str) -> Request {
    UriTemplate::parse(template)
        .unwrap()
        .into_request()
        .unwrap()
        .with_method(Method::POST)
}

#[test]
fn a_built_request_is_read_back() {
    let app = routes! { POST "/users/<user>" => http(debug(_)) };
    let request = request_to("/users/<user>").with(everything()).unwrap();
    assert_eq!(
        request.uri(),
        "/users/7?q=a%20%26%20b&page=3&verbose=true&tag=x&tag=y&levels=-1&sort=any%20order&sizes=9"
    );
    assert_eq!(request.header("cookie"), Some("session=s"));
    assert_eq!(
        app.test_http(request).body().as_text().unwrap(),
        format!("{:?}", everything())
    );
}

#[test]
fn optional_fields_have_their_defaults() {
    let request = request_to("/<user>").with(everything()).unwrap();
    let mut request = request.with_uri("/7?q=".parse().unwrap());
    let read = now(Everything::from_request(&mut request)).unwrap();
    let expected = Everything {
        q: String::new(),
        number: 1,
        verbose: false,
        tags: vec![],
        levels: None,
        sort: None,
        sizes: vec![1, 2],
        ..everything()
    };
    assert_eq!(read, expected);
}

#[test]
fn all_mistakes_are_reported_together() {
    let app = routes! { POST "/users/<user>" => http(debug(_)) };
    let request = (
        Method::POST,
        "/users/x?page=-1&tag=a&levels=999&sort=up",
        "{",
    )
        .into_request()
        .unwrap();
    let answer = app.test_http(request.with_header("content-type", "application/json"));
    assert_eq!(answer.status(), 400);
    let problem: serde_json::Value = now(answer.json()).unwrap();
    let told: Vec<String> = problem["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            format!("{} {} {}", part["kind"], part["location"], part["name"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        told,
        [
            "invalid path user",
            "missing query q",
            "invalid query page",
            "invalid query levels",
            "invalid query sort",
            "missing header x-request-id",
            "missing cookie session",
            "invalid body Note",
        ]
    );
    let answer = app.test_http((Method::POST, "/users/7", "{}"));
    assert_eq!(answer.status(), 415);
}

#[derive(Debug, Clone, PartialEq, FromRequest)]
struct SignUp {
    #[form]
    name: String,
    #[form("age")]
    years: Option<u8>,
    #[form]
    interests: Vec<String>,
    #[query(default)]
    dry: bool,
}

#[test]
fn a_form_may_be_the_body() {
    let sent = SignUp {
        name: "bob".into(),
        years: Some(30),
        interests: vec!["a".into(), "b".into()],
        dry: false,
    };
    let mut request = blank().with(sent.clone()).unwrap();
    assert_eq!(request.body(), "name=bob&age=30&interests=a&interests=b");
    assert_eq!(now(SignUp::from_request(&mut request)).unwrap(), sent);

    let mut request = request.with_body("age=x");
    let refused = now(SignUp::from_request(&mut request))
        .unwrap_err()
        .into_response();
    let told = now(refused.json::<serde_json::Value>()).unwrap();
    assert!(told.get("detail").is_some_and(|detail| {
        detail == "form `name` is required; form `age` must be integer: invalid digit found in string"
    }), "{told}");

    let mut request = request.with_header("content-type", "application/json");
    let refused = now(SignUp::from_request(&mut request))
        .unwrap_err()
        .into_response();
    assert_eq!(refused.status(), 415);
}

#[derive(Debug, PartialEq, FromRequest)]
struct Maybe {
    #[body]
    json: Option<Json<Vec<u8>>>,
}

#[test]
fn an_optional_body_may_be_missing() {
    let mut request = blank();
    assert_eq!(
        now(Maybe::from_request(&mut request)).unwrap(),
        Maybe { json: None }
    );
    for json in [None, Some(Json(vec![1]))] {
        let mut request = blank()
            .with_body("x")
            .with(Maybe { json: json.clone() })
            .unwrap();
        assert_eq!(
            now(Maybe::from_request(&mut request)).unwrap(),
            Maybe { json }
        );
    }
    let mut unnamed = blank().with_body("[1]");
    assert_eq!(
        now(Maybe::from_request(&mut unnamed))
            .unwrap_err()
            .into_response()
            .status(),
        415
    );
    let mut wrong = blank()
        .with_body("[x")
        .with_header("content-type", "application/json");
    assert_eq!(
        now(Maybe::from_request(&mut wrong))
            .unwrap_err()
            .into_response()
            .status(),
        400
    );
}

#[derive(Debug, FromRequest)]
struct Nothing {}

#[derive(Debug, FromRequest)]
struct Generic<T: Message> {
    #[body]
    value: T,
}

#[test]
fn generic_and_empty_structs_are_read() {
    assert!(now(Nothing::from_request(&mut blank())).is_ok());
    let mut request = blank()
        .with(Generic {
            value: Note { text: "a".into() },
        })
        .unwrap();
    let read: Generic<Note> = now(Generic::from_request(&mut request)).unwrap();
    assert_eq!(read.value.text, "a");
}

#[derive(Debug, FromRequest)]
struct Joining {
    #[param]
    room: String,
    #[query]
    name: String,
}

#[test]
fn a_struct_is_read_before_the_upgrade() {
    async fn join(ws: WebSocket, joining: Joining) -> WsResult {
        ws.send(format!("{} in {}", joining.name, joining.room))
            .await?;
        Ok(())
    }
    use http4k_ws::testing::WsClient;
    let app = routes! { "/rooms/<room>" => ws(join(ws, _)) };
    let request = UriTemplate::parse("/rooms/<room>")
        .unwrap()
        .into_request()
        .unwrap();
    let joining = Joining {
        room: "blue".into(),
        name: "bob".into(),
    };
    let mut client = app.test_ws(request.with(joining).unwrap());
    assert_eq!(client.received().next().unwrap().unwrap(), "bob in blue");
    assert_eq!(
        app.try_test_ws("/rooms/blue")
            .map(drop)
            .unwrap_err()
            .status(),
        400
    );
}

#[test]
fn a_value_that_cannot_be_a_form_is_not_sent() {
    let odd = Everything {
        x_request_id: "a\nb".into(),
        ..everything()
    };
    let failure = request_to("/<user>").with(odd).unwrap_err();
    assert_eq!(failure.status(), 500);
    assert_eq!(failure.kind(), LensFailureKind::Invalid);
    assert!(blank().with(everything()).is_err());
}

/// The library under another name, as behind a `macro_rules!` front.
mod renamed {
    pub(super) use http4k_ws as ws;

    macro_rules! types {
        ($($item:item)*) => {$(
            #[derive(Debug, PartialEq, http4k_ws::FromRequest)]
            #[from_request(crate = crate::lens::derives::renamed::ws)]
            $item
        )*};
    }
    pub(super) use types;
}

#[test]
fn the_library_may_have_another_name_and_the_derives_a_front() {
    #[derive(Debug, PartialEq, PathParam)]
    #[path_param(crate = renamed::ws, rename_all = "lowercase")]
    enum Side {
        Left,
    }
    renamed::types! {
        struct Turn {
            #[query(default = Side::Left)]
            side: Side,
            #[query]
            times: Option<u8>,
        }
    }
    impl Clone for Side {
        fn clone(&self) -> Self {
            Self::Left
        }
    }
    let turned = now(Turn::from_request(&mut "/?times=2".into_request().unwrap())).unwrap();
    assert_eq!(
        turned,
        Turn {
            side: Side::Left,
            times: Some(2)
        }
    );
}
