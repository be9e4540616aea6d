//! Every way in which a socket can end: both sides see the same status once.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;

use super::backends::{Backend, next_report, on_every_backend};

/// A report of the application about one socket.
#[derive(Debug, PartialEq, Eq)]
enum Report {
    OnClose(u16),
    Closed(u16),
    /// The consumer returned or was dropped.
    Gone,
}

/// Reports its own drop.
struct Guard(Sender<Report>);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.send(Report::Gone);
    }
}

/// Ends in the way that the message names.
async fn end_as_requested(ws: &mut WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        let text = message.text().into_owned();
        let sender = ws.sender();
        match text.as_str() {
            "return" => return Ok(()),
            "fail" => return Err(std::io::Error::other("on purpose").into()),
            "refuse" => return Err(WsError::closing(WsStatus::POLICY_VIOLATION)),
            "panic" => panic!("on purpose"),
            "close" => ws.close(WsStatus::new(4000, "on purpose")?),
            "close twice" => {
                ws.close(WsStatus::new(4000, "first")?);
                ws.close(WsStatus::new(4001, "second")?);
            }
            "close, then fail" => {
                ws.close(WsStatus::new(4000, "first")?);
                return Err(std::io::Error::other("too late").into());
            }
            "close, then panic" => {
                ws.close(WsStatus::new(4000, "first")?);
                panic!("too late");
            }
            "close by another task" => {
                tokio::spawn(async move { sender.close(WsStatus::RESTART) });
            }
            "close with what can't be sent" => ws.close(WsStatus::ABNORMAL),
            "send after close" => {
                ws.close(WsStatus::NORMAL);
                ws.send("late").await?;
            }
            "number" => {
                text.parse::<u32>()?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn app() -> (PolyHandler, Receiver<Report>) {
    let (tell, reports) = channel();
    let app = move |mut ws: WebSocket| {
        let (on_close, closed, guard) = (tell.clone(), tell.clone(), Guard(tell.clone()));
        ws.on_close(move |status| {
            on_close
                .send(Report::OnClose(status.code()))
                .expect("heard")
        });
        let ended = ws.closed();
        tokio::spawn(async move { closed.send(Report::Closed(ended.await.code())) });
        async move {
            let result = end_as_requested(&mut ws).await;
            // `on_close` keeps a socket open whose consumer has returned.
            if result.is_ok() {
                ws.close(WsStatus::NORMAL);
            }
            drop(guard);
            result
        }
    };
    (app.into_poly_handler(), reports)
}

/// An action of the client.
enum Action {
    Sends(&'static str),
    Closes(u16),
    Drops,
    SendsTooMuch,
}

use Action::{Closes, Drops, Sends, SendsTooMuch};

fn each_way<B: Backend>() {
    let ways = [
        (Sends("return"), 1000),
        (Sends("fail"), 1011),
        (Sends("refuse"), 1008),
        (Sends("panic"), 1011),
        (Sends("close"), 4000),
        (Sends("close twice"), 4000),
        (Sends("close, then fail"), 4000),
        (Sends("close, then panic"), 4000),
        (Sends("close by another task"), 1012),
        (Sends("close with what can't be sent"), 1011),
        (Sends("send after close"), 1000),
        (Sends("number"), 1011),
        (Closes(1000), 1000),
        (Closes(1001), 1001),
        (Closes(4999), 4999),
        (SendsTooMuch, 1009),
        (Drops, 1000),
    ];
    let (app, from_app) = app();
    let backend = B::start(app, SessionConfig::default().with_max_message(1000));
    for (action, code) in ways {
        let mut client = Some(backend.connect("/"));
        let socket = client.as_mut().expect("just made");
        let what = match action {
            Sends(what) => {
                socket.send(what).expect("open");
                what.to_owned()
            }
            Closes(code) => {
                socket.close(WsStatus::new(code, "").expect("a status"));
                format!("the client closes with {code}")
            }
            SendsTooMuch => {
                socket.send("x".repeat(1001)).expect("open");
                "a message that is too long".to_owned()
            }
            Drops => {
                client = None;
                "the client is dropped".to_owned()
            }
        };
        if let Some(client) = &mut client {
            let closed = client.closed().map(|status| status.code());
            assert_eq!(closed, Some(code), "{what}");
        }
        let mut seen = [(); 3].map(|()| next_report(&from_app));
        seen.sort_by_key(|report| match report {
            Report::OnClose(_) => 0,
            Report::Closed(_) => 1,
            Report::Gone => 2,
        });
        assert_eq!(
            seen,
            [Report::OnClose(code), Report::Closed(code), Report::Gone],
            "{what}"
        );
    }
    let more = from_app.recv_timeout(Duration::from_millis(50));
    assert!(more.is_err(), "each end is reported once: {more:?}");
}

on_every_backend! {
    fn every_end_is_reported_once_with_its_status<B>() {
        each_way::<B>();
    }

    fn a_panic_in_on_close_does_not_affect_other_sockets<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| {
            let tell = tell.clone();
            ws.on_close(|_status| panic!("in a callback"));
            ws.on_close(move |status| tell.send(status.code()).expect("heard"));
            let sender = ws.sender();
            ws.on_message(move |message: WsMessage| sender.try_send(message));
        };
        let backend = B::start(app.into_poly_handler(), SessionConfig::default());
        let mut neighbour = backend.connect("/");
        let mut client = backend.connect("/");
        client.close(WsStatus::NORMAL);
        assert_eq!(next_report(&listen), 1000, "the next callback is called all the same");
        neighbour.send("well").expect("open");
        assert_eq!(neighbour.received().next().expect("a message").expect("open").text(), "well");
    }

    fn closed_resolves_while_the_consumer_still_runs<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| {
            let (tell, ended) = (tell.clone(), ws.closed());
            tokio::spawn(async move { tell.send(ended.await.code()) });
            async move {
                std::future::pending::<()>().await;
                drop(ws);
            }
        };
        let mut client = B::start(app.into_poly_handler(), SessionConfig::default()).connect("/");
        client.close(WsStatus::new(4003, "").expect("a status"));
        assert_eq!(next_report(&listen), 4003);
    }

    fn a_thousand_panics_do_not_affect_other_sockets<B>() {
        let (app, _from_app) = app();
        let app = PolyHandler::new(|_: Request| "", {
            let app = app.clone();
            move |request: Request| {
                let app = app.clone();
                async move {
                    use http4k_ws::WsHandler;
                    app.ws().call(request).await
                }
            }
        });
        let backend = B::start(app, SessionConfig::default());
        let mut neighbours: Vec<_> = (0..20).map(|_| backend.connect("/")).collect();
        for round in 0..50 {
            let mut client = backend.connect("/");
            client.send("panic").expect("open");
            assert_eq!(client.closed().map(|status| status.code()), Some(1011));
            neighbours[round % 20].send("still here").expect("open");
        }
        for neighbour in &mut neighbours {
            neighbour.send("close").expect("open");
            assert_eq!(neighbour.closed().map(|status| status.code()), Some(4000));
        }
    }
}
