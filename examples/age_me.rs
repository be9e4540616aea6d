//! A typed WebSocket: it receives a person, and sends the same person ten years older.
//!
//! ```text
//! cargo run --example age_me
//! ```

use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) age: u32,
}

/// Returning closes the socket with 1000.
async fn age_me(mut ws: WebSocket<Person, Person>) -> WsResult {
    if let Some(person) = ws.recv().await? {
        ws.send(Person {
            age: person.age + 10,
            ..person
        })
        .await?;
    }
    Ok(())
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        "/ageMe" => ws(age_me(ws)),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:9000".to_owned());
    let server = app().as_server(address).start()?;
    println!("listening on {}", server.addr());

    let mut client = WebSocketClient::blocking(format!("ws://{}/ageMe", server.addr()))?;
    client.send(
        Person {
            name: "Bob".to_owned(),
            age: 50,
        }
        .into_message()?,
    )?;
    for message in client.received() {
        println!("{:?}", Person::from_message(message?)?);
    }
    server.block();
    Ok(())
}
