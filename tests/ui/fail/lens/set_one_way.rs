use http4k_ws::Request;
use http4k_ws::lens::Query;

fn main() {
    let next = Query::int("n").map(|n| n + 1).required();
    let _ = next.set(Request::new("".into()), 3);
}
