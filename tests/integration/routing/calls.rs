//! What a route's function is handed.

use http4k_ws::{PolyHandler, Request, WebSocket, WsResult, routes};

use super::{ask, refusal};

async fn home(_req: Request) -> &'static str {
    "hiya world"
}

async fn hello(name: String) -> String {
    format!("hello {name}")
}

async fn greet(ws: WebSocket, name: String) -> WsResult {
    ws.send(http4k_ws::WsMessage::new_text(format!("hello {name}")))
        .await?;
    Ok(())
}

routes! {
    /// The whole application.
    pub(super) fn app() -> PolyHandler {
        GET "/" => http(home),
        "/hello/<name>" => http(hello(name)),
        "/ws/<name>" => ws(greet(ws, name)),
    }
}

#[tokio::test]
async fn a_path_parameter_is_an_argument() {
    let expression = routes! {
        GET "/" => http(home),
        "/hello/<name>" => http(hello(name)),
        "/ws/<name>" => ws(greet(ws, name)),
    };
    for app in [app(), expression] {
        assert_eq!(ask(&app, "GET", "/").await, (200, "hiya world".into()));
        assert_eq!(
            ask(&app, "GET", "/hello/bob").await,
            (200, "hello bob".into())
        );
        assert_eq!(
            ask(&app, "GET", "/hello/a%20b").await,
            (200, "hello a b".into())
        );
        assert_eq!(ask(&app, "GET", "/nope").await.0, 404);
        assert_eq!(ask(&app, "POST", "/").await.0, 405);
        assert_eq!(ask(&app, "GET", "/ws/bob").await.0, 426);
        assert_eq!(refusal(&app, "/ws/bob").await, None);
        assert_eq!(refusal(&app, "/hello/bob").await, Some(404));
    }
}
