//! The client behind proxies is never an address that no trusted proxy vouches for, whatever the fields are, and no
//! field makes the server panic.
#![no_main]

use std::net::IpAddr;

use http4k_ws::http::HeaderValue;
use http4k_ws::message::RequestExt;
use http4k_ws::message::{Networks, Proxies};
use http4k_ws::server::ServerConfig;
use http4k_ws::{PolyHandler, Request, WebSocket};
use libfuzzer_sys::fuzz_target;

/// The element that the nearest proxy appends, in a line of its own.
const APPENDED: &str = "203.0.113.7";

fuzz_target!(|data: &[u8]| {
    let app = PolyHandler::new(
        |request: Request| {
            let client = request
                .peer_addr()
                .map_or(String::new(), |peer| peer.ip().to_string());
            let host = request.header("host").unwrap_or_default().to_owned();
            format!("{client} {host}")
        },
        |_: WebSocket| {},
    );
    // Lines of a client, each a field.
    let lines: Vec<_> = data
        .split(|byte| *byte == b'\n')
        .filter_map(|line| HeaderValue::from_bytes(line).ok())
        .collect();
    let networks = Networks::of(["10.0.0.0/8", "unix:"]).expect("networks");
    for (name, appended, proxies) in [
        (
            "x-forwarded-for",
            APPENDED.to_owned(),
            Proxies::of(networks.clone()).x_forwarded(),
        ),
        (
            "forwarded",
            format!("for={APPENDED};host=own"),
            Proxies::of(networks.clone()).forwarded(),
        ),
    ] {
        let app = app.test_with(ServerConfig::default().with_proxies(proxies));
        let request = |appended: Option<&str>| {
            let mut request = Request::new(http4k_ws::Body::empty());
            for line in lines
                .iter()
                .cloned()
                .chain(appended.map(|line| line.parse().expect("a value")))
            {
                request.headers_mut().append(name, line);
            }
            request
        };
        // Nothing that the client sends hides or replaces what the proxy appends.
        let response = app.http(request(Some(&appended)));
        let text =
            String::from_utf8(response.body().as_bytes().expect("a body").to_vec()).expect("text");
        assert!(text.starts_with("203.0.113.7 "), "{text}");
        if name == "forwarded" {
            assert_eq!(text, "203.0.113.7 own");
        }
        // In a line of the client, a proxy appends to what it has sent. Then the client is what the proxy appends, or
        // unknown.
        if let Some(line) = lines.first().filter(|line| line.to_str().is_ok()) {
            let joined = format!("{}, {appended}", line.to_str().expect("text"));
            let mut request = Request::new(http4k_ws::Body::empty());
            request
                .headers_mut()
                .append(name, joined.parse().expect("a value"));
            let response = app.http(request);
            let text = String::from_utf8(response.body().as_bytes().expect("a body").to_vec())
                .expect("text");
            let client = text.split(' ').next().unwrap_or_default();
            assert!(client.is_empty() || client == APPENDED, "{joined}: {text}");
        }
        // Alone, the fields are a client's too, and must only be read without a panic.
        let response = app.http(request(None));
        if response.status() == 200 {
            let text = String::from_utf8(response.body().as_bytes().expect("a body").to_vec())
                .expect("text");
            let client = text.split(' ').next().unwrap_or_default();
            assert!(
                client.is_empty() || client.parse::<IpAddr>().is_ok(),
                "{text}"
            );
        }
    }
});
