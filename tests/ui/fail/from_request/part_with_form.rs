//! A form with files is one body, and a form without files another.

use http4k_ws::FromRequest;
use http4k_ws::lens::Part;

#[derive(FromRequest)]
struct Upload {
    #[form]
    title: String,
    #[part]
    photo: Part,
}

fn main() {}
