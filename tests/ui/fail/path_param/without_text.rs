use http4k_ws::PathParam;

#[derive(PathParam)]
struct Bytes(Vec<u8>);

fn main() {}
