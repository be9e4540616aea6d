use http4k_ws::FromRequest;

#[derive(FromRequest)]
struct Search {
    page: u32,
    #[query]
    q: String,
}

fn main() {}
