use http4k_ws::Message;

#[derive(serde::Deserialize, Message)]
struct Person {
    name: String,
}

fn main() {}
