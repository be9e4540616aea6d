use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Message)]
enum Command {
    Leave,
    JoinRoom { room: String },
}

fn main() {}
