use http4k_ws::PathParam;

#[derive(PathParam)]
#[path_param("lowercase")]
enum Color {
    #[path_param("r")]
    Red,
    #[path_param = "g"]
    Green,
}

#[derive(PathParam)]
struct Id(Option<u64>);

fn main() {}
