use http4k_ws::calls::{Calls, Reply};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Rename {
    title: String,
}

#[derive(Calls)]
struct Board {
    rename: Reply<u32>,
}

fn main() {}
