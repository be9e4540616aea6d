//! The application: its messages, its handlers and its routes.

use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::prelude::*;
use http4k_ws::topics::{Feed, Resume, Topics};

/// A line on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub struct Line {
    pub text: String,
}

/// Sends every line on the board to the page, and adds its own.
async fn share(mut ws: WebSocket<Line, Feed<Line>>, board: Topics<Line>, from: Resume) -> WsResult {
    let here = board.topic("all").join(&ws).after(from).await?;
    while let Some(line) = ws.recv().await? {
        here.publish(line).await?;
    }
    Ok(())
}

fn page() -> Response {
    Response::new(Body::from(include_str!("../static/index.html")))
        .with_header(CONTENT_TYPE, "text/html; charset=utf-8")
}

routes! {
    fn routed(board: Topics<Line>) -> PolyHandler {
        GET "/"       => http(page()),
        GET "/health" => http(|| "ok"),
        "/board"      => ws(share(ws, board, _)),
    }
}

/// Returns the application with an empty board.
pub fn app() -> PolyHandler {
    routed(Topics::new("board"))
}
