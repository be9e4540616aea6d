use http4k_ws::prelude::*;

async fn auth(request: Request, next: Next) -> Response {
    next.call(request).await
}

fn main() {
    let app = routes! { GET "/" => http(|| "hiya world") };
    app.with(auth);
}
