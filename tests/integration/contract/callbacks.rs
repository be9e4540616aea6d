//! http4k's callbacks: their values, their order, and the effect of their failures.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{PolyHandler, SendError, WebSocket, WsMessage, WsResult, WsStatus};

use super::backends::{Backend, next_report, on_every_backend};

/// Registers callbacks that report every message, error and end.
fn witness(tell: Sender<String>) -> impl Fn(&WebSocket) + Clone + Send + Sync + 'static {
    move |ws: &WebSocket| {
        let (messages, errors, ends) = (tell.clone(), tell.clone(), tell.clone());
        ws.on_message(move |message: WsMessage| messages.send(message.text().into_owned()));
        ws.on_error(move |error| errors.send(format!("error: {error}")).expect("heard"));
        ws.on_close(move |status| ends.send(format!("end: {status}")).expect("heard"));
    }
}

fn start<B: Backend>(app: impl Fn(WebSocket) + Clone + Send + Sync + 'static) -> B {
    B::start(app.into_poly_handler(), SessionConfig::default())
}

fn status(code: u16, reason: &'static str) -> WsStatus {
    WsStatus::new(code, reason).expect("a status that can be sent")
}

fn next(client: &mut impl WsClient) -> String {
    let message = client.received().next().expect("a message");
    message.expect("open").text().into_owned()
}

fn many(from: &Receiver<String>, count: usize) -> Vec<String> {
    (0..count).map(|_| next_report(from)).collect()
}

fn nothing_more(from: &Receiver<String>) {
    assert!(from.recv_timeout(Duration::from_millis(20)).is_err());
}

on_every_backend! {
    fn case_2_a_client_that_leaves_without_a_close_is_not_an_error<B>() {
        let (tell, listen) = channel();
        let witness = witness(tell);
        let mut client = start::<B>(move |ws| {
            witness(&ws);
            ws.try_send("event").expect("room");
        }).connect("/");
        assert_eq!(next(&mut client), "event");
        drop(client);
        assert_eq!(next_report(&listen), "end: 1000");
        nothing_more(&listen);
    }

    fn case_6_a_message_that_a_lens_cannot_read_reaches_on_error<B>() {
        let numbers = |ws: WebSocket| {
            let number = WsMessage::string().try_map(|text| text.parse::<i32>()).to_lens();
            let (errors, sender) = (ws.sender(), ws.sender());
            ws.on_error(move |error| errors.try_send(error.to_string()).expect("room"));
            ws.on_message(move |message: WsMessage| {
                WsResult::Ok(sender.try_send((number.get(&message)? + 1).to_string())?)
            });
        };
        let mut client = start::<B>(numbers).connect("/");
        client.send("hello").expect("open");
        let text = next(&mut client);
        assert!(text.starts_with("message") && text.contains("must be"), "{text}");
        client.send("41").expect("open");
        assert_eq!(next(&mut client), "42");
    }

    fn cases_51_54_and_56_actions_of_a_client_reach_the_servers_callbacks_only<B>() {
        let (tell, listen) = channel();
        let witness = witness(tell);
        let mut client = start::<B>(move |ws| witness(&ws)).connect("/");
        client.send("one").expect("open");
        client.send("two").expect("open");
        client.close(status(4002, "never connected"));
        assert_eq!(many(&listen, 3), ["one", "two", "end: 4002 never connected"]);
        assert_eq!(client.received().next().map(|end| end.is_err()), Some(true), "nothing comes back");
        assert_eq!(client.closed(), Some(status(4002, "never connected")));
        nothing_more(&listen);
    }

    fn cases_52_53_and_57_actions_of_an_application_reach_the_client_only<B>() {
        let (tell, listen) = channel();
        let witness = witness(tell);
        let mut client = start::<B>(move |ws| {
            witness(&ws);
            ws.try_send("one").expect("room");
            ws.try_send("two").expect("room");
            ws.close(WsStatus::NORMAL);
        }).connect("/");
        assert_eq!([next(&mut client), next(&mut client)], ["one", "two"]);
        assert_eq!(client.closed(), Some(WsStatus::NORMAL));
        assert_eq!(next_report(&listen), "end: 1000");
        nothing_more(&listen);
    }

    fn case_58_an_immediate_close_is_an_error_for_the_receiver<B>() {
        let mut client = start::<B>(|ws| ws.close(status(4001, "never"))).connect("/");
        let end = client.received().next().expect("a reported end");
        assert_eq!(end.expect_err("no message").to_string(), "the socket was closed: 4001 never");
        assert_eq!(client.closed(), Some(status(4001, "never")));
    }

    fn case_60_a_close_with_1000_is_the_end_of_the_messages<B>() {
        let mut client = start::<B>(|ws| ws.close(WsStatus::NORMAL)).connect("/");
        assert_eq!(client.received().next(), None);
        assert_eq!(client.received().count(), 0);
    }

    fn cases_66_and_67_each_callback_receives_its_value_only<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| {
            let (errors, ends) = (tell.clone(), tell.clone());
            ws.on_message(|message: WsMessage| Err::<(), _>(std::io::Error::other(message.text().into_owned())));
            ws.on_error(move |error| errors.send(format!("error: {error}")).expect("heard"));
            ws.on_close(move |status| ends.send(format!("end: {status}")).expect("heard"));
        };
        let mut client = start::<B>(app).connect("/");
        client.send("value").expect("open");
        client.close(status(4003, "reason"));
        assert_eq!(many(&listen, 2), ["error: value", "end: 4003 reason"]);
        nothing_more(&listen);
    }

    fn several_callbacks_of_one_kind_are_called_in_order<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| {
            for number in 1..=3 {
                let (messages, ends) = (tell.clone(), tell.clone());
                ws.on_message(move |message: WsMessage| messages.send(format!("{number}: {}", message.text())));
                ws.on_close(move |_status| ends.send(format!("{number}: end")).expect("heard"));
            }
        };
        let mut client = start::<B>(app).connect("/");
        client.send("a").expect("open");
        client.send("b").expect("open");
        client.close(WsStatus::NORMAL);
        let expected = ["1: a", "2: a", "3: a", "1: b", "2: b", "3: b", "1: end", "2: end", "3: end"];
        assert_eq!(many(&listen, 9), expected);
    }

    fn a_failing_callback_does_not_stop_the_others<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| {
            let (messages, errors, ends) = (tell.clone(), tell.clone(), tell.clone());
            ws.on_message(|message: WsMessage| message.text().parse::<u8>().map(drop));
            ws.on_message(move |message: WsMessage| messages.send(message.text().into_owned()));
            ws.on_error(|_error| panic!("an on_error that panics"));
            ws.on_error(move |_error| errors.send("error".to_owned()).expect("heard"));
            ws.on_close(|_status| panic!("an on_close that panics"));
            ws.on_close(move |status| ends.send(format!("end: {}", status.code())).expect("heard"));
        };
        let mut client = start::<B>(app).connect("/");
        client.send("7").expect("open");
        client.send("seven").expect("open");
        assert_eq!(many(&listen, 4), ["7", "error", "seven", "end: 1011"]);
        assert_eq!(client.closed().expect("an end").code(), 1011);
        nothing_more(&listen);
    }

    fn on_close_cannot_send_messages<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| {
            let (sender, tell) = (ws.sender(), tell.clone());
            ws.on_close(move |status| {
                assert_eq!(sender.try_send("too late"), Err(SendError::Closed(status.clone())));
                sender.close(WsStatus::NORMAL);
                tell.send(format!("end: {status}")).expect("heard");
            });
        };
        let mut client = start::<B>(app).connect("/");
        client.close(status(4000, "bye"));
        assert_eq!(next_report(&listen), "end: 4000 bye");
        nothing_more(&listen);
    }

    fn callbacks_registered_by_another_task_miss_no_message<B>() {
        let (tell, listen) = channel();
        let app = move |ws: WebSocket| {
            let tell = tell.clone();
            async move {
                tokio::spawn(async move {
                    tokio::task::yield_now().await;
                    let messages = tell.clone();
                    ws.on_message(move |message: WsMessage| messages.send(message.text().into_owned()));
                    ws.on_close(move |status| tell.send(format!("end: {status}")).expect("heard"));
                });
            }
        };
        let backend = B::start(app.into_poly_handler(), SessionConfig::default());
        let mut client = backend.connect("/");
        client.send("early").expect("open");
        client.close(WsStatus::NORMAL);
        assert_eq!(many(&listen, 2), ["early", "end: 1000"]);
    }
}

#[test]
fn case_55_a_handler_and_its_socket_receive_the_exact_request() {
    use http4k_ws::message::RequestExt;
    use http4k_ws::{Request, WsConsumer};
    let (tell, listen) = channel();
    let app = move |request: Request| {
        let tell = tell.clone();
        let by_handler = (request.method().clone(), request.uri().clone());
        let field = request.header("x-field").map(str::to_owned);
        WsConsumer::new(move |ws: WebSocket| {
            let by_socket = (ws.request().method().clone(), ws.request().uri().clone());
            assert_eq!(by_handler, by_socket);
            assert_eq!(field.as_deref(), ws.request().header("x-field"));
            tell.send(format!("{} {} {field:?}", by_socket.0, by_socket.1))
                .expect("heard");
        })
    };
    let app = PolyHandler::new(|_request: Request| "http", app);
    app.test_ws(Request::get("/a/b?c=d%20e").header("x-field", "1"));
    assert_eq!(next_report(&listen), r#"GET /a/b?c=d%20e Some("1")"#);
}
