use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;

fn main() {
    let app = routes! { GET "/" => http(|| "hiya world") };
    app.with(|request: Request, next: Next| async move { next.call(request).await });
    Routes::new().with(|request: Request, next: Next| async move { next.call(request).await });
}
