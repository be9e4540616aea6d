//! An argument with an unknown name, close to that of a parameter.

use http4k_ws::{PolyHandler, routes};

async fn show(user: u64, hub: String) -> String {
    format!("{user} {hub}")
}

routes! {
    pub fn app(hub: String) -> PolyHandler {
        "/users/<user>" => http(show(user, hbu)),
        "/others/<_user>" => http(show(usr, hub)),
        "/third/<user>" => http(show(user, hub)),
    }
}

fn main() {
    app(String::new());
}
