//! Our server behind a real nginx and a real HAProxy, with the configurations of the guide.
//!
//! The tests need both programs, which `tests/proxies/run` looks for, so `cargo test --workspace`
//! leaves them out.

mod client;
mod haproxy;
mod nginx;
mod process;

use std::future::pending;

use http4k_ws::message::Proxies;
use http4k_ws::prelude::*;
use http4k_ws::server::{RunningServer, ServerConfig};
use http4k_ws::{Sse, SseResult};

/// The guide's chapter. The tests take the configurations from it.
const CHAPTER: &str = include_str!("../../http4k-ws/src/docs/proxies.md");

/// Returns the block of the chapter in a language.
fn block(language: &str) -> String {
    let start = format!("```{language}\n");
    let (_, rest) = CHAPTER
        .split_once(&start)
        .expect("a block of this language");
    let (block, _) = rest.split_once("\n```").expect("the end of the block");
    format!("{block}\n")
}

/// Replaces each text, which must occur.
fn replaced(text: &str, pairs: &[(&str, String)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is missing in {text}");
        text.replace(from, to)
    })
}

routes! {
    fn app() -> PolyHandler {
        GET "/"           => http(|req: Request| seen(&req)),
        GET "/connection" => http(|req: Request| format!("{:?}", req.connection_addr())),
        "/ws"             => ws(talk(ws)),
        GET "/events"     => sse(feed(sse)),
    }
}

/// Returns the client, scheme and host of a request, with `-` for each that is not known.
fn seen(request: &Request) -> String {
    let none = || "-".to_owned();
    let client = request
        .peer_addr()
        .map_or_else(none, |peer| peer.ip().to_string());
    let scheme = request
        .scheme()
        .map_or_else(none, |scheme| scheme.to_string());
    format!(
        "{client} {scheme} {}",
        request.header("host").unwrap_or("-")
    )
}

async fn talk(mut ws: WebSocket) -> WsResult {
    ws.send(seen(ws.request())).await?;
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Sends one event, and does not end: the event must pass without those that follow.
async fn feed(sse: Sse) -> SseResult {
    sse.send(seen(sse.request())).await?;
    pending().await
}

fn trusting(fields: fn(http4k_ws::message::TrustedPeers) -> Proxies) -> ServerConfig {
    let peers = Proxies::trusted(["127.0.0.1"]).expect("a network");
    ServerConfig::default().with_proxies(fields(peers))
}

fn start(config: ServerConfig) -> RunningServer {
    let server = app().as_server("127.0.0.1:0").with_config(config);
    server.start().expect("a server")
}
