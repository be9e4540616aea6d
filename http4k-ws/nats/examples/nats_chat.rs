//! A chat of several processes over NATS.
//!
//! ```text
//! nats-server -js
//! cargo run --example nats_chat -- 127.0.0.1:9001 nats://127.0.0.1
//! cargo run --example nats_chat -- 127.0.0.1:9002 nats://127.0.0.1
//! ```
//!
//! Then open <http://127.0.0.1:9001/> and <http://127.0.0.1:9002/>.

use std::error::Error;

use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::prelude::*;
use http4k_ws::topics::{Feed, Resume, TopicNode, Topics};
use http4k_ws_nats::NatsEngine;

type Socket = WebSocket<String, Feed<String>>;

const PAGE: &str = r#"<!doctype html><title>chat</title>
<ul id=said></ul><form id=form><input id=text></form>
<script>
let after = "";
function open_socket() {
  const socket = new WebSocket(`ws://${location.host}/rooms/lobby?after=${after}`);
  socket.onmessage = event => {
    const feed = JSON.parse(event.data);
    after = feed.at;
    if (feed.type === "lost") said.append("some messages are lost");
    if (feed.type !== "message") return;
    const item = document.createElement("li");
    item.textContent = feed.data;
    said.append(item);
  };
  socket.onclose = () => setTimeout(open_socket, 1000 * Math.random());
  form.onsubmit = () => { socket.send(text.value); text.value = ""; return false; };
}
open_socket();
</script>"#;

async fn chat(mut ws: Socket, rooms: Topics<String>, room: String, resume: Resume) -> WsResult {
    let member = rooms.topic(room).join(&ws).after(resume).await?;
    while let Some(text) = ws.recv().await? {
        member.publish(text).await?;
    }
    Ok(())
}

fn page() -> Response {
    Response::new(Body::from(PAGE)).with_header(CONTENT_TYPE, "text/html; charset=utf-8")
}

routes! {
    fn app(rooms: Topics<String>) -> PolyHandler {
        GET "/"         => http(page()),
        "/rooms/<room>" => ws(chat(ws, rooms, room, _)),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments
        .next()
        .unwrap_or_else(|| "127.0.0.1:9000".to_owned());
    let url = arguments
        .next()
        .unwrap_or_else(|| "nats://127.0.0.1".to_owned());
    let engine = NatsEngine::connect("chat", &url).await?;
    let app = app(TopicNode::new(engine).topics("room"));
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("talk at http://{}/", listener.local_addr()?);
    app.serve_with(listener, Default::default()).await?;
    Ok(())
}
