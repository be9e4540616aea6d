use http4k_ws::FromRequest;

struct Order;

#[derive(FromRequest)]
struct Ordering {
    #[body]
    order: Order,
}

fn main() {}
