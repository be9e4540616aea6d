//! Values that filters provide to the arguments of handlers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http4k_ws::PolyFilter;
use http4k_ws::contract_test;
use http4k_ws::filter::{Provided, guard, provide, provide_with};
use http4k_ws::message::Rejection;
use http4k_ws::prelude::*;
use http4k_ws::sse::{SseEvent, SseResult};
use http4k_ws::testing::contract::Backend;
use http4k_ws::{Sse, testing::SseClient};

use super::logged;

#[derive(Clone)]
struct Db(Arc<AtomicUsize>);

#[derive(Clone, PartialEq, Debug)]
struct Path(String);

/// An argument that reaches the database.
struct Visitor(usize);

impl FromRequest for Visitor {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let Provided(db) = Provided::<Db>::from_request(request).await?;
        Ok(Self(db.0.fetch_add(1, Ordering::SeqCst)))
    }
}

fn page(visitor: Visitor, path: Provided<Path>) -> String {
    format!("{} at {}", visitor.0, path.0.0)
}

async fn talk(ws: WebSocket, visitor: Visitor, Provided(path): Provided<Path>) -> WsResult {
    // A consumer finds the value in the request of its socket, too.
    let kept = ws.request().extensions().get::<Path>().cloned();
    assert_eq!(kept, Some(path.clone()));
    Ok(ws.send(format!("{} at {}", visitor.0, path.0)).await?)
}

async fn feed(sse: Sse, visitor: Visitor, Provided(path): Provided<Path>) -> SseResult {
    let event = SseEvent::new(format!("{} at {}", visitor.0, path.0));
    sse.send(event).await?;
    Ok(())
}

fn app() -> PolyHandler {
    let db = Db(Arc::default());
    let path = provide_with(|request: &Request| Path(request.uri().path().to_owned()));
    routes! {
        "/in" with(path) => {
            GET "/page" => http(page(_, _)),
            GET "/feed" => sse(feed(sse, _, _)),
            "/ws"       => ws(talk(ws, _, _)),
        },
    }
    .with(provide(db))
}

#[contract_test(app())]
fn a_value_reaches_pages_streams_and_sockets(backend: &impl Backend) {
    assert_eq!(backend.http("/in/page").body(), "0 at /in/page");
    let event = backend.sse("/in/feed").received().next();
    assert_eq!(
        event.expect("open").expect("an event").data(),
        "1 at /in/feed"
    );
    let message = backend.ws("/in/ws").received().next();
    assert_eq!(message, Some(Ok("2 at /in/ws".into())));
    assert_eq!(backend.http("/in/page").body(), "3 at /in/page");
}

#[derive(Clone)]
struct Unprovided;

/// An argument that reads a value and does not declare the need.
struct Undeclared;

impl FromRequest for Undeclared {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Provided::<Unprovided>::from_request(request).await?;
        Ok(Self)
    }
}

fn needs(_way: String, _value: Undeclared) -> &'static str {
    "reached"
}

fn takes_it_if_there(value: Option<Provided<Unprovided>>) -> String {
    value.is_some().to_string()
}

async fn talk_unprovided(_ws: WebSocket, _value: Undeclared) -> WsResult {
    Ok(())
}

fn without_a_filter() -> PolyHandler {
    logged::start();
    routes! {
        GET "/needs/<way>" => http(needs(way, _)),
        GET "/takes" => http(takes_it_if_there(_)),
        GET "/given" with(provide(Unprovided)) => http(takes_it_if_there(_)),
        "/ws" => ws(talk_unprovided(ws, _)),
    }
}

#[contract_test(without_a_filter())]
fn a_missing_value_is_500_and_the_log_names_type_and_filter(backend: &impl Backend) {
    let response = backend.http("/needs/a%0Ab");
    assert_eq!(response.status(), 500);
    assert_eq!(response.body(), "");
    let line = logged::await_line_with("/needs/a");
    let expected = "ERROR `GET /needs/a%0Ab` reads `Provided<Unprovided>`, which no filter before \
         it provides: add `with(provide(value))`, or read `Option<Provided<Unprovided>>`";
    assert_eq!(line, expected);
    let refusal = backend.try_ws("/ws").err().expect("a refusal");
    assert_eq!(refusal.status(), 500);
}

#[contract_test(without_a_filter())]
fn an_option_is_none_without_the_value_and_nothing_is_logged(backend: &impl Backend) {
    assert_eq!(backend.http("/takes").body(), "false");
    assert_eq!(backend.http("/given").body(), "true");
    assert_eq!(logged::lines_with("/takes"), [""; 0]);
}

#[test]
#[should_panic(expected = "reads `Provided<Path>`, which no filter before it provides")]
fn an_application_without_the_filter_is_refused_before_it_serves() {
    let elsewhere = provide(Path(String::new()));
    let app = routes! {
        GET "/other" with(elsewhere) => http(|| "hello"),
        GET "/" => http(shown(_)),
    };
    app.test_http("/other");
}

fn shown(Provided(path): Provided<Path>) -> String {
    path.0
}

#[test]
fn a_consumer_without_a_route_finds_the_value_in_its_request() {
    let consumer = |ws: WebSocket| {
        let path = ws.request().extensions().get::<Path>().cloned();
        ws.try_send(path.map_or_else(|| "none".to_owned(), |path| path.0))
    };
    let app = provide(Path("here".into())).then(consumer);
    assert_eq!(app.test_ws("/").received().next(), Some(Ok("here".into())));
}

#[test]
fn the_innermost_filter_wins_and_other_types_stay() {
    #[derive(Clone)]
    struct Number(u8);
    fn read(number: Provided<Number>, path: Provided<Path>) -> String {
        format!("{} {}", number.0.0, path.0.0)
    }
    let app = routes! {
        GET "/outer" => http(read(_, _)),
        GET "/inner" with(provide(Number(2))) => http(read(_, _)),
    };
    let app = app.with(provide(Number(1))).with(provide(Path("p".into())));
    assert_eq!(app.test_http("/outer").body(), "1 p");
    assert_eq!(app.test_http("/inner").body(), "2 p");
}

#[test]
fn a_value_that_another_filter_inserted_is_read_too() {
    let numbered = guard(|mut request: Request| async move {
        request.extensions_mut().insert(Path("by hand".into()));
        Ok::<_, Response>(request)
    })
    .providing::<Provided<Path>>();
    let app = routes! { GET "/" => http(shown(_)) };
    let app = app.with(numbered);
    assert_eq!(app.test_http("/").body(), "by hand");
}

#[test]
fn routes_list_the_filter_with_the_type() {
    let app = routes! { GET "/" with(provide(Path(String::new()))) => http(|| "hello") };
    assert!(app.routes().to_string().contains("with(provide(Path))"));
}
