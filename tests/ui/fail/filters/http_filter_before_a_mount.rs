use http4k_ws::prelude::*;

async fn auth(request: Request, next: Next) -> Response {
    next.call(request).await
}

fn users() -> PolyHandler {
    routes! { GET "/" => http(|| "users") }
}

routes! {
    pub fn app() -> PolyHandler {
        "/users" with(auth) => mount(users()),
    }
}

fn main() {}
