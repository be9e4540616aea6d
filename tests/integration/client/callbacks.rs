//! The callback client.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::SendError;
use http4k_ws::client::WebSocketClient;
use http4k_ws::client::{CallbackWebSocket, ConnectError, DialError, HttpClient};
use http4k_ws::prelude::*;
use http4k_ws::server::RunningServer;
use http4k_ws::session::SessionConfig;

use super::script::{SWITCHING, accept, server};

/// Sends a greeting with a name, sends one message back, and closes.
async fn greet_once(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(name).await?;
    if let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Responds to one message with the upgrade's fields whose names begin with `test`.
async fn report_headers(mut ws: WebSocket) -> WsResult {
    let fields: Vec<_> = ws
        .request()
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("test"))
        .map(|(name, value)| format!("{name}={}", value.to_str().unwrap_or_default()))
        .collect();
    ws.recv().await?;
    for field in fields {
        ws.send(field).await?;
    }
    Ok(())
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

async fn leave(mut ws: WebSocket) -> WsResult {
    ws.recv().await?;
    Err(WsError::closing(WsStatus::GOING_AWAY))
}

fn serve() -> RunningServer {
    let app = routes! {
        "/greet/<name>" => ws(greet_once(ws, name)),
        "/headers"      => ws(report_headers(ws)),
        "/echo"         => ws(echo(ws)),
        "/leaves"       => ws(leave(ws)),
        GET "/page"     => http(|| "a page"),
    };
    app.as_server("127.0.0.1:0").start().expect("a server")
}

fn next_report<T>(listen: &Receiver<T>) -> T {
    listen
        .recv_timeout(Duration::from_secs(10))
        .expect("a report in time")
}

/// Reports every message, and the end as its status.
fn witness(client: &CallbackWebSocket) -> Receiver<String> {
    let (tell, listen) = channel();
    let closing = tell.clone();
    client.on_message(move |message| tell.send(message.text().into_owned()).expect("a listener"));
    client.on_close(move |status| closing.send(status.to_string()).expect("a listener"));
    listen
}

fn to(server: &RunningServer, path: &str) -> String {
    format!("ws://{}{path}", server.addr())
}

/// A consumer works on both sides: it registers callbacks and responds to the first message.
fn responding(tell: Sender<String>) -> impl FnOnce(WebSocket) + Send + 'static {
    move |ws: WebSocket| {
        let (sender, closing, mut first) = (ws.sender(), tell.clone(), true);
        ws.on_message(move |message| {
            if std::mem::take(&mut first) {
                sender.try_send("hello")?;
            }
            tell.send(message.text().into_owned())?;
            WsResult::Ok(())
        });
        ws.on_close(move |status| closing.send(status.to_string()).expect("a listener"));
    }
}

/// CASES 25 and 28.
fn talks_from_on_connect(server: &RunningServer) {
    let (tell, listen) = channel();
    let _client = WebSocketClient::non_blocking(to(server, "/greet/bob"), responding(tell));
    let heard: Vec<_> = (0..3).map(|_| next_report(&listen)).collect();
    assert_eq!(heard, ["bob", "hello", "1000"]);
}

#[test]
fn on_connect_gets_the_socket() {
    talks_from_on_connect(&serve());
}

#[tokio::test]
async fn the_callback_client_works_without_and_inside_a_runtime() {
    talks_from_on_connect(&serve());
}

#[test]
fn dropping_the_client_leaves_the_socket_to_its_callbacks() {
    let (server, (tell, listen)) = (serve(), channel());
    drop(WebSocketClient::non_blocking(
        to(&server, "/greet/bob"),
        responding(tell),
    ));
    assert_eq!(next_report(&listen), "bob");
    assert_eq!(next_report(&listen), "hello");
}

/// CASES 26 and 27.
#[test]
fn bytes_travel_as_they_are() {
    let (server, (tell, listen)) = (serve(), channel());
    let bytes: Vec<u8> = (0..2048).map(|n| (n % 256) as u8).collect();
    let sent = bytes.clone();
    let client = WebSocketClient::non_blocking(to(&server, "/echo"), move |ws: WebSocket| {
        ws.try_send(sent).expect("room");
    });
    client.on_message(move |message| tell.send(message).expect("a listener"));
    assert_eq!(next_report(&listen), WsMessage::from(bytes));
}

/// CASES 11 and 30: callbacks registered late, even after the socket opened, miss nothing.
#[test]
fn callbacks_registered_later_miss_nothing() {
    let (server, (opened, is_open)) = (serve(), channel());
    let client = WebSocketClient::to(to(&server, "/headers"))
        .with_header("testOne", "1")
        .with_header("testTwo", "2")
        .non_blocking(move |ws: WebSocket| {
            ws.try_send("").expect("room");
            opened.send(()).expect("a listener");
        });
    next_report(&is_open);
    let listen = witness(&client);
    let heard: Vec<_> = (0..3).map(|_| next_report(&listen)).collect();
    assert_eq!(heard, ["testone=1", "testtwo=2", "1000"]);
    let again = channel();
    client.on_close(move |status| again.0.send(status).expect("a listener"));
    assert_eq!(next_report(&again.1), WsStatus::NORMAL);
}

#[test]
fn messages_before_the_end_reach_a_later_callback() {
    let (server, (tell, listen)) = (serve(), channel());
    let client = WebSocketClient::non_blocking(to(&server, "/greet/bob"), |ws: WebSocket| {
        ws.try_send("hello").expect("room");
    });
    client.on_close(move |status| tell.send(status).expect("a listener"));
    assert_eq!(next_report(&listen), WsStatus::NORMAL);
    let late = witness(&client);
    let heard: Vec<_> = late.try_iter().collect();
    assert_eq!(heard, ["bob", "hello", "1000"]);
}

/// CASE 8.
#[test]
fn the_status_the_server_chose_arrives() {
    let server = serve();
    let client = WebSocketClient::non_blocking(to(&server, "/leaves"), |ws: WebSocket| {
        ws.try_send("go").expect("room");
    });
    assert_eq!(next_report(&witness(&client)), "1001 going away");
    let refused = client.try_send("late");
    assert_eq!(refused, Err(SendError::Closed(WsStatus::GOING_AWAY)));
}

/// CASES 20 and 29.
#[test]
fn an_unknown_host_reaches_on_error_and_then_on_close() {
    let client = WebSocketClient::non_blocking("ws://absent.invalid/", |_: WebSocket| -> () {
        panic!("nothing is connected")
    });
    for _ in 0..2 {
        // Callbacks registered after the end are notified as well.
        let (tell, listen) = channel();
        let closing = tell.clone();
        client.on_error(move |error| {
            let cause = error.cause().and_then(|cause| cause.downcast_ref());
            assert!(matches!(cause, Some(ConnectError::Dial(DialError::Unresolvable { host, .. })) if host == "absent.invalid"));
            tell.send(error.to_string()).expect("a listener");
        });
        client.on_close(move |status| closing.send(status.to_string()).expect("a listener"));
        assert_eq!(
            next_report(&listen),
            "the host `absent.invalid` can't be resolved"
        );
        assert_eq!(next_report(&listen), WsStatus::ABNORMAL.to_string());
    }
    assert_eq!(
        client.try_send("late"),
        Err(SendError::Closed(WsStatus::ABNORMAL))
    );
}

#[test]
fn an_invalid_uri_does_not_fail_the_call_either() {
    let client = WebSocketClient::non_blocking("nonsense", |_: WebSocket| {});
    let (tell, listen) = channel();
    client.on_error(move |error| tell.send(error.to_string()).expect("a listener"));
    assert!(next_report(&listen).contains("`nonsense` is not a WebSocket URI"));
}

#[test]
fn a_refusal_is_reported_with_its_status() {
    let server = serve();
    let client = WebSocketClient::non_blocking(to(&server, "/page"), |_: WebSocket| {});
    let (tell, listen) = channel();
    client.on_error(move |error| tell.send(error.to_string()).expect("a listener"));
    assert!(next_report(&listen).starts_with("the server refused the upgrade with 404"));
}

/// A server that finishes the handshake only once released.
fn patient() -> (String, Sender<()>) {
    let (go, gone) = channel();
    let uri = server(move |head| {
        next_report(&gone);
        format!("{SWITCHING}{}\r\n", accept(head)).into()
    });
    (uri, go)
}

#[test]
fn calls_before_the_open_run_in_order() {
    let server = serve();
    let client = WebSocketClient::non_blocking(to(&server, "/echo"), |ws: WebSocket| {
        ws.try_send("from on_connect").expect("room");
    });
    let listen = witness(&client);
    for number in 0..100 {
        client.try_send(number.to_string()).expect("room");
    }
    let mut heard: Vec<_> = (0..101).map(|_| next_report(&listen)).collect();
    heard.retain(|message| message != "from on_connect");
    assert!(
        heard
            .iter()
            .enumerate()
            .all(|(at, message)| *message == at.to_string()),
        "{heard:?}"
    );
    client.close(WsStatus::NORMAL);
    assert_eq!(next_report(&listen), "1000");
}

#[test]
fn the_queue_before_it_is_open_is_bounded_and_ends_with_a_close() {
    let (uri, go) = patient();
    let config = SessionConfig::default()
        .with_queue_messages(2)
        .with_close_timeout(Duration::from_millis(20));
    let client = WebSocketClient::to(uri)
        .with_config(config)
        .non_blocking(|_: WebSocket| {});
    assert_eq!(client.try_send("one"), Ok(()));
    assert_eq!(client.try_send("two"), Ok(()));
    assert_eq!(client.try_send("three"), Err(SendError::Full));
    let listen = witness(&client);
    client.close(WsStatus::GOING_AWAY);
    client.close(WsStatus::NORMAL);
    assert_eq!(
        client.try_send("late"),
        Err(SendError::Closed(WsStatus::GOING_AWAY))
    );
    go.send(()).expect("a server");
    assert_eq!(next_report(&listen), "1001 going away");
}

#[test]
fn an_on_connect_that_panics_or_fails_closes_its_socket() {
    let server = serve();
    let panics = WebSocketClient::non_blocking(to(&server, "/echo"), |_: WebSocket| -> () {
        panic!("on purpose")
    });
    assert_eq!(next_report(&witness(&panics)), "1011 internal error");
    let fails = WebSocketClient::non_blocking(to(&server, "/echo"), |_: WebSocket| {
        WsResult::Err(WsError::closing(WsStatus::POLICY_VIOLATION))
    });
    assert_eq!(next_report(&witness(&fails)), "1008 policy violation");
}

/// The same function serves a server's socket and a client's.
#[test]
fn on_connect_may_be_any_consumer() {
    let server = serve();
    let done = Arc::new(Mutex::new(Vec::new()));
    let (heard, (tell, listen)) = (Arc::clone(&done), channel());
    let client =
        WebSocketClient::non_blocking(to(&server, "/echo"), async move |mut ws: WebSocket| {
            for number in 0..3 {
                ws.send(number.to_string()).await?;
                let answer = ws.recv().await?.expect("an answer");
                heard.lock().unwrap().push(answer.text().into_owned());
            }
            ws.close(WsStatus::NORMAL);
            WsResult::Ok(())
        });
    client.on_close(move |status| tell.send(status).expect("a listener"));
    assert_eq!(next_report(&listen), WsStatus::NORMAL);
    assert_eq!(*done.lock().unwrap(), ["0", "1", "2"]);
}

#[test]
fn a_callback_may_wait_for_another_client() {
    let (server, (tell, listen)) = (serve(), channel());
    let client = WebSocketClient::non_blocking(to(&server, "/echo"), |ws: WebSocket| {
        ws.try_send("go").expect("room");
    });
    let (echo, page) = (
        to(&server, "/echo"),
        format!("http://{}/page", server.addr()),
    );
    client.on_message(move |_| {
        let mut other = WebSocketClient::blocking(echo.clone())?;
        other.send("from inside")?;
        let answer = other.received().next().expect("an answer")?;
        let page = HttpClient::new().blocking().send(&page)?;
        tell.send((
            answer.text().into_owned(),
            page.body().as_text().map(str::to_owned),
        ))?;
        WsResult::Ok(())
    });
    let (answer, page) = next_report(&listen);
    assert_eq!(
        (answer.as_str(), page.as_deref()),
        ("from inside", Some("a page"))
    );
}
