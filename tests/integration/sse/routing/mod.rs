//! `sse(..)` as a protocol of the route table.

mod accept;
mod calls;
mod tables;

use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseResult};

async fn feed(sse: Sse, room: String) -> SseResult {
    sse.send(format!("event of {room}")).await?;
    Ok(())
}

async fn talk(ws: WebSocket, room: String) -> WsResult {
    ws.send(format!("socket of {room}")).await?;
    Ok(())
}

async fn answer(sse: Sse, req: Request, Json(words): Json<Vec<String>>) -> SseResult {
    sse.send(format!("{} by {}", words.join(" "), req.method()))
        .await?;
    Ok(())
}

/// A stream whose function fails the test if it is called.
async fn never(_sse: Sse) {
    panic!("no stream is started");
}

routes! {
    fn app() -> PolyHandler {
        GET "/rooms/<room>"  => http(|room: String| format!("page of {room}")),
        "/rooms/<room>"      => sse(feed(sse, room)),
        "/rooms/<room>"      => ws(talk(ws, room)),
        POST "/rooms/<_room>" as ask => sse(answer(sse, req, _)),
        GET | POST "/only"   => sse(|sse: Sse| async move { sse.send("only").await }),
    }
}

fn accepting(path: &str, accept: &str) -> Request {
    let request = Request::get(path).header("accept", accept);
    request.body(Body::empty()).expect("a request")
}

fn text(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body = response.body().as_text().expect("a text").to_owned();
    (status, body)
}

fn is_stream(response: &Response) -> bool {
    response.header("content-type") == Some("text/event-stream")
}
