use http4k_ws::{Form, Query};

fn main() {
    let page = Query::int("page").required();
    let _ = Form::strict(&page);
}
