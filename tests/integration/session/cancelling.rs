//! The cancel safety of a socket's futures.

use futures_util::{FutureExt, SinkExt, StreamExt};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::{PolyHandler, SendError, WebSocket, WsMessage, WsResult};
use tokio::sync::mpsc;

fn echo() -> PolyHandler {
    async fn echo(mut ws: WebSocket) -> WsResult {
        while let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        Ok(())
    }
    echo.into_poly_handler()
}

async fn connect(app: PolyHandler) -> WebSocket {
    app.connect_ws("/").await.expect("the application accepts")
}

#[tokio::test]
async fn recv_takes_no_message() {
    let mut ws = connect(echo()).await;
    for number in 0..100 {
        assert!(ws.recv().now_or_never().is_none(), "nothing was sent yet");
        ws.send(number.to_string()).await.expect("open");
        let mut dropped = 0;
        // Polled and dropped until the echo has arrived.
        let message = loop {
            match ws.recv().now_or_never() {
                Some(message) => break message,
                None => dropped += 1,
            }
            tokio::task::yield_now().await;
        };
        assert!(dropped > 0);
        let message = message.expect("any message is one").expect("open");
        assert_eq!(message.text(), number.to_string());
    }
}

/// Returns an application that reads nothing until it is released, then reports its messages.
fn late_reader() -> (
    PolyHandler,
    mpsc::Sender<()>,
    mpsc::UnboundedReceiver<WsMessage>,
) {
    let (start, started) = mpsc::channel::<()>(1);
    let (tell, told) = mpsc::unbounded_channel();
    let started = std::sync::Arc::new(tokio::sync::Mutex::new(started));
    let app = move |mut ws: WebSocket| {
        let (started, tell) = (started.clone(), tell.clone());
        async move {
            started.lock().await.recv().await;
            while let Some(message) = ws.recv().await? {
                tell.send(message)?;
            }
            WsResult::Ok(())
        }
    };
    (app.into_poly_handler(), start, told)
}

#[tokio::test]
async fn send_has_sent_nothing() {
    let (app, start, mut told) = late_reader();
    let ws = connect(app).await;
    let mut sent = 0;
    // The queues and the buffers between them are full once the count stays the same.
    let mut quiet = 0;
    while quiet < 100 {
        match ws.try_send("kept") {
            Ok(()) => {
                sent += 1;
                quiet = 0;
            }
            Err(error) => {
                assert_eq!(error, SendError::Full);
                quiet += 1;
                tokio::task::yield_now().await;
            }
        }
    }
    assert!(
        ws.send("lost").now_or_never().is_none(),
        "it waits for room"
    );
    start.send(()).await.expect("the application waits");
    ws.send("last").await.expect("open");
    for _ in 0..sent {
        assert_eq!(told.recv().await, Some("kept".into()));
    }
    assert_eq!(told.recv().await, Some("last".into()));
}

#[tokio::test]
async fn a_sink_that_waits_for_room_goes_on_when_there_is_some() {
    let (app, start, mut told) = late_reader();
    let mut ws = connect(app).await;
    let sending = async {
        for number in 0..2000 {
            ws.feed(WsMessage::from(number.to_string()))
                .await
                .expect("open");
        }
        SinkExt::<WsMessage>::close(&mut ws).await.expect("open");
    };
    let receiving = async {
        tokio::task::yield_now().await;
        start.send(()).await.expect("the application waits");
        for number in 0..2000 {
            assert_eq!(told.recv().await, Some(number.to_string().into()));
        }
    };
    tokio::join!(sending, receiving);
}

#[tokio::test]
async fn closed_can_be_awaited_any_number_of_times() {
    let ws = connect(echo()).await;
    let asked_before = ws.closed();
    for _ in 0..100 {
        assert!(ws.closed().now_or_never().is_none());
        assert!(ws.sender().closed().now_or_never().is_none());
    }
    ws.close(http4k_ws::WsStatus::RESTART);
    assert_eq!(asked_before.await, http4k_ws::WsStatus::RESTART);
    for _ in 0..2 {
        let closed = ws.closed().now_or_never();
        assert_eq!(closed, Some(http4k_ws::WsStatus::RESTART));
    }
}

#[tokio::test]
async fn next_takes_no_message() {
    let mut ws = connect(echo()).await;
    assert!(ws.next().now_or_never().is_none());
    ws.send("one").await.expect("open");
    let message = ws.next().await.expect("open").expect("any message is one");
    assert_eq!(message.text(), "one");
}
