use http4k_ws::FromRequest;

#[derive(FromRequest)]
struct Search {
    #[json]
    order: String,
    #[file]
    photo: Vec<u8>,
    #[state]
    db: u32,
    #[request]
    request: u32,
    #[query(rename = "q")]
    words: String,
    #[header(name = "x-id")]
    id: u32,
    #[cookie(key = sid)]
    session: String,
    #[header = "x-key"]
    key: String,
    #[query(required)]
    page: u32,
    #[query]
    text: &'static str,
    #[query]
    tags: Vec<&'static str>,
}

#[derive(FromRequest)]
#[query]
struct Page {
    number: u32,
}

fn main() {}
