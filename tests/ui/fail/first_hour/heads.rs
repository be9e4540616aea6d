use http4k_ws::prelude::*;

routes! {
    fn no_parentheses -> PolyHandler { "/a" => http(|| "a") }
}

routes! {
    pub no_fn() -> PolyHandler { "/a" => http(|| "a") }
}

routes! {
    fn no_braces() -> PolyHandler ("/a" => http(|| "a"))
}

fn main() {}
