use http4k_ws::calls::{Calls, Reply};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Rename {
    title: String,
}

#[derive(Calls)]
enum Board {
    Rename(Rename),
    Other(Other, Reply<u32>),
}

#[derive(Serialize, Deserialize)]
struct Other;

fn main() {}
