//! One prefix of an axum application, moved to a route table: a page and a socket behind axum's own
//! authentication.
//!
//! Run it with `cargo run -p http4k-ws-examples-tower --example inside_axum`, then connect to
//! `ws://127.0.0.1:9000/chat/ws/blue?token=ann` or open <http://127.0.0.1:9000/>.

use axum::extract::Request as AxumRequest;
use axum::middleware::{self, Next as AxumNext};
use axum::response::Response as AxumResponse;
use axum::routing::get;
use http4k_ws::message::Rejection;
use http4k_ws::prelude::*;
use http4k_ws::server::{PolyService, ServerConfig};
use tokio::net::TcpListener;

/// The user that a layer of axum has authenticated.
#[derive(Clone, Debug, PartialEq)]
struct User(String);

/// Reads the user as an argument: `_` in the route table.
impl FromRequest for User {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let user = request.extensions().get::<Self>().cloned();
        user.ok_or_else(|| Rejection::new(StatusCode::UNAUTHORIZED.into_response()))
    }
}

/// A layer of the axum application. It stays in axum, and also guards the prefix that has moved.
async fn authenticate(
    mut request: AxumRequest,
    next: AxumNext,
) -> Result<AxumResponse, StatusCode> {
    let query = request.uri().query().unwrap_or_default();
    match query.strip_prefix("token=") {
        Some(name) if !name.is_empty() => {
            let user = User(name.to_owned());
            request.extensions_mut().insert(user);
            Ok(next.run(request).await)
        }
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

async fn me(User(name): User) -> String {
    name
}

/// The user is an argument, read before the upgrade, and still in the request of the open socket.
async fn talk(mut ws: WebSocket, User(name): User, room: String) -> WsResult {
    ws.send(format!("{name} is in {room}")).await?;
    while let Some(message) = ws.recv().await? {
        let user = ws.request().extensions().get::<User>();
        let name = user.map_or("a stranger", |user| &user.0).to_owned();
        ws.send(format!("{name}: {}", message.text())).await?;
    }
    Ok(())
}

routes! {
    /// The part that has moved.
    fn chat() -> PolyHandler {
        GET "/me"    => http(me(_)),
        "/ws/<room>" => ws(talk(ws, _, room)),
    }
}

fn service() -> PolyService {
    chat().into_service(ServerConfig::default()).keep::<User>()
}

/// The axum application.
fn router(chat: PolyService) -> axum::Router {
    axum::Router::new()
        .nest_service("/chat", chat)
        .layer(middleware::from_fn(authenticate))
        .route("/", get(|| async { "a page of axum" }))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:9000".into());
    let chat = service();
    let listener = TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    let router = router(chat.clone());
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            let _ = tokio::signal::ctrl_c().await;
            // axum forgets sockets, and would wait for streams.
            let report = chat.stop().await;
            println!("{} sockets closed, {} cut off", report.sockets, report.cut);
        })
        .await
}

#[cfg(test)]
mod tests {
    use http4k_ws::client::{HttpClient, WebSocketClient};
    use tokio::sync::oneshot;

    use super::*;

    fn ann(path: &str) -> Request {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = path.parse().unwrap();
        request.extensions_mut().insert(User("ann".to_owned()));
        request
    }

    #[test]
    fn the_moved_part_is_tested_without_axum() {
        assert_eq!(chat().test_http("/me").status(), 401);
        assert_eq!(chat().test_http(ann("/me")).body(), "ann");
        let mut client = chat().test_ws(ann("/ws/blue"));
        client.send("hi").unwrap();
        let said: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
        assert_eq!(said, ["ann is in blue", "ann: hi"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_whole_keeps_the_user_and_stops_in_order() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let chat = service();
        let router = router(chat.clone());
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stopped.await;
            assert_eq!(chat.stop().await.sockets, 1);
        });
        let serving = tokio::spawn(async move { serving.await.unwrap() });

        let client = HttpClient::new().with_base(format!("http://{at}")).unwrap();
        assert_eq!(client.send("/").await.unwrap().body(), "a page of axum");
        assert_eq!(client.send("/chat/me").await.unwrap().status(), 401);
        assert_eq!(
            client.send("/chat/me?token=ann").await.unwrap().body(),
            "ann"
        );
        let uri = format!("ws://{at}/chat/ws/blue");
        assert!(WebSocketClient::connect(&uri).await.is_err());
        let mut socket = WebSocketClient::connect(format!("{uri}?token=ann"))
            .await
            .unwrap();
        socket.send("hi").await.unwrap();
        for text in ["ann is in blue", "ann: hi"] {
            assert_eq!(socket.recv().await.unwrap().unwrap().text(), text);
        }
        drop(client);
        stop.send(()).unwrap();
        assert_eq!(socket.closed().await, WsStatus::GOING_AWAY);
        serving.await.unwrap();
    }
}
