//! A route lends a part of a value if it can copy the part or the value.

use std::rc::Rc;
use std::sync::{Arc, Mutex};

use http4k_ws::{PolyHandler, routes};

struct State {
    names: Mutex<Vec<String>>,
}

async fn list(names: &Mutex<Vec<String>>) -> String {
    names.lock().map(|names| names.join(" ")).unwrap_or_default()
}

async fn count(number: &u64) -> String {
    number.to_string()
}

routes! {
    fn app(state: State, unshared: Rc<State>, shared: Arc<State>) -> PolyHandler {
        "/state" => http(list(&state.names)),
        "/unshared" => http(list(&unshared.names)),
        "/type" => http(count(&shared.names)),
        "/meant" => http(list(&shared.names)),
    }
}

fn main() {}
