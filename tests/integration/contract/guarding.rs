//! The security table: each kind of filter, at each place of a `with(..)`, over each protocol.
//!
//! A refused request reaches neither the handler nor the consumer of a socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http4k_ws::PolyFilter;
use http4k_ws::filter::session_config;
use http4k_ws::filter::{
    Cors, authenticate, basic_auth, bearer, body_stall, catch_failures, guard, http_only, max_body,
    min_body_rate, poly, print_traffic, record, report_sockets, subprotocols, tap, ws_only,
};
use http4k_ws::handler::{BoxHttpHandler, BoxPolyFilter, BoxWsHandler};
use http4k_ws::message::OriginPolicy;
use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;
use http4k_ws::session::SessionConfig;

use super::backends::{Backend, on_every_backend};

/// Counts the handlers and consumers that were reached.
type Reached = Arc<AtomicUsize>;

/// A kind of filter, and the status with which it refuses a protocol, if it does.
struct Kind {
    name: &'static str,
    filter: fn() -> BoxPolyFilter,
    http: Option<u16>,
    ws: Option<u16>,
}

/// A place of a filter.
struct Place {
    name: &'static str,
    /// An application with `/api/page` and `/api/socket` behind the filter.
    app: fn(BoxPolyFilter, Reached) -> PolyHandler,
    /// Requests that no route takes are behind the filter, too.
    guards_unknown_paths: bool,
}

async fn refuses(_request: Request, _next: Next) -> StatusCode {
    StatusCode::UNAUTHORIZED
}

async fn passes(request: Request, next: Next) -> Response {
    next.call(request).await
}

async fn replaces(request: Request, next: Next) -> StatusCode {
    drop(next.call(request).await);
    StatusCode::FORBIDDEN
}

/// Responds with what the second call of `next` returns.
async fn calls_twice(request: Request, next: Next) -> Response {
    let mut copy = Request::default();
    copy.uri_mut().clone_from(request.uri());
    copy.extensions_mut().clone_from(request.extensions());
    drop(next.call(copy).await);
    next.call(request).await
}

/// Promises a socket that does not exist.
async fn promises(_request: Request, _next: Next) -> StatusCode {
    StatusCode::SWITCHING_PROTOCOLS
}

async fn refuses_sockets(_request: Request, _next: WsNext) -> WsResponse {
    WsResponse::refuse(StatusCode::UNAUTHORIZED)
}

async fn rejects(_request: Request) -> Result<Request, StatusCode> {
    Err(StatusCode::UNAUTHORIZED)
}

async fn accepts(request: Request) -> Result<Request, Response> {
    Ok(request)
}

/// A type that guards both sides.
struct Both;

impl PolyFilter for Both {
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        refuses.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        refuses_sockets.then(next)
    }
}

const fn kind(
    name: &'static str,
    filter: fn() -> BoxPolyFilter,
    http: Option<u16>,
    ws: Option<u16>,
) -> Kind {
    Kind {
        name,
        filter,
        http,
        ws,
    }
}

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    kind("guard that rejects", || guard(rejects), Some(401), Some(401)),
    kind("guard that accepts", || guard(accepts), None, None),
    kind("poly that refuses", || poly(refuses), Some(401), Some(401)),
    kind("poly that passes", || poly(passes), None, None),
    kind("poly that replaces", || poly(replaces), Some(403), Some(403)),
    kind("poly that calls twice", || poly(calls_twice), None, None),
    kind("poly that promises", || poly(promises), Some(500), Some(500)),
    kind("http_only", || http_only(refuses), Some(401), None),
    kind("ws_only", || ws_only(refuses_sockets), None, Some(401)),
    kind("a PolyFilter", || BoxPolyFilter::new(Both), Some(401), Some(401)),
    kind("basic_auth", || BoxPolyFilter::new(basic_auth("a", |_, _| false)), Some(401), Some(401)),
    kind("authenticate", || BoxPolyFilter::new(authenticate(bearer(), |_| Some(()))), Some(401), Some(401)),
    kind("max_body", || BoxPolyFilter::new(max_body(1)), None, None),
    kind("session_config", || BoxPolyFilter::new(session_config(|config| config)), None, None),
    kind("body_stall", || BoxPolyFilter::new(body_stall(Duration::MAX)), None, None),
    kind("min_body_rate", || BoxPolyFilter::new(min_body_rate(1)), None, None),
    kind("Cors", || BoxPolyFilter::new(Cors::new(OriginPolicy::own())), None, None),
    kind("tap", || BoxPolyFilter::new(tap(|_request: &Request| {})), None, None),
    kind("print_traffic", || BoxPolyFilter::new(print_traffic(drop)), None, None),
    kind("subprotocols", || BoxPolyFilter::new(subprotocols(["a"])), None, None),
    kind("catch_failures", || BoxPolyFilter::new(catch_failures(|_| WsStatus::INTERNAL_ERROR)), None, None),
    kind("report_sockets", || BoxPolyFilter::new(report_sockets(drop)), None, None),
    kind("record", || BoxPolyFilter::new(record(drop)), None, None),
];

fn page(reached: Reached) -> &'static str {
    reached.fetch_add(1, Ordering::SeqCst);
    "page"
}

async fn socket(ws: WebSocket, reached: Reached) -> WsResult {
    reached.fetch_add(1, Ordering::SeqCst);
    Ok(ws.send("socket").await?)
}

fn unguarded(reached: Reached) -> PolyHandler {
    routes! {
        GET "/page" => http(page(reached)),
        "/socket" => ws(socket(ws, reached)),
    }
}

const PLACES: &[Place] = &[
    Place {
        name: "route",
        app: |filter, reached| {
            let other = filter.clone();
            routes! {
                GET "/api/page" with(filter) => http(page(reached)),
                "/api/socket" with(other) => ws(socket(ws, reached)),
            }
        },
        guards_unknown_paths: false,
    },
    Place {
        name: "block",
        app: |filter, reached| {
            routes! {
                "/api" with(filter) => {
                    GET "/page" => http(page(reached)),
                    "/socket" => ws(socket(ws, reached)),
                },
            }
        },
        guards_unknown_paths: true,
    },
    Place {
        name: "block in a block",
        app: |filter, reached| {
            routes! {
                "/api" with(filter) => {
                    with(guard(accepts)) => {
                        GET "/page" => http(page(reached)),
                        "/" => { "/socket" => ws(socket(ws, reached)) },
                    },
                },
            }
        },
        guards_unknown_paths: true,
    },
    Place {
        name: "mount",
        app: |filter, reached| {
            routes! { "/api" with(filter) => mount(unguarded(reached)) }
        },
        guards_unknown_paths: true,
    },
    Place {
        name: "mounted application",
        app: |filter, reached| {
            routes! { "/api" => mount(unguarded(reached).with(filter)) }
        },
        guards_unknown_paths: true,
    },
    Place {
        name: "application",
        app: |filter, reached| {
            let app = routes! { "/api" => mount(unguarded(reached)) };
            app.with(filter)
        },
        guards_unknown_paths: true,
    },
    Place {
        name: "then",
        app: |filter, reached| filter.then(routes! { "/api" => mount(unguarded(reached)) }),
        guards_unknown_paths: true,
    },
    Place {
        name: "two functions",
        app: |filter, reached| {
            let over_sockets = Arc::clone(&reached);
            let http = move |request: Request| {
                let found = request.uri().path() == "/api/page";
                found.then(|| page(Arc::clone(&reached)))
            };
            let ws = move |request: Request| {
                let found = request.uri().path() == "/api/socket";
                let reached = Arc::clone(&over_sockets);
                found.then(|| WsConsumer::new(move |ws: WebSocket| socket(ws, reached)))
            };
            PolyHandler::new(http, ws).with(filter)
        },
        guards_unknown_paths: true,
    },
    Place {
        name: "builder",
        app: |filter, reached| {
            let built = Routes::new()
                .mount("/api", unguarded(reached))
                .with(filter)
                .build();
            built.expect("routes")
        },
        guards_unknown_paths: true,
    },
    Place {
        name: "builder, under a prefix",
        app: |filter, reached| {
            let under = |api: Routes| api.with(filter).mount("/", unguarded(reached));
            Routes::new().under("/api", under).build().expect("routes")
        },
        guards_unknown_paths: true,
    },
];

fn status_of_upgrade<B: Backend>(backend: &B, path: &str) -> u16 {
    match backend.try_connect(path) {
        Ok(mut client) => {
            let message = client.received().next().expect("a message").expect("open");
            assert_eq!(message.text(), "socket", "{path}");
            101
        }
        Err(refusal) => refusal.status().as_u16(),
    }
}

/// Checks one row over both protocols.
fn check<B: Backend>(kind: &Kind, place: &Place) {
    let reached = Reached::default();
    let app = (place.app)((kind.filter)(), Arc::clone(&reached));
    let backend = B::start(app, SessionConfig::default());
    let row = format!("{} before {}", kind.name, place.name);
    let count = || reached.swap(0, Ordering::SeqCst);

    let status = backend.http("/api/page").status().as_u16();
    assert_eq!(status, kind.http.unwrap_or(200), "{row}: HTTP");
    // The filter of this row decides after it called the handler; such a filter opens no socket.
    let calls = match kind.name {
        "poly that replaces" => 1,
        "poly that calls twice" => 2,
        _ => usize::from(kind.http.is_none()),
    };
    assert_eq!(count(), calls, "{row}: calls of the handler");

    let status = status_of_upgrade(&backend, "/api/socket");
    assert_eq!(status, kind.ws.unwrap_or(101), "{row}: upgrade");
    assert_eq!(count(), usize::from(kind.ws.is_none()), "{row}: sockets");

    let unknown = |refused: Option<u16>| match place.guards_unknown_paths {
        true => refused.unwrap_or(404),
        false => 404,
    };
    let status = backend.http("/api/nothing").status().as_u16();
    assert_eq!(status, unknown(kind.http), "{row}: HTTP to an unknown path");
    let status = status_of_upgrade(&backend, "/api/nothing");
    assert_eq!(
        status,
        unknown(kind.ws),
        "{row}: upgrade of an unknown path"
    );
    assert_eq!(count(), 0, "{row}: unknown paths");
}

on_every_backend! {
    fn every_kind_at_every_place<B>() {
        for kind in KINDS {
            for place in PLACES {
                check::<B>(kind, place);
            }
        }
    }

    /// The kinds that need no wrapper, because the macro knows the protocol behind them.
    fn plain_filters_before_their_own_protocol<B>() {
        let reached = Reached::default();
        let app = {
            let reached = Arc::clone(&reached);
            routes! {
                GET "/route" with(refuses) => http(page(reached)),
                "/block" with(passes) => {
                    "/inner" with(refuses) => { GET "/page" => http(page(reached)) },
                    with(|_request: Request, _next: Next| async { StatusCode::UNAUTHORIZED }) => {
                        GET "/page" => http(page(reached)),
                        _ => http(page(reached)),
                    },
                },
                "/socket" with(refuses_sockets) => ws(socket(ws, reached)),
                "/sockets" with(refuses_sockets) => {
                    "/a" => ws(socket(ws, reached)),
                    _ => ws(socket(ws, reached)),
                },
            }
        };
        let backend = B::start(app, SessionConfig::default());
        for path in ["/route", "/block/page", "/block/inner/page", "/block/nothing"] {
            assert_eq!(backend.http(path).status(), 401, "{path}");
        }
        for path in ["/socket", "/sockets/a", "/sockets/nothing"] {
            assert_eq!(status_of_upgrade(&backend, path), 401, "{path}");
        }
        assert_eq!(reached.load(Ordering::SeqCst), 0);
    }
}
