//! Combinations of filters.

use std::sync::{Arc, Mutex};

use http4k_ws::PolyFilter;
use http4k_ws::filter::{http_only, poly, ws_only};
use http4k_ws::handler::{BoxFilter, BoxPolyFilter, BoxWsFilter};
use http4k_ws::prelude::*;
use http4k_ws::routing::Route;
use http4k_ws::sse::Sse;
use proptest::prelude::*;

type Log = Arc<Mutex<Vec<String>>>;

/// A filter over HTTP that records when a request enters and when its response leaves.
fn over_http(name: u8, log: &Log) -> impl Filter + use<> {
    let log = log.clone();
    move |request: Request, next: Next| {
        let log = log.clone();
        async move {
            log.lock().unwrap().push(format!("in {name}"));
            let response = next.call(request).await;
            log.lock().unwrap().push(format!("out {name}"));
            response
        }
    }
}

/// A filter over upgrades that records the same.
fn over_ws(name: u8, log: &Log) -> impl WsFilter + use<> {
    let log = log.clone();
    move |request: Request, next: WsNext| {
        let log = log.clone();
        async move {
            log.lock().unwrap().push(format!("in {name}"));
            let response = next.call(request).await;
            log.lock().unwrap().push(format!("out {name}"));
            response
        }
    }
}

/// The protocols that one filter of a tree sees.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sees {
    Both,
    Http,
    Ws,
}

#[derive(Debug, Clone)]
enum Tree {
    Identity,
    One(u8, Sees),
    And(Box<Tree>, Box<Tree>),
}

impl Tree {
    fn poly(&self, log: &Log) -> BoxPolyFilter {
        match self {
            Self::Identity => BoxPolyFilter::new(()),
            Self::One(name, Sees::Both) => poly(over_http(*name, log)),
            Self::One(name, Sees::Http) => http_only(over_http(*name, log)),
            Self::One(name, Sees::Ws) => ws_only(over_ws(*name, log)),
            Self::And(outer, inner) => outer.poly(log).and(inner.poly(log)),
        }
    }

    /// The names of the leaves from left to right, with the protocols that they see.
    fn leaves(&self) -> Vec<(u8, Sees)> {
        match self {
            Self::Identity => Vec::new(),
            Self::One(name, sees) => vec![(*name, *sees)],
            Self::And(outer, inner) => [outer.leaves(), inner.leaves()].concat(),
        }
    }
}

fn sees() -> impl Strategy<Value = Sees> {
    prop_oneof![Just(Sees::Both), Just(Sees::Http), Just(Sees::Ws)]
}

fn tree() -> impl Strategy<Value = Tree> {
    let one = (any::<u8>(), sees()).prop_map(|(name, sees)| Tree::One(name, sees));
    prop_oneof![Just(Tree::Identity), one].prop_recursive(5, 24, 2, |inner| {
        let pair = (inner.clone(), inner);
        pair.prop_map(|(outer, inner)| Tree::And(outer.into(), inner.into()))
    })
}

fn app() -> PolyHandler {
    routes! {
        GET "/"       => http(|| "hello"),
        GET "/stream" => sse(|sse: Sse| async move { sse.send("one").await }),
        "/ws"         => ws(|ws: WebSocket| ws.try_send("hi")),
    }
}

/// Calls `app` in one way, and returns `true` if it responded as it does without a filter.
fn responds(app: &PolyHandler, way: &str) -> bool {
    match way {
        "http" => app.test_http("/").body() == "hello",
        "http, not found" => app.test_http("/nothing").status() == 404,
        "ws" => app.try_test_ws("/ws").is_ok(),
        "ws, not found" => app.try_test_ws("/nothing").unwrap_err().status() == 404,
        "stream" => app.test_sse("/stream").received().count() == 1,
        _ => unreachable!(),
    }
}

const WAYS: [&str; 5] = ["http", "http, not found", "ws", "ws, not found", "stream"];

/// The calls of filters that see a request, in their order: the way in, and the way out.
fn expected(names: impl Iterator<Item = u8> + Clone) -> Vec<String> {
    let mut out: Vec<_> = names.clone().collect();
    out.reverse();
    let into = names.map(|name| format!("in {name}"));
    into.chain(out.into_iter().map(|name| format!("out {name}")))
        .collect()
}

fn names(routes: &[Route]) -> Vec<Vec<String>> {
    let owned = |route: &Route| route.filters().map(str::to_owned).collect();
    routes.iter().map(owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Identity, associativity and order at once: only the leaves count, from left to right. No
    /// tree takes a protocol away, because every way responds as it does without a filter.
    #[test]
    fn joined_filters_are_the_list_of_their_leaves(
        tree in tree(),
        way in proptest::sample::select(&WAYS[..]),
        places in any::<bool>(),
    ) {
        let log = Log::default();
        let filter = tree.poly(&log);
        let app = if places { app().with(filter) } else { filter.then(app()) };
        prop_assert!(responds(&app, way));
        let seen = tree.leaves().into_iter().filter(|(_, sees)| match sees {
            Sees::Both => true,
            Sees::Http => !way.starts_with("ws"),
            Sees::Ws => way.starts_with("ws"),
        });
        let seen: Vec<_> = seen.map(|(name, _)| name).collect();
        prop_assert_eq!(log.lock().unwrap().clone(), expected(seen.into_iter()));
    }

    /// Routes are listed alike, however their filters were joined.
    #[test]
    fn joined_filters_are_listed_as_their_leaves(tree in tree()) {
        let log = Log::default();
        let joined = app().with(tree.poly(&log));
        let one_by_one = tree.leaves().into_iter().rev().fold(app(), |app, (name, sees)| {
            app.with(Tree::One(name, sees).poly(&log))
        });
        prop_assert_eq!(names(&joined.routes()), names(&one_by_one.routes()));
    }

    /// The same law for filters of one protocol, before routes.
    #[test]
    fn filters_of_one_protocol_keep_their_order(
        split in 1..5_usize,
        over_ws_alone in any::<bool>(),
    ) {
        let log = Log::default();
        let app = if over_ws_alone {
            let part = |names: std::ops::Range<usize>| -> BoxWsFilter {
                let mut parts = names.map(|name| BoxWsFilter::new(over_ws(name as u8, &log)));
                let first = parts.next().unwrap();
                parts.fold(first, |joined, part| joined.and(part))
            };
            routes! {
                "/ws" with(part(0..split).and(part(split..6)))
                    => ws(|ws: WebSocket| ws.try_send("hi")),
            }
        } else {
            let part = |names: std::ops::Range<usize>| -> BoxFilter {
                let mut parts = names.map(|name| BoxFilter::new(over_http(name as u8, &log)));
                let first = parts.next().unwrap();
                parts.fold(first, |joined, part| joined.and(part))
            };
            routes! { GET "/" with(part(0..split).and(part(split..6))) => http(|| "hello") }
        };
        let way = if over_ws_alone { "ws" } else { "http" };
        prop_assert!(responds(&app, way));
        prop_assert_eq!(log.lock().unwrap().clone(), expected(0..6));
        let name = if over_ws_alone { "over_ws" } else { "over_http" };
        prop_assert_eq!(names(&app.routes()), vec![vec![name; 6]]);
    }
}

async fn outer(request: Request, next: Next) -> Response {
    let order = "outer";
    next.call(request)
        .await
        .with_added_header("x-seen-by", order)
}

async fn inner(request: Request, next: Next) -> Response {
    let order = "inner";
    next.call(request)
        .await
        .with_added_header("x-seen-by", order)
}

fn seen_by(response: &Response) -> Vec<&str> {
    let values = response.headers().get_all("x-seen-by").iter();
    values.map(|value| value.to_str().unwrap()).collect()
}

#[test]
fn a_joined_filter_works_in_every_wrapper() {
    let joined = outer.and(inner);
    let handler = joined.clone().then(|_request: Request| "hello");
    assert_eq!(seen_by(&handler.test_http("/")), ["inner", "outer"]);
    // A filter of one's own may call it directly.
    let own = move |request: Request, next: Next| {
        let joined = joined.clone();
        async move { joined.filter(request, next).await }
    };
    let handler = own.then(|_request: Request| "hello");
    assert_eq!(seen_by(&handler.test_http("/")), ["inner", "outer"]);
    for (filter, name) in [
        (poly(outer.and(inner)), "poly(outer, inner)"),
        (http_only(outer.and(inner)), "http_only(outer, inner)"),
        (poly(outer).and(poly(inner)), "poly(outer), poly(inner)"),
    ] {
        assert_eq!(filter.name(), name);
        assert_eq!(
            seen_by(&app().with(filter).test_http("/")),
            ["inner", "outer"]
        );
    }
    let refusal = app().with(poly(outer.and(inner))).try_test_ws("/nothing");
    assert_eq!(seen_by(&refusal.unwrap_err()), ["inner", "outer"]);
    assert_eq!(
        format!("{:?}", outer.and(inner)),
        r#"BoxFilter("outer, inner")"#
    );
}

#[test]
fn parts_are_listed_with_the_protocols_that_they_see() {
    async fn known(request: Request, next: WsNext) -> WsResponse {
        next.call(request).await
    }
    let app = app().with(
        http_only(outer)
            .and(())
            .and(ws_only(known).and(poly(inner))),
    );
    let listed = app.routes();
    let filters = |path: &str| -> Vec<&str> {
        let route = listed.iter().find(|route| route.template() == path);
        route.unwrap().filters().collect()
    };
    assert_eq!(filters("/"), ["http_only(outer)", "poly(inner)"]);
    assert_eq!(filters("/ws"), ["ws_only(known)", "poly(inner)"]);
}
