//! The style of http4k: callbacks on a socket, nested routes, and a lens.
//!
//! ```text
//! cargo run --example money
//! ```
//!
//! The socket at `ws://127.0.0.1:9000/hello/bob` sends back every amount of money that it receives.

use http4k_ws::prelude::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub(crate) struct Money {
    pub(crate) value: i64,
    pub(crate) currency: String,
}

/// Registers callbacks, which keep the socket open after the function returns.
fn exchange(ws: WebSocket<Money, WsMessage>, name: String) -> WsResult {
    let (replies, errors) = (ws.sender(), ws.sender());
    ws.on_message(move |money| WsResult::Ok(replies.try_send(money.into_message()?)?));
    ws.on_error(move |error| {
        if errors.try_send(error.to_string()).is_err() {
            errors.close(WsStatus::TRY_AGAIN_LATER);
        }
    });
    ws.on_close({
        let name = name.clone();
        move |status| println!("{name} is closing: {status}")
    });
    ws.try_send(format!("hello {name}"))?;
    Ok(())
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        "/hello" => {
            "/<name>" => ws(exchange(ws, name)),
        },
    }
}

fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:9000".to_owned());
    let server = app().as_server(address).start()?;
    println!("listening on {}", server.addr());
    server.block();
    Ok(())
}
