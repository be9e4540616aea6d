use http4k_ws::FromRequest;

#[derive(FromRequest)]
struct Upload {
    #[body]
    name: String,
    #[body]
    picture: http4k_ws::bytes::Bytes,
}

fn main() {}
