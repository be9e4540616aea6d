use http4k_ws::calls::{Calls, Reply};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Rename {
    title: String,
}

#[derive(Calls)]
#[calls(rename_al = "camelCase")]
enum Board {
    #[calls(name = "call")]
    Rename(Rename, Reply<u32>),
}

fn main() {}
