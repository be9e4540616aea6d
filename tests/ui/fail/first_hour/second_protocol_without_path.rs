use http4k_ws::prelude::*;

async fn page() -> &'static str {
    "page"
}

async fn talk(_ws: WebSocket) {}

routes! {
    fn app() -> PolyHandler {
        GET "/" => http(page()), ws(talk(ws)),
        "/inside" => {
            ws(talk(ws)),
        },
    }
}

fn main() {
    app();
}
