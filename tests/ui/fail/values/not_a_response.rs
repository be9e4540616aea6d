use http4k_ws::IntoResponse;

struct Person;

fn answer() -> impl IntoResponse {
    Person
}

fn main() {
    answer();
}
