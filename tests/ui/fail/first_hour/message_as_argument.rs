use http4k_ws::prelude::*;

#[derive(Serialize, Deserialize)]
struct Order {
    id: u64,
}

async fn create(order: Order) -> String {
    order.id.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        POST "/orders" => http(create(_)),
    }
}

fn main() {}
