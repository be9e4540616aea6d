//! A file that may be missing is an `Option`.

use http4k_ws::FromRequest;
use http4k_ws::lens::Part;

#[derive(FromRequest)]
struct Upload {
    #[part(default)]
    photo: Part,
}

fn main() {}
