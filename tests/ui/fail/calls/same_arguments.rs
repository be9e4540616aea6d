use http4k_ws::calls::{Calls, Reply};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Rename {
    title: String,
}

#[derive(Calls)]
enum Board {
    Rename(Rename, Reply<u32>),
    Add(Rename, Reply<u32>),
}

fn main() {}
