use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Message)]
#[message(tag = "type")]
enum Tagged {
    A { x: u32 },
}

#[derive(Serialize, Deserialize, Message)]
#[message(rename_all = "camelCase")]
struct Renamed {
    x: u32,
}

#[derive(Serialize, Deserialize, Message)]
#[message("json")]
struct Quoted {
    x: u32,
}

#[derive(Serialize, Deserialize, Message)]
#[message = "msgpack"]
struct Assigned {
    x: u32,
}

#[derive(Serialize, Deserialize, Message)]
#[message("yaml")]
struct Unknown {
    x: u32,
}

#[derive(Serialize, Deserialize, Message)]
#[message(format = "json")]
struct Keyed {
    x: u32,
}

#[derive(Serialize, Deserialize, Message)]
#[message(JSON)]
struct Capitals {
    x: u32,
}

fn main() {}
