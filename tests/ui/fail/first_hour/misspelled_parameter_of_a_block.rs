use http4k_ws::prelude::*;

fn show(team: String, id: u64) -> String {
    format!("{team} {id}")
}

routes! {
    pub fn app() -> PolyHandler {
        "/<team>" => {
            GET "/<id>" => http(show(taem, id)),
        },
    }
}

fn main() {}
