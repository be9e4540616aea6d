//! A server behind a proxy that terminates TLS, with its address and its proxies from the
//! environment.
//!
//! ```text
//! ADDR=127.0.0.1:9000 TRUSTED_PROXIES='127.0.0.1 ::1' cargo run --example behind_a_proxy
//! ```
//!
//! The guide has configurations for nginx, HAProxy and Caddy. Each request then shows the client,
//! and pages of the host that the proxy serves may open the socket `/ws`. Without a proxy,
//! `curl -H 'X-Forwarded-For: 203.0.113.7' http://127.0.0.1:9000/` acts as one, because it connects
//! from a trusted address.

use std::error::Error;

use http4k_ws::message::{NetworkError, Networks, Proxies};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;

/// Returns one line about a request: the client, the connection, the scheme and the host.
fn describe(request: &Request) -> String {
    let address = |address: Option<std::net::SocketAddr>| {
        address.map_or("unknown".to_owned(), |address| address.ip().to_string())
    };
    format!(
        "client {}, connection from {}, scheme {}, host {}",
        address(request.peer_addr()),
        address(request.connection_addr()),
        request
            .scheme()
            .map_or("unknown".to_owned(), |scheme| scheme.to_string()),
        request.header("host").unwrap_or("unknown"),
    )
}

async fn talk(mut ws: WebSocket) -> WsResult {
    let description = describe(ws.request());
    ws.send(description).await?;
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        GET "/" => http(|req: Request| describe(&req)),
        "/ws"   => ws(talk(ws)),
    }
}

/// Returns the configuration with these proxies: networks between commas or spaces, and `unix:`.
pub(crate) fn config(trusted: &str) -> Result<ServerConfig, NetworkError> {
    let networks: Networks = trusted.parse()?;
    Ok(ServerConfig::default().with_proxies(Proxies::of(networks).x_forwarded()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str, default: &str| std::env::var(name).unwrap_or(default.to_owned());
    let config = config(&variable("TRUSTED_PROXIES", "127.0.0.1 ::1"))?;
    let server = app().as_server(variable("ADDR", "127.0.0.1:9000"));
    let server = server.with_config(config).start()?;
    println!("listening on {}", server.addr());
    server.block();
    Ok(())
}

#[cfg(test)]
mod tests {
    use http4k_ws::testing::InMemory;

    use super::*;

    fn behind(trusted: &str) -> InMemory {
        app().test_with(config(trusted).expect("networks"))
    }

    fn forwarded(path: &str, peer: &str) -> Request {
        let request = Request::get(path)
            .header("host", "upstream")
            .header("x-forwarded-for", "1.1.1.1, 203.0.113.7")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "chat.example");
        let request = request.body(Body::empty()).expect("a request");
        request.with_peer_addr(peer.parse().expect("an address"))
    }

    #[test]
    fn the_client_of_a_trusted_proxy_is_shown() {
        let response = behind("10.0.0.0/8, ::1").http(forwarded("/", "10.0.0.1:50000"));
        assert_eq!(
            response.body(),
            "client 203.0.113.7, connection from 10.0.0.1, scheme https, host chat.example"
        );
    }

    #[test]
    fn a_client_cannot_state_another_address() {
        for trusted in ["10.0.0.0/8", ""] {
            let response = behind(trusted).http(forwarded("/", "192.0.2.1:50000"));
            assert_eq!(
                response.body(),
                "client 192.0.2.1, connection from 192.0.2.1, scheme unknown, host upstream"
            );
        }
    }

    #[test]
    fn a_page_of_the_forwarded_host_may_open_the_socket() {
        let app = behind("10.0.0.0/8");
        let page = |origin| {
            let origin = http4k_ws::http::HeaderValue::from_static(origin);
            forwarded("/ws", "10.0.0.1:50000").with_header("origin", origin)
        };
        let mut client = app.ws(page("https://chat.example"));
        let first = client.received().next().expect("one").expect("a message");
        assert!(first.text().starts_with("client 203.0.113.7"));
        for origin in ["http://chat.example", "https://upstream"] {
            assert_eq!(
                app.try_ws(page(origin)).expect_err("a refusal").status(),
                403
            );
        }
    }

    #[test]
    fn a_mistake_in_the_environment_is_named() {
        let error = config("10.0.0.1/8").expect_err("no network").to_string();
        assert!(error.contains("write `10.0.0.0/8`"), "{error}");
    }
}
