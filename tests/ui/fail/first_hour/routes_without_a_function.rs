use http4k_ws::prelude::*;

routes! {
    GET "/" => http(|| "hi"),
}

fn main() {}
