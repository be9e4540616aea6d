use http4k_ws::prelude::*;

#[derive(Serialize, Deserialize, Message)]
struct Order {
    id: u64,
}

async fn create(order: Json<Order>) -> String {
    order.0.id.to_string()
}

async fn create_with(request: Request, order: Json<Order>) -> String {
    format!("{} {}", request.uri(), order.0.id)
}

routes! {
    pub fn app() -> PolyHandler {
        POST "/orders" => http(create),
        PUT "/orders" => http(create_with),
    }
}

fn main() {}
