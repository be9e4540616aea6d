//! A route of a mounted application that the application around it has too.

use http4k_ws::{PolyHandler, Request, routes};

fn home(_req: Request) -> &'static str {
    "home"
}

mod users {
    use http4k_ws::{PolyHandler, routes};

    fn one(id: u64) -> String {
        id.to_string()
    }

    routes! {
        pub(crate) fn api() -> PolyHandler {
            GET | POST "/<id>" => http(one(id)),
        }
    }
}

routes! {
    fn api() -> PolyHandler {
        "/users" => mount(users::api()),
    }
}

routes! {
    fn app() -> PolyHandler {
        "/api" => {
            GET "/users/<_name>" => http(home),
            as api => mount(api()),
        }
    }
}

fn main() {
    app();
}
