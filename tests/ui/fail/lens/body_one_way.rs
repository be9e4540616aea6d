use http4k_ws::{Body, Request};

fn main() {
    let length = Body::string().map(|text| text.len());
    let _ = length.set(Request::new("".into()), 3);
}
