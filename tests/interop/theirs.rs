//! A package's client against our server.

use std::sync::{Arc, Mutex};

use http4k_ws::filter::session_config;
use http4k_ws::prelude::*;
use http4k_ws::session::{Deflate, SessionConfig};

use super::Package;

type Last = Arc<Mutex<Option<WsStatus>>>;

async fn echo(mut ws: WebSocket, last: Last) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    let status = ws.closed().await;
    *last.lock().unwrap() = Some(status);
    Ok(())
}

async fn send_last(ws: WebSocket, last: Last) -> WsResult {
    let status = last.lock().unwrap().as_ref().map(WsStatus::to_string);
    Ok(ws.send(status.unwrap_or_default()).await?)
}

async fn close(ws: WebSocket) -> WsResult {
    ws.close(WsStatus::new(4001, "as you wish — so sei es")?);
    Ok(())
}

async fn fail(_ws: WebSocket) -> WsResult {
    Err(std::io::Error::other("on purpose").into())
}

fn refuse(_request: Request) -> WsResponse {
    WsResponse::refuse((StatusCode::FORBIDDEN, "not you\n"))
}

fn app(last: Last) -> PolyHandler {
    let chat = http4k_ws::filter::subprotocols(["chat.v2", "chat.v1"]);
    let deflate = Deflate::default().with_max_ratio(None);
    let alone = move |config: SessionConfig| config.with_deflate(deflate);
    let kept = move |config: SessionConfig| {
        let kept = deflate.with_context_takeover(true);
        config.with_deflate(kept.with_peer_context_takeover(true))
    };
    routes! {
        "/echo" with(chat) => ws(echo(ws, last)),
        "/alone" with(session_config(alone)) => ws(echo(ws, last)),
        "/kept"  with(session_config(kept))  => ws(echo(ws, last)),
        "/last"            => ws(send_last(ws, last)),
        "/close"           => ws(close(ws)),
        "/fails"           => ws(fail(ws)),
        "/refused"         => ws(refuse),
    }
}

pub(super) fn the_client_accepts_our_server(package: Package) {
    let server = app(Last::default())
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let client = package
        .program("client")
        .arg(format!("ws://{}", server.addr()))
        .output()
        .expect("a client");
    let errors = String::from_utf8_lossy(&client.stderr);
    assert!(client.status.success(), "{errors}");
}
