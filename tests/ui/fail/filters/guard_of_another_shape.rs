use http4k_ws::prelude::*;
use http4k_ws::filter::guard;

async fn answers(_request: Request) -> Response {
    Response::default()
}

fn main() {
    let _ = guard(answers);
}
