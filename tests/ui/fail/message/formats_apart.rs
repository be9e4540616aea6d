use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Message)]
#[message(json, text)]
struct Person {
    name: String,
}

#[derive(Serialize, Deserialize, Message)]
#[message(cbor, cbor)]
struct Place {
    name: String,
}

fn main() {}
