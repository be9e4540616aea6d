//! `max` needs a number of bytes, and is for parts only.

use http4k_ws::FromRequest;
use http4k_ws::lens::Part;

#[derive(FromRequest)]
struct Upload {
    #[part(max)]
    photo: Part,
    #[query(max = 3)]
    page: u8,
}

fn main() {}
