//! One look-up for the filter and for the first message of a socket.

use std::time::Duration;

use http4k_ws::contract_test;
use http4k_ws::filter::{authenticate, bearer};
use http4k_ws::message::{Credentials, Secret};
use http4k_ws::prelude::*;
use http4k_ws::testing::WsClient;
use http4k_ws::testing::contract::Backend;

use super::{SECRET, look_up, me, with_field};

#[derive(Serialize, Deserialize, Message)]
struct Login {
    name: String,
    password: String,
}

impl From<Login> for Credentials {
    fn from(login: Login) -> Self {
        Self::Basic {
            user: login.name,
            password: Secret::new(login.password),
        }
    }
}

const WITHIN: Duration = Duration::from_secs(5);

async fn by_token(mut ws: WebSocket<String, String>) -> WsResult {
    let user = ws.authenticate(WITHIN, look_up).await?;
    Ok(ws.send(user.0).await?)
}

async fn by_login(mut ws: WebSocket<Login, String>) -> WsResult {
    let user = ws.authenticate(WITHIN, look_up).await?;
    Ok(ws.send(user.0).await?)
}

/// A look-up over the message itself, which is not async.
async fn by_message(mut ws: WebSocket<Login, String>) -> WsResult {
    let name = ws
        .authenticate(WITHIN, |login: Login| Some(login.name))
        .await?;
    Ok(ws.send(name).await?)
}

fn app() -> PolyHandler {
    routes! {
        GET "/me" with(authenticate(bearer(), look_up)) => http(me(_)),
        "/token" => ws(by_token(ws)),
        "/login" => ws(by_login(ws)),
        "/message" => ws(by_message(ws)),
    }
}

#[contract_test(app())]
fn one_look_up_serves_the_filter_and_the_first_message(backend: &impl Backend) {
    let field = format!("Bearer {SECRET}");
    assert_eq!(
        backend
            .http(with_field("/me", "authorization", field.as_bytes()))
            .body(),
        "ann"
    );
    let login = format!(r#"{{"name":"ann","password":"{SECRET}"}}"#);
    for (path, first) in [("/token", SECRET), ("/login", &login), ("/message", &login)] {
        let mut client = backend.ws(path);
        client.send(first.to_owned()).expect("open");
        let message = client.received().next().expect("a message").expect("open");
        assert_eq!(message.text(), "ann", "{path}");
    }
}

#[contract_test(app())]
fn a_refused_first_message_closes_with_a_status_for_its_reason(backend: &impl Backend) {
    for (token, code, reason) in [
        ("guess", 1008, "the first message proves no user"),
        ("banned", 1008, "the look-up refused: 403 Forbidden"),
        ("stale", 1008, "the look-up refused: 401 Unauthorized"),
        ("down", 1013, "the look-up refused: 503 Service Unavailable"),
    ] {
        let mut client = backend.ws("/token");
        client.send(token).expect("open");
        let status = client.closed().expect("a close");
        assert_eq!((status.code(), status.reason()), (code, reason), "{token}");
    }
}
