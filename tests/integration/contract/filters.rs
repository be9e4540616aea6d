//! The stock filters, in front of an application.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use http4k_ws::filter::{
    Cors, Principal, WsFailure, WsTransaction, basic_auth, catch_failures, http_only,
    print_traffic, report_sockets, tap, ws_only,
};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::http::header;
use http4k_ws::message::{OriginPolicy, Secret};
use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{WsFilter, WsHandler};

use super::backends::{Backend, next_report, on_every_backend};

async fn hello(ws: WebSocket) -> WsResult {
    Ok(ws.send("hello").await?)
}

fn app() -> PolyHandler {
    routes! {
        "/" => http(|| "hello"),
        "/ws" => ws(hello(ws)),
    }
}

fn backend<B: Backend>(app: PolyHandler) -> B {
    B::start(app, SessionConfig::default())
}

fn texts(client: &mut impl WsClient) -> Vec<String> {
    client
        .received()
        .map(|message| message.expect("an end with 1000").text().into_owned())
        .collect()
}

/// Reports each call, and the return of the handler behind it.
fn logged(name: &'static str, log: Sender<String>) -> impl WsFilter + Clone {
    move |request: Request, next: WsNext| {
        let log = log.clone();
        async move {
            log.send(format!("{name} in")).expect("the test listens");
            let response = next.call(request).await;
            log.send(format!("{name} out")).expect("the test listens");
            response
        }
    }
}

fn all<T>(log: &Receiver<T>) -> Vec<T> {
    log.try_iter().collect()
}

/// Allows one origin, with credentials.
fn cors() -> Cors {
    let origin = "https://allowed.example".parse().expect("an origin");
    Cors::new(OriginPolicy::only([origin]))
        .with_methods([Method::GET, Method::POST, Method::OPTIONS])
        .with_headers([header::CONTENT_TYPE, header::AUTHORIZATION])
        .with_credentials()
}

fn from(origin: &str, path: &str) -> Request {
    let request = Request::get(path).header("origin", origin);
    request.body(Body::empty()).expect("a request")
}

fn preflight(origin: &str) -> Request {
    from(origin, "/")
        .with_method(Method::OPTIONS)
        .with_header("access-control-request-method", "POST")
}

/// Returns an application that reports each call, behind the filter.
fn guarded() -> (PolyHandler, Receiver<&'static str>) {
    let (tell, show_principal) = channel();
    let over_sockets = tell.clone();
    let app = PolyHandler::new(
        move |_request: Request| {
            tell.send("http").expect("the test listens");
            "hello"
        },
        move |ws: WebSocket| {
            over_sockets.send("ws").expect("the test listens");
            ws.try_send("hello")
        },
    );
    (app.with(cors()), show_principal)
}

on_every_backend! {
    fn case_43_each_protocol_has_its_own_filters<B>() {
        async fn unready(_request: Request, _next: Next) -> StatusCode {
            StatusCode::NOT_IMPLEMENTED
        }
        async fn sub(request: Request, next: WsNext) -> WsResponse {
            next.call(request).await.with_subprotocol("SUB")
        }
        let offer = || Request::get("/ws").header("sec-websocket-protocol", "SUB");
        let backend_of = |app: PolyHandler| backend::<B>(app);
        let first = backend_of(app().with(http_only(unready)));
        assert_eq!(first.http("/").status(), 501);
        assert_eq!(first.connect(offer()).subprotocol(), None);
        let second = backend_of(app().with(ws_only(sub)));
        assert_eq!(second.http("/").status(), 200);
        assert_eq!(second.connect(offer()).subprotocol(), Some("SUB"));
    }

    fn case_61_filters_are_called_from_the_outside_in<B>() {
        async fn talk(ws: WebSocket, foobar: String, log: Sender<String>) -> WsResult {
            let field = ws.request().header("foo").unwrap_or_default().to_owned();
            log.send(format!("{foobar} {field}"))?;
            Ok(())
        }
        async fn marked(request: Request, next: WsNext) -> WsResponse {
            next.call(request.with_header("foo", "newHeader")).await
        }
        let (log, logs) = channel();
        let show_principal = log.clone();
        let knows_the_path = tap(move |request: &Request| {
            let foobar = request.path_param("foobar").expect("it is routed");
            show_principal.send(format!("inner knows {foobar}")).expect("the test listens");
        });
        let (first, second) = (logged("first", log.clone()), logged("second", log.clone()));
        let inner = logged("inner", log.clone());
        let app = routes! { "/<foobar>" with(inner, knows_the_path) => ws(talk(ws, foobar, log)) };
        let app = app.with(ws_only(marked)).with(ws_only(second)).with(ws_only(first));
        backend::<B>(app).connect("/path").closed();
        assert_eq!(
            all(&logs),
            [
                "first in",
                "second in",
                "inner in",
                "inner knows path",
                "inner out",
                "second out",
                "first out",
                // http4k calls the consumer before the filters return; here the handshake's
                // response is sent first.
                "path newHeader",
            ]
        );
    }

    fn case_62_a_tap_sees_each_request<B>() {
        let (log, logs) = channel();
        let app = app().with(tap(move |request: &Request| {
            log.send(request.uri().path().to_owned()).expect("the test listens");
        }));
        let backend = backend::<B>(app);
        backend.connect("/ws").closed();
        backend.http("/");
        assert_eq!(all(&logs), ["/ws", "/"]);
    }

    /// The upgrade itself is refused with 401; http4k accepts it and closes with 1003.
    fn cases_63_and_64_a_valid_name_and_password_are_required<B>() {
        async fn whoami(ws: WebSocket) -> WsResult {
            let known = ws.request().extensions().get::<Principal<String>>().map(|known| known.0.clone());
            Ok(ws.send(known.unwrap_or_default()).await?)
        }
        let app = routes! { "/" => ws(whoami(ws)), "/http" => http(|| "hello") };
        let app = app.with(basic_auth("house", |name, password| name == "ann" && password.matches("a:b")));
        let backend = backend::<B>(app);
        let with = |path: &str, field: &str| Request::get(path).header("authorization", field.to_owned());
        // ann:a:b
        assert_eq!(texts(&mut backend.connect(with("/", "Basic YW5uOmE6Yg=="))), ["ann"]);
        assert_eq!(backend.http(with("/http", "basic YW5uOmE6Yg==")).status(), 200);
        // ann:c, a name without a password, invalid base64, another scheme
        for field in ["Basic YW5uOmM=", "Basic YW5u", "Basic ??", "Bearer YW5uOmE6Yg=="] {
            let refusal = backend.try_connect(with("/", field)).err().expect("a refusal");
            assert_eq!(refusal.status(), 401, "{field}");
            assert_eq!(backend.http(with("/http", field)).status(), 401, "{field}");
        }
        let refusal = backend.try_connect("/").err().expect("a refusal");
        assert_eq!(refusal.header("www-authenticate"), Some("Basic realm=\"house\", charset=\"UTF-8\""));
    }

    /// The request of a socket lives as long as the socket.
    fn a_password_is_removed_behind_its_check<B>() {
        fn secrets(request: &Request) -> String {
            let Principal(name) = request.extensions().get::<Principal<String>>().expect("a name");
            let field = request.header("authorization").unwrap_or("none");
            format!("{name} {field}")
        }
        async fn of_the_socket(ws: WebSocket) -> WsResult {
            Ok(ws.send(secrets(ws.request())).await?)
        }
        fn of_the_request(request: Request) -> WsConsumer {
            let seen = secrets(&request);
            WsConsumer::new(move |ws: WebSocket| async move {
                let kept = ws.request().header("authorization").unwrap_or("none").to_owned();
                ws.send(format!("{seen}, {kept}")).await
            })
        }
        let app = routes! {
            "/socket" => ws(of_the_socket(ws)),
            "/request" => ws(of_the_request),
            "/http" => http(|req: Request| secrets(&req)),
        };
        let slow = |name: String, password: Secret| async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            name == "ann" && password.matches("a:b")
        };
        let backend = backend::<B>(app.with(basic_auth("house", slow)));
        let with = |path: &str, field: &str| Request::get(path).header("authorization", field.to_owned());
        let ann = |path| with(path, "Basic YW5uOmE6Yg==");
        assert_eq!(backend.http(ann("/http")).body(), "ann none");
        assert_eq!(texts(&mut backend.connect(ann("/socket"))), ["ann none"]);
        assert_eq!(texts(&mut backend.connect(ann("/request"))), ["ann none, none"]);
        // ann:c
        for path in ["/socket", "/request"] {
            let refusal = backend.try_connect(with(path, "Basic YW5uOmM=")).err().expect("a refusal");
            assert_eq!(refusal.status(), 401);
        }
        assert_eq!(backend.http(with("/http", "Basic YW5uOmM=")).status(), 401);
    }

    fn case_65_a_filter_may_change_the_request<B>() {
        async fn principal(request: Request, next: WsNext) -> WsResponse {
            next.call(request.with_header("x-principal", "alice")).await
        }
        async fn show_principal(ws: WebSocket) -> WsResult {
            let principal = ws.request().header("x-principal").unwrap_or("anonymous").to_owned();
            Ok(ws.send(principal).await?)
        }
        let app = PolyHandler::new(|_request: Request| "http", principal.then(principal_of_request));
        async fn principal_of_request(request: Request) -> WsResponse {
            let principal = request.header("x-principal").unwrap_or("anonymous").to_owned();
            WsResponse::accept(WsConsumer::new(|ws: WebSocket| async move { ws.send(principal).await }))
        }
        assert_eq!(texts(&mut backend::<B>(app).connect("/")), ["alice"]);
        let routed = routes! { "/" with(principal) => ws(show_principal(ws)) };
        assert_eq!(texts(&mut backend::<B>(routed).connect("/")), ["alice"]);
    }

    fn cases_68_and_69_an_allowed_page_receives_the_cors_fields<B>() {
        let (app, calls) = guarded();
        let backend = backend::<B>(app);
        let answer = backend.http(from("https://allowed.example", "/"));
        assert_eq!((answer.status().as_u16(), answer.body()), (200, &Body::from("hello")));
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://allowed.example"));
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        let answer = backend.http("/");
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
        assert_eq!(answer.header("vary"), Some("origin"));
        assert_eq!(all(&calls), ["http", "http"]);
    }

    /// The status is 204 without a body; http4k sends 200.
    fn case_70_a_preflight_lists_the_allowed_methods_and_fields<B>() {
        let (app, calls) = guarded();
        let answer = backend::<B>(app).http(preflight("https://allowed.example"));
        assert_eq!(answer.status(), 204);
        for (field, value) in [
            ("access-control-allow-origin", "https://allowed.example"),
            ("access-control-allow-methods", "GET, POST, OPTIONS"),
            ("access-control-allow-headers", "content-type, authorization"),
            ("access-control-allow-credentials", "true"),
        ] {
            assert_eq!(answer.header(field), Some(value));
        }
        assert_eq!(all(&calls), [""; 0]);
    }

    /// A preflight too is refused with 403; http4k sends 200 without the page's origin.
    fn cases_71_and_72_any_other_page_is_refused<B>() {
        let (app, calls) = guarded();
        let backend = backend::<B>(app);
        for request in [from("https://evil.example", "/"), preflight("https://evil.example"), from("null", "/")] {
            let answer = backend.http(request);
            assert_eq!(answer.status(), 403);
            assert_eq!(answer.header("access-control-allow-origin"), None);
            // A cache must not use it for another page.
            assert_eq!(answer.header("vary"), Some("origin"));
        }
        assert_eq!(all(&calls), [""; 0]);
    }

    /// CORS does not apply to the application's own pages, under any policy.
    fn a_page_of_the_application_itself_is_never_refused<B>() {
        let (app, calls) = guarded();
        let backend = backend::<B>(app);
        for origin in ["http://localhost:7", "http://LOCALHOST:7", "https://localhost:7"] {
            let own = |path| from(origin, path).with_header("host", "localhost:7");
            assert_eq!(backend.http(own("/")).body(), "hello", "{origin}");
            assert_eq!(backend.http(own("/").with_method(Method::POST)).body(), "hello", "{origin}");
            assert_eq!(texts(&mut backend.connect(own("/"))), ["hello"], "{origin}");
        }
        assert_eq!(all(&calls).len(), 9);
        for origin in ["http://localhost:8", "http://localhost", "http://localhost.evil.example:7", "null"] {
            let other = |path| from(origin, path).with_header("host", "localhost:7");
            assert_eq!(backend.http(other("/")).status(), 403, "{origin}");
            let refusal = backend.try_connect(other("/")).err().expect("a refusal");
            assert_eq!(refusal.status(), 403, "{origin}");
        }
        assert_eq!(all(&calls), [""; 0]);
    }

    /// A preflight has both fields (Fetch standard, §3.2.2).
    fn an_options_request_that_is_not_a_preflight_reaches_the_handler<B>() {
        let methods = |request: Request| {
            let allow = (request.method() == Method::OPTIONS).then_some("GET");
            StatusCode::OK.into_response().with_header("allow", allow.unwrap_or("none"))
        };
        let backend = backend::<B>(PolyHandler::new(methods, hello).with(cors()));
        let page = "https://allowed.example";
        let of_page = from(page, "/").with_method(Method::OPTIONS);
        let bare = preflight(page);
        let (mut head, body) = bare.into_parts();
        head.headers.remove("origin");
        let of_program = Request::from_parts(head, body);
        let post = preflight(page).with_method(Method::POST);
        for (request, allow, shared) in [
            (of_page, "GET", Some(page)),
            (of_program, "GET", None),
            (post, "none", Some(page)),
        ] {
            let answer = backend.http(request);
            assert_eq!((answer.status().as_u16(), answer.header("allow")), (200, Some(allow)));
            assert_eq!(answer.header("access-control-allow-origin"), shared);
            assert_eq!(answer.header("access-control-allow-methods"), None);
        }
        let answer = backend.http(preflight(page));
        assert_eq!((answer.status().as_u16(), answer.header("allow")), (204, None));
    }

    /// Each field belongs to one kind of response (Fetch standard, §3.2.3).
    fn exposed_fields_and_the_age_of_a_preflight_are_sent<B>() {
        let cors = cors()
            .with_exposed_headers([header::ETAG, header::LOCATION])
            .with_max_age(Duration::from_millis(600_900));
        let backend = backend::<B>(app().with(cors));
        let page = "https://allowed.example";
        let (exposed, age) = ("access-control-expose-headers", "access-control-max-age");
        let answer = backend.http(from(page, "/"));
        assert_eq!((answer.header(exposed), answer.header(age)), (Some("etag, location"), None));
        let answer = backend.http(preflight(page));
        assert_eq!((answer.header(exposed), answer.header(age)), (None, Some("600")));
        let answer = backend.http("/");
        assert_eq!((answer.header(exposed), answer.header(age)), (None, None));
    }

    /// The refusal comes before the upgrade; http4k accepts and closes with 1003.
    fn cases_76_to_78_sockets_open_for_allowed_pages_and_for_programs<B>() {
        let (app, calls) = guarded();
        let backend = backend::<B>(app);
        let refusal = backend.try_connect(from("https://evil.example", "/")).err().expect("a refusal");
        assert_eq!(refusal.status(), 403);
        assert_eq!(all(&calls), [""; 0]);
        assert_eq!(texts(&mut backend.connect(from("https://allowed.example", "/"))), ["hello"]);
        assert_eq!(texts(&mut backend.connect("/")), ["hello"]);
        assert_eq!(all(&calls), ["ws", "ws"]);
    }

    fn case_79_filters_over_all_protocols_compose<B>() {
        let (app, calls) = guarded();
        let only_ann = basic_auth("house", |name, _password| name == "ann");
        let backend = backend::<B>(app.with(only_ann));
        let ann = |origin: &str| from(origin, "/").with_header("authorization", "Basic YW5uOg==");
        assert_eq!(backend.try_connect(from("https://allowed.example", "/")).err().expect("a refusal").status(), 401);
        assert_eq!(backend.try_connect(ann("https://evil.example")).err().expect("a refusal").status(), 403);
        assert_eq!(texts(&mut backend.connect(ann("https://allowed.example"))), ["hello"]);
        assert_eq!(all(&calls), ["ws"]);
    }

    fn case_80_a_handler_reads_a_value_that_a_filter_stored<B>() {
        #[derive(Clone)]
        struct Tenant(&'static str);
        async fn find(mut request: Request, next: WsNext) -> WsResponse {
            request.extensions_mut().insert(Tenant("acme"));
            next.call(request).await
        }
        fn routed(request: Request) -> WsConsumer {
            let tenant = request.extensions().get().map_or("anonymous", |Tenant(name)| name);
            WsConsumer::new(move |ws: WebSocket| async move { ws.send(tenant).await })
        }
        async fn over_the_socket(ws: WebSocket) -> WsResult {
            let tenant = ws.request().extensions().get().map_or("anonymous", |Tenant(name)| name);
            Ok(ws.send(tenant).await?)
        }
        let app = routes! { "/request" => ws(routed), "/socket" => ws(over_the_socket(ws)) };
        let backend = backend::<B>(app.with(ws_only(find)));
        assert_eq!(texts(&mut backend.connect("/request")), ["acme"]);
        assert_eq!(texts(&mut backend.connect("/socket")), ["acme"]);
    }

    fn cases_82_and_83_traffic_is_printed<B>() {
        let (print, lines) = channel();
        async fn talk(mut ws: WebSocket) -> WsResult {
            ws.send("hello").await?;
            ws.send(vec![0xff, 0]).await?;
            ws.recv().await?;
            Ok(())
        }
        let app = routes! { "/ws" => ws(talk(ws)), "/" => http(|| "hello") };
        let app = app.with(print_traffic(move |line| print.send(line).expect("the test listens")));
        let backend = backend::<B>(app);
        backend.http("/nowhere");
        backend.try_connect("/nowhere").err().expect("a refusal");
        let mut client = backend.connect("/ws?a=b");
        client.received().take(2).for_each(|message| drop(message.expect("open")));
        client.send("bye").expect("open");
        client.closed();
        let lines: Vec<_> = (0..7).map(|_| next_report(&lines)).collect();
        assert_eq!(lines, [
            "GET /nowhere responded: 404 Not Found",
            "GET /nowhere refused: 404 Not Found",
            "GET /ws?a=b accepted",
            "GET /ws?a=b sent: Text(\"hello\")",
            "GET /ws?a=b sent: Binary(b\"\\xff\\x00\")",
            "GET /ws?a=b received: Text(\"bye\")",
            "GET /ws?a=b closed: 1000",
        ]);
    }

    fn case_84_the_failure_of_a_consumer_is_mapped<B>() {
        async fn moody(mut ws: WebSocket) -> WsResult {
            match ws.recv().await? {
                Some(order) if order == "panic" => panic!("on purpose"),
                Some(order) if order == "number" => drop(order.text().parse::<u8>()?),
                Some(_) => return Err(http4k_ws::WsError::closing(WsStatus::POLICY_VIOLATION)),
                None => {}
            }
            Ok(())
        }
        let buggy = catch_failures(|failure: WsFailure<'_>| {
            WsStatus::new(4500, failure.to_string()).expect("a short text")
        });
        let backend = backend::<B>(routes! { "/" with(buggy) => ws(moody(ws)) });
        for (order, reason) in [
            ("panic", "on purpose"),
            ("number", "invalid digit found in string"),
            ("other", "the consumer closed the socket: 1008 policy violation"),
        ] {
            let mut client = backend.connect("/");
            client.send(order).expect("open");
            assert_eq!(client.closed(), Some(WsStatus::new(4500, reason).expect("a status")));
        }
        // An end is not a failure.
        let mut client = backend.connect("/");
        client.close(WsStatus::GOING_AWAY);
        assert_eq!(client.closed(), Some(WsStatus::GOING_AWAY));
    }

    fn an_ordinary_end_is_not_a_failure<B>() {
        async fn chatter(mut ws: WebSocket, ended: Sender<bool>) -> WsResult {
            while let Some(order) = ws.recv().await? {
                if order == "fail" {
                    return Err(std::io::Error::other("a failure indeed").into());
                }
            }
            let late = ws.send("after the end").await;
            ended.send(late.is_err()).expect("the test listens");
            Ok(late?)
        }
        let (report, failures) = channel();
        let quiet = catch_failures(move |failure: WsFailure<'_>| {
            report.send(failure.to_string()).expect("the test listens");
            WsStatus::new(4500, "a failure").expect("a short text")
        });
        let (ended, has_ended) = channel();
        let backend = backend::<B>(routes! { "/" with(quiet) => ws(chatter(ws, ended)) });
        for status in [WsStatus::NORMAL, WsStatus::GOING_AWAY, WsStatus::new(4001, "bye").expect("a status")] {
            let mut client = backend.connect("/");
            client.close(status.clone());
            assert_eq!(client.closed(), Some(status));
            assert!(next_report(&has_ended), "a send after the end fails");
        }
        let mut client = backend.connect("/");
        client.send("fail").expect("open");
        assert_eq!(client.closed(), Some(WsStatus::new(4500, "a failure").expect("a status")));
        assert_eq!(next_report(&failures), "a failure indeed", "the first that is reported");
    }

    /// One record covers the whole socket; http4k has an event for each direction.
    fn case_86_a_record_has_the_template_of_its_route_if_there_is_one<B>() {
        let (report, reported) = channel();
        let records = report_sockets(move |socket: WsTransaction| report.send(socket).expect("the test listens"));
        let routed = routes! { "/beds/<_name>" with(records.clone()) => ws(hello(ws)) };
        backend::<B>(routed).connect("/beds/bob").closed();
        let socket = next_report(&reported);
        assert_eq!((socket.request.uri().path(), socket.route.as_deref()), ("/beds/bob", Some("/beds/<_name>")));
        let alone = PolyHandler::new(|_request: Request| "http", hello).with(records);
        backend::<B>(alone).connect("/beds/bob").closed();
        let socket = next_report(&reported);
        assert_eq!((socket.request.uri().path(), socket.route.as_deref()), ("/beds/bob", None));
    }

    fn a_socket_has_its_route_in_whatever_form_its_handler_is_written<B>() {
        async fn tell(ws: WebSocket) -> WsResult {
            Ok(ws.send(ws.route().unwrap_or("none").to_owned()).await?)
        }
        async fn pass(request: Request, next: WsNext) -> WsResponse {
            next.call(request).await
        }
        let built = Routes::new().ws("/built/<x>", tell).ws("/<x>", pass.then(tell)).build();
        let built = built.expect("the routes differ");
        let bare = PolyHandler::new(|_request: Request| "http", tell);
        let app = routes! {
            "/call/<_x>"               => ws(tell(ws)),
            "/value/<_x>"              => ws(tell),
            "/value"                   => ws(tell),
            "/filtered/<_x>" with(pass) => ws(tell),
            "/mounted"                 => mount(built),
            "/bare"                    => mount(bare),
            "/block" => { "/<_x>" => ws(tell), _ => ws(tell) },
        };
        for (path, route) in [
            ("/call/1", "/call/<_x>"),
            ("/value/1", "/value/<_x>"),
            ("/value", "/value"),
            ("/filtered/1", "/filtered/<_x>"),
            ("/mounted/built/1", "/mounted/built/<x>"),
            ("/mounted/1", "/mounted/<x>"),
            ("/bare/1", "none"),
            ("/block/1", "/block/<_x>"),
        ] {
            for app in [app.clone(), app.clone().with(ws_only(pass))] {
                let mut client = backend::<B>(app).connect(path);
                assert_eq!(texts(&mut client), [route], "{path}");
            }
        }
    }

    fn case_85_a_socket_is_reported_once<B>() {
        let (report, reported) = channel();
        let app = report_sockets(move |socket: WsTransaction| report.send(socket).expect("the test listens"));
        async fn nap(mut ws: WebSocket) -> WsResult {
            ws.recv().await?;
            tokio::time::sleep(Duration::from_millis(100)).await;
            ws.send("one").await?;
            ws.send("two").await?;
            Ok(())
        }
        async fn sub(request: Request, next: WsNext) -> WsResponse {
            next.call(request).await.with_subprotocol("SUB")
        }
        let app = PolyHandler::new(|_request: Request| "http", sub.then(nap)).with(app);
        let mut client = backend::<B>(app).connect(Request::get("/bed").header("sec-websocket-protocol", "SUB"));
        client.send("go").expect("open");
        assert_eq!(texts(&mut client), ["one", "two"]);
        let socket = next_report(&reported);
        assert_eq!((socket.request.uri().path(), socket.subprotocol.as_deref()), ("/bed", Some("SUB")));
        assert_eq!(socket.status, WsStatus::NORMAL);
        assert_eq!((socket.traffic.messages_received, socket.traffic.messages_sent), (1, 2));
        assert_eq!((socket.traffic.bytes_received, socket.traffic.bytes_sent), (2, 6));
        assert!(socket.duration >= Duration::from_millis(100));
        assert!(all(&reported).is_empty());
    }
}

/// With credentials, a policy satisfied by every page would expose the user's data to every page.
#[test]
fn credentials_need_a_restrictive_policy() {
    let app = || "https://app.example".parse().expect("an origin");
    for policy in [
        OriginPolicy::any(),
        OriginPolicy::any().and(app()),
        OriginPolicy::own().and(http4k_ws::message::Origin::NULL),
        OriginPolicy::only([app(), http4k_ws::message::Origin::NULL]),
    ] {
        let without = Cors::new(policy.clone());
        let refused = std::panic::catch_unwind(|| without.with_credentials());
        assert!(refused.is_err(), "{policy:?}");
    }
    for policy in [
        OriginPolicy::own(),
        OriginPolicy::only([app()]),
        OriginPolicy::only(["https://*.app.example".parse().expect("a pattern")]),
    ] {
        let _allowed = Cors::new(policy).with_credentials();
    }
}

#[test]
fn case_81_a_filter_chooses_the_subprotocol() {
    let filter = |request: Request, next: WsNext| async move {
        next.call(request).await.with_subprotocol("foobar")
    };
    let answer = filter.then(hello);
    let request = Request::new(Body::empty());
    let answer = tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(answer.call(request));
    assert_eq!(answer.subprotocol(), Some("foobar"));
}

/// Virtual time is exact to the millisecond; the clock of http4k's test ticks once per reading.
#[test]
fn case_85_the_duration_follows_the_clock() {
    let (report, reported) = channel();
    let app = report_sockets(move |socket: WsTransaction| {
        report.send(socket.duration).expect("the test listens");
    });
    let nap = |_ws: WebSocket| tokio::time::sleep(Duration::from_secs(1));
    let app = PolyHandler::new(|_request: Request| "http", nap).with(app);
    app.into_poly_handler().test_ws("/").closed();
    assert_eq!(all(&reported), [Duration::from_secs(1)]);
}
