//! Addresses, schemes and hosts behind proxies.

mod admission;
mod client;
mod proxy_protocol;
mod table;

use http4k_ws::prelude::*;

/// Returns an application that responds with the client, connection, scheme and host of each
/// request, as [`seen`] writes them: as a page, a socket and a stream of events.
fn app() -> PolyHandler {
    routes! {
        GET "/"       => http(|req: Request| seen(&req)),
        "/ws"         => ws(talk(ws)),
        GET "/events" => sse(feed(sse)),
    }
}

async fn talk(ws: WebSocket) -> WsResult {
    ws.send(seen(ws.request())).await?;
    Ok(())
}

async fn feed(sse: http4k_ws::Sse) -> http4k_ws::SseResult {
    sse.send(seen(sse.request())).await?;
    Ok(())
}

/// Returns the facts of a request in one line, with `-` for each that is not known, and the names of
/// the fields that are left.
fn seen(request: &Request) -> String {
    let none = || "-".to_owned();
    let client = request
        .peer_addr()
        .map_or_else(none, |peer| peer.ip().to_string());
    let scheme = request
        .scheme()
        .map_or_else(none, |scheme| scheme.to_string());
    let host = request.header("host").unwrap_or("-");
    let forwarding = |name: &&str| name.contains("forwarded") || name.contains("-ip");
    let names = request.headers().keys().map(|name| name.as_str());
    let mut left: Vec<_> = names.filter(forwarding).collect();
    left.sort_unstable();
    format!("{client} {scheme} {host} [{}]", left.join(" "))
}

/// Returns the text of a response that was read whole.
fn text(response: &Response) -> String {
    let bytes = response.body().as_bytes().expect("a whole body");
    String::from_utf8_lossy(bytes).into_owned()
}
