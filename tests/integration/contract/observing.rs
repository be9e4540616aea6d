//! Observers, which see all traffic of a socket and change none of it.

use std::sync::mpsc::{Receiver, Sender, channel};

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::session::{SessionConfig, WsEvent};

use super::backends::{Backend, next_report, on_every_backend};

/// Reports every event to `tell`.
fn observed(ws: &WebSocket, tell: Sender<String>) {
    ws.observe(move |event: WsEvent<'_>| {
        let line = match event {
            WsEvent::Received(message) => format!("received {}", message.text()),
            WsEvent::Sent(message) => format!("sent {}", message.text()),
            WsEvent::PeerCloses(status) => format!("peer closes {status}"),
            WsEvent::Closed { status, .. } => format!("closed {status}"),
            other => format!("{other:?}"),
        };
        // The test may be over.
        drop(tell.send(line));
    });
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn start<B: Backend, F>(observe: impl Fn(&WebSocket) -> F + Clone + Send + Sync + 'static) -> B {
    let app = move |ws: WebSocket| {
        observe(&ws);
        echo(ws)
    };
    B::start(app.into_poly_handler(), SessionConfig::default())
}

fn many(from: &Receiver<String>, count: usize) -> Vec<String> {
    (0..count).map(|_| next_report(from)).collect()
}

on_every_backend! {
    fn all_traffic_is_reported_in_order_and_the_end_last<B>() {
        let (tell, listen) = channel();
        let mut client = start::<B, _>(move |ws| observed(ws, tell.clone())).connect("/");
        for text in ["one", ""] {
            client.send(text).expect("open");
            assert_eq!(client.received().next(), Some(Ok(text.into())));
        }
        client.close(WsStatus::new(4000, "enough").expect("a status"));
        let expected = [
            "received one",
            "sent one",
            "received ",
            "sent ",
            "peer closes 4000 enough",
            "closed 4000 enough",
        ];
        assert_eq!(many(&listen, 6), expected);
    }

    fn a_panicking_observer_does_not_affect_the_socket<B>() {
        let (tell, listen) = channel();
        let mut client = start::<B, _>(move |ws| {
            ws.observe(|_event: WsEvent<'_>| panic!("an observer that panics"));
            observed(ws, tell.clone());
        }).connect("/");
        client.send("one").expect("open");
        assert_eq!(client.received().next(), Some(Ok("one".into())));
        drop(client);
        assert_eq!(many(&listen, 4), ["received one", "sent one", "peer closes 1000", "closed 1000"]);
    }

    fn messages_sent_before_a_close_go_before_it<B>() {
        // Another task may do this between the queue's last message and the session's check for a
        // close.
        let app = move |ws: WebSocket| {
            let sender = ws.sender();
            ws.observe(move |event: WsEvent<'_>| {
                if matches!(event, WsEvent::Sent(message) if message.text() == "one") {
                    sender.try_send("two").expect("room");
                    sender.close(WsStatus::NORMAL);
                }
            });
            echo(ws)
        };
        let mut client = B::start(app.into_poly_handler(), SessionConfig::default()).connect("/");
        client.send("one").expect("open");
        assert_eq!(client.received().next(), Some(Ok("one".into())));
        assert_eq!(client.received().next(), Some(Ok("two".into())));
        assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    }

    fn an_observer_does_not_keep_a_socket_open<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| observed(&ws, tell.clone());
        let backend = B::start(app.into_poly_handler(), SessionConfig::default());
        assert_eq!(backend.connect("/").closed(), Some(WsStatus::NORMAL));
        assert_eq!(many(&listen, 1), ["closed 1000"]);
    }
}
