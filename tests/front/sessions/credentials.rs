//! Sessions as credentials.

use http4k_ws::contract_test;
use http4k_ws::filter::sessions::{MemorySessions, session_cookie};
use http4k_ws::filter::{CredentialSource, Principal, authenticate, bearer};
use http4k_ws::message::Credentials;
use http4k_ws::testing::SseClient;
use http4k_ws::testing::contract::Backend;

use super::*;

async fn look_up(credentials: Credentials) -> Option<String> {
    match &credentials {
        Credentials::Bearer(token) => token.matches("t1").then(|| "robot".to_owned()),
        session => session.value().map(|user: &User| user.name.clone()),
    }
    .filter(|name| name != "banned")
}

async fn principal(Principal(name): Principal<String>) -> String {
    name
}

async fn talk_to(ws: WebSocket, Principal(name): Principal<String>) -> WsResult {
    Ok(ws.send(name).await?)
}

async fn feed_to(sse: Sse, Principal(name): Principal<String>) -> SseResult {
    sse.send(SseEvent::new(name)).await?;
    Ok(())
}

fn guarded(sessions: &CookieSessions<User>) -> PolyHandler {
    let users = authenticate(session_cookie(sessions).or(bearer()), look_up);
    routes! {
        with(sessions.clone()) => {
            POST "/login" => http(login(_, _)),
            "/in" with(users) => {
                GET "/me"   => http(principal(_)),
                GET "/feed" => sse(feed_to(sse, _)),
                "/ws"       => ws(talk_to(ws, _)),
            },
        },
    }
}

fn is_the_principal_everywhere(backend: &impl Backend) {
    let refusal = backend.http("/in/me");
    assert_eq!(refusal.status(), 401);
    let challenges: Vec<_> = refusal.header_values("www-authenticate").collect();
    assert_eq!(challenges[0], "Cookie cookie-name=\"session\"");
    assert!(challenges[1].starts_with("Bearer"), "{challenges:?}");

    let ann = cookie(&backend.http(post("/login", "ann")));
    assert_eq!(backend.http(with("/in/me", &ann)).body(), "ann");
    let event = backend.sse(with("/in/feed", &ann)).received().next();
    assert_eq!(event.expect("open").expect("an event").data(), "ann");
    assert_eq!(
        backend.ws(with("/in/ws", &ann)).received().next(),
        Some(Ok("ann".into()))
    );

    let banned = cookie(&backend.http(post("/login", "banned")));
    assert_eq!(backend.http(with("/in/me", &banned)).status(), 401);
    assert_eq!(
        backend
            .try_ws(with("/in/ws", &banned))
            .err()
            .expect("a refusal")
            .status(),
        401
    );
    let robot = Request::get("/in/me").header("authorization", "Bearer t1");
    assert_eq!(backend.http(robot).body(), "robot");
    let forged = SetCookie::new("session", "forged");
    assert_eq!(backend.http(with("/in/me", &forged)).status(), 401);
}

#[contract_test(guarded(&sessions()))]
fn a_session_in_a_cookie_is_the_principal(backend: &impl Backend) {
    is_the_principal_everywhere(backend);
}

#[contract_test(guarded(&sessions().with_store(MemorySessions::new(10))))]
fn a_session_in_a_store_is_the_principal(backend: &impl Backend) {
    is_the_principal_everywhere(backend);
}

#[test]
fn sessions_that_were_configured_after_the_source_was_made_are_the_same() {
    let sessions = sessions();
    let users = authenticate(session_cookie(&sessions), look_up);
    let sessions = sessions.with_login_page("/login");
    let app = routes! {
        POST "/login" => http(login(_, _)),
        GET "/me" with(users) => http(principal(_)),
    };
    let app = app.with(sessions);
    let ann = cookie(&app.test_http(post("/login", "ann")));
    assert_eq!(app.test_http(with("/me", &ann)).body(), "ann");
}

#[test]
fn without_the_filter_in_front_no_session_is_found_and_the_log_names_it() {
    crate::logged::start();
    let sessions = sessions();
    let ann = logged_in(&app(&sessions), "ann");
    let users = authenticate(session_cookie(&sessions), look_up);
    let misplaced = routes! { GET "/me" => http(principal(_)) };
    // The sessions are read behind the filter that needs them.
    let misplaced = misplaced.with(sessions).with(users);
    assert_eq!(misplaced.test_http(with("/me", &ann)).status(), 401);
    let line = crate::logged::await_line_with("`session_cookie(&sessions)` finds no session");
    assert!(
        line.contains("write `with(sessions, authenticate(..))`"),
        "{line}"
    );
}

#[test]
fn routes_list_the_filter_for_every_protocol() {
    let listed = app(&sessions()).routes().to_string();
    let lines = listed
        .lines()
        .filter(|line| line.contains("with(sessions)"));
    assert_eq!(lines.count(), 8, "{listed}");
}
