//! Filters: in front of routes, joined, per message, and with limits.
//!
//! ```text
//! cargo run --example filters
//! curl -i http://127.0.0.1:9000/api/rooms/blue -H 'x-name: ann'
//! for i in 1 2 3 4 5 6 7; do curl -s http://127.0.0.1:9000/api/rooms/blue -H 'x-name: ann'; done
//! ```
//!
//! Four subjects:
//!
//! 1. `a.and(b)` joins two filters: `house(..)` below is one value, which `routes!` takes as any
//!    other. The first is outside, so that refusals of the others have its fields, too.
//! 2. `rate_limit` refuses clients that send too many requests, before their sockets are open.
//! 3. `messages` changes, drops and refuses the messages of a socket.
//! 4. `message_rate` closes sockets whose clients send too many messages.

use http4k_ws::PolyFilter;
use http4k_ws::filter::{Quota, guard, message_rate, messages, poly, rate_limit};
use http4k_ws::handler::BoxPolyFilter;
use http4k_ws::prelude::*;
use http4k_ws::session::{MessageAction, MessageFilter};

/// Adds the name of the server to every response, also to those of the filters behind this one.
async fn signed(request: Request, next: Next) -> Response {
    next.call(request).await.with_header("x-server", "house")
}

/// Refuses clients without a name.
async fn named(request: Request) -> Result<Request, StatusCode> {
    match request.header("x-name") {
        Some(_) => Ok(request),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

/// The key of the rate limit.
fn by_name(request: &Request) -> Option<String> {
    request.header("x-name").map(str::to_owned)
}

/// The filters that each part of the house has, the outermost first. The limit is behind the guard,
/// so that only named clients use its memory.
fn house(open: bool) -> BoxPolyFilter {
    let filters = poly(signed);
    if open {
        filters
    } else {
        let limit = rate_limit(by_name, Quota::per_minute(6));
        filters.and(guard(named)).and(limit)
    }
}

/// The manners of a room, for one socket: words in capitals arrive in small letters, empty messages
/// do not arrive, and an insult ends the visit.
struct Manners {
    name: String,
}

impl MessageFilter for Manners {
    fn received(&mut self, message: WsMessage) -> MessageAction {
        match message.text().trim() {
            "" => MessageAction::Drop,
            "you fool" => MessageAction::Close(WsStatus::POLICY_VIOLATION),
            text => MessageAction::Pass(text.to_lowercase().into()),
        }
    }

    fn sent(&mut self, message: WsMessage) -> MessageAction {
        MessageAction::Pass(format!("{}: {}", self.name, message.text()).into())
    }
}

/// The messages that a client may send.
const LINES: Quota = Quota::per_second(2).with_burst(5);

/// Creates the filter of one socket from its request.
fn manners(request: &Request) -> Manners {
    let name = request.header("x-name").unwrap_or("somebody").to_owned();
    Manners { name }
}

fn describe(room: String) -> String {
    format!("the {room} room\n")
}

async fn talk(mut ws: WebSocket, _room: String) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

routes! {
    fn app() -> PolyHandler {
        GET "/" with(house(true)) => http(|| "The house. Rooms are below /api/rooms.\n"),
        "/api" with(house(false)) => {
            GET "/rooms/<room>" => http(describe(room)),
            "/rooms/<room>" with(message_rate(LINES), messages(manners)) => ws(talk(ws, room)),
        },
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    app().serve("127.0.0.1:9000").await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn of(name: &'static str) -> Request {
        let request = Request::get("/api/rooms/blue").header("x-name", name);
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn joined_filters_are_in_order() {
        let refusal = app().test_http("/api/rooms/blue");
        assert_eq!(refusal.status(), 401);
        assert_eq!(refusal.header("x-server"), Some("house"));
        assert_eq!(app().test_http(of("ann")).body(), "the blue room\n");
        assert_eq!(
            app().routes().to_string(),
            "\
GET  /                  http            with(poly(signed))
GET  /api/rooms/<room>  http  describe  with(poly(signed), guard(named), rate_limit(by_name))
     /api/rooms/<room>  ws    talk      with(poly(signed), guard(named), rate_limit(by_name), \
message_rate, messages)
"
        );
    }

    #[test]
    fn requests_and_sockets_of_one_client_use_one_quota() {
        let app = app();
        for _ in 0..3 {
            assert_eq!(app.test_http(of("ann")).status(), 200);
            assert!(app.try_test_ws(of("ann")).is_ok());
        }
        let refusal = app.test_http(of("ann"));
        assert_eq!(
            (refusal.status().as_u16(), refusal.header("retry-after")),
            (429, Some("10"))
        );
        assert_eq!(app.try_test_ws(of("ann")).unwrap_err().status(), 429);
        assert_eq!(app.test_http(of("bob")).status(), 200);
    }

    #[test]
    fn messages_are_filtered() {
        let mut client = app().test_ws(of("ann"));
        for text in ["HELLO", "  ", "Good Evening"] {
            client.send(text).unwrap();
        }
        let said: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
        assert_eq!(said, ["ann: hello", "ann: good evening"]);
        client.send("you fool").unwrap();
        assert_eq!(client.closed(), Some(WsStatus::POLICY_VIOLATION));
    }

    #[test]
    fn a_client_that_sends_too_much_is_closed() {
        let mut client = app().test_ws(of("ann"));
        for _ in 0..10 {
            client.send("hello").unwrap();
            client.advance(Duration::from_millis(500));
        }
        for _ in 0..6 {
            client.send("hello").unwrap();
        }
        assert_eq!(
            client.closed().unwrap().to_string(),
            "1008 too many messages"
        );
    }
}
