use http4k_ws::prelude::*;

fn home() -> &'static str {
    "home"
}

routes! {
    fn app() -> PolyHandler {
        home => http(home()),
        get => http(home()),
        "/x" => {
            home => http(home()),
        },
    }
}

fn main() {}
