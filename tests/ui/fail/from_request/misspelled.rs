use http4k_ws::FromRequest;

#[derive(FromRequest)]
struct Search {
    #[query(defualt = 1)]
    page: u32,
    #[query = "q"]
    words: String,
    #[header("x key")]
    key: String,
    #[query(default)]
    size: Option<u8>,
}

fn main() {}
