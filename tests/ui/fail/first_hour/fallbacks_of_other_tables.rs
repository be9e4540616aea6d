use http4k_ws::prelude::*;

routes! {
    pub fn app() -> PolyHandler {
        "*" => http(|| "a"),
        * => http(|| "b"),
        .. => http(|| "c"),
        else => http(|| "d"),
        "_" => http(|| "e"),
        default => http(|| "f"),
    }
}

fn main() {}
