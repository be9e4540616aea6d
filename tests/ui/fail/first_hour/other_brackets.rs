use http4k_ws::prelude::*;

async fn home() -> &'static str {
    "home"
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/a" => http[home()],
        GET "/b" => http { home() },
        GET "/c" => http!(home()),
        "/d" => [GET "/e" => http(home())],
    }
}

fn main() {}
