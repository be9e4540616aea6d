use http4k_ws::IntoResponse;
use http4k_ws::lens::{Query, With};

fn main() {
    let page = Query::int("page").required();
    let _ = page.get(&"hello".into_response());
    let _ = "hello".into_response().with(page.of(3));
}
