//! The server of the browser's streams: a page, `fetch`, sockets and streams of events on one port.
//!
//! Arguments: its address, and the origin that may read `/shared` in addition to its own.

use std::time::Duration;

use http4k_ws::filter::{Cors, session_config};
use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::message::OriginPolicy;
use http4k_ws::prelude::*;
use http4k_ws::session::{Deflate, SessionConfig};
use http4k_ws::sse::{self, Sse, SseEvent, SseResult};
use tokio::time::sleep;

const PAGE: &str = "<!doctype html><meta charset=utf-8><title>streams</title>";

/// Sends two numbers, and then ends, so that the browser reconnects after 50 ms. After 4, responds
/// with 204.
fn numbers(req: Request) -> Response {
    let last: u32 = req
        .header("last-event-id")
        .and_then(|id| id.parse().ok())
        .unwrap_or(0);
    match last {
        4.. => StatusCode::NO_CONTENT.into_response(),
        _ => sse::respond(req, move |sse: Sse| async move {
            for number in last + 1..=last + 2 {
                let event = SseEvent::new(format!("line {number}\nof two")).named("number");
                let event = event.with_id(number).with_retry(Duration::from_millis(50));
                sse.send(event).await?;
            }
            SseResult::Ok(())
        }),
    }
}

/// Sends a number each 20 ms, from the one after the last event on, without an end.
async fn ticks(sse: Sse) -> SseResult {
    let last = sse.last_event_id().and_then(|id| id.parse().ok());
    for number in last.map_or(0, |last: u64| last + 1).. {
        sse.send(SseEvent::new(number.to_string()).with_id(number))
            .await?;
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn greet(sse: Sse) -> SseResult {
    Ok(sse.send("hello").await?)
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn compressed(config: SessionConfig) -> SessionConfig {
    config.with_deflate(Deflate::default())
}

fn with_contexts(config: SessionConfig) -> SessionConfig {
    let deflate = Deflate::default().with_context_takeover(true);
    config.with_deflate(deflate.with_peer_context_takeover(true))
}

routes! {
    fn app(shared: Cors, own: Cors) -> PolyHandler {
        GET "/" => http(|| Response::new(Body::from(PAGE)).with_header(CONTENT_TYPE, "text/html")),
        GET "/rooms/blue" => http(|| "the page of blue"),
        GET "/rooms/blue" => sse(greet(sse)),
        "/rooms/blue" => ws(echo(ws)),
        "/alone" with(session_config(compressed)) => ws(echo(ws)),
        "/kept" with(session_config(with_contexts)) => ws(echo(ws)),
        GET "/numbers" => http(numbers(req)),
        GET "/ticks" => sse(ticks(sse)),
        GET "/shared" with(shared) => sse(greet(sse)),
        GET "/own" with(own) => sse(greet(sse)),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("the address is missing")?;
    let origin = arguments.next().ok_or("the origin is missing")?;
    let shared = OriginPolicy::own().and(origin.parse()?);
    let app = app(Cors::new(shared), Cors::new(OriginPolicy::own()));
    let server = app.as_server(address).start()?;
    println!("listening on {}", server.addr());
    server.block();
    Ok(())
}
