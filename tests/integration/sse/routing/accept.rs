//! The choice between a page, a stream and a socket.

use http4k_ws::prelude::*;

use super::{accepting, app, is_stream, never, text};

#[test]
fn one_path_has_a_page_a_stream_and_a_socket() {
    let app = app();
    let (path, event) = ("/rooms/blue", "data: event of blue\n\n");
    assert_eq!(app.test_http(path).body(), "page of blue");
    let stream = app.test_http(accepting(path, "text/event-stream"));
    assert!(is_stream(&stream), "{stream:?}");
    assert_eq!(text(stream), (200, event.to_owned()));
    let mut socket = app.test_ws(path);
    assert_eq!(socket.received().next().unwrap().unwrap(), "socket of blue");
}

#[test]
fn accept_decides_between_page_and_stream() {
    let app = app();
    let page = "page of blue";
    let event = "data: event of blue\n\n";
    for (accept, both, only) in [
        ("*/*", page, 200),
        ("text/*", page, 200),
        ("text/html, application/xhtml+xml, */*;q=0.8", page, 200),
        ("text/event-stream", event, 200),
        ("TEXT/Event-Stream", event, 200),
        ("text/event-stream;charset=utf-8", event, 200),
        ("text/event-stream, */*;q=0.1", event, 200),
        ("application/json, text/event-stream", event, 200),
        ("text/event-stream;q=0.3", event, 200),
        ("text/html;q=0.5, text/event-stream;q=0.6", event, 200),
        ("text/html;q=0.6, text/event-stream;q=0.5", page, 200),
        ("*/*, text/event-stream;q=0.9", page, 200),
        ("text/html", page, 406),
        ("application/json, image/*", page, 406),
        ("text/event-stream;q=0", page, 406),
        ("text/event-stream;q=0.0, */*", page, 406),
        ("text/*;q=0, */*", page, 406),
        // Ranges that are not valid are ignored.
        ("nonsense", page, 200),
        ("", page, 200),
    ] {
        let given = text(app.test_http(accepting("/rooms/blue", accept)));
        assert_eq!(given, (200, both.to_owned()), "{accept:?}");
        let alone = app.test_http(accepting("/only", accept));
        assert_eq!(alone.status(), only, "{accept:?}");
        assert_eq!(is_stream(&alone), only == 200, "{accept:?}");
    }
}

#[test]
fn a_stream_alone_responds_without_accept() {
    let app = app();
    assert_eq!(app.test_http("/only").body(), "data: only\n\n");
    assert_eq!(
        app.test_http((Method::POST, "/only")).body(),
        "data: only\n\n"
    );
}

#[test]
fn a_refusal_by_accept_names_the_type_that_the_path_has() {
    let refused = app().test_http(accepting("/only", "text/html"));
    assert_eq!(refused.header("vary"), Some("accept"));
    let expected = "`/only` is a stream of events: `Accept` must allow `text/event-stream`\n";
    assert_eq!(text(refused), (406, expected.to_owned()));
}

#[test]
fn responses_vary_where_accept_has_decided() {
    let app = routes! {
        GET "/both"    => http(|| "page"),
        "/both"        => sse(never),
        GET "/own"     => http(|| ([("vary", "origin, Accept")], "page").into_response_with()),
        "/own"         => sse(never),
        GET "/page"    => http(|| "page"),
        POST "/method" => sse(never),
        GET "/method"  => http(|| "page"),
    };
    for (path, vary) in [
        ("/both", vec!["accept"]),
        ("/own", vec!["origin, Accept"]),
        ("/page", vec![]),
        ("/method", vec![]),
    ] {
        let response = app.test_http(accepting(path, "text/html"));
        let found = response.headers().get_all("vary").iter();
        let found: Vec<_> = found.map(|value| value.to_str().unwrap()).collect();
        assert_eq!(found, vary, "{path}");
    }
}

trait WithFields {
    fn into_response_with(self) -> Response;
}

impl WithFields for ([(&'static str, &'static str); 1], &'static str) {
    fn into_response_with(self) -> Response {
        let [(name, value)] = self.0;
        self.1.into_response().with_header(name, value)
    }
}

#[test]
fn a_model_context_client_posts_and_reads_a_stream() {
    let request = Request::post("/rooms/blue")
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json")
        .body(Body::from(r#"["hello", "world"]"#))
        .unwrap();
    let response = app().test_http(request);
    assert!(is_stream(&response));
    assert_eq!(response.body(), "data: hello world by POST\n\n");
    let broken = Request::post("/rooms/blue")
        .header("content-type", "application/json")
        .body(Body::from("7"))
        .unwrap();
    assert_eq!(app().test_http(broken).status(), 400);
}

#[test]
fn methods_of_streams_and_pages_are_allowed_together() {
    let app = app();
    for (path, allow) in [
        ("/rooms/blue", "GET, HEAD, POST, OPTIONS"),
        ("/only", "GET, HEAD, POST, OPTIONS"),
    ] {
        for (method, status) in [(Method::PUT, 405), (Method::OPTIONS, 204)] {
            let response = app.test_http((method.clone(), path));
            assert_eq!(response.status(), status, "{method} {path}");
            assert_eq!(response.header("allow"), Some(allow), "{method} {path}");
        }
    }
    assert_eq!(app.try_test_ws("/only").unwrap_err().status(), 404);
}

#[test]
fn head_starts_no_stream() {
    let app = routes! {
        "/feed"      => sse(never),
        HEAD "/head" => sse(never),
        "/both"      => sse(never),
        GET "/both"  => http(|| "page"),
    };
    for path in ["/feed", "/head"] {
        let response = app.test_http((Method::HEAD, path));
        assert_eq!(response.status(), 200, "{path}");
        assert!(is_stream(&response), "{path}");
        assert_eq!(response.header("content-length"), None, "{path}");
        assert_eq!(response.body(), "", "{path}");
    }
    let page = app.test_http((Method::HEAD, "/both"));
    assert_eq!(page.header("content-length"), Some("4"));
    let stream = accepting("/both", "text/event-stream").with_method(Method::HEAD);
    assert!(is_stream(&app.test_http(stream)));
}

#[tokio::test]
async fn a_caller_without_a_server_starts_no_stream_by_head() {
    let app = routes! { "/feed" => sse(never) };
    let request = accepting("/feed", "text/event-stream").with_method(Method::HEAD);
    let response = app.http().call(request).await;
    assert!(is_stream(&response), "{response:?}");
    assert_eq!(response.into_body().bytes().await.unwrap(), "");
}
