//! Route lookup, which allocates no memory.

use allocation_counter::measure;
use http4k_ws::__private::Router;
use http4k_ws::routing::{Methods, Routes};
use http4k_ws::{Method, PolyHandler, Request, routes};

fn said(_request: Request) -> &'static str {
    "said"
}

fn declared() -> PolyHandler {
    routes! {
        GET "/" => http(said),
        GET "/users/<_id>/files/<_path..>" => http(said),
        PURGE "/users/<_id>" => http(said),
        "/users/<_id>/<_x>/c" => http(said),
    }
}

fn built() -> PolyHandler {
    let purge = Method::from_bytes(b"PURGE").expect("a token");
    let routes = Routes::new()
        .http(Method::GET, "/", said)
        .http(Method::GET, "/users/<_id>/files/<_path..>", said)
        .http(purge, "/users/<_id>", said)
        .http(Methods::every(), "/users/<_id>/<_x>/c", said);
    routes.build().expect("the routes differ")
}

#[test]
fn a_lookup_allocates_nothing() {
    let purge = Method::from_bytes(b"PURGE").expect("a token");
    for app in [declared(), built()] {
        let router = Router::of(&app).expect("`routes!` built it");
        for (method, path, route) in [
            (&Method::GET, "/", Some(0)),
            (&Method::GET, "/users/7/files/a/b", Some(1)),
            (&Method::HEAD, "/users/7/files", Some(1)),
            (&purge, "/users/7", Some(2)),
            (&Method::POST, "/users/7/files/c", Some(3)),
            (
                &Method::GET,
                "/users/a-long-name-behind-64-bytes-of-which-nobody-knows-the-end/files/x/y/z",
                Some(1),
            ),
            (&Method::GET, "/nothing", None),
        ] {
            let mut found = None;
            let info = measure(|| found = router.lookup(method, path, &mut [(0, 0); 16]));
            assert_eq!(found, route, "{method} {path}");
            assert_eq!(info.count_total, 0, "{method} {path}");
        }
    }
}

/// Shows that the counter counts.
#[test]
fn an_encoded_path_may_allocate() {
    let app = declared();
    let router = Router::of(&app).expect("`routes!` built it");
    let mut found = None;
    let info =
        measure(|| found = router.lookup(&Method::GET, "/%75sers/7/files/x", &mut [(0, 0); 16]));
    assert_eq!(found, Some(1));
    assert!(info.count_total > 0);
}
