use http4k_ws::FromRequest;

#[derive(FromRequest)]
struct Page(#[query] u32);

fn main() {}
