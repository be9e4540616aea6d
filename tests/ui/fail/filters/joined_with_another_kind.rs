use http4k_ws::filter::{guard, http_only, max_body};
use http4k_ws::prelude::*;

async fn uncached(request: Request, next: Next) -> Response {
    next.call(request).await
}

async fn known(request: Request, next: WsNext) -> WsResponse {
    next.call(request).await
}

async fn checked(request: Request) -> Result<Request, StatusCode> {
    Ok(request)
}

fn logged() -> impl Filter + Clone {
    uncached
}

fn main() {
    uncached.and(max_body(4));
    uncached.and(known);
    uncached.and(logged);
    uncached.and(checked);
    uncached.and(());
    known.and(uncached);
    known.and(guard(checked));
    max_body(4).and(uncached);
    max_body(4).and(known);
    max_body(4).and(checked);
    http_only(uncached).and("text");
}
