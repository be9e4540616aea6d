//! Functions in `sse(..)` that return a response instead of sending events.

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

async fn page(_request: Request) -> Response {
    Response::default()
}

async fn text(sse: Sse) -> String {
    drop(sse);
    "news".to_owned()
}

fn response(sse: Sse, topic: String) -> Response {
    drop((sse, topic));
    Response::default()
}

routes! {
    pub fn app() -> PolyHandler {
        "/value" => sse(page),
        "/text" => sse(text(sse)),
        "/response/<topic>" => sse(response(sse, topic)),
        "/closure" => sse(|sse: Sse| async move { drop(sse); 1 }),
    }
}

fn main() {
    app();
}
