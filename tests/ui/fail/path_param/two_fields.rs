use http4k_ws::PathParam;

#[derive(PathParam)]
struct Point {
    x: u32,
    y: u32,
}

fn main() {}
