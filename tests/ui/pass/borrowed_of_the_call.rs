//! References to what only the call has: the request, the socket, the stream and parameters.

use http4k_ws::sse::{Sse, SseClient, SseResult};
use http4k_ws::testing::WsClient;
use http4k_ws::{Body, PolyHandler, Request, Response, WebSocket, WsResult, routes};

#[derive(Clone)]
struct Hub(&'static str);

impl Hub {
    async fn join(&self, ws: &mut WebSocket, room: &str) -> WsResult {
        ws.send(format!("{} {room}", self.0)).await?;
        Ok(())
    }
}

async fn echo(ws: &mut WebSocket<String, String>) -> WsResult {
    while let Some(text) = ws.recv().await? {
        ws.send(text).await?;
    }
    Ok(())
}

async fn introduce(ws: &WebSocket, req: &Request, name: &mut String) -> WsResult {
    name.make_ascii_uppercase();
    ws.send(format!("{name} at {}", req.uri())).await?;
    Ok(())
}

async fn ticks(sse: &mut Sse<String>, from: u64) -> SseResult {
    sse.send(format!("tick {from}")).await?;
    Ok(())
}

fn path(req: &Request) -> String {
    req.uri().path().to_owned()
}

async fn taken(req: &mut Request) -> Body {
    std::mem::take(req.body_mut())
}

async fn counted(req: &mut Request, text: String, id: &mut u64, hub: &Hub) -> String {
    *id += 1;
    format!("{text} {id} {} {}", hub.0, req.method())
}

routes! {
    fn app(hub: Hub) -> PolyHandler {
        "/echo"             => ws(echo(&mut ws)),
        "/introduce/<name>" => ws(introduce(&ws, &req, &mut name)),
        "/rooms/<room>"     => ws(hub.join(&mut ws, &room)),
        "/ticks/<from>"     => sse(ticks(&mut sse, from)),
        "/path"             => http(path(&req)),
        POST "/taken"       => http(taken(&mut req)),
        POST "/counted/<text>/<id: u64>" => http(counted(&mut req, text, &mut id, &hub)),
    }
}

fn text(response: Response) -> String {
    let body = response.body().as_bytes().expect("it is there");
    String::from_utf8_lossy(body).into_owned()
}

fn post(path: &str) -> Request {
    let request = Request::post(path).body(Body::from("a body"));
    request.expect("a valid path")
}

fn first(app: &PolyHandler, path: &str) -> String {
    let mut client = app.test_ws(path);
    let message = client.received().next().expect("a message");
    message.expect("no end").text().into_owned()
}

#[test]
fn accepted() {
    let app = app(Hub("hub"));
    assert_eq!(text(app.test_http("/path")), "/path");
    assert_eq!(text(app.test_http(post("/taken"))), "a body");
    assert_eq!(text(app.test_http(post("/counted/x/7"))), "x 8 hub POST");
    assert_eq!(first(&app, "/introduce/ann"), "ANN at /introduce/ann");
    assert_eq!(first(&app, "/rooms/blue"), "hub blue");
    let mut client = app.test_ws("/echo");
    client.send("again").expect("open");
    let message = client.received().next().expect("a message");
    assert_eq!(message.expect("no end").text(), "again");
    let mut ticks = app.test_sse("/ticks/3");
    let event = ticks.received().next().expect("an event");
    assert_eq!(event.expect("no end").data(), "tick 3");

    // The expression form.
    let app = routes! { "/<name>" => ws(introduce(&ws, &req, &mut name)) };
    assert_eq!(first(&app, "/bob"), "BOB at /bob");
}
