use http4k_ws::Request;
use http4k_ws::lens::{Query, With};

fn main() {
    let page = Query::int("page").required();
    let _ = Request::new("".into()).with(page.of("3"));
}
