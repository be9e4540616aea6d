//! Credentials and principals.

mod cancelled;
mod first_message;
mod hostile;
mod login;
mod needed;
mod secrets;
mod sources;
mod tickets;

use http4k_ws::filter::{
    CredentialSource, CredentialSources, Principal, api_key_cookie, api_key_field, api_key_query,
    basic, bearer, subprotocol_token,
};
use http4k_ws::message::Credentials;
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseResult};

#[derive(Debug, Clone, PartialEq)]
struct User(String);

/// The secret of every source. It is a valid token, and no other text in the tests has it.
const SECRET: &str = "s3cret-T0ken";

/// Finds ann by every kind of credentials. `banned` is known and may not pass, and the database of
/// `down` does not respond.
async fn look_up(credentials: Credentials) -> Result<Option<User>, StatusCode> {
    tokio::task::yield_now().await;
    let user = || Some(User("ann".to_owned()));
    match &credentials {
        Credentials::Bearer(secret) | Credentials::ApiKey(secret) => {
            if secret.matches("banned") {
                return Err(StatusCode::FORBIDDEN);
            }
            if secret.matches("down") {
                return Err(StatusCode::SERVICE_UNAVAILABLE);
            }
            if secret.matches("stale") {
                return Err(StatusCode::UNAUTHORIZED);
            }
            Ok(secret.matches(SECRET).then(user).flatten())
        }
        Credentials::Basic {
            user: name,
            password,
        } => Ok((name == "ann" && password.matches(SECRET))
            .then(user)
            .flatten()),
        Credentials::Ticket(user) => Ok(user.get::<User>().cloned()),
        _ => Ok(None),
    }
}

/// All sources, each of which a request may use.
fn every_source() -> CredentialSources {
    bearer()
        .or(basic("the house"))
        .or(subprotocol_token())
        .or(api_key_field("x-api-key"))
        .or(api_key_query("key"))
        .or(api_key_cookie("key"))
}

fn me(Principal(user): Principal<User>) -> String {
    user.0
}

async fn talk(ws: WebSocket, Principal(user): Principal<User>) -> WsResult {
    Ok(ws.send(user.0).await?)
}

async fn feed(sse: Sse, Principal(user): Principal<User>) -> SseResult {
    Ok(sse.send(user.0).await?)
}

/// Returns the challenges of a refusal.
fn challenges(refusal: &Response) -> Vec<&str> {
    let fields = refusal.headers().get_all("www-authenticate").iter();
    fields.map(|field| field.to_str().expect("ASCII")).collect()
}

/// Returns a request with a field, whose value need not be ASCII.
fn with_field(path: &str, name: &'static str, value: &[u8]) -> Request {
    let value = http::HeaderValue::from_bytes(value).expect("a value");
    let request = Request::get(path).header(name, value);
    request.body(Body::empty()).expect("a request")
}
