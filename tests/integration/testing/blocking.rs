//! `block_in_place` in memory, and calls that may not block an asynchronous thread.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use http4k_ws::filter::{http_only, ws_only};
use http4k_ws::prelude::*;
use http4k_ws::testing::WsClient;
use http4k_ws::testing::{with_real_time, with_seed};
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use tokio::time::sleep;

use crate::contract::backends::{Backend, on_every_backend};

fn backend<B: Backend>(app: PolyHandler) -> B {
    B::start(app, http4k_ws::session::SessionConfig::default())
}

async fn in_handler() -> &'static str {
    tokio::task::yield_now().await;
    block_in_place(|| "x")
}

async fn in_filter(request: Request, next: Next) -> Response {
    block_in_place(|| ());
    next.call(request).await
}

async fn in_ws_filter(request: Request, next: WsNext) -> WsResponse {
    block_in_place(|| ());
    next.call(request).await
}

async fn in_consumer(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        let upper = block_in_place(|| message.text().to_uppercase());
        ws.send(upper).await?;
    }
    Ok(())
}

fn in_callback(ws: WebSocket) {
    let sender = ws.sender();
    ws.on_message(move |message| {
        let upper = block_in_place(|| message.text().to_uppercase());
        sender.try_send(upper)
    });
}

fn in_stream() -> Body {
    let pieces = stream::iter(0..3).map(|_| Ok::<_, std::io::Error>(block_in_place(|| "x")));
    Body::from_stream(pieces)
}

/// Waits for a timer and for a task, as blocking code does.
async fn waits() -> String {
    block_in_place(|| {
        Handle::current().block_on(async {
            sleep(Duration::from_millis(5)).await;
            let task = tokio::spawn(async { "x".to_owned() });
            task.await.expect("a task that ends")
        })
    })
}

/// Blocks the thread without `block_in_place`.
async fn forbidden() -> &'static str {
    Handle::current().block_on(async { "never" })
}

async fn forbidden_channel() -> &'static str {
    let (send, receive) = tokio::sync::oneshot::channel();
    let _ = send.send("never");
    receive.blocking_recv().expect("a word")
}

fn app() -> PolyHandler {
    routes! {
        "/at-once"  => http(|| block_in_place(|| "x")),
        "/later"    => http(in_handler()),
        "/stream"   => http(in_stream()),
        "/waits"    => http(waits()),
        "/filtered" with(http_only(in_filter), ws_only(in_ws_filter)) => {
            "/http" => http(in_handler()),
            "/ws" => ws(in_consumer(ws)),
        },
        "/consumer" => ws(in_consumer(ws)),
        "/callback" => ws(in_callback(ws)),
        "/forbidden/handle" => http(forbidden()),
        "/forbidden/channel" => http(forbidden_channel()),
    }
}

fn shout(client: &mut impl WsClient) {
    client.send("x").expect("open");
    assert_eq!(client.received().next(), Some(Ok("X".into())));
}

on_every_backend! {
    fn block_in_place_works_in_memory_as_it_does_live<B>() {
        let backend = backend::<B>(app());
        for path in ["/at-once", "/later", "/filtered/http", "/waits"] {
            assert_eq!(backend.http(path).body(), "x", "{path}");
        }
        assert_eq!(backend.http("/stream").body(), "xxx");
        for path in ["/consumer", "/callback", "/filtered/ws"] {
            shout(&mut backend.connect(path));
        }
    }

    fn blocking_a_thread_of_a_runtime_panics<B>() {
        let backend = backend::<B>(app());
        for path in ["/forbidden/handle", "/forbidden/channel"] {
            assert_eq!(backend.http(path).status(), 500, "{path}");
        }
    }
}

#[test]
fn blocking_clients_work_in_a_seeded_runtime() {
    with_seed(5, || {
        assert_eq!(app().test_http("/later").body(), "x");
        shout(&mut app().test_ws("/consumer"));
        shout(&mut app().test_ws("/callback"));
    });
}

#[test]
fn blocking_clients_work_in_spawned_tasks_in_real_time() {
    async fn spawns() -> &'static str {
        let task = tokio::spawn(async { block_in_place(|| "x") });
        task.await.expect("a task that ends")
    }
    let app = routes! { "/" => http(spawns()) };
    assert_eq!(with_real_time(|| app.test_http("/")).body(), "x");
}

#[test]
fn sockets_work_in_real_time() {
    with_real_time(|| {
        shout(&mut app().test_ws("/consumer"));
        shout(&mut app().test_ws("/callback"));
        app()
            .test_ws("/consumer")
            .expect_silence(Duration::from_millis(1));
    });
}
