use http4k_ws::{Query, Request, With};

fn main() {
    let page = Query::int("page").required();
    let _ = Request::new("".into()).with(page.of("3"));
}
