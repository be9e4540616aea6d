//! A captured value must be `Send`.

use std::rc::Rc;

use http4k_ws::{PolyHandler, routes};

async fn show(id: u64, db: Rc<String>) -> String {
    format!("{id} {db}")
}

routes! {
    pub fn app(db: Rc<String>) -> PolyHandler {
        "/users/<id>" => http(show(id, db)),
    }
}

fn main() {
    app(Rc::default());
}
