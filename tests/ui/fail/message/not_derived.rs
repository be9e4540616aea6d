use http4k_ws::{WebSocket, WsConsumer};

struct Person;

async fn age_me(_ws: WebSocket<Person, Person>) {}

fn main() {
    WsConsumer::new(age_me);
}
