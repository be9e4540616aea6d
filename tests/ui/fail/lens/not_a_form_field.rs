use http4k_ws::lens::{Form, Query};

fn main() {
    let page = Query::int("page").required();
    let _ = Form::strict(&page);
}
