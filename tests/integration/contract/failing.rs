//! The end of a socket after a failure.

use std::error::Error;

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::lens::json::Json;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{PolyHandler, WebSocket, WsError, WsResult, WsStatus, routes};

use super::backends::on_every_backend;

/// Returns an application that panics, fails or echoes, as the message requests.
fn moody() -> PolyHandler {
    async fn moody(mut ws: WebSocket) -> WsResult {
        while let Some(message) = ws.recv().await? {
            match &*message.text() {
                "panic" => panic!("on purpose"),
                "fail" => return Err(std::io::Error::other("the database is gone").into()),
                "refuse" => return Err(WsError::closing(WsStatus::POLICY_VIOLATION)),
                _ => ws.send(message).await?,
            }
        }
        Ok(())
    }
    moody.into_poly_handler()
}

/// An error type like `anyhow::Error`: not an `Error` itself, but made from any.
struct AnyError(Box<dyn Error + Send + Sync>);

impl<E: Error + Send + Sync + 'static> From<E> for AnyError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl From<AnyError> for Box<dyn Error + Send + Sync> {
    fn from(error: AnyError) -> Self {
        error.0
    }
}

/// Returns consumers that fail with errors of several types.
fn failing() -> PolyHandler {
    async fn any(mut ws: WebSocket<Json<u8>>) -> Result<(), AnyError> {
        while let Some(Json(number)) = ws.recv().await? {
            number.to_string().parse::<bool>()?;
        }
        Ok(())
    }
    async fn boxed(mut ws: WebSocket<Json<u8>>) -> Result<(), Box<dyn Error + Send + Sync>> {
        match ws.recv().await? {
            Some(Json(number)) => Err(format!("{number} is too much").into()),
            None => Ok(()),
        }
    }
    async fn text(mut ws: WebSocket<Json<u8>>) -> Result<(), String> {
        let number = ws.recv().await.map_err(|error| error.to_string())?;
        Err(format!(
            "{} is too much",
            number.map_or(0, |Json(number)| number)
        ))
    }
    routes! {
        "/any" => ws(any(ws)),
        "/boxed" => ws(boxed(ws)),
        "/text" => ws(text(ws)),
    }
}

fn moody_callbacks() -> PolyHandler {
    let moody = |ws: WebSocket| {
        let sender = ws.sender();
        ws.on_message(move |message| match &*message.text() {
            "panic" => panic!("on purpose"),
            "fail" => Err(std::io::Error::other("the database is gone").into()),
            _ => WsResult::Ok(sender.try_send(message)?),
        });
    };
    moody.into_poly_handler()
}

fn ends_with<B: super::backends::Backend>(app: PolyHandler, message: &str, status: WsStatus) {
    let backend = B::start(app, SessionConfig::default());
    let mut neighbour = backend.connect("/");
    let mut client = backend.connect("/");
    client.send("before").expect("open");
    client.send(message).expect("open");
    assert_eq!(
        client
            .received()
            .next()
            .expect("a message")
            .expect("open")
            .text(),
        "before"
    );
    assert_eq!(client.closed(), Some(status));
    neighbour
        .send("still here")
        .expect("the neighbour is unharmed");
    assert_eq!(
        neighbour
            .received()
            .next()
            .expect("a message")
            .expect("open")
            .text(),
        "still here"
    );
}

on_every_backend! {
    fn a_consumer_that_panics_closes_its_socket_with_1011<B>() {
        ends_with::<B>(moody(), "panic", WsStatus::INTERNAL_ERROR);
    }

    fn a_consumer_that_fails_closes_its_socket_with_1011<B>() {
        ends_with::<B>(moody(), "fail", WsStatus::INTERNAL_ERROR);
    }

    fn a_consumer_may_fail_with_any_type_that_converts_to_an_error<B>() {
        let backend = B::start(failing(), SessionConfig::default());
        for (path, message, status) in [
            ("/any", "1", WsStatus::INTERNAL_ERROR),
            ("/any", "no number", WsStatus::INVALID_PAYLOAD),
            ("/boxed", "1", WsStatus::INTERNAL_ERROR),
            ("/boxed", "no number", WsStatus::INVALID_PAYLOAD),
            ("/text", "1", WsStatus::INTERNAL_ERROR),
        ] {
            let mut client = backend.connect(path);
            client.send(message).expect("open");
            let closed = client.closed().expect("an end");
            assert_eq!(closed.code(), status.code(), "{path} {message}");
        }
    }

    fn a_consumer_may_choose_the_status_it_fails_with<B>() {
        ends_with::<B>(moody(), "refuse", WsStatus::POLICY_VIOLATION);
    }

    fn a_callback_that_panics_closes_its_socket_with_1011<B>() {
        ends_with::<B>(moody_callbacks(), "panic", WsStatus::INTERNAL_ERROR);
    }

    fn a_callback_that_fails_closes_its_socket_with_1011<B>() {
        ends_with::<B>(moody_callbacks(), "fail", WsStatus::INTERNAL_ERROR);
    }

    fn on_error_receives_the_error_and_the_socket_stays_open<B>() {
        let app = |ws: WebSocket| {
            let (errors, sender) = (ws.sender(), ws.sender());
            ws.on_error(move |error| errors.try_send(error.to_string()).expect("room"));
            ws.on_message(move |message| {
                let number: i32 = message.text().parse()?;
                sender.try_send((number + 1).to_string())?;
                WsResult::Ok(())
            });
        };
        let mut client = B::start(app.into_poly_handler(), SessionConfig::default()).connect("/");
        client.send("hello").expect("open");
        client.send("41").expect("open");
        let mut received = client.received();
        assert_eq!(received.next().expect("a message").expect("open").text(), "invalid digit found in string");
        assert_eq!(received.next().expect("a message").expect("open").text(), "42");
    }

    fn a_message_over_the_limit_closes_with_1009<B>() {
        let config = SessionConfig::default().with_max_message(1000);
        let mut client = B::start(moody(), config).connect("/");
        client.send("a".repeat(1000)).expect("open");
        assert_eq!(client.received().next().expect("a message").expect("open").as_bytes().len(), 1000);
        client.send("a".repeat(1001)).expect("open");
        assert_eq!(client.closed().expect("an end").code(), 1009);
    }
}
