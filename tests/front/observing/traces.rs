//! The context of a trace, over every protocol and to an upstream.

use http4k_ws::client::HttpClient;
use http4k_ws::contract_test;
use http4k_ws::filter::{TraceContext, trace_context};
use http4k_ws::handler::BoxHttpHandler;
use http4k_ws::lens::Header;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::AsyncBackend;
use http4k_ws::{Sse, SseResult};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn shown(trace: &TraceContext) -> String {
    let parent = trace.parent_id().unwrap_or_default();
    let state = trace.tracestate().unwrap_or_default();
    format!(
        "{} {parent} {} {state}",
        trace.trace_id(),
        trace.is_sampled()
    )
}

async fn page(trace: TraceContext) -> String {
    shown(&trace)
}

async fn feed(sse: Sse, trace: TraceContext) -> SseResult {
    sse.send(shown(&trace)).await?;
    Ok(())
}

async fn talk(ws: WebSocket) -> WsResult {
    let trace = ws.request().extensions().get::<TraceContext>().map(shown);
    Ok(ws.send(trace.unwrap_or_default()).await?)
}

fn app() -> PolyHandler {
    let app = routes! {
        GET "/" => http(page(_)),
        GET "/feed" => sse(feed(sse, _)),
        "/ws" => ws(talk(ws)),
    };
    app.with(trace_context())
}

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn traced(path: &str) -> Request {
    let request = Request::get(path)
        .header("traceparent", PARENT)
        .header("tracestate", "a=1, b=2")
        .header("tracestate", "c=3");
    request.body(Body::empty()).expect("a request")
}

#[contract_test(app())]
async fn every_protocol_continues_the_trace(backend: &impl AsyncBackend) -> TestResult {
    let expected = format!("{TRACE} b7ad6b7169203331 true a=1,b=2,c=3");
    assert_eq!(backend.http(traced("/")).await.body(), &expected);
    let mut ws = backend.ws(traced("/ws")).await;
    assert_eq!(ws.recv().await?, Some(expected.as_str().into()));
    let mut stream = backend.sse(traced("/feed")).await;
    assert_eq!(stream.recv().await?.expect("an event").data(), expected);
    Ok(())
}

#[contract_test(app())]
async fn an_invalid_parent_begins_a_new_trace(backend: &impl AsyncBackend) -> TestResult {
    let mut traces = Vec::new();
    for parent in [
        "",
        "nonsense",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ] {
        let request = "/".into_request()?.try_with_header("traceparent", parent)?;
        // Without a parent, the state belongs to no trace.
        let response = backend.http(request.with_header("tracestate", "a=1")).await;
        let text = response.body().as_text().expect("text").to_owned();
        let (trace, rest) = text.split_once(' ').expect("parts");
        assert_eq!((trace.len(), rest), (32, " false "), "{parent}");
        assert_ne!(trace, TRACE);
        traces.push(trace.to_owned());
    }
    traces.dedup();
    assert_eq!(traces.len(), 3);
    Ok(())
}

/// Passes the request on, as a gateway does.
async fn forward(request: Request, upstream: BoxHttpHandler) -> Response {
    let Some(trace) = request.extensions().get::<TraceContext>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let request = request.with_uri("/".parse().expect("a URI"));
    match request.with((
        &trace,
        Header::string("x-by").required().of("gateway".into()),
    )) {
        Ok(request) => upstream.call(request).await,
        Err(failure) => failure.into_response(),
    }
}

fn gateway(upstream: BoxHttpHandler) -> PolyHandler {
    routes! { GET "/through" => http(forward(req, upstream)) }.with(trace_context())
}

fn check_passed_on(text: &str) {
    let parts: Vec<_> = text.split(' ').collect();
    assert_eq!(
        (parts[0], parts[2], parts[3]),
        (TRACE, "true", "a=1,b=2,c=3"),
        "{text}"
    );
    assert_eq!(parts[1].len(), 16);
    assert_ne!(parts[1], "b7ad6b7169203331");
}

#[test]
fn an_upstream_continues_the_trace_in_memory() {
    let response = gateway(app().http().clone()).test_http(traced("/through"));
    check_passed_on(response.body().as_text().expect("text"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_continues_the_trace_over_the_network() -> TestResult {
    let upstream = app().as_server("127.0.0.1:0").start()?;
    let client = HttpClient::new().with_base(format!("http://{}", upstream.addr()))?;
    let server = gateway(BoxHttpHandler::new(client))
        .as_server("127.0.0.1:0")
        .start()?;
    let client = HttpClient::new().with_base(format!("http://{}", server.addr()))?;
    let response = client.send(traced("/through")).await?;
    check_passed_on(response.body().as_text().expect("text"));
    Ok(())
}

#[test]
fn a_trace_is_sampled_if_the_program_says_so() {
    async fn sampled(trace: TraceContext) -> String {
        trace.with_sampled(true).traceparent()
    }
    let app = routes! { "/" => http(sampled(_)) }.with(trace_context());
    let response = app.test_http("/");
    let parent = response.body().as_text().expect("text");
    assert!(
        parent.starts_with("00-") && parent.ends_with("-01"),
        "{parent}"
    );
}

#[test]
#[should_panic(
    expected = "reads `TraceContext`, which no filter before it provides: add `trace_context()`"
)]
fn an_application_without_the_filter_is_refused_before_it_serves() {
    routes! { GET "/" => http(page(_)) }.test_http("/");
}
