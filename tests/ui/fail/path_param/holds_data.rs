use http4k_ws::PathParam;

#[derive(PathParam)]
enum Shape {
    Point,
    Circle { radius: u32 },
}

fn main() {}
