use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Message)]
struct Person {
    #[message(json)]
    name: String,
}

fn main() {}
