use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Message)]
#[message(jsno)]
struct Person {
    name: String,
}

#[derive(Serialize, Deserialize, Message)]
#[message(yaml)]
struct Place {
    name: String,
}

fn main() {}
