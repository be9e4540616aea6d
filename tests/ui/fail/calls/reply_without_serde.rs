use http4k_ws::calls::{Calls, Reply};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Rename {
    title: String,
}

struct Card;

#[derive(Calls)]
enum Board {
    Rename(Rename, Reply<Card>),
}

fn main() {}
