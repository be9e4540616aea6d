use http4k_ws::calls::{Calls, Reply};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Rename {
    title: String,
}

#[derive(Calls)]
enum Board {
    Rename(Reply<u32>, Rename),
}

fn main() {}
