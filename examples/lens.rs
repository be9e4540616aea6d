//! Lenses: one type builds the request on the client and reads it on the server. A response to an
//! invalid request lists every fault.
//!
//! ```text
//! cargo run --example lens
//! curl -i 'localhost:9000/shops/tea/orders?express=true' -H 'content-type: application/json' -d '[{"item":"oolong","count":2}]'
//! curl -i 'localhost:9000/shops/tea/orders?express=soon' -H 'content-type: application/json' -d '[{"item":"oolong"}]'
//! ```
//!
//! The response to the first request contains the total of the order. The second request has three
//! faults: a missing header, a word instead of a boolean, and an item without its count. Its response
//! lists all three. The socket at `ws://127.0.0.1:9000/shops/tea/ticker` sends prices as JSON, or as
//! MessagePack if the client offers the subprotocol `prices.v1+msgpack`.

use http4k_ws::PathParam;
use http4k_ws::filter::subprotocols;
use http4k_ws::lens::{Accept, LensFailure, NotAcceptable};
use http4k_ws::message::UriTemplate;
use http4k_ws::prelude::*;

/// The name of a shop. Other names do not match the route.
#[derive(Clone, Copy, Debug, PartialEq, PathParam)]
#[path_param(rename_all = "lowercase")]
pub(crate) enum Shop {
    Tea,
    Coffee,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) item: String,
    pub(crate) count: u32,
}

/// The parts of an order request. The client builds them, and the server reads them.
#[derive(Clone, Debug, PartialEq, FromRequest)]
pub(crate) struct Order {
    #[param]
    pub(crate) shop: Shop,
    #[query(default)]
    pub(crate) express: bool,
    #[query("voucher")]
    pub(crate) vouchers: Vec<String>,
    #[header]
    pub(crate) x_customer: u64,
    #[body]
    pub(crate) lines: Json<Vec<Line>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
#[message(json, msgpack)]
pub(crate) struct Receipt {
    pub(crate) customer: u64,
    pub(crate) total: u32,
}

/// Builds the request of a client.
pub(crate) fn request(order: Order) -> Result<Request, Box<dyn std::error::Error + Send + Sync>> {
    let request = UriTemplate::parse("/shops/<shop>/orders")?.into_request()?;
    Ok(request.with_method(Method::POST).with(order)?)
}

/// Responds with the total. It is called for valid orders only; the response to another lists every
/// fault.
async fn order(order: Order) -> (StatusCode, Receipt) {
    let pieces: u32 = order.lines.0.iter().map(|line| line.count).sum();
    let price = if order.express { 5 } else { 4 };
    let off = u32::try_from(order.vouchers.len()).unwrap_or(u32::MAX);
    let receipt = Receipt {
        customer: order.x_customer,
        total: pieces.saturating_mul(price).saturating_sub(off),
    };
    (StatusCode::CREATED, receipt)
}

/// Uses lenses directly: reads a page number, and responds in the format that the client prefers.
async fn list(req: Request) -> Result<Result<String, NotAcceptable>, LensFailure> {
    let page = Query::int("page")
        .try_map(|page| u32::try_from(page).map_err(|_| "a page is counted from 0"))
        .defaulted(0)
        .get(&req)?;
    let accept = Accept::of(&req);
    Ok(accept
        .require(&["text/plain", "text/csv"])
        .map(|form| match form {
            "text/csv" => format!("page,{page}\n"),
            _ => format!("page {page}"),
        }))
}

/// Sends prices. The format is negotiated elsewhere.
async fn ticker(mut ws: WebSocket<Receipt, Receipt>, shop: Shop) -> WsResult {
    while let Some(receipt) = ws.recv().await? {
        let total = receipt.total + if shop == Shop::Tea { 1 } else { 2 };
        ws.send(Receipt { total, ..receipt }).await?;
    }
    Ok(())
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        "/shops/<shop>" => {
            POST "/orders" => http(order(_)),
            GET "/orders"  => http(list(req)),
            "/ticker" with(subprotocols(["prices.v1+msgpack", "prices.v1+json"])) => ws(ticker(ws, shop)),
        },
    }
}

fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:9000".to_owned());
    let server = app().as_server(address).start()?;
    println!("listening on {}", server.addr());
    let example = Order {
        shop: Shop::Tea,
        express: true,
        vouchers: vec!["one off".to_owned()],
        x_customer: 7,
        lines: Json(vec![Line {
            item: "oolong".to_owned(),
            count: 2,
        }]),
    };
    let request = request(example).map_err(std::io::Error::other)?;
    println!("a client's order is {request:?}");
    server.block();
    Ok(())
}
