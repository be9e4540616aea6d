//! More than 16 parameters in a prefix and a mounted route together.

use http4k_ws::{PolyHandler, routes};

mod deep {
    use http4k_ws::{PolyHandler, routes};

    routes! {
        pub fn api() -> PolyHandler {
            "/<_1>/<_2>/<_3>/<_4>/<_5>/<_6>/<_7>/<_8>" => http(|| "eight"),
        }
    }
}

routes! {
    fn middle() -> PolyHandler {
        "/<_1>/<_2>/<_3>/<_4>" => mount(deep::api()),
    }
}

routes! {
    fn app() -> PolyHandler {
        "/x/<_1>/<_2>/<_3>/<_4>" => mount(middle()),
        "/y/<_1>/<_2>/<_3>/<_4>/<_5>" => mount(middle()),
    }
}

fn main() {
    app();
}
