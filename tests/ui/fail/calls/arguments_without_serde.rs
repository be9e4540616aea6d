use http4k_ws::calls::{Calls, Reply};

struct Rename;

#[derive(Calls)]
enum Board {
    Rename(Rename, Reply<u32>),
}

fn main() {}
