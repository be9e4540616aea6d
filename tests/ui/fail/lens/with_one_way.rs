use http4k_ws::Request;
use http4k_ws::lens::{Header, With};

fn main() {
    let length = Header::string("x-name").try_map(|name| name.parse::<u8>()).optional();
    let _ = Request::new("".into()).with(length.of(Some(3)));
}
