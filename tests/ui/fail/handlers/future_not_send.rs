//! A handler's future must be `Send`.

use std::rc::Rc;

use http4k_ws::{PolyHandler, routes};

async fn pause() {}

async fn count(name: String) -> String {
    let count = Rc::new(1);
    pause().await;
    format!("{name} {count}")
}

routes! {
    pub fn app() -> PolyHandler {
        "/count/<name>" => http(count(name)),
    }
}

fn main() {
    app();
}
