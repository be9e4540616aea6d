//! The client of calls: replies, streams, notices, and the end of the socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, future};
use http4k_ws::calls::{CallClient, CallError, CallSocket};
use http4k_ws::client::reconnect::{ReconnectPolicy, Reconnecting};
use http4k_ws::contract_test;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::AsyncBackend;

use crate::support::{Count, Double, Fail, Flood, Math, Ping, Silence, Wait, app, respond};

async fn client(backend: &impl AsyncBackend, path: &str) -> CallClient<Math> {
    backend.ws(path.to_owned()).await.calls()
}

#[contract_test(app())]
async fn many_calls_share_a_socket(backend: &impl AsyncBackend) {
    let client = client(backend, "/").await;
    let calls = (0..200).map(|number| client.call(Double { number }));
    let replies = future::join_all(calls).await;
    let expected: Vec<_> = (0..200).map(|number| Ok(number * 2)).collect();
    assert_eq!(replies, expected);
    assert_eq!(client.call(Ping).await, Ok(()));
    assert_eq!(client.open_calls(), 0);
}

#[contract_test(app())]
async fn a_stream_yields_its_items(backend: &impl AsyncBackend) {
    let client = client(backend, "/").await;
    let items: Vec<_> = client.stream(Count { to: 1000 }).collect().await;
    let expected: Vec<_> = (1..=1000).map(Ok).collect();
    assert_eq!(items, expected);
    let mut none = client.stream(Count { to: 0 });
    assert_eq!(none.recv().await, Ok(None));
    assert_eq!(none.recv().await, Ok(None));
    assert_eq!(client.open_calls(), 0);
}

#[contract_test(app())]
async fn a_stream_that_is_not_read_delays_no_other(backend: &impl AsyncBackend) {
    let client = client(backend, "/").await;
    let mut flood = client.stream(Flood);
    assert_eq!(flood.recv().await, Ok(Some(0)));
    for number in 0..500 {
        assert_eq!(client.call(Double { number }).await, Ok(number * 2));
    }
    for number in 1..500 {
        assert_eq!(flood.recv().await, Ok(Some(number)));
    }
}

#[contract_test(app())]
async fn a_failed_call_has_its_problem(backend: &impl AsyncBackend) {
    let client = client(backend, "/").await;
    let how = "error".to_owned();
    let failed = client.call(Fail { how }).await.unwrap_err();
    assert_eq!(failed.problem().map(|problem| problem.status()), Some(500));
    let failed = client.call(Double { number: i64::MAX }).await.unwrap_err();
    assert_eq!(
        failed.to_string(),
        "the call failed: 400 Bad Request: too large"
    );
    assert_eq!(client.call(Ping).await, Ok(()));
}

#[contract_test(app())]
async fn the_end_of_the_socket_fails_what_is_open(backend: &impl AsyncBackend) {
    let client = client(backend, "/").await;
    let mut silence = client.stream(Silence);
    let (waited, ended, ()) = tokio::join!(client.call(Wait), silence.recv(), async {
        assert_eq!(client.call(Ping).await, Ok(()));
        client.close(WsStatus::GOING_AWAY);
    });
    let disconnected = CallError::Disconnected(WsStatus::GOING_AWAY);
    assert_eq!(
        (waited, ended),
        (Err(disconnected.clone()), Err(disconnected.clone()))
    );
    assert_eq!(client.closed().await, WsStatus::GOING_AWAY);
    assert_eq!(client.call(Ping).await, Err(disconnected.clone()));
    assert_eq!(client.stream(Silence).recv().await, Err(disconnected));
    assert_eq!(silence.recv().await, Ok(None));
}

#[contract_test(app())]
async fn the_last_drop_closes_the_socket(backend: &impl AsyncBackend) {
    let client = client(backend, "/").await;
    let closed = client.closed();
    let mut flood = client.stream(Flood);
    drop(client);
    assert_eq!(flood.recv().await, Ok(Some(0)));
    drop(flood);
    assert_eq!(closed.await, WsStatus::NORMAL);
}

#[contract_test(app())]
async fn notices_are_received_from_the_start(backend: &impl AsyncBackend) {
    let client = client(backend, "/news").await;
    assert_eq!(client.call(Ping).await, Ok(()));
    let mut notices = client.notices();
    assert_eq!(notices.recv().await, Ok(Some("welcome".to_owned())));
    assert_eq!(notices.recv().await, Ok(Some("called".to_owned())));
    let mut later = client.notices();
    assert_eq!(client.call(Ping).await, Ok(()));
    assert_eq!(later.recv().await, Ok(Some("called".to_owned())));
    // The reader has kept the last 64.
    for _ in 0..100 {
        assert_eq!(client.call(Ping).await, Ok(()));
    }
    assert_eq!(later.recv().await, Err(CallError::Missed(36)));
    assert_eq!(later.recv().await, Ok(Some("called".to_owned())));
}

#[contract_test(app())]
async fn notices_end_with_the_socket(backend: &impl AsyncBackend) {
    let client = client(backend, "/news").await;
    assert_eq!(client.call(Ping).await, Ok(()));
    let mut notices = client.notices();
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed().await, WsStatus::NORMAL);
    // Those that have arrived are received first.
    assert_eq!(notices.recv().await, Ok(Some("welcome".to_owned())));
    assert_eq!(notices.recv().await, Ok(Some("called".to_owned())));
    assert_eq!(notices.recv().await, Ok(None));
    assert_eq!(client.notices().recv().await, Ok(None));
}

/// Serves one call on each socket.
async fn once(mut ws: WebSocket) -> WsResult {
    let message = ws.recv().await?.expect("a call");
    let id = message.text().split([':', ',']).nth(1).map(str::to_owned);
    ws.send(format!(r#"{{"id":{},"ok":null}}"#, id.expect("an id")))
        .await?;
    ws.recv().await?;
    Err(WsError::closing(WsStatus::RESTART))
}

#[test]
fn after_a_reconnection_no_call_is_sent_again() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(async {
        let connections = Arc::new(AtomicUsize::new(0));
        let (app, counted) = (once.into_poly_handler(), Arc::clone(&connections));
        let client = Reconnecting::over(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let app = app.clone();
            async move { app.connect_ws("/").await }
        })
        .with_policy(ReconnectPolicy::default())
        .calls::<Math>();
        for connection in 1..=3 {
            assert_eq!(client.call(Ping).await, Ok(()));
            assert_eq!(connections.load(Ordering::SeqCst), connection);
            // Both are on this connection, and fail with it. The second is not read any more.
            let (first, second) = tokio::join!(client.call(Ping), client.call(Wait));
            let disconnected = Err(CallError::Disconnected(WsStatus::RESTART));
            assert_eq!((first, second), (disconnected.clone(), disconnected));
        }
        client.close(WsStatus::NORMAL);
        assert_eq!(client.closed().await, WsStatus::NORMAL);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(connections.load(Ordering::SeqCst) <= 4);
    });
}

#[test]
fn a_policy_that_gives_up_fails_the_calls() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(async {
        let policy = ReconnectPolicy::default().with_max_attempts(2);
        let gone = || async { Err::<WebSocket, _>(Response::default()) };
        let client = Reconnecting::over(gone).with_policy(policy).calls::<Math>();
        assert_eq!(
            client.call(Ping).await,
            Err(CallError::Disconnected(WsStatus::ABNORMAL))
        );
        assert_eq!(client.closed().await, WsStatus::ABNORMAL);
    });
}

/// A server that answers each call with `answer`.
fn odd(answer: &'static str) -> PolyHandler {
    let serve = move |mut ws: WebSocket| async move {
        while ws.recv().await?.is_some() {
            ws.send(answer).await?;
        }
        WsResult::Ok(())
    };
    serve.into_poly_handler()
}

#[tokio::test]
async fn a_server_that_breaks_the_rules_is_left() {
    for (answer, code) in [
        ("hello", 1007),
        (r#"{"id":1}"#, 1007),
        (r#"{"id":1,"ok":1,"end":true}"#, 1007),
        (r#"{"ok":1}"#, 1007),
        (r#"{"id":1,"item":1}"#, 1008),
        (r#"{"id":1,"end":true}"#, 1008),
    ] {
        let client = odd(answer).connect_ws("/").await.unwrap().calls::<Math>();
        match client.call(Double { number: 1 }).await {
            Err(CallError::Disconnected(status)) => assert_eq!(status.code(), code, "{answer}"),
            other => panic!("{answer}: {other:?}"),
        }
        assert_eq!(client.closed().await.code(), code);
    }
    let client = odd(r#"{"id":1,"ok":1}"#)
        .connect_ws("/")
        .await
        .unwrap()
        .calls::<Math>();
    assert!(matches!(
        client.stream(Flood).recv().await,
        Err(CallError::Disconnected(_))
    ));
    // A value of another type fails its call alone.
    let client = odd(r#"{"id":1,"ok":"x"}"#)
        .connect_ws("/")
        .await
        .unwrap()
        .calls::<Math>();
    let failed = client.call(Double { number: 1 }).await.unwrap_err();
    assert!(matches!(&failed, CallError::Undecodable(_)), "{failed}");
    assert_eq!(client.open_calls(), 0);
}

#[tokio::test]
async fn a_server_may_not_send_more_items_than_were_accepted() {
    let flood = |mut ws: WebSocket| async move {
        ws.recv().await?;
        for _ in 0..65 {
            ws.send(r#"{"id":1,"item":1}"#).await?;
        }
        ws.recv().await?;
        WsResult::Ok(())
    };
    let client = flood.connect_ws("/").await.unwrap().calls::<Math>();
    let mut stream = client.stream(Flood);
    assert_eq!(stream.recv().await, Ok(Some(1)));
    assert_eq!(client.closed().await.code(), 1008);
    let mut read = 1;
    let ended = loop {
        match stream.recv().await {
            Ok(Some(_)) => read += 1,
            other => break other,
        }
    };
    assert!(
        matches!(ended, Err(CallError::Disconnected(_))),
        "{ended:?}"
    );
    assert!(read <= 65);
}

/// A handler that needs the state of its consumer borrows it.
#[tokio::test]
async fn a_handler_may_borrow() {
    async fn serve(ws: CallSocket<Math>) -> WsResult {
        let seen = Arc::default();
        let count = AtomicUsize::new(0);
        ws.serve_calls(|call| {
            count.fetch_add(1, Ordering::SeqCst);
            respond(Arc::clone(&seen), call)
        })
        .await
    }
    let client = serve.connect_ws("/").await.unwrap().calls::<Math>();
    assert_eq!(client.call(Double { number: 3 }).await, Ok(6));
}
