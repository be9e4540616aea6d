//! One behaviour, shown in memory and over a real port by the same code.
//!
//! ```text
//! cargo run --example testing
//! ```

use http4k_ws::prelude::*;

async fn respond(mut ws: WebSocket, name: String) -> WsResult {
    while let Some(_message) = ws.recv().await? {
        ws.send(name.as_str()).await?;
    }
    Ok(())
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        "/<name>" => ws(respond(ws, name)),
    }
}

/// Whatever the client is, it sees the same.
pub(crate) fn echoes_back_connected_name(client: &mut impl WsClient) {
    client.send("hello").expect("the socket is open");
    let message = client
        .received()
        .next()
        .expect("a message")
        .expect("the socket is open");
    assert_eq!(message.text(), "bob");
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    echoes_back_connected_name(&mut app().test_ws("/bob"));
    println!("in memory: it echoes back the connected name");

    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:9000".to_owned());
    let server = app().as_server(address).start()?;
    println!("listening on {}", server.addr());
    echoes_back_connected_name(&mut WebSocketClient::blocking(format!(
        "ws://{}/bob",
        server.addr()
    ))?);
    println!("over a port: it echoes back the connected name");
    server.block();
    Ok(())
}
