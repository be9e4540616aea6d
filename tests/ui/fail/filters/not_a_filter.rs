use http4k_ws::prelude::*;

/// A check, which belongs in `guard(..)`.
async fn checked(request: Request) -> Result<Request, StatusCode> {
    Ok(request)
}

/// A function that returns a filter when called.
fn logged() -> impl Filter + Clone {
    |request: Request, next: Next| async move { http4k_ws::HttpHandler::call(&next, request).await }
}

/// A function that is not async.
fn blocking(_request: Request, _next: Next) -> Response {
    Response::default()
}

fn home() -> &'static str {
    "hiya world"
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/a" with(checked) => http(home()),
        GET "/b" with(logged) => http(home()),
        GET "/c" with(blocking) => http(home()),
        GET "/d" with("logged") => http(home()),
    }
}

fn main() {}
