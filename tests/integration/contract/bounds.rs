//! Bounds of a single route.

use std::sync::mpsc::channel;

use http4k_ws::PolyFilter;
use http4k_ws::filter::session_config;
use http4k_ws::prelude::*;
use http4k_ws::session::{SessionConfig, SlowConsumer};

use super::backends::{next_report, on_every_backend};

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn at_most(
    bytes: usize,
) -> impl Fn(SessionConfig) -> SessionConfig + Clone + Send + Sync + 'static {
    move |config| config.with_max_message(bytes)
}

fn double(config: SessionConfig) -> SessionConfig {
    let bytes = config.max_message * 2;
    config.with_max_message(bytes)
}

fn app() -> PolyHandler {
    routes! {
        "/default" => ws(echo(ws)),
        "/ten"     with(session_config(at_most(10))) => ws(echo(ws)),
        "/outer"   with(session_config(at_most(10))) => {
            "/inner" with(session_config(at_most(20))) => ws(echo(ws)),
            "/twice" with(session_config(double)) => ws(echo(ws)),
            "/both"  with(session_config(at_most(7)), session_config(double)) => ws(echo(ws)),
        },
    }
}

/// Checks that a message of `longest` bytes is accepted at `path`, and a longer one refused.
#[track_caller]
fn accepts_up_to<B: super::backends::Backend>(backend: &B, path: &str, longest: usize) {
    let mut client = backend.connect(path);
    client.send("x".repeat(longest)).expect("open");
    let echoed = client.received().next().expect("a message").expect("open");
    assert_eq!(echoed.as_bytes().len(), longest, "{path}");
    client.send("x".repeat(longest + 1)).expect("open");
    assert_eq!(
        client.closed().map(|status| status.code()),
        Some(1009),
        "{path}"
    );
}

on_every_backend! {
    fn a_filter_changes_the_bounds_of_its_route_only<B>() {
        let backend = B::start(app(), SessionConfig::default().with_max_message(100));
        accepts_up_to(&backend, "/default", 100);
        accepts_up_to(&backend, "/ten", 10);
        accepts_up_to(&backend, "/default", 100);
    }

    fn the_filter_nearest_to_the_route_wins<B>() {
        let backend = B::start(app(), SessionConfig::default());
        accepts_up_to(&backend, "/outer/inner", 20);
        accepts_up_to(&backend, "/outer/twice", 20);
        accepts_up_to(&backend, "/outer/both", 14);
    }

    fn a_consumer_may_set_its_own_bounds<B>() {
        let bounded = |_request: Request| {
            WsConsumer::new(echo).with_session(|config| config.with_max_message(5))
        };
        let backend = B::start(session_config(at_most(50)).then(bounded), SessionConfig::default());
        accepts_up_to(&backend, "/", 5);
    }

    fn policies_are_set_like_bounds<B>() {
        let (tell, listen) = channel();
        let talker = move |ws: WebSocket| {
            for number in 0..10 {
                ws.try_send(number.to_string()).expect("the oldest message makes room");
            }
            tell.send(ws.dropped()).expect("the test listens");
        };
        let latest = |config: SessionConfig| {
            config.with_queue_messages(1).with_slow_consumer(SlowConsumer::DropOldest)
        };
        let backend = B::start(session_config(latest).then(talker), SessionConfig::default());
        let texts: Vec<_> = backend.connect("/").received().map(|message| message.expect("open").text().into_owned()).collect();
        assert_eq!(texts, ["9"]);
        assert_eq!(next_report(&listen), 9);
    }
}
