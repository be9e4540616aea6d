//! A table with many routes, whose links share their types.

use http4k_ws::routing::Link;
use http4k_ws::{PolyHandler, Request, routes};

use super::links::UserId;

fn said(request: Request) -> String {
    request.uri().path().to_owned()
}

async fn user(id: UserId, tab: String) -> String {
    format!("/users/{id}/{tab}")
}

mod inner {
    use http4k_ws::{PolyHandler, routes};

    routes! {
        pub(super) fn api() -> PolyHandler {
            GET "/<id: u64>" as one => http(|id: u64| format!("one {id}")),
        }
    }
}

routes! {
    fn app() -> PolyHandler {
        GET "/" as home => http(said),
        GET "/numbers/<id: u64>" as number => http(|req: Request, id: u64| said(req) + &format!(" {id}")),
        GET "/more/numbers/<id: u64>" as more => http(|req: Request, id: u64| said(req) + &format!(" {id}")),
        GET "/texts/<id>" as text => http(|id: String| id),
        GET "/more/texts/<id>" as uri => http(|id: String| id),
        GET "/users/<id: UserId>/<tab>" => http(user(id, tab)),
        GET "/people/<id: UserId>/<tab>" as person => http(user(id, tab)),
        GET "/types/<r#type>" as r#type => http(|r#type: String| r#type),
        GET "/rest/<rest..>" as rest => http(|rest: String| rest),
        /// Goes to `/`.
        #[deprecated(note = "go to `home`")]
        GET "/old" as old => http(said),
        "/inner" => mount(inner::api()),
        "/teams/<team>" as team => mount(inner::api()),
        GET "/f/0" as f0 => http(said), GET "/f/1" as f1 => http(said),
        GET "/f/2" as f2 => http(said), GET "/f/3" as f3 => http(said),
        GET "/f/4" as f4 => http(said), GET "/f/5" as f5 => http(said),
        GET "/f/6" as f6 => http(said), GET "/f/7" as f7 => http(said),
        GET "/f/8" as f8 => http(said), GET "/f/9" as f9 => http(said),
        GET "/f/10" as f10 => http(said), GET "/f/11" as f11 => http(said),
        GET "/f/12" as f12 => http(said), GET "/f/13" as f13 => http(said),
        GET "/f/14" as f14 => http(said), GET "/f/15" as f15 => http(said),
        GET "/f/16" as f16 => http(said), GET "/f/17" as f17 => http(said),
        GET "/f/18" as f18 => http(said), GET "/f/19" as f19 => http(said),
        GET "/f/20" as f20 => http(said), GET "/f/21" as f21 => http(said),
        GET "/f/22" as f22 => http(said), GET "/f/23" as f23 => http(said),
        GET "/f/24" as f24 => http(said), GET "/f/25" as f25 => http(said),
        GET "/f/26" as f26 => http(said), GET "/f/27" as f27 => http(said),
        GET "/f/28" as f28 => http(said), GET "/f/29" as f29 => http(said),
        GET "/f/30" as f30 => http(said), GET "/f/31" as f31 => http(said),
        GET "/f/32" as f32 => http(said), GET "/f/33" as f33 => http(said),
        GET "/f/34" as f34 => http(said), GET "/f/35" as f35 => http(said),
        GET "/f/36" as f36 => http(said), GET "/f/37" as f37 => http(said),
        GET "/f/38" as f38 => http(said), GET "/f/39" as f39 => http(said),
        GET "/f/40" as f40 => http(said), GET "/f/41" as f41 => http(said),
        GET "/f/42" as f42 => http(said), GET "/f/43" as f43 => http(said),
        GET "/f/44" as f44 => http(said), GET "/f/45" as f45 => http(said),
        GET "/f/46" as f46 => http(said), GET "/f/47" as f47 => http(said),
        GET "/f/48" as f48 => http(said), GET "/f/49" as f49 => http(said),
        GET "/f/50" as f50 => http(said), GET "/f/51" as f51 => http(said),
        GET "/f/52" as f52 => http(said), GET "/f/53" as f53 => http(said),
        GET "/f/54" as f54 => http(said), GET "/f/55" as f55 => http(said),
        GET "/f/56" as f56 => http(said), GET "/f/57" as f57 => http(said),
        GET "/f/58" as f58 => http(said), GET "/f/59" as f59 => http(said),
    }
}

fn path_of(link: impl Link) -> String {
    link.uri()
}

#[test]
fn links_of_a_large_table_have_the_paths_of_their_routes() {
    let by_link = [
        (app::home.uri(), "/"),
        (app::home {}.uri(), "/"),
        (app::number { id: 7 }.uri(), "/numbers/7"),
        (app::more { id: 7 }.uri(), "/more/numbers/7"),
        (app::text { id: "a b" }.uri(), "/texts/a%20b"),
        (app::text { id: 7_u8 }.uri(), "/texts/7"),
        (app::uri { id: "x" }.uri(), "/more/texts/x"),
        (
            app::user {
                id: UserId(7),
                tab: "a",
            }
            .uri(),
            "/users/7/a",
        ),
        (
            app::person {
                id: UserId(7),
                tab: "a",
            }
            .uri(),
            "/people/7/a",
        ),
        (app::r#type { r#type: "t" }.uri(), "/types/t"),
        (app::rest { rest: "a/b" }.uri(), "/rest/a/b"),
        (app::f0.uri(), "/f/0"),
        (app::f59.uri(), "/f/59"),
        (path_of(app::number { id: 7 }), "/numbers/7"),
        (path_of(app::f31), "/f/31"),
        (app::uri(app::f31), "/f/31"),
        (app::uri(app::number { id: 7 }), "/numbers/7"),
        (app::uri(inner::api::one { id: 7 }), "/inner/7"),
        (
            app::team { team: "red" }.uri(inner::api::one { id: 7 }),
            "/teams/red/7",
        ),
    ];
    for (link, path) in by_link {
        assert_eq!(link, path);
    }
    let home: app::home = app::home;
    assert_eq!(home.uri(), "/");
}

#[test]
#[expect(deprecated)]
fn a_deprecated_link_of_a_large_table_is_reported() {
    assert_eq!(app::old.uri(), "/old");
}

#[tokio::test]
async fn a_link_of_a_large_table_leads_to_its_route() {
    for (link, body) in [
        (app::f0.uri(), "/f/0"),
        (app::f59.uri(), "/f/59"),
        (app::number { id: 7 }.uri(), "/numbers/7 7"),
        (app::more { id: 8 }.uri(), "/more/numbers/8 8"),
        (app::text { id: "a b" }.uri(), "a b"),
        (
            app::person {
                id: UserId(7),
                tab: "a",
            }
            .uri(),
            "/users/7/a",
        ),
        (app::uri(inner::api::one { id: 7 }), "one 7"),
    ] {
        assert_eq!(app().test_http(&*link).body(), body, "{link}");
    }
}
