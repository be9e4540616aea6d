//! Routes over HTTP in every backend; `routing` tests the rules in full.

use http4k_ws::HttpHandler;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;

use super::backends::{Backend, on_every_backend};

fn text_of(text: &'static str) -> &'static str {
    text
}

fn pair(first: String, rest: String) -> String {
    format!("{first} {rest}")
}

fn three(a: String, b: String, c: String) -> String {
    format!("{a} {b} {c}")
}

fn numbered(name: u32, last: String) -> String {
    format!("{name} {last}")
}

fn unrouted(request: Request) -> String {
    let missing = request.path_param("nothing").is_none();
    let known = request.path_param("name").unwrap_or("anonymous").to_owned();
    format!("{known} {missing}")
}

async fn outer(request: Request, next: Next) -> Response {
    let response = next.call(request).await;
    let order = match response.header("x-inner") {
        Some(_) => "after the inner",
        None => "alone",
    };
    response.with_header("x-outer", order)
}

async fn inner(request: Request, next: Next) -> Response {
    next.call(request).await.with_header("x-inner", "there")
}

/// Reports the first segment, and the presence of a field.
fn by_header(request: Request, first: String) -> String {
    format!("{first} {}", request.header("x-key").is_some())
}

fn app() -> PolyHandler {
    routes! {
        "/a" => http(text_of("a")),
        "/b/c" => {
            => http(text_of("b c")),
            "/d" => http(text_of("d")),
            "/e" => {
                GET "/f" => http(text_of("f")),
                POST "/g" => http(text_of("g")),
            },
        },
        "/rest/<route..>" => http(|route: String| async move { route }),
        "/three/<a>/<b>/<c>" => http(three(a, b, c)),
        "/numbers/<name: u32>/a/<last>" => http(numbered(name, last)),
        "/wild/<first>/<rest..>" => http(pair(first, rest)),
        "/keyed/<first>" => http(by_header(req, first)),
        "/named/<name>" => http(unrouted(req)),
        "/unnamed" => http(unrouted(req)),
        "/filtered" with(outer, inner) => {
            "/one" => http(text_of("one")),
        },
    }
}

fn check_responses<B: Backend>(of: PolyHandler, cases: &[(Method, &str, u16, &str)]) {
    let backend = B::start(of, SessionConfig::default());
    for (method, path, status, body) in cases {
        let answer = backend.http((method.clone(), *path));
        assert_eq!(answer.status(), *status, "{method} {path}");
        if *status == 200 {
            assert_eq!(answer.body(), body, "{method} {path}");
        }
    }
}

const GET: Method = Method::GET;
const POST: Method = Method::POST;

on_every_backend! {
    fn cases_92_to_96_a_path_and_a_method_lead_to_their_route<B>() {
        check_responses::<B>(app(), &[
            (GET, "/nowhere", 404, ""),
            (POST, "/a", 200, "a"),
            (Method::DELETE, "/a", 200, "a"),
            (GET, "/b/c", 200, "b c"),
            (GET, "/b/c/d", 200, "d"),
            (GET, "/b/c/e/f", 200, "f"),
            (POST, "/b/c/e/g", 200, "g"),
            (POST, "/b/c/e/f", 405, ""),
            (POST, "/b/c/e/nowhere", 404, ""),
            (GET, "/b/c/e/h", 404, ""),
            (GET, "/b", 404, ""),
            (GET, "/b/e", 404, ""),
        ]);
    }

    fn cases_98_to_101_paths_are_matched_whole_and_without_their_query<B>() {
        check_responses::<B>(app(), &[
            (GET, "/rest/something", 200, "something"),
            (GET, "/rest/something/somethingelse", 200, "something/somethingelse"),
            (GET, "/three/1/2/3", 200, "1 2 3"),
            (GET, "/a?x=/b&y", 200, "a"),
            (GET, "/three/1/2/3?4=5", 200, "1 2 3"),
            (GET, "/a/more", 404, ""),
            (GET, "/three/1/2/3/4", 404, ""),
        ]);
    }

    fn case_102_a_missing_parameter_is_none<B>() {
        check_responses::<B>(app(), &[
            (GET, "/named/bob", 200, "bob true"),
            (GET, "/unnamed", 200, "anonymous true"),
        ]);
    }

    /// A type restricts a segment, in place of a regular expression.
    fn cases_103_to_105_a_prefix_may_have_parameters<B>() {
        check_responses::<B>(app(), &[
            (GET, "/numbers/123/a/x", 200, "123 x"),
            (GET, "/numbers/asd/a/x", 404, ""),
            (GET, "/elsewhere/one", 404, ""),
            (GET, "/filtered/one", 200, "one"),
        ]);
    }

    fn cases_106_and_110_to_113_filters_apply_with_and_without_a_route<B>() {
        let backend = B::start(app(), SessionConfig::default());
        for (path, status) in [("/filtered/one", 200), ("/filtered/nowhere", 404)] {
            let answer = backend.http(path);
            assert_eq!(answer.status(), status);
            assert_eq!(answer.header("x-outer"), Some("after the inner"), "{path}");
        }
        assert_eq!(backend.http("/a").header("x-outer"), None);
        let around = B::start(app().with(http4k_ws::filter::http_only(outer)), SessionConfig::default());
        assert_eq!(around.http("/nowhere").header("x-outer"), Some("alone"));
    }

    fn case_107_a_rest_goes_through_several_levels<B>() {
        check_responses::<B>(app(), &[(GET, "/wild/name/bob/is/great", 200, "name bob/is/great")]);
        let backend = B::start(app(), SessionConfig::default());
        let keyed = Request::get("/keyed/name").header("x-key", "1");
        assert_eq!(backend.http(keyed).body(), "name true");
        assert_eq!(backend.http("/keyed/name").body(), "name false");
    }

    fn cases_114_to_116_an_application_behind_base_paths<B>() {
        let once = routes! { "/v1" => mount(app()) };
        check_responses::<B>(once, &[(GET, "/v1/a", 200, "a"), (GET, "/a", 404, "")]);
        let inner = routes! { "/v1" => mount(app()) };
        let twice = routes! { "/api" => mount(inner) };
        check_responses::<B>(twice, &[(GET, "/api/v1/three/1/2/3", 200, "1 2 3"), (GET, "/v1/a", 404, "")]);
    }

    fn cases_130_and_136_a_fallback_serves_unmatched_requests<B>() {
        let app = routes! { GET "/a" => http(text_of("a")), _ => http(text_of("else")) };
        check_responses::<B>(app, &[(GET, "/a", 200, "a"), (GET, "/b", 200, "else"), (POST, "/a", 405, "")]);
    }
}
