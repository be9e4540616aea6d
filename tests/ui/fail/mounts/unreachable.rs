//! Mounted routes whose requests all match more specific routes around the mount.

use http4k_ws::{PolyHandler, Request, WebSocket, routes};

fn home(_req: Request) -> &'static str {
    "home"
}

async fn talk(_ws: WebSocket) {}

mod v1 {
    use super::{home, talk};
    use http4k_ws::{PolyHandler, routes};

    routes! {
        pub(super) fn api() -> PolyHandler {
            GET "/users" => http(home),
            "/rooms/<_room>" as room => ws(talk),
            "/rooms/<_room>" => http(|| "a room"),
            HEAD "/" => http(home),
        }
    }
}

fn plain() -> PolyHandler {
    routes! { "/" => http(home) }
}

routes! {
    fn app() -> PolyHandler {
        GET "/api" => http(home),
        "/api/<_any>" as any => http(home),
        "/api/rooms/<_rest..>" as rooms => ws(talk),
        "/api" => mount(v1::api().with(http4k_ws::filter::subprotocols(["echo"]))),
        "/all/<_x>" => mount(plain()),
        "/all" => mount(v1::api()),
    }
}

fn main() {
    app();
}
