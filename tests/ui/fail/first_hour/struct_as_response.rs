use http4k_ws::prelude::*;

#[derive(Serialize)]
struct Person {
    name: String,
}

async fn person() -> Person {
    Person { name: "ann".to_owned() }
}

fn people() -> Vec<Person> {
    Vec::new()
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/person" => http(person()),
        GET "/people" => http(people()),
    }
}

fn main() {}
