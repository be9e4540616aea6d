//! One application over both versions of HTTP, with the same responses.

use bytes::Bytes;
use h2::client::Builder;
use http::{HeaderMap, Method};
use http4k_ws::client::HttpClient;
use http4k_ws::filter::{basic_auth, max_body, messages};
use http4k_ws::lens::{Cookie, Query};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::{MessageAction, MessageFilter};

use super::client::{Answer, Client, TEXT, request, whole};
use super::{serve, within};

async fn length(body: String) -> String {
    body.len().to_string()
}

fn page(Query(asked): Query<Page>) -> String {
    asked.page.to_string()
}

fn session(Cookie(known): Cookie<Session>) -> String {
    known.session
}

fn moved() -> Response {
    (StatusCode::FOUND, [("location", "/elsewhere")], ()).into_response()
}

fn fail() -> &'static str {
    panic!("on purpose")
}

routes! {
    fn app() -> PolyHandler {
        GET "/"                => http(|| "home"),
        GET "/item/<id: u64>"  => http(|id: u64| format!("item {id}")),
        GET "/text/<rest..>"   => http(|rest: String| rest),
        GET "/page"            => http(page(_)),
        GET "/cookie"          => http(session(_)),
        GET "/moved"           => http(moved()),
        GET "/fail"            => http(fail()),
        GET "/empty"           => http(|| StatusCode::NO_CONTENT),
        POST "/length" with(max_body(20)) => http(length(_)),
        GET "/secret" with(basic_auth("here", |name, _password| name == "bob")) => http(|| "told"),
    }
}

#[derive(Deserialize)]
struct Page {
    page: u32,
}

#[derive(Deserialize)]
struct Session {
    session: String,
}

/// Returns the parts of a response that depend neither on the version nor on the time.
fn lasting(fields: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    let told = ["connection", "date", "transfer-encoding"];
    let lasting = fields
        .iter()
        .filter(|(name, _)| !told.contains(&name.as_str()));
    let mut lasting: Vec<_> = lasting
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    lasting.sort();
    lasting
}

async fn over_http2(method: Method, path: &str, fields: &[(&str, &str)], body: &str) -> Answer {
    let (ours, _serving) = serve(app(), ServerConfig::default());
    let mut client = Client::over(ours, &Builder::new()).await;
    let (answer, mut stream) = client.begin(request(method, path, fields), body.is_empty());
    if !body.is_empty() {
        // A rejection may have arrived first.
        let _ = stream.send_data(Bytes::from(body.to_owned()), true);
    }
    whole(answer).await.expect("an answer")
}

async fn over_http1(method: Method, path: &str, fields: &[(&str, &str)], body: &str) -> Response {
    let (ours, _serving) = serve(app(), ServerConfig::default());
    let request = request(method, path, fields).map(|()| Body::from(body.to_owned()));
    within(HttpClient::new().send_over(ours, request))
        .await
        .expect("an answer")
}

#[tokio::test(start_paused = true)]
async fn both_versions_return_the_same() {
    let (get, head, post) = (Method::GET, Method::HEAD, Method::POST);
    let long = "x".repeat(21);
    let bob = [("authorization", "Basic Ym9iOng=")];
    for (method, path, fields, body, status) in [
        (&get, "/", &[][..], "", 200),
        (&head, "/", &[], "", 200),
        (&Method::OPTIONS, "/", &[], "", 204),
        (&Method::DELETE, "/", &[], "", 405),
        (&Method::TRACE, "/", &[], "", 405),
        (&get, "/nothing", &[], "", 404),
        (&get, "/item/7", &[], "", 200),
        (&get, "/item/seven", &[], "", 404),
        (&get, "/item/%zz", &[], "", 400),
        (&get, "/text/a%2Fb/%C3%A4?q=%20", &[], "", 200),
        (&get, "/text/a\"b", &[], "", 400),
        (&get, "/text/{a}", &[], "", 400),
        (&get, "/text/\u{e4}", &[], "", 400),
        (&get, "/page?page=|", &[], "", 400),
        (&get, "/page?page=3", &[], "", 200),
        (&get, "/page?page=three", &[], "", 400),
        (&get, "/page", &[], "", 400),
        (&get, "/cookie", &[("cookie", "a=1; session=s")], "", 200),
        (&get, "/moved", &[], "", 302),
        (&get, "/fail", &[], "", 500),
        (&get, "/empty", &[], "", 204),
        (&post, "/length", &[], "twelve chars", 200),
        (&post, "/length", &[], &long, 413),
        (&post, "/length", &[("expect", "miracles")], "x", 417),
        (&get, "/secret", &[], "", 401),
        (&get, "/secret", &bob, "", 200),
    ] {
        let what = format!("{method} {path} {fields:?}");
        let new = over_http2(method.clone(), path, fields, body).await;
        let old = over_http1(method.clone(), path, fields, body).await;
        assert_eq!(new.status, status, "{what}");
        assert_eq!(old.status(), status, "{what}");
        assert_eq!(old.body().as_text(), Some(new.text()), "{what}");
        assert_eq!(lasting(&new.fields), lasting(old.headers()), "{what}");
    }
}

/// Answers in capitals, and obeys `drop` and `close`.
struct Capitals;

impl MessageFilter for Capitals {
    fn received(&mut self, message: WsMessage) -> MessageAction {
        match &*message.text() {
            "drop" => MessageAction::Drop,
            "close" => MessageAction::Close(WsStatus::POLICY_VIOLATION),
            _ => MessageAction::Pass(message),
        }
    }

    fn sent(&mut self, message: WsMessage) -> MessageAction {
        MessageAction::Pass(message.text().to_uppercase().into())
    }
}

#[tokio::test(start_paused = true)]
async fn the_messages_of_a_socket_are_filtered() {
    async fn echo(mut ws: WebSocket) -> WsResult {
        while let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        Ok(())
    }
    let app = routes! { "/ws" with(messages(|_| Capitals)) => ws(echo(ws)) };
    let mut client = Client::to(app, ServerConfig::default()).await;
    let mut socket = client.open("/ws", &[]).await;
    socket.send_frame(TEXT, b"drop");
    socket.send_frame(TEXT, b"hello");
    assert_eq!(socket.text().await, "HELLO");
    socket.send_frame(TEXT, b"close");
    assert_eq!(socket.close_code().await, 1008);
}
