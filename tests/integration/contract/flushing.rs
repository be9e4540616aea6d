//! Flushes, from the side of the application.

use futures_util::SinkExt;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{WebSocket, WsMessage, WsResult, WsStatus};

use super::backends::on_every_backend;

on_every_backend! {
    fn a_flush_completes_when_every_message_was_sent<B>() {
        async fn flush(mut ws: WebSocket) -> WsResult {
            for number in 0..100 {
                ws.send(number.to_string()).await?;
            }
            ws.flush().await?;
            ws.sender().flush().await?;
            SinkExt::<WsMessage>::flush(&mut ws).await?;
            ws.send("flushed").await?;
            ws.close(WsStatus::NORMAL);
            Ok(ws.flush().await?)
        }
        let mut client = B::start(flush.into_poly_handler(), SessionConfig::default()).connect("/");
        let texts: Vec<_> = client.received().map(|message| message.expect("open")).collect();
        assert_eq!(texts.len(), 101);
        assert_eq!(texts[100], "flushed");
        assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    }
}
