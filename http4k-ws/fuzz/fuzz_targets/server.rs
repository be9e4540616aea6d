//! Bytes in any pieces, with any pauses and any end: the server does not panic, ends the connection, and sends no
//! more than its responses.
#![no_main]

use std::time::Duration;

use http4k_ws::routing::Routes;
use http4k_ws::server::ServerConfig;
use http4k_ws::{PolyHandler, Request, Response, WebSocket, WsResult};
use http4k_ws_fuzz::{Choices, HANDSHAKE, Last, Step, on_paused_clock, talk};
use libfuzzer_sys::fuzz_target;

fn same_body(request: Request) -> Response {
    Response::new(request.into_body())
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn app() -> PolyHandler {
    let routes = Routes::new()
        .http(
            "GET".parse::<http4k_ws::Method>().unwrap(),
            "/",
            |_: Request| "hello",
        )
        .http(
            "POST".parse::<http4k_ws::Method>().unwrap(),
            "/echo",
            same_body,
        )
        .ws("/ws", echo);
    routes.build().expect("three routes")
}

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices::new(data);
    let Some(form) = choices.byte() else { return };
    let last = [
        Last::HalfClose,
        Last::Silence,
        Last::Deafness,
        Last::HalfClose,
    ][usize::from(form & 3)];
    let mut steps = Vec::new();
    if form & 4 != 0 {
        steps.push(Step::Send(HANDSHAKE.as_bytes()));
    }
    let mut sent = 0;
    while let Some(choice) = choices.byte() {
        steps.push(match choice {
            0..=199 => {
                let bytes = choices.bytes(usize::from(choice) + 1);
                sent += bytes.len();
                Step::Send(bytes)
            }
            200..=229 => Step::Yield,
            pause => Step::Wait(Duration::from_secs(u64::from(pause - 230))),
        });
    }
    let answer = on_paused_clock(talk(app(), ServerConfig::default(), &steps, last));
    // A response to the shortest request, a pong or a close frame has at most this length.
    let bound = 4096 + 64 * sent;
    assert!(answer.len() <= bound, "{} bytes for {sent}", answer.len());
});
