use http4k_ws::Message;

#[derive(serde::Serialize, Message)]
struct Person {
    name: String,
}

fn main() {}
