//! The lifetimes of consumers, sockets, senders and runtimes.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::{NextMessage, WsClient};
use http4k_ws::{SendError, WebSocket, WsResult, WsStatus};

/// A value that reports when it is dropped.
struct Guard(Sender<&'static str>);

impl Drop for Guard {
    fn drop(&mut self) {
        // The test may have ended already.
        let _ = self.0.send("dropped");
    }
}

#[test]
fn a_consumer_that_does_not_see_the_end_is_dropped_after_a_grace() {
    let (tell, told) = channel();
    let app = move |_ws: WebSocket| {
        let guard = Guard(tell.clone());
        async move {
            std::future::pending::<()>().await;
            drop(guard);
        }
    };
    let config = SessionConfig::default().with_consumer_grace(Duration::from_secs(30));
    let mut client = app.into_poly_handler().test_ws_with("/", config);
    client.close(WsStatus::NORMAL);
    client.advance(Duration::from_secs(29));
    assert!(told.try_recv().is_err(), "the grace is not over");
    client.advance(Duration::from_secs(2));
    assert_eq!(told.try_recv(), Ok("dropped"));
}

/// A value that panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose");
    }
}

/// The task that serves the connection survives a panic in a dropped value.
#[tokio::test(start_paused = true)]
async fn a_consumer_may_panic_as_it_is_dropped() {
    let app = |_ws: WebSocket| async move {
        let _bomb = Bomb;
        std::future::pending::<()>().await;
    };
    for leaves in [true, false] {
        let (ours, theirs) = tokio::io::duplex(4096);
        let app = app.into_poly_handler();
        let serving = tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
        let ws = WebSocketClient::to("ws://a/").connect_over(ours).await;
        let ws = ws.expect("a socket");
        if leaves {
            drop(ws);
        } else {
            ws.close(WsStatus::NORMAL);
            assert_eq!(ws.closed().await, WsStatus::NORMAL);
        }
        serving.await.expect("no panic");
    }
}

#[test]
fn a_consumer_that_cleans_up_after_the_end_has_time_for_it() {
    let (tell, told) = channel();
    let app = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            while ws.recv().await?.is_some() {}
            tokio::time::sleep(Duration::from_secs(10)).await;
            tell.send("cleaned up")?;
            WsResult::Ok(())
        }
    };
    let mut client = app.into_poly_handler().test_ws("/");
    client.close(WsStatus::NORMAL);
    client.advance(Duration::from_secs(11));
    assert_eq!(told.try_recv(), Ok("cleaned up"));
}

#[test]
fn a_socket_given_to_another_task_stays_open_after_its_consumer() {
    let app = |mut ws: WebSocket| {
        tokio::spawn(async move {
            while let Ok(Some(message)) = ws.recv().await {
                ws.send(message).await.expect("open");
            }
        });
    };
    let mut client = app.into_poly_handler().test_ws("/");
    client.send("still").expect("open");
    assert_eq!(client.next(), NextMessage::Message("still".into()));
}

#[test]
fn a_sender_keeps_no_socket_open() {
    let (tell, told) = channel();
    let app = move |ws: WebSocket| tell.send(ws.sender()).expect("the test listens");
    let mut client = app.into_poly_handler().test_ws("/");
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    let sender = told.recv().expect("a sender");
    assert_eq!(
        sender.try_send("late"),
        Err(SendError::Closed(WsStatus::NORMAL))
    );
}

#[test]
fn a_runtime_that_ends_notifies_listeners() {
    let (tell, told) = channel();
    let app = move |ws: WebSocket| {
        let tell = tell.clone();
        ws.on_close(move |status| tell.send(status).expect("the test listens"));
        ws.try_send("ready").expect("room");
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let socket = runtime.block_on(async {
        let mut socket = app
            .into_poly_handler()
            .connect_ws("/")
            .await
            .expect("accepted");
        socket.recv().await.expect("any message is one");
        socket
    });
    drop(runtime);
    assert_eq!(told.recv(), Ok(WsStatus::ABNORMAL));
    assert_eq!(socket.status(), Some(WsStatus::ABNORMAL));
}

#[test]
fn callbacks_are_dropped_with_their_socket() {
    let (tell, told) = channel();
    let app = move |ws: WebSocket| {
        let (guard, sender) = (Guard(tell.clone()), ws.sender());
        // The callback holds a sender of the socket that holds the callback.
        ws.on_message(move |message| {
            let _alive = &guard;
            sender.try_send(message)
        });
    };
    let mut client = app.into_poly_handler().test_ws("/");
    client.send("x").expect("open");
    assert_eq!(client.next(), NextMessage::Message("x".into()));
    assert!(told.try_recv().is_err());
    client.close(WsStatus::NORMAL);
    assert_eq!(told.try_recv(), Ok("dropped"));
}
