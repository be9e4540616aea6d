//! The expression form, in places where an expression can be.

use http4k_ws::{PolyHandler, Request, routes};

fn home(_req: Request) -> &'static str {
    "home"
}

const APPS: fn() -> [PolyHandler; 2] = || [routes! {}, routes! { "/" => http(home) }];

#[test]
fn accepted() {
    let [_, _] = APPS();
    let _ = routes! { "/x" => http(home), }.with(http4k_ws::filter::http_only(
        |request: Request, next: http4k_ws::Next| async move {
            http4k_ws::HttpHandler::call(&next, request).await
        },
    ));
    #[allow(non_snake_case)]
    let ROUTES = String::from("no name of ours");
    let _ = routes! { "/<name>" => http(|name: String| name), "/r/<_x>" => http(joined(ROUTES)) };
}

fn joined(text: String) -> String {
    text
}
