//! Authentication: a token, a cookie, a one-time ticket, a subprotocol, and a first message, all by
//! one function that looks up users.
//!
//! ```text
//! cargo run --example auth
//! curl -i http://127.0.0.1:9000/api/me
//! curl -H 'authorization: Bearer token-of-ann' http://127.0.0.1:9000/api/me
//! ```

use std::time::Duration;

use http4k_ws::filter::{
    CredentialSource, Principal, Tickets, TicketsFull, api_key_cookie, authenticate, bearer, csrf,
    subprotocol_token, subprotocols, ticket,
};
use http4k_ws::message::{Credentials, OriginPolicy};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::sse::{Sse, SseResult};

#[derive(Clone, Debug, PartialEq)]
struct User {
    name: String,
    banned: bool,
}

/// A stand-in for a database, which stores hashes of tokens and not the tokens.
const USERS: [(&str, &str, bool); 2] = [
    ("token-of-ann", "ann", false),
    ("token-of-eve", "eve", true),
];

/// Looks up a user, whatever the client has sent to prove its identity.
async fn look_up(credentials: Credentials) -> Result<Option<User>, StatusCode> {
    let user = match &credentials {
        Credentials::Bearer(secret) | Credentials::ApiKey(secret) => {
            let mut users = USERS.iter();
            let found = users.find(|(token, _, _)| secret.matches(token));
            found.map(|(_, name, banned)| User {
                name: (*name).to_owned(),
                banned: *banned,
            })
        }
        Credentials::Ticket(value) => value.get::<User>().cloned(),
        _ => None,
    };
    match user {
        Some(user) if user.banned => Err(StatusCode::FORBIDDEN),
        user => Ok(user),
    }
}

fn me(Principal(user): Principal<User>) -> String {
    user.name
}

/// Issues a ticket, with which the page of the user opens a socket or a stream.
fn issue(Principal(user): Principal<User>, tickets: &Tickets<User>) -> Result<String, TicketsFull> {
    tickets.issue(user)
}

async fn chat(mut ws: WebSocket<String, String>, Principal(user): Principal<User>) -> WsResult {
    ws.send(format!("hello {}", user.name)).await?;
    while let Some(text) = ws.recv().await? {
        ws.send(format!("{}: {text}", user.name)).await?;
    }
    Ok(())
}

async fn news(sse: Sse, Principal(user): Principal<User>) -> SseResult {
    Ok(sse.send(format!("news for {}", user.name)).await?)
}

/// For clients that can do nothing but send messages.
async fn late_chat(mut ws: WebSocket<String, String>) -> WsResult {
    let user = ws.authenticate(Duration::from_secs(5), look_up).await?;
    chat(ws, Principal(user)).await
}

routes! {
    fn routed(tickets: Tickets<User>) -> PolyHandler {
        // A browser sends the cookie with each request, also with those of other sites.
        "/api" with(csrf(), authenticate(bearer().or(api_key_cookie("key")), look_up)) => {
            GET "/me"       => http(me(_)),
            POST "/tickets" => http(issue(_, &tickets)),
        },
        // A page cannot set a field for a socket or a stream.
        "/live" with(authenticate(ticket(&tickets).or(subprotocol_token()), look_up)) => {
            "/chat" with(subprotocols(["chat"])) => ws(chat(ws, _)),
            GET "/news" => sse(news(sse, _)),
        },
        "/cookie/chat" with(authenticate(api_key_cookie("key"), look_up)) => ws(chat(ws, _)),
        "/late/chat" => ws(late_chat(ws)),
    }
}

fn app() -> PolyHandler {
    routed(Tickets::new())
}

/// The pages that may open sockets: our own, and those of one other site. A socket with a cookie is
/// safe only because of this.
fn config() -> ServerConfig {
    let friend = "https://friend.example".parse().expect("an origin");
    ServerConfig::default().with_origins(OriginPolicy::own().and(friend))
}

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("127.0.0.1:9000".to_owned());
    let server = app().as_server(address).with_config(config()).start()?;
    println!("listening at http://{}/", server.addr());
    server.block();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(method: Method, path: &str, name: &'static str, value: &'static str) -> Request {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(name, value).body(Body::empty());
        request.expect("a request")
    }

    fn get(path: &str, name: &'static str, value: &'static str) -> Request {
        with(Method::GET, path, name, value)
    }

    const TOKEN: &str = "Bearer token-of-ann";

    fn first_text(mut client: http4k_ws::testing::TestWsClient) -> String {
        let message = client.received().next().expect("a message").expect("open");
        message.text().into_owned()
    }

    #[test]
    fn a_token_and_a_cookie_name_the_user() {
        let app = app();
        assert_eq!(
            app.test_http(get("/api/me", "authorization", TOKEN)).body(),
            "ann"
        );
        assert_eq!(
            app.test_http(get("/api/me", "cookie", "key=token-of-ann"))
                .body(),
            "ann"
        );
        let refusal = app.test_http("/api/me");
        assert_eq!(refusal.status(), 401);
        let challenges: Vec<_> = refusal
            .headers()
            .get_all("www-authenticate")
            .iter()
            .collect();
        assert_eq!(
            challenges,
            [r#"Bearer realm="api""#, r#"ApiKey in="cookie", name="key""#]
        );
        assert_eq!(
            app.test_http(get("/api/me", "authorization", "Bearer x"))
                .status(),
            401
        );
        let banned = get("/api/me", "authorization", "Bearer token-of-eve");
        assert_eq!(app.test_http(banned).status(), 403);
    }

    #[test]
    fn a_ticket_opens_one_socket_or_one_stream() {
        let app = app();
        let issued = || {
            let request = with(Method::POST, "/api/tickets", "authorization", TOKEN);
            let response = app.test_http(request);
            response.body().as_text().expect("a ticket").to_owned()
        };
        let chat = format!("/live/chat?ticket={}", issued());
        assert_eq!(first_text(app.test_ws(&*chat)), "hello ann");
        assert_eq!(app.try_test_ws(&*chat).unwrap_err().status(), 401);
        let mut news = app.test_sse(format!("/live/news?ticket={}", issued()));
        assert_eq!(
            news.received().next().unwrap().unwrap().data(),
            "news for ann"
        );
    }

    #[test]
    fn a_token_among_the_subprotocols_is_not_selected() {
        let app = app();
        let offering = |offers| get("/live/chat", "sec-websocket-protocol", offers);
        let client = app.test_ws(offering("bearer.token-of-ann, chat"));
        assert_eq!(client.subprotocol(), Some("chat"));
        assert_eq!(first_text(client), "hello ann");
        assert_eq!(app.try_test_ws(offering("chat")).unwrap_err().status(), 401);
    }

    #[test]
    fn a_first_message_names_the_user() {
        let mut client = app().test_ws("/late/chat");
        client.send("token-of-ann").unwrap();
        assert_eq!(first_text(client), "hello ann");
        for (first, reason) in [
            ("guess", "the first message proves no user"),
            ("token-of-eve", "the look-up refused: 403 Forbidden"),
        ] {
            let mut client = app().test_ws("/late/chat");
            client.send(first).unwrap();
            let status = client.closed().expect("a close");
            assert_eq!((status.code(), status.reason()), (1008, reason));
        }
    }

    #[test]
    fn a_cookie_is_of_no_use_to_other_sites() {
        let app = app().test_with(config());
        let socket = |origin: &'static str| {
            get("/cookie/chat", "cookie", "key=token-of-ann").with_header("origin", origin)
        };
        assert_eq!(
            first_text(app.ws(socket("https://friend.example"))),
            "hello ann"
        );
        assert_eq!(
            app.try_ws(socket("https://evil.example"))
                .unwrap_err()
                .status(),
            403
        );

        let post = with(Method::POST, "/api/tickets", "cookie", "key=token-of-ann");
        let post = post.with_header("sec-fetch-site", "cross-site");
        assert_eq!(app.http(post).status(), 403);
    }
}
