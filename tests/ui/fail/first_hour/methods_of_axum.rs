use http4k_ws::prelude::*;

async fn home() -> &'static str {
    "home"
}

routes! {
    pub fn app() -> PolyHandler {
        "/a" => get(home),
        "/b" => post(home()),
        "/c" => home,
        "/d" => home(),
        "/e" => "home",
        "/f" => async { "home" },
    }
}

fn main() {}
