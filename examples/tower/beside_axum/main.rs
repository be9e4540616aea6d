//! The same three applications in axum and in this library, whose tests and lines are compared.
//!
//! `cargo run -p http4k-ws-examples-tower --example beside_axum` prints the number of lines.

mod chat_axum;
mod chat_here;
mod feed_axum;
mod feed_here;
mod route_axum;
mod route_here;

/// The programs, in axum and in this library.
const PAIRS: [(&str, &str, &str); 3] = [
    (
        "chat",
        include_str!("chat_axum.rs"),
        include_str!("chat_here.rs"),
    ),
    (
        "feed",
        include_str!("feed_axum.rs"),
        include_str!("feed_here.rs"),
    ),
    (
        "route",
        include_str!("route_axum.rs"),
        include_str!("route_here.rs"),
    ),
];

/// Returns the number of lines that are neither empty nor comments.
fn lines(program: &str) -> usize {
    let lines = program.lines().map(str::trim);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    code.count()
}

fn main() {
    let names = std::sync::Arc::new(vec!["ann".to_owned()]);
    let (old, _) = tokio::sync::broadcast::channel(1);
    let (new, _) = tokio::sync::broadcast::channel(1);
    let _axum = (
        chat_axum::app(),
        feed_axum::app(old),
        route_axum::app(names.clone()),
    );
    let here = (
        chat_here::app(),
        feed_here::app(new),
        route_here::app(names),
    );
    for (name, axum, here) in PAIRS {
        println!(
            "{name}: {} lines with axum, {} here",
            lines(axum),
            lines(here)
        );
    }
    println!("{}{}{}", here.0.routes(), here.1.routes(), here.2.routes());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http4k_ws::client::{BlockingWebSocket, WebSocketClient};
    use http4k_ws::prelude::*;
    use http4k_ws::tower::service;
    use tokio::sync::broadcast;

    use super::*;

    #[test]
    fn the_guide_has_the_numbers_of_lines() {
        let guide = include_str!("../../../http4k-ws/src/docs/from_axum.md");
        for (name, axum, here) in PAIRS {
            let counts = format!("| {} | {} |", lines(axum), lines(here));
            assert!(guide.contains(&counts), "{name}: {counts}");
        }
    }

    /// Serves an application on a port, and connects to `path`.
    fn connected(app: &http4k_ws::server::RunningServer, path: &str) -> BlockingWebSocket {
        WebSocketClient::blocking(format!("ws://{}{path}", app.addr())).unwrap()
    }

    fn next(client: &mut BlockingWebSocket) -> String {
        client
            .received()
            .next()
            .unwrap()
            .unwrap()
            .text()
            .into_owned()
    }

    #[test]
    fn both_chats_reach_the_room_and_refuse_what_is_not_a_message() {
        let axum = service(chat_axum::app());
        for app in [axum, chat_here::app()] {
            let server = app.as_server("127.0.0.1:0").start().unwrap();
            let mut ann = connected(&server, "/rooms/lobby/ann");
            // A message that came back shows that the socket has joined.
            ann.send(r#"{"text":"hi"}"#).unwrap();
            assert_eq!(next(&mut ann), r#"{"who":"ann","text":"hi"}"#);
            let mut bob = connected(&server, "/rooms/lobby/bob");
            bob.send(r#"{"text":"hello"}"#).unwrap();
            assert_eq!(next(&mut bob), r#"{"who":"bob","text":"hello"}"#);
            assert_eq!(next(&mut ann), r#"{"who":"bob","text":"hello"}"#);
            bob.send("hello").unwrap();
            assert_eq!(bob.closed().unwrap().code(), 1007);
        }
    }

    #[test]
    fn both_feeds_send_prices() {
        let (old, _) = broadcast::channel(16);
        let (new, _) = broadcast::channel(16);
        let axum = service(feed_axum::app(old.clone()));
        let here = feed_here::app(new.clone());
        for app in [axum, here] {
            let server = app.as_server("127.0.0.1:0").start().unwrap();
            let mut client = connected(&server, "/prices");
            while old.receiver_count() + new.receiver_count() == 0 {
                std::thread::yield_now();
            }
            let _ = old.send(feed_axum::Price { cents: 5 });
            let _ = new.send(feed_here::Price { cents: 5 });
            assert_eq!(next(&mut client), r#"{"cents":5}"#);
            drop(client);
            // A feed without a client ends with its next price, at the latest.
            while old.receiver_count() + new.receiver_count() > 0 {
                let _ = old.send(feed_axum::Price { cents: 6 });
                let _ = new.send(feed_here::Price { cents: 6 });
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn both_routes_respond_alike() {
        let names = Arc::new(["ann", "bob", "eve"].map(str::to_owned).to_vec());
        let axum = service(route_axum::app(Arc::clone(&names)));
        for app in [axum, route_here::app(names)] {
            let response = app.test_http("/users/1?limit=1");
            assert_eq!(response.body(), r#"{"name":"bob","friends":["ann"]}"#);
            assert_eq!(app.test_http("/users/7?limit=1").status(), 404);
            assert_eq!(app.test_http("/users/1").status(), 400);
        }
    }
}
