//! The methods of a socket work while the extension traits of futures are imported.

use futures_util::{SinkExt, StreamExt};
use http4k_ws::client::reconnect::{ReconnectingSender, ReconnectingWebSocket};
use http4k_ws::prelude::*;

#[derive(Serialize, Deserialize, Message)]
struct Price {
    eur: u32,
}

impl From<u32> for Price {
    fn from(eur: u32) -> Self {
        Self { eur }
    }
}

async fn owned(mut ws: WebSocket) -> WsResult {
    ws.send("x").await?;
    ws.send(String::from("x")).await?;
    ws.send(WsMessage::from("x")).await?;
    ws.feed("x").await?;
    ws.flush().await?;
    let _ = ws.recv().await?;
    let _ = ws.next().await;
    ws.close(WsStatus::NORMAL);
    Ok(())
}

async fn borrowed_mutably(ws: &mut WebSocket) -> WsResult {
    ws.send("x").await?;
    ws.send(String::from("x")).await?;
    ws.send(WsMessage::from("x")).await?;
    ws.feed("x").await?;
    ws.flush().await?;
    ws.try_send("x")?;
    let _ = ws.recv().await?;
    let _ = ws.next().await;
    WebSocket::close(ws, WsStatus::NORMAL);
    Ok(SinkExt::<WsMessage>::close(ws).await?)
}

async fn borrowed(ws: &WebSocket) -> WsResult {
    ws.send("x").await?;
    ws.try_send("x")?;
    ws.close(WsStatus::NORMAL);
    Ok(())
}

async fn typed(ws: &mut WebSocket<Price, Price>) -> WsResult {
    ws.send(1).await?;
    ws.send(Price { eur: 1 }).await?;
    ws.feed(1).await?;
    ws.flush().await?;
    while let Some(price) = ws.next().await {
        let Price { eur } = price?;
        ws.send(eur + 1).await?;
    }
    Ok(())
}

async fn split(ws: WebSocket) {
    let (mut sink, stream) = ws.split();
    sink.send("x").await.unwrap();
    sink.close().await.unwrap();
    let _ = stream.collect::<Vec<_>>().await;
}

async fn forwarded(ws: WebSocket) -> WsResult {
    let (sink, stream) = ws.split();
    Ok(stream
        .map(|message| Ok(message.unwrap()))
        .forward(sink)
        .await?)
}

async fn sender(sender: &mut WsSender) -> WsResult {
    sender.send("x").await?;
    sender.flush().await?;
    sender.close(WsStatus::NORMAL);
    Ok(())
}

async fn reconnecting(ws: &mut ReconnectingWebSocket, sender: &mut ReconnectingSender) -> WsResult {
    ws.send("x").await?;
    ws.close(WsStatus::NORMAL);
    sender.send("x").await?;
    sender.close(WsStatus::NORMAL);
    Ok(())
}

#[test]
fn accepted() {
    let _ = (
        owned,
        borrowed,
        typed,
        split,
        forwarded,
        sender,
        reconnecting,
    );
    let _ = borrowed_mutably;
}
