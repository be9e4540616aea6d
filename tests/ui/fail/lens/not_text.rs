use http4k_ws::Query;

struct Colour;

fn main() {
    let _ = Query::value::<Colour>("colour");
}
