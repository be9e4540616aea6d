//! The same test in a plain function, in a runtime of either flavor, and in a nested runtime.

use std::time::Duration;

use http4k_ws::prelude::*;

async fn echo(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(format!("hello {name}")).await?;
    while let Some(message) = ws.recv().await? {
        // A timer: the test runtime has its own clock in any outer runtime.
        tokio::time::sleep(Duration::from_millis(1)).await;
        ws.send(message).await?;
    }
    Ok(())
}

routes! {
    fn app() -> PolyHandler {
        "/ws/<name>" => ws(echo(ws, name)),
        "/hello/<name>" => http(|name: String| async move {
            tokio::task::yield_now().await;
            format!("hello {name}")
        }),
    }
}

/// Uses the blocking clients.
fn talks() {
    let app = app();
    assert_eq!(app.test_http("/hello/bob").body(), "hello bob");
    let mut client = app.test_ws("/ws/bob");
    client.send("one").expect("open");
    let said: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
    assert_eq!(said, ["hello bob", "one"]);
    client.expect_silence(Duration::from_secs(3600));
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}

/// Uses the asynchronous clients.
async fn talks_async() {
    let app = app();
    assert_eq!(app.send_http("/hello/bob").await.body(), "hello bob");
    let mut client = app.connect_ws("/ws/bob").await.expect("a socket");
    client.send("one").await.expect("open");
    for expected in ["hello bob", "one"] {
        let message = client.recv().await.expect("a message").expect("open");
        assert_eq!(message, expected);
    }
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed().await, WsStatus::NORMAL);
    assert_eq!(
        app.connect_ws("/nowhere")
            .await
            .expect_err("a refusal")
            .status(),
        404
    );
}

#[test]
fn in_a_plain_function() {
    talks();
}

#[tokio::test]
async fn in_a_runtime_of_one_thread() {
    talks();
    talks_async().await;
}

#[tokio::test(start_paused = true)]
async fn in_a_runtime_whose_clock_stands_still() {
    talks();
    talks_async().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_runtime_of_many_threads() {
    talks();
    talks_async().await;
    let task = tokio::spawn(async { talks() });
    task.await.expect("a task that talks");
    tokio::task::block_in_place(talks);
    tokio::task::spawn_blocking(talks)
        .await
        .expect("a thread that talks");
}

#[test]
fn in_an_application_that_is_itself_tested() {
    let outer = |_request: Request| async {
        talks();
        "done"
    };
    assert_eq!(outer.test_http("/").body(), "done");
}

#[test]
fn a_client_may_move_to_another_thread() {
    let mut client = app().test_ws("/ws/bob");
    let other = std::thread::spawn(move || {
        client.send("from there").expect("open");
        client
            .received()
            .take(2)
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    });
    assert_eq!(
        other.join().expect("a thread that talks"),
        ["hello bob", "from there"]
    );
}

#[test]
fn whatever_is_an_application_has_the_clients() {
    async fn over_a_socket(ws: WebSocket) -> WsResult {
        Ok(ws.send("hello").await?)
    }
    let over_http = |_request: Request| "hello";
    assert_eq!(
        over_a_socket.test_ws("/").received().next(),
        Some(Ok("hello".into()))
    );
    assert_eq!(over_a_socket.test_http("/").status(), 426);
    assert_eq!(over_http.test_http("/").body(), "hello");
    assert_eq!(
        over_http
            .try_test_ws("/")
            .expect_err("no socket is there")
            .status(),
        404
    );
}

#[test]
#[should_panic(expected = "the upgrade of /nowhere was refused: 404")]
fn an_unexpected_refusal_is_named() {
    app().test_ws("/nowhere");
}
