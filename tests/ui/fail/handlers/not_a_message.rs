//! A socket of a type that is not a message.

use http4k_ws::{PolyHandler, WebSocket, routes};

struct Person;

async fn chat(ws: WebSocket<Person, Person>) {
    drop(ws);
}

routes! {
    pub fn app() -> PolyHandler {
        "/ws" => ws(chat(ws)),
    }
}

fn main() {
    app();
}
