use http4k_ws::FromRequest;

#[derive(FromRequest)]
struct Search {
    #[query(default = "1")]
    page: u32,
}

fn main() {}
