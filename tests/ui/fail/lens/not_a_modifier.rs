use http4k_ws::{Request, With};

fn main() {
    let _ = Request::new("".into()).with(("x-key", "1"));
}
