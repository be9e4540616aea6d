//! JSON in bodies and on sockets: the required Content-Type, and the permitted byte order mark.

use http4k_ws::lens::json::{Json, JsonExt};
use http4k_ws::lens::{Format, LensFailure, LensFailureKind};
use http4k_ws::message::{RequestExt, ResponseExt};
use http4k_ws::testing::WsClient;
use http4k_ws::testing::contract::{AsyncBackend, Backend};
use http4k_ws::{
    Body, FromRequest, Message, PolyHandler, Request, Response, WebSocket, WsResult, contract_test,
    routes,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
struct Count {
    count: u32,
}

#[derive(Debug, FromRequest)]
struct Derived {
    #[body]
    count: Count,
}

async fn by_request(request: Request) -> Result<String, LensFailure> {
    Ok(request.json::<Count>().await?.count.to_string())
}

async fn by_lens(mut request: Request) -> Result<String, LensFailure> {
    let count = Body::json::<Count>().get(&mut request).await?;
    Ok(count.count.to_string())
}

async fn by_type(mut request: Request) -> Result<String, LensFailure> {
    Ok(Count::body().get(&mut request).await?.count.to_string())
}

async fn leniently(mut request: Request) -> Result<String, LensFailure> {
    let lens = Body::json::<Count>().lenient();
    Ok(lens.get(&mut request).await?.count.to_string())
}

async fn count(mut ws: WebSocket<Count, Count>) -> WsResult {
    while let Some(count) = ws.recv().await? {
        ws.send(count).await?;
    }
    Ok(())
}

async fn marked(request: Request) -> Response {
    let response = Response::new(Body::from("\u{feff}{\"count\":7}"));
    match request.query("type") {
        Some(_) => response.with_header("content-type", "application/json"),
        None => response,
    }
}

routes! {
    fn app() -> PolyHandler {
        POST "/argument" => http(|Json(count): Json<Count>| count.count.to_string()),
        POST "/request" => http(by_request(req)),
        POST "/lens" => http(by_lens(req)),
        POST "/type" => http(by_type(req)),
        POST "/derived" => http(|Derived { count }: Derived| count.count.to_string()),
        POST "/lenient" => http(leniently(req)),
        GET "/marked" => http(marked(req)),
        "/count" => ws(count(ws)),
    }
}

const READERS: [&str; 5] = ["argument", "request", "lens", "type", "derived"];

fn post(reader: &str, content_type: Option<&str>, body: &'static str) -> Request {
    let request = Request::post(format!("/{reader}"));
    let request = match content_type {
        Some(content_type) => request.header("content-type", content_type),
        None => request,
    };
    request.body(Body::from(body)).unwrap()
}

/// The types of a form, and those that a page of another site may send without a preflight.
const FOREIGN: [&str; 7] = [
    "text/plain",
    "text/plain; charset=utf-8; format=application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=json",
    "text/html+xml",
    "application/octet-stream",
    "",
];

#[contract_test(app())]
fn a_form_of_another_site_cannot_reach_a_json_handler(backend: &impl Backend) {
    let json = r#"{"count":7}"#;
    for reader in READERS {
        for foreign in FOREIGN {
            let response = backend.http(post(reader, Some(foreign), json));
            assert_eq!(response.status(), 415, "{reader} {foreign:?}");
        }
        assert_eq!(
            backend.http(post(reader, None, json)).status(),
            415,
            "{reader}"
        );
        assert_eq!(
            backend.http(post(reader, None, "")).status(),
            400,
            "{reader}"
        );
        for own in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/x.v1+json",
        ] {
            let response = backend.http(post(reader, Some(own), json));
            assert_eq!(response.body(), "7", "{reader} {own}");
        }
    }
    assert_eq!(backend.http(post("lenient", None, json)).body(), "7");
    assert_eq!(
        backend
            .http(post("lenient", Some("text/plain"), json))
            .status(),
        415
    );
}

#[contract_test(app())]
fn a_byte_order_mark_is_ignored(backend: &impl Backend) {
    let json = "\u{feff}{\"count\":7}";
    for reader in READERS {
        let response = backend.http(post(reader, Some(Format::Json.content_type()), json));
        assert_eq!(response.body(), "7", "{reader}");
        // Only one mark is ignored.
        let twice = "\u{feff}\u{feff}{\"count\":7}";
        let response = backend.http(post(reader, Some(Format::Json.content_type()), twice));
        assert_eq!(response.status(), 400, "{reader}");
    }
    let mut client = backend.ws("/count");
    client.send(json).unwrap();
    client.send(json.as_bytes()).unwrap();
    for _ in 0..2 {
        assert_eq!(client.received().next().unwrap().unwrap(), r#"{"count":7}"#);
    }
}

#[contract_test(app())]
async fn a_response_is_read_by_the_same_rules(backend: &impl AsyncBackend) {
    let response = backend.http("/marked?type=json").await;
    assert_eq!(response.json().await, Ok(Count { count: 7 }));
    let failure = backend
        .http("/marked")
        .await
        .json::<Count>()
        .await
        .unwrap_err();
    assert_eq!(
        (failure.kind(), failure.status().as_u16()),
        (LensFailureKind::Unsupported, 502)
    );
    let mut response = backend.http("/marked").await;
    let lens = Body::json::<Count>();
    assert_eq!(lens.get(&mut response).await.unwrap_err().status(), 502);
    assert_eq!(
        lens.lenient().get(&mut response).await,
        Ok(Count { count: 7 })
    );
}
