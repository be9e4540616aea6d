use http4k_ws::PathParam;

#[derive(PathParam)]
#[path_param(rename_all = "lower")]
enum Side {
    Left,
    #[path_param(rename = "Left")]
    Right,
}

fn main() {}
