//! Redirects that a client follows, in memory and over the network.

use std::net::SocketAddr;

use futures_util::stream;
use http4k_ws::client::HttpClient;
use http4k_ws::filter::{NotFollowed, follow_redirects};
use http4k_ws::handler::BoxHttpHandler;
use http4k_ws::prelude::*;

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Responds with the status and the location that the query names, or with what it received.
async fn server(request: Request) -> Response {
    let (to, status) = (request.query("to"), request.query("status"));
    let Some(to) = to.map(String::from) else {
        let fields = ["authorization", "cookie", "content-type", "x-key"];
        let fields = fields.map(|name| request.header(name).unwrap_or("-").to_owned());
        let head = format!(
            "{} {} {}",
            request.method(),
            request.uri().path(),
            fields.join(" ")
        );
        let body = request.into_body().text().await.unwrap_or_default();
        return format!("{head} {body}").into_response();
    };
    let status = status.as_deref().unwrap_or("302").parse();
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let response = "moved".into_response().with_status(status);
    response.try_with_header("location", to).unwrap_or_default()
}

/// Counts down in its path.
fn countdown(request: Request) -> Response {
    let left: u32 = request.uri().path()[1..].parse().unwrap_or_default();
    match left {
        0 => "arrived".into_response(),
        _ => {
            let response = StatusCode::FOUND.into_response();
            response
                .try_with_header("location", (left - 1).to_string())
                .unwrap_or_default()
        }
    }
}

fn request(method: Method, status: u16, to: &str) -> Request {
    let request: Request = Request::new(Body::from("body"))
        .with_method(method)
        .with_uri("/start".parse().expect("a URI"))
        .with_query("to", to)
        .with_query("status", status)
        .with_header("authorization", "secret")
        .with_header("cookie", "a=1")
        .with_header("content-type", "text/plain")
        .with_header("x-key", "k");
    request
}

fn text(response: &Response) -> &str {
    response.body().as_text().unwrap_or("<stream>")
}

fn reason(response: &Response) -> Option<NotFollowed> {
    response.extensions().get().copied()
}

async fn check_methods(client: &BoxHttpHandler) {
    for (method, status, expected) in [
        (Method::POST, 301, "GET /to secret a=1 - k "),
        (Method::POST, 302, "GET /to secret a=1 - k "),
        (Method::POST, 303, "GET /to secret a=1 - k "),
        (Method::PUT, 303, "GET /to secret a=1 - k "),
        (Method::PUT, 302, "PUT /to secret a=1 text/plain k body"),
        (
            Method::DELETE,
            301,
            "DELETE /to secret a=1 text/plain k body",
        ),
        (Method::POST, 307, "POST /to secret a=1 text/plain k body"),
        (Method::POST, 308, "POST /to secret a=1 text/plain k body"),
        (Method::GET, 302, "GET /to secret a=1 text/plain k body"),
    ] {
        let response = client
            .call(request(method.clone(), status, "to#part"))
            .await;
        assert_eq!(text(&response), expected, "{method} {status}");
    }
    let response = client.call(request(Method::HEAD, 303, "/to")).await;
    assert_eq!((response.status().as_u16(), reason(&response)), (200, None));
    // These are not redirects to follow.
    for status in [300, 304, 305, 400] {
        let response = client.call(request(Method::GET, status, "/to")).await;
        assert_eq!(
            (response.status().as_u16(), reason(&response)),
            (status, None)
        );
    }
    for (to, expected) in [
        ("ftp://localhost/", NotFollowed::BadLocation),
        ("http://user:pass@localhost/", NotFollowed::BadLocation),
        ("javascript:alert(1)", NotFollowed::BadLocation),
    ] {
        let response = client.call(request(Method::GET, 302, to)).await;
        assert_eq!(
            (response.status().as_u16(), reason(&response)),
            (302, Some(expected)),
            "{to}"
        );
        assert_eq!(text(&response), "moved");
    }
}

#[tokio::test]
async fn methods_and_bodies_follow_the_status_in_memory() {
    check_methods(&follow_redirects(5).then(server)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_and_bodies_follow_the_status_over_the_network() -> TestResult {
    let running = server.as_server("127.0.0.1:0").start()?;
    let base = format!("http://{}", running.addr());
    let client = HttpClient::new().with_base(&base)?;
    check_methods(&follow_redirects(5).then(client.clone())).await;
    // A streamed body of a redirect is dropped.
    check_final(follow_redirects(5).then(client.streaming()), running.addr()).await;
    Ok(())
}

async fn check_final(client: BoxHttpHandler, addr: SocketAddr) {
    let response = client
        .call(request(Method::POST, 303, &format!("http://{addr}/to")))
        .await;
    let text = response.into_body().text().await.expect("a body");
    assert_eq!(text, "GET /to secret a=1 - k ");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_stay_at_their_origin() -> TestResult {
    let (first, second) = (
        server.as_server("127.0.0.1:0").start()?,
        server.as_server("127.0.0.1:0").start()?,
    );
    let base = format!("http://{}", first.addr());
    let client = follow_redirects(5).then(HttpClient::new().with_base(&base)?);
    // The same host and another port are another origin.
    let other = format!("http://{}/to", second.addr());
    let own = format!("http://{}/to", first.addr());
    for (to, expected) in [
        (own.clone(), "GET /to secret a=1 - k "),
        (other.clone(), "GET /to - - - k "),
        // There and back again.
        (
            format!("http://{}/over?to={own}", second.addr()),
            "GET /to - - - k ",
        ),
    ] {
        let response = client.call(request(Method::POST, 303, &to)).await;
        assert_eq!(text(&response), expected, "{to}");
    }
    Ok(())
}

#[tokio::test]
async fn in_memory_a_location_with_a_host_is_another_origin() {
    let client = follow_redirects(5).then(server);
    let response = client
        .call(request(Method::POST, 303, "http://elsewhere/to"))
        .await;
    assert_eq!(text(&response), "GET /to - - - k ");
    // From https, only https is followed.
    for (from, to, expected) in [
        ("https://a/x", "http://a/to", Some(NotFollowed::Insecure)),
        ("https://a/x", "//b/to", None),
        ("https://a/x", "/to", None),
        ("http://a/x", "https://a/to", None),
    ] {
        let request = request(Method::POST, 303, to);
        let query = request.uri().query().unwrap_or_default();
        let uri = format!("{from}?{query}").parse().expect("a URI");
        let response = client.call(request.with_uri(uri)).await;
        assert_eq!(reason(&response), expected, "{from} {to}");
    }
}

#[tokio::test]
async fn the_number_of_redirects_is_bounded() {
    let client = follow_redirects(3).then(countdown);
    let get = |path: &str| path.into_request().expect("a request");
    assert_eq!(text(&client.call(get("/3")).await), "arrived");
    let response = client.call(get("/4")).await;
    assert_eq!(
        (response.status().as_u16(), reason(&response)),
        (302, Some(NotFollowed::TooMany))
    );
    let none = follow_redirects(0).then(countdown);
    assert_eq!(
        reason(&none.call(get("/1")).await),
        Some(NotFollowed::TooMany)
    );

    let client = follow_redirects(usize::MAX).then(server);
    let circle = "/a?to=/b%3Fto%3D/a";
    let response = client.call(get("/circle?to=/circle?to=/circle")).await;
    assert_eq!(text(&response), "GET /circle - - - - ");
    let around = |request: Request| {
        let to = if request.uri().path() == "/a" {
            "/b"
        } else {
            "/a"
        };
        StatusCode::FOUND
            .into_response()
            .with_header("location", to)
    };
    let response = follow_redirects(usize::MAX)
        .then(around)
        .call(get("/a"))
        .await;
    assert_eq!(reason(&response), Some(NotFollowed::Loop));
    drop(client.call(get(circle)).await);
}

#[tokio::test]
async fn a_body_that_was_a_stream_is_not_sent_again() {
    let client = follow_redirects(5).then(server);
    let body = || Body::from_stream(stream::iter([Ok::<_, std::io::Error>("streamed")]));
    let response = client
        .call(request(Method::POST, 307, "/to").with_body(body()))
        .await;
    assert_eq!(
        (response.status().as_u16(), reason(&response)),
        (307, Some(NotFollowed::BodySent))
    );
    let response = client
        .call(request(Method::POST, 303, "/to").with_body(body()))
        .await;
    assert_eq!(text(&response), "GET /to secret a=1 - k ");
}

#[tokio::test]
async fn a_redirect_needs_one_location() {
    let none = |_request: Request| StatusCode::FOUND;
    let two = |_request: Request| {
        let response = StatusCode::FOUND
            .into_response()
            .with_header("location", "/a");
        response.with_added_header("location", "/b")
    };
    for client in [
        follow_redirects(5).then(none),
        follow_redirects(5).then(two),
    ] {
        let response = client.call("/".into_request().expect("a request")).await;
        assert_eq!(reason(&response), Some(NotFollowed::BadLocation));
    }
}
