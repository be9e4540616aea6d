use http4k_ws::calls::{Calls, Reply};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Rename {
    title: String,
}

#[derive(Calls)]
enum Board {
    Rename(Rename, Reply<u32>),
}

async fn respond(call: Board) -> http4k_ws::calls::CallResult {
    match call {
        Board::Rename(rename, reply) => reply.send(rename.title),
    }
}

fn main() {
    drop(respond);
}
