//! One-time tickets.

use std::time::Duration;

use http4k_ws::contract_test;
use http4k_ws::filter::{
    CredentialSource, Principal, Tickets, TicketsFull, api_key_cookie, authenticate, bearer, ticket,
};
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::{AsyncBackend, Backend};
use http4k_ws::testing::{SseClient, WsClient};

use super::{SECRET, User, challenges, feed, look_up, me, talk, with_field};

async fn issue(
    Principal(user): Principal<User>,
    tickets: Tickets<User>,
) -> Result<String, TicketsFull> {
    tickets.issue(user)
}

fn app() -> PolyHandler {
    with_tickets(Tickets::new())
}

fn with_tickets(tickets: Tickets<User>) -> PolyHandler {
    let once = ticket(&tickets).or(api_key_cookie("key"));
    routes! {
        POST "/tickets" with(authenticate(bearer(), look_up)) => http(issue(_, tickets)),
        with(authenticate(once, look_up)) => {
            GET "/me"   => http(me(_)),
            "/ws"       => ws(talk(ws, _)),
            GET "/feed" => sse(feed(sse, _)),
        },
    }
}

fn issued(backend: &impl Backend) -> String {
    let field = format!("Bearer {SECRET}");
    let request = with_field("/tickets", "authorization", field.as_bytes());
    let response = backend.http(request.with_method(Method::POST));
    assert_eq!(response.status(), 200);
    response.body().as_text().expect("text").to_owned()
}

#[contract_test(app())]
fn a_ticket_opens_one_socket_stream_or_page(backend: &impl Backend) {
    let ticket = issued(backend);
    let mut client = backend.ws(format!("/ws?ticket={ticket}"));
    assert_eq!(
        client
            .received()
            .next()
            .expect("a message")
            .expect("open")
            .text(),
        "ann"
    );
    for path in ["/me", "/feed"] {
        let refusal = backend.http(format!("{path}?ticket={ticket}"));
        assert_eq!(refusal.status().as_u16(), 401, "{path}");
        let expected = [
            "Ticket in=\"query\", name=\"ticket\"",
            "ApiKey in=\"cookie\", name=\"key\"",
        ];
        assert_eq!(challenges(&refusal), expected);
    }
    let mut stream = backend.sse(format!("/feed?ticket={}", issued(backend)));
    assert_eq!(
        stream
            .received()
            .next()
            .expect("an event")
            .expect("open")
            .data(),
        "ann"
    );
    assert_eq!(
        backend
            .http(format!("/me?ticket={}", issued(backend)))
            .body(),
        "ann"
    );
}

/// A browser sends its cookies with every socket.
#[contract_test(app())]
fn a_ticket_wins_over_the_cookies_of_a_browser(backend: &impl Backend) {
    let cookie =
        |path: &str, key: &str| with_field(path, "cookie", format!("key={key}").as_bytes());
    let path = format!("/me?ticket={}", issued(backend));
    assert_eq!(backend.http(cookie(&path, "guess")).status(), 200);
    assert_eq!(backend.http(cookie(&path, SECRET)).status(), 401);
    assert_eq!(backend.http(cookie("/me", SECRET)).status(), 200);
    let two = format!("/me?ticket={}&ticket=x", issued(backend));
    assert_eq!(backend.http(two).status(), 400);
    for guess in [
        "",
        "x",
        "%ff",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert_eq!(
            backend.http(format!("/me?ticket={guess}")).status(),
            401,
            "{guess}"
        );
    }
}

#[contract_test(app())]
async fn of_many_sockets_with_one_ticket_one_opens(backend: &impl AsyncBackend) {
    let field = format!("Bearer {SECRET}");
    let request = with_field("/tickets", "authorization", field.as_bytes());
    let response = backend.http(request.with_method(Method::POST)).await;
    let path = format!("/ws?ticket={}", response.body().as_text().expect("text"));
    let opened = futures_util::future::join_all((0..8).map(|_| backend.try_ws(&*path))).await;
    assert_eq!(opened.iter().filter(|opened| opened.is_ok()).count(), 1);
    for refusal in opened.into_iter().filter_map(Result::err) {
        assert_eq!(refusal.status(), 401);
    }
}

#[test]
fn a_full_store_is_503_with_retry_after() {
    let tickets = Tickets::new()
        .with_capacity(1)
        .with_lifetime(Duration::from_secs(7));
    let app = with_tickets(tickets.clone());
    let field = format!("Bearer {SECRET}");
    let request = || {
        let request = with_field("/tickets", "authorization", field.as_bytes());
        request.with_method(Method::POST)
    };
    assert_eq!(app.test_http(request()).status(), 200);
    let full = app.test_http(request());
    assert_eq!(
        (full.status().as_u16(), full.header("retry-after")),
        (503, Some("7"))
    );
    assert_eq!(
        full.header("content-type"),
        Some("application/problem+json")
    );
}

/// The time is that of the socket's runtime, which is virtual.
#[test]
fn a_ticket_expires_after_its_lifetime() {
    async fn issues(ws: WebSocket, tickets: Tickets<User>) -> WsResult {
        let mut ws = ws;
        let ticket = tickets.issue(User("ann".to_owned())).expect("room");
        while ws.recv().await?.is_some() {
            // Redeemed at the time of the message, which must be the first that is late.
            let known = tickets.redeem(&ticket).is_some();
            ws.send(known.to_string()).await?;
        }
        Ok(())
    }
    for (seconds, known) in [(29, "true"), (31, "false")] {
        let tickets = Tickets::new();
        let app = routes! { "/" => ws(issues(ws, tickets)) };
        let mut client = app.test_ws("/");
        client.advance(Duration::from_secs(1));
        client.advance(Duration::from_secs(seconds - 1));
        client.send("now").expect("open");
        assert_eq!(
            client
                .received()
                .next()
                .expect("a message")
                .expect("open")
                .text(),
            known
        );
    }
}
