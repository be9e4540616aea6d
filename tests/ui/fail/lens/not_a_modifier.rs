use http4k_ws::Request;
use http4k_ws::lens::With;

fn main() {
    let _ = Request::new("".into()).with(("x-key", "1"));
}
