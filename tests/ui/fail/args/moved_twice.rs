//! A handler value is moved. A captured value is cloned.

use http4k_ws::{PolyHandler, routes};
use http4k_ws::handler::BoxHttpHandler;

routes! {
    pub fn app(handler: BoxHttpHandler) -> PolyHandler {
        "/a" => http(handler),
        "/b" => http(handler),
    }
}

fn main() {
    app(BoxHttpHandler::new(|_| "x"));
}
