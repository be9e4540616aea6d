use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Default)]
enum Cache {
    #[default]
    Empty,
    Filled(*const u8),
}

#[derive(Serialize, Deserialize, Message)]
struct Person {
    #[serde(skip)]
    cache: Cache,
}

fn main() {}
