//! Connections of tungstenite with the session of this library.
//!
//! ```text
//! cargo run -p http4k-ws-examples --example tungstenite
//! ```

use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use http4k_ws::tungstenite::Opened;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{accept_async, client_async};

/// Responds to each message with its length.
async fn lengths(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message.as_bytes().len().to_string()).await?;
    }
    Ok(())
}

/// Accepts one connection with tungstenite, and serves it.
async fn serve_one(listener: TcpListener) -> std::io::Result<WsStatus> {
    let (stream, _address) = listener.accept().await?;
    let accepted = accept_async(stream).await.map_err(std::io::Error::other)?;
    let config = SessionConfig::default().with_ping_interval(Duration::from_secs(10));
    let consumer = WsConsumer::new(lengths);
    Ok(Opened::new(accepted)
        .with_config(config)
        .serve(consumer)
        .await)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(serve_one(listener));

    let stream = TcpStream::connect(address).await?;
    let (connected, _response) = client_async(format!("ws://{address}/"), stream).await?;
    let mut socket = Opened::new(connected).connect();
    for word in ["hello", "tungstenite"] {
        socket.send(word).await?;
        let length = socket.recv().await?.ok_or("the server closed")?;
        assert_eq!(length, word.len().to_string().as_str());
        println!("{word} has {} letters", length.text());
    }
    socket.close(WsStatus::NORMAL);
    assert_eq!(socket.closed().await, WsStatus::NORMAL);
    assert_eq!(server.await??, WsStatus::NORMAL);
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
