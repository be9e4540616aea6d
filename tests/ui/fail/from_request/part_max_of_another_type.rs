//! `max` is a number of bytes, without a unit.

use http4k_ws::FromRequest;
use http4k_ws::lens::Part;

#[derive(FromRequest)]
struct Upload {
    #[part(max = "10 MiB")]
    photo: Part,
}

fn main() {}
