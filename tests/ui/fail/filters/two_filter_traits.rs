use http4k_ws::prelude::*;
use http4k_ws::PolyFilter;

struct Auth;

impl Filter for Auth {
    async fn filter(&self, request: Request, next: Next) -> Response {
        next.call(request).await
    }
}

impl PolyFilter for Auth {}

fn main() {
    routes! { GET "/" with(Auth) => http(|| "hiya world") };
}
