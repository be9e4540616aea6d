//! Routes that read a principal without a filter that provides it.

use http4k_ws::contract_test;
use http4k_ws::filter::{
    Principal, authenticate, basic_auth, bearer, guard, http_only, poly, provide, ws_only,
};
use http4k_ws::handler::BoxPolyFilter;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;
use http4k_ws::{Filter, PolyFilter};

use super::{SECRET, User, feed, look_up, me, talk, with_field};
use crate::logged;

fn users() -> impl PolyFilter + Clone {
    authenticate(bearer(), look_up)
}

fn unguarded() -> PolyHandler {
    routes! {
        GET "/me" => http(me(_)),
        "/ws/<_room>" => ws(talk(ws, _)),
        GET "/feed" => sse(feed(sse, _)),
    }
}

/// Returns the reason why an application is refused.
fn refused(app: PolyHandler) -> Option<String> {
    let tested = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| app.test_http("/")));
    let reason = tested.err()?;
    Some(reason.downcast_ref::<String>().expect("a text").clone())
}

#[test]
fn a_route_without_its_filter_is_refused_before_it_serves() {
    let reason = refused(unguarded()).expect("a refusal");
    let line = |route: &str| {
        format!(
            "`{route}` reads `Principal<User>`, which no filter before it provides: add \
             `with(authenticate(sources, look_up))`, or read `Option<Principal<User>>`"
        )
    };
    let expected = [
        line("GET \"/me\" => http(me)"),
        line("\"/ws/<_room>\" => ws(talk)"),
        line("GET \"/feed\" => sse(feed)"),
    ];
    let lines: Vec<_> = reason.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{reason}");
    for (line, route) in lines.iter().zip(["/me", "/ws/<_room>", "/feed"]) {
        assert!(
            line.contains(route) && line.contains("`Principal<User>`"),
            "{line}"
        );
        assert!(
            line.contains("add `with(authenticate(sources, look_up))`"),
            "{line}"
        );
    }
}

#[test]
fn a_filter_at_any_place_before_the_route_is_seen() {
    let block = routes! { "/api" with(users()) => {
        GET "/me" => http(me(_)),
        with(guard(|request: Request| async { Ok::<_, Response>(request) })) => {
            "/ws" => ws(talk(ws, _)),
        },
    } };
    let nested = routes! { "/a" => { "/b" with(users()) => { "/c" => mount(unguarded()) } } };
    for app in [
        routes! { GET "/me" with(users()) => http(me(_)), "/ws" with(users()) => ws(talk(ws, _)) },
        routes! { GET "/feed" with(users()) => sse(feed(sse, _)) },
        block,
        nested,
        unguarded().with(users()),
        users().then(unguarded()),
        routes! { "/api" with(users()) => mount(unguarded()) },
        routes! { "/api" => mount(unguarded()) }.with(users()),
        routes! { "/api" => mount(unguarded().with(users())) },
        routes! { "/api" => mount(routes! { "/v1" => mount(unguarded()) }.with(users())) },
        unguarded().with(users().and(provide(1_u8))),
        unguarded().with(provide(1_u8).and(users())),
        unguarded().with(BoxPolyFilter::new(users())),
        http4k_ws::routing::Routes::new()
            .under("/api", |api| api.with(users()).mount("/", unguarded()))
            .build()
            .expect("routes"),
    ] {
        assert_eq!(refused(app), None);
    }
}

#[test]
fn a_filter_beside_the_route_or_of_another_type_is_not_enough() {
    let beside = routes! {
        "/api" with(users()) => { GET "/me" => http(me(_)) },
        GET "/me" => http(me(_)),
    };
    let reason = refused(beside).expect("a refusal");
    assert_eq!(reason.lines().count(), 1, "{reason}");
    assert!(
        reason.contains("/me") && !reason.contains("/api"),
        "{reason}"
    );

    // The principal of `basic_auth` is the name.
    let other = unguarded().with(basic_auth("a", |_, _| true));
    assert_eq!(refused(other).expect("a refusal").lines().count(), 3);
    let name = |Principal(name): Principal<String>| name;
    let named = routes! { GET "/" with(basic_auth("a", |_, _| true)) => http(name(_)) };
    assert_eq!(refused(named), None);

    // Without credentials there is no principal.
    let optional = unguarded().with(authenticate(bearer(), look_up).optional());
    assert!(refused(optional).is_some());

    let mounted = routes! { "/api" => mount(unguarded()) };
    let reason = refused(mounted).expect("a refusal");
    assert!(
        reason.contains("/api/me") && reason.contains("/api/ws/<_room>"),
        "{reason}"
    );
}

#[test]
fn a_filter_over_one_protocol_provides_for_that_one() {
    async fn by_hand(mut request: Request, next: Next) -> Response {
        request
            .extensions_mut()
            .insert(Principal(User("ann".to_owned())));
        next.call(request).await
    }
    async fn by_hand_ws(mut request: Request, next: WsNext) -> WsResponse {
        request
            .extensions_mut()
            .insert(Principal(User("ann".to_owned())));
        next.call(request).await
    }
    let provides = BoxPolyFilter::providing::<Principal<User>>;
    let over_http = unguarded().with(provides(http_only(by_hand)));
    let reason = refused(over_http.clone()).expect("a refusal");
    assert!(
        reason.contains("/ws") && reason.lines().count() == 1,
        "{reason}"
    );
    assert_eq!(refused(over_http.with(provides(ws_only(by_hand_ws)))), None);
    let both = unguarded().with(provides(poly(by_hand)));
    assert_eq!(both.test_http("/me").body(), "ann");
    // Nothing says that the function does it.
    assert!(refused(unguarded().with(poly(by_hand))).is_some());
    let _ = by_hand.then(|_request: Request| "used");
}

/// A fallback and a handler by hand cannot be seen.
fn unseen() -> PolyHandler {
    logged::start();
    routes! { _ => http(me(_)), "/guarded" with(users()) => { _ => http(me(_)) } }
}

#[contract_test(unseen())]
fn a_route_that_cannot_be_checked_is_500_and_logged(backend: &impl Backend) {
    let response = backend.http("/nothing-here");
    assert_eq!(
        (response.status().as_u16(), response.body().as_text()),
        (500, Some(""))
    );
    let line = logged::await_line_with("`GET /nothing-here`");
    let expected = "ERROR `GET /nothing-here` reads `Principal<User>`, which no filter before it \
         provides: add `with(authenticate(sources, look_up))`, or read `Option<Principal<User>>`";
    assert_eq!(line, expected);
    let field = format!("Bearer {SECRET}");
    let ann = with_field("/guarded/x", "authorization", field.as_bytes());
    assert_eq!(backend.http(ann).body(), "ann");
}
