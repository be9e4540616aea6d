//! Who looks on at a socket is told of all that travels, and changes nothing.

use std::sync::mpsc::{Receiver, Sender, channel};

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::session::{SessionConfig, WsEvent};

use super::backends::{Backend, on_every_backend, told};

/// Has `tell` hear of everything.
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

fn start<B: Backend, F>(look: impl Fn(&WebSocket) -> F + Clone + Send + Sync + 'static) -> B {
    let app = move |ws: WebSocket| {
        look(&ws);
        echo(ws)
    };
    B::start(app.into_poly_handler(), SessionConfig::default())
}

fn many(from: &Receiver<String>, count: usize) -> Vec<String> {
    (0..count).map(|_| told(from)).collect()
}

on_every_backend! {
    fn all_that_travels_is_told_in_order_and_the_end_last<B>() {
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

    fn an_observer_that_panics_harms_no_other_socket<B>() {
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

    fn what_is_sent_before_a_close_goes_before_it<B>() {
        // As another task does between the last message of the queue and the look for a close.
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

    fn an_observer_keeps_no_socket_open<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| observed(&ws, tell.clone());
        let backend = B::start(app.into_poly_handler(), SessionConfig::default());
        assert_eq!(backend.connect("/").closed(), Some(WsStatus::NORMAL));
        assert_eq!(many(&listen, 1), ["closed 1000"]);
    }
}
