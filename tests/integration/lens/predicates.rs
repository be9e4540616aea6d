//! Lenses as predicates on requests: the cases that http4k's router decides with them. A route here
//! matches path, method and protocol only, so a handler or a filter evaluates the lens.

use http4k_ws::lens::{Accept, Header, Query};
use http4k_ws::message::RequestExt;
use http4k_ws::testing::WsClient;
use http4k_ws::{
    Body, Filter, HttpHandler, IntoRequest, IntoResponse, Next, PolyHandler, Request, StatusCode,
    WebSocket, WsFilter, WsHandler, WsNext,
};

use super::now;

fn get(uri: &str) -> Request {
    uri.into_request().unwrap()
}

#[test]
fn case_40_a_filter_chooses_by_the_query() {
    async fn by_query(request: Request, next: WsNext) -> http4k_ws::WsResponse {
        let goodbye = Query::string("goodbye").optional();
        if goodbye.get(&request).is_ok_and(|value| value.is_some()) {
            return http4k_ws::handler::BoxWsHandler::new(|ws: WebSocket| ws.try_send("query"))
                .call(request)
                .await;
        }
        next.call(request).await
    }
    let ws = by_query.then(|ws: WebSocket| ws.try_send("vanilla"));
    let app = PolyHandler::new(|_: Request| StatusCode::NOT_FOUND, ws);
    for (uri, expected) in [("/?goodbye=bob", "query"), ("/", "vanilla")] {
        let mut client = app.test_ws(uri);
        let received: Result<Vec<_>, _> = client.received().collect();
        assert_eq!(received.unwrap(), [expected], "{uri}");
    }
}

#[test]
fn case_119_a_number_of_the_query() {
    let over_5 = |uri| {
        Query::int("foo")
            .required()
            .get(&get(uri))
            .is_ok_and(|foo| foo > 5)
    };
    assert!(over_5("/?foo=6"));
    for uri in ["/?foo=5", "/?foo=bar", "/"] {
        assert!(!over_5(uri), "{uri}");
    }
}

#[test]
fn case_121_the_type_that_the_client_accepts() {
    async fn html_only(request: Request, next: Next) -> http4k_ws::Response {
        match Accept::of(&request).require(&["text/html"]) {
            Ok(_) => next.call(request).await,
            Err(refused) => refused.into_response(),
        }
    }
    let app = html_only.then(|_: Request| "<p>");
    for (accept, status) in [
        ("text/html", 200),
        ("text/*;q=0.1", 200),
        ("image/png", 406),
    ] {
        let request = get("/").with_header("accept", accept);
        assert_eq!(now(app.call(request)).status(), status, "{accept}");
    }
}

#[test]
fn cases_122_to_124_headers() {
    let request = get("/")
        .with_header("a", "1")
        .with_added_header("a", "2")
        .with_header("b", "");
    let there = |name| {
        Header::string(name)
            .optional()
            .get(&request)
            .unwrap()
            .is_some()
    };
    assert!(["a", "b"].into_iter().all(there));
    assert!(!["a", "b", "c"].into_iter().all(there));
    // Any of several repeated values counts.
    let any = |value: i64| {
        let all = Header::string("a")
            .multi()
            .required()
            .get(&request)
            .unwrap();
        all.contains(&value.to_string())
    };
    assert!(any(1) && any(2) && !any(3));
}

#[test]
fn cases_125_to_129_the_query() {
    let request = get("/?a=1&a=2&flag&b=x");
    let all = Query::string("a").multi().required().get(&request).unwrap();
    assert!(all.iter().any(|a| a == "2") && !all.iter().any(|a| a == "3"));
    // A name without a value is present.
    assert_eq!(
        Query::string("flag").optional().get(&request),
        Ok(Some(String::new()))
    );
    let there = |name| {
        Query::string(name)
            .optional()
            .get(&request)
            .unwrap()
            .is_some()
    };
    assert!(["a", "flag", "b"].into_iter().all(there) && !there("c"));
}

#[test]
fn cases_133_and_134_the_body() {
    let mut request = get("/")
        .with_header("content-type", "text/plain")
        .with_body("hello");
    let body = Body::string();
    assert_eq!(now(body.get(&mut request)), Ok("hello".into()));
    assert!(now(body.get(&mut request)).is_ok_and(|text| text.starts_with("he")));
    // The body stays for the handler.
    assert_eq!(request.body(), "hello");
}
