//! The end of a socket without failures.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{PolyHandler, SendError, WebSocket, WsResult, WsStatus};

use super::backends::{next_report, on_every_backend};

fn status(code: u16, reason: &'static str) -> WsStatus {
    WsStatus::new(code, reason).expect("a status that can be sent")
}

/// Returns an application that reports the status of each end.
fn witness(tell: Sender<WsStatus>) -> PolyHandler {
    let witness = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            while ws.recv().await?.is_some() {}
            assert_eq!(
                ws.send("too late").await,
                Err(SendError::Closed(ws.closed().await))
            );
            tell.send(ws.closed().await)?;
            WsResult::Ok(())
        }
    };
    witness.into_poly_handler()
}

/// Registers callbacks, and closes with 4001 on request.
fn callbacks(tell: Sender<WsStatus>) -> PolyHandler {
    let callbacks = move |ws: WebSocket| {
        let (tell, sender) = (tell.clone(), ws.sender());
        ws.on_close(move |status| tell.send(status).expect("the test listens"));
        ws.on_message(move |message| {
            if message.text() == "close" {
                sender.try_send("last words")?;
                sender.close(WsStatus::new(4001, "as you wish")?);
                sender.close(WsStatus::NORMAL);
            }
            WsResult::Ok(())
        });
    };
    callbacks.into_poly_handler()
}

on_every_backend! {
    fn a_consumer_that_returns_closes_with_1000_after_what_it_sent<B>() {
        async fn brief(ws: WebSocket) -> WsResult {
            ws.send("one").await?;
            ws.send("two").await?;
            Ok(())
        }
        let mut client = B::start(brief.into_poly_handler(), SessionConfig::default()).connect("/");
        let received: Vec<_> = client.received().map(|message| message.expect("a message").text().into_owned()).collect();
        assert_eq!(received, ["one", "two"]);
        assert_eq!(client.closed(), Some(WsStatus::NORMAL));
        assert_eq!(client.received().next(), None);
    }

    fn callbacks_keep_the_socket_open_after_the_consumer_returned<B>() {
        let (tell, listen) = channel();
        let mut client = B::start(callbacks(tell), SessionConfig::default()).connect("/");
        client.send("stay").expect("open");
        assert_eq!(listen.try_recv().ok(), None);
        client.send("close").expect("open");
        assert_eq!(client.received().next().map(|message| message.expect("open").text().into_owned()).as_deref(), Some("last words"));
        assert_eq!(next_report(&listen), status(4001, "as you wish"));
    }

    fn both_sides_see_the_status_that_the_application_chose_once<B>() {
        let (tell, listen) = channel();
        let mut client = B::start(callbacks(tell), SessionConfig::default()).connect("/");
        client.send("close").expect("open");
        assert_eq!(next_report(&listen), status(4001, "as you wish"));
        assert_eq!(client.closed(), Some(status(4001, "as you wish")));
        assert!(listen.recv_timeout(Duration::from_millis(20)).is_err(), "on_close runs once");
    }

    fn both_sides_see_the_status_that_the_client_chose_once<B>() {
        let (tell, listen) = channel();
        let mut client = B::start(callbacks(tell), SessionConfig::default()).connect("/");
        client.close(status(4002, "enough — genug"));
        client.close(WsStatus::NORMAL);
        assert_eq!(next_report(&listen), status(4002, "enough — genug"));
        assert_eq!(client.closed(), Some(status(4002, "enough — genug")));
        assert!(listen.recv_timeout(Duration::from_millis(20)).is_err(), "on_close runs once");
    }

    fn a_consumer_receives_the_clients_status<B>() {
        let (tell, listen) = channel();
        let mut client = B::start(witness(tell), SessionConfig::default()).connect("/");
        client.send("hello").expect("open");
        client.close(status(3000, "bye"));
        assert_eq!(next_report(&listen), status(3000, "bye"));
    }

    fn a_client_that_is_dropped_closes_with_1000<B>() {
        let (tell, listen) = channel();
        drop(B::start(witness(tell), SessionConfig::default()).connect("/"));
        assert_eq!(next_report(&listen), WsStatus::NORMAL);
    }

    fn messages_sent_before_a_close_arrive_before_it<B>() {
        let (tell, listen) = channel();
        let app = move |mut ws: WebSocket| {
            let tell = tell.clone();
            async move {
                let mut count = 0;
                while ws.recv().await?.is_some() {
                    count += 1;
                }
                tell.send(count)?;
                WsResult::Ok(())
            }
        };
        let mut client = B::start(app.into_poly_handler(), SessionConfig::default()).connect("/");
        for _ in 0..50 {
            client.send("x").expect("open");
        }
        client.close(WsStatus::NORMAL);
        assert_eq!(next_report(&listen), 50);
    }

    fn sending_after_the_end_returns_the_status<B>() {
        let (tell, _listen) = channel();
        let mut client = B::start(callbacks(tell), SessionConfig::default()).connect("/");
        client.send("close").expect("open");
        client.closed();
        assert_eq!(client.send("more"), Err(SendError::Closed(status(4001, "as you wish"))));
    }

    fn any_end_except_1000_is_an_error_for_the_receiver<B>() {
        let (tell, _listen) = channel();
        let mut client = B::start(callbacks(tell), SessionConfig::default()).connect("/");
        client.send("close").expect("open");
        let ends: Vec<_> = client.received().skip(1).map(|end| end.map_err(|error| error.to_string())).collect();
        assert_eq!(ends, [Err("the socket was closed: 4001 as you wish".to_owned())]);
    }
}

#[test]
fn statuses_that_cannot_be_sent_are_refused_by_the_type() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 5000, 65535] {
        assert!(WsStatus::new(code, "").is_err(), "{code}");
    }
    assert!(!WsStatus::NO_STATUS.is_sendable() && !WsStatus::ABNORMAL.is_sendable());
}
