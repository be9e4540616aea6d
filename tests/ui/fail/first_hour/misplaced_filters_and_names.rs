use http4k_ws::prelude::*;

async fn auth(request: Request, next: Next) -> Response {
    next.call(request).await
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/a" with auth => http(|| "a"),
        GET "/b" with [auth, auth] => http(|| "b"),
        with(auth) "/c" => http(|| "c"),
        "/d" => with(auth) http(|| "d"),
        "/e" => http(|| "e") with(auth),
        "/f" => http(|| "f") as f,
        "/g" as => http(|| "g"),
        "/h" as h with(auth) => http(|| "h"),
        with(auth),
    }
}

fn main() {}
