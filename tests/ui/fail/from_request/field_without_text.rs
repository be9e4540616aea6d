use http4k_ws::FromRequest;

struct Colour;

#[derive(FromRequest)]
struct Search {
    #[query]
    colour: Option<Colour>,
}

fn main() {}
