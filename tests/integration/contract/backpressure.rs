//! Full queues: waiting for space, for how long, and the end of the socket.

use std::sync::mpsc::channel;
use std::time::Duration;

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{SendError, WebSocket, WsResult, WsStatus};

use super::backends::{next_report, on_every_backend};

fn small() -> SessionConfig {
    SessionConfig::default()
        .with_queue_messages(4)
        .with_write_stall(Duration::from_millis(300))
}

on_every_backend! {
    fn a_full_queue_refuses_try_send_and_suspends_send<B>() {
        let (tell, listen) = channel();
        let app = move |mut ws: WebSocket| {
            let tell = tell.clone();
            async move {
                let refused = loop {
                    if let Err(error) = ws.try_send("x") {
                        break error;
                    }
                };
                tell.send(refused)?;
                ws.send("after the queue").await?;
                ws.recv().await?;
                WsResult::Ok(())
            }
        };
        let mut client = B::start(app.into_poly_handler(), small()).connect("/");
        assert_eq!(next_report(&listen), SendError::Full);
        let texts: Vec<_> = client.received().take(5).map(|message| message.expect("open").text().into_owned()).collect();
        assert_eq!(texts, ["x", "x", "x", "x", "after the queue"]);
    }

    fn a_consumer_that_fails_on_a_full_queue_closes_with_1013<B>() {
        let app = |ws: WebSocket| async move {
            loop {
                ws.try_send("x")?;
            }
            #[allow(unreachable_code)]
            WsResult::Ok(())
        };
        let mut client = B::start(app.into_poly_handler(), small()).connect("/");
        assert_eq!(client.closed(), Some(WsStatus::TRY_AGAIN_LATER));
    }

    fn a_client_that_stops_reading_is_closed_with_1013<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| {
            let tell = tell.clone();
            async move {
                while ws.send("a".repeat(100_000)).await.is_ok() {}
                tell.send(ws.closed().await)?;
                WsResult::Ok(())
            }
        };
        let backend = B::start(app.into_poly_handler(), small());
        let mut client = backend.connect("/");
        // The client reads messages until its own queue is full.
        client.next_within(Duration::from_millis(1));
        B::pass(&mut client, Duration::from_millis(400));
        assert_eq!(next_report(&listen), WsStatus::TRY_AGAIN_LATER);
    }
}
