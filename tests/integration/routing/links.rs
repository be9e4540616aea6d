//! Paths made from routes.

use std::fmt;
use std::str::FromStr;

use http4k_ws::message::UriFillError;
use http4k_ws::routing::Link;
use http4k_ws::{PolyHandler, Request, WebSocket, routes};

#[derive(Clone, PartialEq, Debug)]
pub(super) struct UserId(pub(super) u64);

impl FromStr for UserId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A type that can be read from a path but not written into one, which no route requires.
struct OneWay;

impl FromStr for OneWay {
    type Err = std::convert::Infallible;

    fn from_str(_text: &str) -> Result<Self, Self::Err> {
        Ok(Self)
    }
}

fn said(request: Request) -> String {
    request.uri().path().to_owned()
}

async fn talk(_ws: WebSocket, _room: String) {}

mod users {
    use http4k_ws::{PolyHandler, Request, routes};

    fn list(request: Request) -> String {
        super::said(request)
    }

    fn one(_id: u64) -> String {
        "one".to_owned()
    }

    routes! {
        pub(super) fn api() -> PolyHandler {
            GET "/" => http(list),
            GET "/<id: u64>" => http(one(id)),
        }
    }

    pub(super) mod rooms {
        use http4k_ws::{PolyHandler, routes};

        routes! {
            pub(crate) fn api() -> PolyHandler {
                "/<room>/<seat: char>" as seat => http(super::super::said(req)),
                "/users" => mount(super::api()),
            }
        }
    }
}

routes! {
    fn app<T>(_value: T) -> PolyHandler {
        GET "/" as uri => http(said),
        GET "/users/<id: UserId>/<tab>" as user => http(said(req)),
        POST "/users/<id: UserId>/<tab>" as user => http(said(req)),
        "/one-way/<way: OneWay>" as one_way => http(said(req)),
        "/<type>/<rest..>" as r#type => http(said(req)),
        "/ws/<room>" => ws(talk(ws, room)),
        "/twice/a" => http(said),
        "/twice/b" => http(said),
        "/api" => {
            "/users" => mount(users::api().with(http4k_ws::filter::subprotocols(["x"]))),
            "/<team>/rooms" => mount(users::rooms::api()),
        }
    }
}

routes! {
    fn twice() -> PolyHandler {
        "/a" as first => mount(users::api()),
        "/b" as second => mount(users::rooms::api()),
    }
}

async fn path_that_arrives(link: String) -> String {
    let request = http4k_ws::Request::get(&link)
        .body(http4k_ws::Body::empty())
        .unwrap();
    let response = http4k_ws::HttpHandler::call(app(()).http(), request).await;
    assert_eq!(response.status(), 200, "{link}");
    link
}

#[tokio::test]
async fn a_link_leads_to_its_route() {
    let user = app::user {
        id: UserId(7),
        tab: "a/b é",
    };
    assert_eq!(
        path_that_arrives(user.uri()).await,
        "/users/7/a%2Fb%20%C3%A9"
    );
    assert_eq!(path_that_arrives(app::uri {}.uri()).await, "/");
    let all = app::r#type {
        r#type: "x",
        rest: "y/z",
    };
    assert_eq!(path_that_arrives(all.uri()).await, "/x/y/z");
    assert_eq!(app::talk { room: 'a' }.uri(), "/ws/a");
    assert_eq!(users::api::list.uri(), "/");
    assert_eq!(users::api::one { id: 7 }.uri(), "/7");
}

#[tokio::test]
async fn a_mounting_table_links_to_the_full_path() {
    let one = app::uri(users::api::one { id: 7 });
    assert_eq!(path_that_arrives(one).await, "/api/users/7");
    assert_eq!(
        path_that_arrives(app::uri(users::api::list)).await,
        "/api/users"
    );
    let seat = || users::rooms::api::seat {
        room: "blue",
        seat: 'é',
    };
    assert_eq!(
        path_that_arrives(app::api { team: "red" }.uri(seat())).await,
        "/api/red/rooms/blue/%C3%A9"
    );
    assert_eq!(twice::uri(seat()), "/b/blue/%C3%A9");
    assert_eq!(
        users::rooms::api::uri(users::api::one { id: 1 }),
        "/users/1"
    );
    let red = app::api { team: "red" };
    assert_eq!(red.uri(users::api::list), "/api/red/rooms/users");
    assert_eq!(app::uri(app::talk { room: "own" }), "/ws/own");
}

#[test]
fn a_named_mount_disambiguates_links() {
    assert_eq!(twice::first.uri(users::api::list), "/a");
    assert_eq!(twice::second.uri(users::api::list), "/b/users");
}

/// Returns the links to a user's text, in each place that a link can have.
fn links_to(text: &str) -> Vec<Result<String, UriFillError>> {
    vec![
        app::talk { room: text }.try_uri(),
        app::try_uri(app::talk { room: text }),
        app::api { team: text }.try_uri(users::api::list),
        app::api { team: "red" }.try_uri(users::rooms::api::seat {
            room: text,
            seat: 'a',
        }),
        twice::try_uri(users::rooms::api::seat {
            room: text,
            seat: 'a',
        }),
        app::r#type {
            r#type: text,
            rest: "",
        }
        .try_uri(),
    ]
}

#[test]
fn a_link_that_cannot_arrive_is_an_error() {
    for text in ["", ".", ".."] {
        for link in links_to(text) {
            let failure = link.unwrap_err();
            match failure {
                UriFillError::Empty { .. } => assert_eq!(text, ""),
                UriFillError::DotSegment { value, .. } => assert_eq!(text, value),
                failure => panic!("{failure}"),
            }
        }
    }
    for text in ["...", ".a", "a..", "%2e%2e", "/", "a/../b"] {
        for link in links_to(text) {
            let link = link.unwrap();
            let segments = link.split('/').skip(1);
            assert!(
                segments.clone().all(|segment| !segment.is_empty()),
                "{link}"
            );
            assert!(segments.clone().all(|segment| segment != ".."), "{link}");
        }
    }
    let rest = |rest| app::r#type { r#type: "x", rest }.try_uri();
    assert_eq!(rest("").unwrap(), "/x");
    for text in ["..", ".", "a/..", "./a", "a/../b"] {
        assert!(
            matches!(rest(text), Err(UriFillError::DotSegment { .. })),
            "{text}"
        );
    }
}

#[test]
#[should_panic = "the value `..` for `room` in template `/ws/<room>` has the segment `.` or `..`"]
fn a_link_that_cannot_arrive_panics_with_the_parameter_and_its_value() {
    app::talk { room: ".." }.uri();
}

#[test]
#[should_panic = "the value for `team` in template `/api/<team>/rooms` is empty"]
fn a_prefix_that_cannot_arrive_panics() {
    app::api { team: "" }.uri(users::api::list);
}

#[test]
#[should_panic = "the value for `room` in template `/<room>/<seat>` is empty"]
fn a_mounted_link_that_cannot_arrive_panics() {
    twice::uri(users::rooms::api::seat {
        room: "",
        seat: 'a',
    });
}

fn is_link(link: impl Link) -> String {
    link.uri()
}

#[test]
fn a_function_accepts_any_link() {
    assert_eq!(is_link(users::api::one { id: 7 }), "/7");
}

#[test]
fn tables_inside_functions_have_links() {
    struct Local;
    impl FromStr for Local {
        type Err = std::convert::Infallible;
        fn from_str(_text: &str) -> Result<Self, Self::Err> {
            Ok(Self)
        }
    }
    impl fmt::Display for Local {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("local")
        }
    }
    routes! {
        fn inner() -> PolyHandler {
            "/<x: Local>" as x => http(said(req)),
            "/users/here" => mount(users::api()),
        }
    }
    assert_eq!(inner::x { x: Local }.uri(), "/local");
    assert_eq!(inner::uri(users::api::list), "/users/here");
    assert_eq!(inner().routes().len(), 3);
}
