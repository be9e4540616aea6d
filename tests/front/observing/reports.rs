//! Reports of requests: when they are made, and what they say.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use futures_util::stream;
use http4k_ws::contract_test;
use http4k_ws::filter::{
    HttpEnd, HttpTransaction, WsTransaction, guard, report_requests, report_sockets,
};
use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;
use http4k_ws::testing::contract::Backend;
use http4k_ws::{Sse, SseResult};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn hello(name: String) -> String {
    format!("hello {name}")
}

async fn never() -> &'static str {
    std::future::pending().await
}

/// Returns a stream of three pieces, and then waits, ends or fails.
fn pieces(end: &'static str) -> Response {
    let item = move |n: u32| async move {
        match (n, end) {
            (0..3, _) => Some((Ok("piece"), n + 1)),
            (3, "fails") => Some((Err("on purpose"), n + 1)),
            (_, "waits") => std::future::pending().await,
            _ => None,
        }
    };
    Response::new(Body::from_stream(stream::unfold(0, item)))
}

async fn feed(sse: Sse) -> SseResult {
    tokio::time::sleep(Duration::from_secs(7)).await;
    sse.send("late").await?;
    Ok(())
}

async fn join(ws: WebSocket, room: String) -> WsResult {
    assert!(!room.is_empty());
    talk(ws).await
}

async fn talk(mut ws: WebSocket) -> WsResult {
    while ws.recv().await?.is_some() {}
    Ok(())
}

fn inner() -> PolyHandler {
    routes! {
        GET "/" => http(|| "inner"),
        GET "/<id>/x" => http(hello(id)),
    }
}

fn routes() -> PolyHandler {
    routes! {
        GET "/" => http(|| "home"),
        GET "/static/page" => http(|| "page"),
        GET "/rooms/<name>" => http(hello(name)),
        GET "/files/<rest..>" => http(hello(rest)),
        GET "/panic" => http(|| -> &'static str { panic!("on purpose") }),
        GET "/never" => http(never()),
        GET "/ends" => http(|| pieces("ends")),
        GET "/fails" => http(|| pieces("fails")),
        GET "/waits" => http(|| pieces("waits")),
        GET "/feed" => sse(feed(sse)),
        "/ws" => ws(talk(ws)),
        "/mounted/<tenant>" => mount(inner()),
        "/block" => {
            GET "/<id>" => http(hello(id)),
            _ => http(|| StatusCode::GONE),
        },
    }
}

fn reporting(app: PolyHandler) -> (PolyHandler, Receiver<HttpTransaction>) {
    let (report, reported) = channel();
    let filter = report_requests(move |done| report.send(done).expect("the test listens"));
    (app.with(filter), reported)
}

fn next<T>(reported: &Receiver<T>) -> T {
    reported
        .recv_timeout(Duration::from_secs(10))
        .expect("a report")
}

/// Returns the reports of the same requests, with the filter around the application and in it.
fn templates(
    paths: &[&str],
    app: &PolyHandler,
    reported: &Receiver<HttpTransaction>,
) -> Vec<String> {
    let mut templates = Vec::new();
    for path in paths {
        app.test_http(*path);
        templates.push(next(reported).route.unwrap_or_else(|| "none".to_owned()));
    }
    templates
}

const PATHS: &[&str] = &[
    "/",
    "/static/page",
    "/%73tatic/p%61ge",
    "/rooms/blue",
    "/rooms/a%2Fb",
    "/files/a/b",
    "/mounted/t1",
    "/mounted/t1/7/x",
    "/block/3",
    "/nowhere",
    "/static",
    "/rooms/%ff",
    "/block/3/4",
    "/mounted/t1/unknown",
];

const TEMPLATES: &[&str] = &[
    "/",
    "/static/page",
    "/static/page",
    "/rooms/<name>",
    "/rooms/<name>",
    "/files/<rest..>",
    "/mounted/<tenant>",
    "/mounted/<tenant>/<id>/x",
    "/block/<id>",
    "none",
    "none",
    "none",
    "none",
    "none",
];

#[test]
fn a_template_does_not_depend_on_the_request() {
    let (app, reported) = reporting(routes());
    assert_eq!(templates(PATHS, &app, &reported), TEMPLATES);
    // Behind another filter, and a second report.
    let (outer, outer_reports) = reporting(app.with(guard(|r| async { Ok::<_, Response>(r) })));
    assert_eq!(templates(PATHS, &outer, &outer_reports), TEMPLATES);
    assert_eq!(reported.try_iter().count(), PATHS.len());
}

#[test]
fn a_report_may_stand_before_a_route_a_block_or_a_mount() {
    let (report, reported) = channel();
    let filter = report_requests(move |done: HttpTransaction| {
        report.send(done).expect("the test listens");
    });
    let app = routes! {
        GET "/static" with(filter.clone()) => http(|| "plain value"),
        GET "/called" with(filter.clone()) => http(called()),
        GET "/rooms/<name>" with(filter.clone()) => http(hello(name)),
        "/mounted" with(filter.clone()) => mount(inner()),
        "/block" with(filter) => {
            GET "/page" => http(|| "page"),
            GET "/<id>/x" => http(hello(id)),
        },
    };
    async fn called() -> &'static str {
        "called"
    }
    let paths = [
        "/static",
        "/%73tatic",
        "/called",
        "/rooms/a",
        "/mounted",
        "/mounted/1/x",
        "/block/page",
        "/block/1/x",
        "/block/unknown",
        "/mounted/1/2/3",
    ];
    let expected = [
        "/static",
        "/static",
        "/called",
        "/rooms/<name>",
        "/mounted",
        "/mounted/<id>/x",
        "/block/page",
        "/block/<id>/x",
        "none",
        "none",
    ];
    assert_eq!(templates(&paths, &app, &reported), expected);
}

#[test]
fn a_table_of_the_builder_has_the_same_templates() {
    let inner = Routes::new()
        .http(Method::GET, "/<id>", |_: Request| "inner")
        .build()
        .expect("a table");
    let app = Routes::new()
        .http(Method::GET, "/", |_: Request| "home")
        .under("/block/<a>", |block| {
            block.http(Method::GET, "/<b>", |_: Request| "in a block")
        })
        .mount("/mounted", inner)
        .build()
        .expect("a table");
    let (app, reported) = reporting(app);
    let paths = ["/", "/block/1/2", "/mounted/7", "/mounted", "/block/1"];
    let expected = ["/", "/block/<a>/<b>", "/mounted/<id>", "none", "none"];
    assert_eq!(templates(&paths, &app, &reported), expected);
}

#[test]
fn a_socket_has_the_template_of_its_route() {
    let (report, reported) = channel();
    let filter = report_sockets(move |done: WsTransaction| report.send(done).expect("open"));
    let app =
        routes! { "/tenants/<t>" => mount({ routes! { "/chat/<room>" => ws(join(ws, room)) } }) };
    let app = app.with(filter);
    for path in ["/tenants/1/chat/blue", "/%74enants/1/ch%61t/a%20b"] {
        app.test_ws(path).close(WsStatus::NORMAL);
        let route = next(&reported).route;
        assert_eq!(route.as_deref(), Some("/tenants/<t>/chat/<room>"), "{path}");
    }
}

#[test]
fn each_way_to_end_is_reported_once() {
    let (app, reported) = reporting(routes());
    for (path, status, end, bytes) in [
        ("/rooms/ann", 200, HttpEnd::Complete, 9),
        ("/panic", 500, HttpEnd::Complete, 22),
        ("/nowhere", 404, HttpEnd::Complete, 33),
        ("/ends", 200, HttpEnd::Complete, 15),
        ("/fails", 200, HttpEnd::Failed, 15),
    ] {
        app.test_http(path);
        let done = next(&reported);
        let status = StatusCode::from_u16(status).ok();
        assert_eq!(
            (done.status, done.end, done.bytes),
            (status, end, bytes),
            "{path}"
        );
        assert_eq!(done.request.uri(), path);
    }
    let head = Request::head("/ends");
    assert_eq!(app.test_http(head).status(), 200);
    let done = next(&reported);
    assert_eq!((done.end, done.bytes), (HttpEnd::Complete, 0));
    assert!(reported.try_recv().is_err());
}

#[test]
fn a_stream_of_events_is_reported_when_it_ends() {
    let (app, reported) = reporting(routes());
    let mut stream = app.test_sse("/feed");
    assert!(reported.try_recv().is_err());
    assert_eq!(stream.received().count(), 1);
    let done = next(&reported);
    assert_eq!(done.duration, Duration::from_secs(7));
    assert_eq!(
        (done.route.as_deref(), done.end),
        (Some("/feed"), HttpEnd::Complete)
    );

    let stream = app.test_sse("/feed");
    drop(stream);
    assert_eq!(next(&reported).end, HttpEnd::Aborted);
}

#[test]
fn a_refused_upgrade_is_a_request_and_an_accepted_one_a_socket() {
    let (app, reported) = reporting(routes());
    let (report, sockets) = channel();
    let app = app.with(report_sockets(move |done| report.send(done).expect("open")));
    assert!(app.try_test_ws("/nowhere").is_err());
    let refused = next(&reported);
    assert_eq!(refused.status, Some(StatusCode::NOT_FOUND));
    app.test_ws("/ws").close(WsStatus::NORMAL);
    assert_eq!(next(&sockets).route.as_deref(), Some("/ws"));
    assert!(reported.try_recv().is_err());
    assert!(sockets.try_recv().is_err());
}

#[test]
fn a_report_that_panics_changes_no_response() {
    let filter = report_requests(|_done| panic!("on purpose"));
    let app = routes().with(filter);
    assert_eq!(app.test_http("/rooms/ann").body(), "hello ann");
    assert_eq!(app.test_http("/ends").body(), "piecepiecepiece");
}

fn numbered() -> PolyHandler {
    // The report becomes a field of the next response, so that the test sees it on every backend.
    let last = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let store = std::sync::Arc::clone(&last);
    let reports = report_requests(move |done: HttpTransaction| {
        let route = done.route.as_deref().unwrap_or("none");
        let status = done.status.map_or(0, |status| status.as_u16());
        *store.lock().expect("a lock") = format!("{route} {status} {:?} {}", done.end, done.bytes);
    });
    let last = move |_request: Request| last.lock().expect("a lock").clone();
    let app = routes().with(reports);
    PolyHandler::new(
        move |request: Request| {
            let (app, last) = (app.clone(), last.clone());
            async move {
                match request.uri().path() {
                    "/last" => last(request).into_response(),
                    _ => app.http().call(request).await,
                }
            }
        },
        |_request: Request| WsResponse::refuse(StatusCode::NOT_FOUND),
    )
}

#[contract_test(numbered())]
fn memory_and_network_report_the_same(backend: &impl Backend) {
    for (path, report) in [
        ("/rooms/ann", "/rooms/<name> 200 Complete 9"),
        ("/panic", "/panic 500 Complete 22"),
        ("/ends", "/ends 200 Complete 15"),
        ("/nowhere", "none 404 Complete 33"),
        ("/fails", "/fails 200 Failed 15"),
    ] {
        backend.http(path);
        assert_eq!(backend.http("/last").body(), report, "{path}");
    }
}

/// Waits for a report without blocking the server.
async fn within<T>(reported: &Receiver<T>) -> T {
    for _ in 0..1000 {
        match reported.try_recv() {
            Ok(done) => return done,
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    panic!("no report within 10 s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_client_that_leaves_is_reported() -> Result<(), Box<dyn std::error::Error>> {
    let (app, reported) = reporting(routes());
    let server = app.as_server("127.0.0.1:0").start()?;
    for (path, status) in [("/waits", Some(StatusCode::OK)), ("/never", None)] {
        let mut client = TcpStream::connect(server.addr()).await?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        client.write_all(request.as_bytes()).await?;
        if status.is_some() {
            let mut byte = [0];
            client.read_exact(&mut byte).await?;
        } else {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        client.set_zero_linger()?;
        drop(client);
        let done = within(&reported).await;
        assert_eq!(
            (done.status, done.end),
            (status, HttpEnd::Aborted),
            "{path}"
        );
        assert!(done.request.peer_addr().is_some());
    }
    Ok(())
}
