//! Sessions in a cookie.

mod caches;
mod changes;
mod credentials;
mod hostile;
mod over_tls;
mod stored;
mod times;

use http4k_ws::filter::sessions::{CookieSessions, Session, SessionError, SessionKey, Sessions};
use http4k_ws::message::SetCookie;
use http4k_ws::prelude::*;
use http4k_ws::sse::{SseEvent, SseResult};
use http4k_ws::{IntoRequest, Sse};

/// The value of the sessions of these tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct User {
    name: String,
}

fn user(name: impl Into<String>) -> User {
    User { name: name.into() }
}

async fn login(sessions: Sessions<User>, name: String) -> Result<impl IntoResponse, SessionError> {
    Ok((sessions.login(user(name)).await?, "in"))
}

async fn rename(sessions: Sessions<User>, name: String) -> Result<impl IntoResponse, SessionError> {
    Ok((sessions.update(user(name)).await?, "renamed"))
}

async fn logout(sessions: Sessions<User>) -> Result<impl IntoResponse, SessionError> {
    Ok((sessions.logout().await?, "out"))
}

fn me(Session(user): Session<User>) -> String {
    user.name
}

fn anyone(session: Option<Session<User>>) -> String {
    session.map_or_else(|| "a stranger".to_owned(), |Session(user)| user.name)
}

async fn talk(ws: WebSocket, Session(user): Session<User>) -> WsResult {
    Ok(ws.send(user.name).await?)
}

async fn feed(sse: Sse, Session(user): Session<User>) -> SseResult {
    sse.send(SseEvent::new(user.name)).await?;
    Ok(())
}

/// A socket that stays open.
async fn stay(_ws: WebSocket) -> WsResult {
    std::future::pending().await
}

fn app(sessions: &CookieSessions<User>) -> PolyHandler {
    routes! {
        POST "/login"  => http(login(_, _)),
        POST "/rename" => http(rename(_, _)),
        POST "/logout" => http(logout(_)),
        GET "/me"      => http(me(_)),
        GET "/anyone"  => http(anyone(_)),
        GET "/static"  => http(|| "the same for all"),
        GET "/feed"    => sse(feed(sse, _)),
        "/ws"          => ws(talk(ws, _)),
    }
    .with(sessions.clone())
}

fn sessions() -> CookieSessions<User> {
    CookieSessions::encrypted([SessionKey::generate()])
}

/// Returns a request with the cookie.
fn with(request: impl IntoRequest, cookie: &SetCookie) -> Request {
    let field = format!("{}={}", cookie.name(), cookie.value());
    let request = request.into_request().expect("a request");
    request.try_with_header("cookie", field).expect("a field")
}

fn post(path: &str, body: impl Into<Body>) -> Request {
    (Method::POST, path)
        .into_request()
        .expect("a path")
        .with_body(body)
}

/// Returns the only cookie that the response sets.
fn cookie(response: &Response) -> SetCookie {
    let cookies = response.set_cookies();
    assert_eq!(cookies.len(), 1, "{response:?}");
    cookies[0].clone()
}

fn logged_in(app: &PolyHandler, name: &str) -> SetCookie {
    cookie(&app.test_http(post("/login", name.to_owned())))
}

/// Returns the name of the user of a cookie, and `a stranger` without a session.
fn known(app: &PolyHandler, cookie: &SetCookie) -> String {
    let response = app.test_http(with("/anyone", cookie));
    assert_eq!(response.status(), 200);
    response.body().as_text().expect("text").to_owned()
}
