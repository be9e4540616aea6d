//! Two arguments that read the body, which can be read once.

use http4k_ws::prelude::*;
use http4k_ws::{Body, FromRequest};
use http4k_ws::bytes::Bytes;
use http4k_ws::http::HeaderMap;
use http4k_ws::lens::{Form, LensFailure};
use http4k_ws::lens::json::Json;

#[derive(Serialize, Deserialize, Message)]
struct Order {
    item: String,
}

#[derive(FromRequest)]
struct Create {
    #[query]
    dry_run: bool,
    #[body]
    order: Order,
}

#[derive(FromRequest)]
struct Fields {
    #[form]
    item: String,
}

async fn json_and_text(_order: Json<Order>, _text: String) {}

async fn optional(_order: Option<Json<Order>>, _headers: HeaderMap, _bytes: Bytes) {}

async fn fallible(_fields: Form<Order>, _order: Result<Json<Order>, LensFailure>) {}

async fn derived(_create: Create, _order: Json<Order>) {}

async fn both_derived(_create: Create, _fields: Fields) {}

async fn unread(_first: Body, _second: Body) {}

async fn socket(_ws: WebSocket, _text: String, _bytes: Bytes) -> WsResult {
    Ok(())
}

routes! {
    fn app(name: String) -> PolyHandler {
        "/text" => http(json_and_text(_, _)),
        "/optional" => http(optional(_, _, _)),
        "/fallible" => http(fallible(_, _)),
        "/derived" => http(derived(_, _)),
        "/both-derived" => http(both_derived(_, _)),
        "/unread" => http(unread(_, _)),
        "/closure" => http(|_: Json<Order>, _: Bytes| "closure"),
        "/ws" => ws(socket(ws, _, _)),
        "/fine" => http(|_: Create, _: HeaderMap, _: Query<Order>| "fine"),
    }
}

fn main() {}
