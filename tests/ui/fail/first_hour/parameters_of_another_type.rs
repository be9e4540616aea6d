use http4k_ws::prelude::*;

fn borrowed(name: &str) -> String {
    name.to_owned()
}

fn optional(id: Option<u32>) -> String {
    format!("{id:?}")
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/borrowed/<name>" => http(borrowed(name)),
        GET "/optional/<id>" => http(optional(id)),
        GET "/closure/<text>" => http(|text| async move { text }),
    }
}

fn main() {}
