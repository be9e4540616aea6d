//! Bounds that a route has for itself.

use std::sync::mpsc::channel;

use http4k_ws::PolyFilter;
use http4k_ws::filter::session_config;
use http4k_ws::prelude::*;
use http4k_ws::session::{SessionConfig, SlowConsumer};

use super::backends::{on_every_backend, told};

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

/// The longest message that is taken at `path`.
#[track_caller]
fn takes<B: super::backends::Backend>(backend: &B, path: &str, longest: usize) {
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
    fn a_filter_changes_the_bounds_of_its_route_and_of_no_other<B>() {
        let backend = B::start(app(), SessionConfig::default().with_max_message(100));
        takes(&backend, "/default", 100);
        takes(&backend, "/ten", 10);
        takes(&backend, "/default", 100);
    }

    fn the_filter_nearest_to_the_route_has_the_last_word<B>() {
        let backend = B::start(app(), SessionConfig::default());
        takes(&backend, "/outer/inner", 20);
        takes(&backend, "/outer/twice", 20);
        takes(&backend, "/outer/both", 14);
    }

    fn a_consumer_may_bring_its_own_bounds<B>() {
        let bounded = |_request: Request| {
            WsConsumer::new(echo).with_session(|config| config.with_max_message(5))
        };
        let backend = B::start(session_config(at_most(50)).then(bounded), SessionConfig::default());
        takes(&backend, "/", 5);
    }

    fn policies_are_bounds_too<B>() {
        let (tell, listen) = channel();
        let talker = move |ws: WebSocket| {
            for number in 0..10 {
                ws.try_send(number.to_string()).expect("room is made");
            }
            tell.send(ws.dropped()).expect("the test listens");
        };
        let latest = |config: SessionConfig| {
            config.with_queue_messages(1).with_slow_consumer(SlowConsumer::DropOldest)
        };
        let backend = B::start(session_config(latest).then(talker), SessionConfig::default());
        let texts: Vec<_> = backend.connect("/").received().map(|message| message.expect("open").text().into_owned()).collect();
        assert_eq!(texts, ["9"]);
        assert_eq!(told(&listen), 9);
    }
}
