use http4k_ws::lens::Query;

struct Colour;

fn main() {
    let _ = Query::value::<Colour>("colour");
}
