//! `routes!`: the choice of a function, and its arguments.

mod blocks;
mod builder;
mod calls;
mod checked;
mod complete;
mod large;
mod links;
mod listed;
mod matching;
mod mounted;
mod random;
mod reference;

use http4k_ws::{Body, HttpHandler, PolyHandler, Request, Response, WsHandler, WsResponse};

/// Sends a request to `app`, and returns the status and the text of the body.
async fn ask(app: &PolyHandler, method: &str, path: &str) -> (u16, String) {
    let response = respond(app, method, path).await;
    let status = response.status().as_u16();
    let body = response.into_body().bytes().await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn respond(app: &PolyHandler, method: &str, path: &str) -> Response {
    app.http().call(request(method, path)).await
}

fn request(method: &str, path: &str) -> Request {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method.parse().unwrap();
    *request.uri_mut() = path.parse().unwrap();
    request
}

/// Requests a socket from `app`.
async fn upgrade(app: &PolyHandler, path: &str) -> WsResponse {
    app.ws().call(request("GET", path)).await
}

/// Returns the status of the refusal, or `None` if a consumer was chosen.
async fn refusal(app: &PolyHandler, path: &str) -> Option<u16> {
    let outcome = upgrade(app, path).await.into_outcome();
    outcome.err().map(|response| response.status().as_u16())
}
