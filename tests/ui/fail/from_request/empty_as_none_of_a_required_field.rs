use http4k_ws::FromRequest;

#[derive(FromRequest)]
struct Search {
    #[query(empty_as_none)]
    page: u32,
    #[form(empty_as_none)]
    tags: Vec<u32>,
    #[header(empty_as_none)]
    limit: Option<u32>,
}

fn main() {}
