use http4k_ws::prelude::*;

fn list(page: u32) -> String {
    page.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/list?page=<page>" => http(list(page)),
        GET "/all?sorted" => http(|| "all"),
        GET "/top#fragment" => http(|| "top"),
    }
}

fn main() {}
