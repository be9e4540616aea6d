//! `_` is a whole argument.

use http4k_ws::prelude::*;

#[derive(Deserialize)]
struct Order {
    item: String,
}

async fn create(order: Json<Order>) -> String {
    order.0.item
}

async fn look(order: &Json<Order>) -> String {
    order.0.item.clone()
}

routes! {
    fn app() -> PolyHandler {
        POST "/a" => http(create(Json(_))),
        POST "/b" => http(create(_.0)),
        POST "/c" => http(create(_.unwrap())),
        POST "/d" => http(look(&_)),
    }
}

fn main() {}
