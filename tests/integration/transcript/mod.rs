//! Sessions as text: written and read, recorded, replayed, approved.

mod approval;
mod recording;
mod replay;
mod text;

use http4k_ws::prelude::*;

/// Sends a greeting, echoes, and closes with 4000 on request.
async fn parrot(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(format!("hello {name}")).await?;
    while let Some(message) = ws.recv().await? {
        if message == "bye" {
            ws.close(WsStatus::new(4000, "bye, then").expect("a status"));
            return Ok(());
        }
        ws.send(message).await?;
    }
    Ok(())
}

fn app() -> PolyHandler {
    routes! {
        "/parrot/<name>" => ws(parrot(ws, name)),
        "/spoken" with(http4k_ws::filter::subprotocols(["chat.v2", "chat.v1"])) => ws(|ws: WebSocket| async move {
            let spoken = ws.subprotocol().unwrap_or("none").to_owned();
            ws.send(spoken).await
        }),
        "/members" => ws(|| StatusCode::UNAUTHORIZED.into_response().refused()),
    }
}

trait Refused {
    fn refused(self) -> WsResponse;
}

impl Refused for Response {
    fn refused(self) -> WsResponse {
        WsResponse::refuse(self)
    }
}
