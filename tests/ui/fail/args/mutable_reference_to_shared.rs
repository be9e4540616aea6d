//! Captured and evaluated values are shared by all requests, so that none has them for itself.
//!
//! What only the call has can be borrowed mutably. The socket of another protocol is still named.

use http4k_ws::{PolyHandler, WebSocket, routes};

#[derive(Clone)]
struct Db {
    visits: u64,
}

async fn show(db: &mut Db) -> String {
    db.visits.to_string()
}

async fn count(visits: &mut u64) -> String {
    visits.to_string()
}

async fn greet(ws: &mut WebSocket) -> String {
    ws.request().uri().to_string()
}

routes! {
    fn app(db: Db) -> PolyHandler {
        "/captured"  => http(show(&mut db)),
        "/field"     => http(count(&mut db.visits)),
        "/evaluated" => http(show(&mut Db { visits: 1 })),
        "/socket"    => http(greet(&mut ws)),
    }
}

fn main() {}
