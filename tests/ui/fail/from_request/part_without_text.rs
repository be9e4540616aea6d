//! A part is text that is parsed, or a `Part`.

use http4k_ws::FromRequest;

struct Photo;

#[derive(FromRequest)]
struct Upload {
    #[part]
    photo: Photo,
}

fn main() {}
