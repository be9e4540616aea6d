//! One contract for the library's own connections, and for those that tungstenite has opened, in
//! either role.

use http4k_ws::server::ServerConfig;
use http4k_ws::sse::SseReader;
use http4k_ws::testing::contract::{AsyncBackend, OverDuplex};
use http4k_ws::{IntoRequest, contract_test};
use tokio_tungstenite::client_async;

use super::*;

/// Returns what it receives, and ends as it is told to.
async fn obey(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        match message.as_text() {
            Some("panic") => panic!("on purpose"),
            Some("fail") => return Err(std::io::Error::other("on purpose").into()),
            Some("return") => return Ok(()),
            Some("close") => ws.close(WsStatus::new(4001, "bye — tschüs")?),
            _ => ws.send(message).await?,
        }
    }
    Ok(())
}

#[contract_test(obey)]
async fn messages_return_in_order_and_unchanged(backend: &impl AsyncBackend) {
    let mut ws = backend.ws("/").await;
    let messages: Vec<WsMessage> = (0..50)
        .flat_map(|number| [number.to_string().into(), vec![0xFF; number * 300].into()])
        .collect();
    for batch in messages.chunks(10) {
        for message in batch {
            ws.send(message.clone()).await.expect("open");
        }
        for message in batch {
            assert_eq!(ws.recv().await, Ok(Some(message.clone())));
        }
    }
}

#[contract_test(obey)]
async fn each_end_of_a_consumer_has_its_status(backend: &impl AsyncBackend) {
    let cases = [
        ("panic", 1011),
        ("fail", 1011),
        ("return", 1000),
        ("close", 4001),
    ];
    for (order, code) in cases {
        let mut ws = backend.ws("/").await;
        ws.send("before").await.expect("open");
        ws.send(order).await.expect("open");
        assert_eq!(ws.recv().await, Ok(Some("before".into())), "{order}");
        assert_eq!(ws.recv().await, Ok(None), "{order}");
        assert_eq!(ws.closed().await.code(), code, "{order}");
    }
}

#[contract_test(obey)]
async fn a_close_is_echoed_with_its_reason(backend: &impl AsyncBackend) {
    for status in [
        WsStatus::NORMAL,
        WsStatus::new(4002, "enough — genug").expect("a status"),
    ] {
        let ws = backend.ws("/").await;
        ws.close(status.clone());
        assert_eq!(ws.closed().await, status);
        assert!(ws.send("too late").await.is_err());
    }
}

#[contract_test(obey)]
async fn a_ping_is_answered_behind_messages(backend: &impl AsyncBackend) {
    let mut ws = backend.ws("/").await;
    ws.send("first").await.expect("open");
    let time = ws.ping().await.expect("a pong");
    assert_eq!(ws.rtt(), Some(time));
    assert_eq!(ws.recv().await, Ok(Some("first".into())));
}

/// Which end of a connection is one of tungstenite.
#[derive(Clone, Copy)]
enum Adapted {
    Client,
    Server,
}

impl AsyncBackend for Adapted {
    async fn try_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        let request = request.into_request().expect("a request");
        let uri = format!("ws://localhost{}", request.uri());
        let (ours, theirs) = tokio::io::duplex(4096);
        match self {
            Self::Client => {
                tokio::spawn(obey.serve_connection(theirs, ServerConfig::default()));
                let (stream, _) = client_async(uri, ours).await.expect("a socket");
                Ok(Opened::new(stream).connect())
            }
            Self::Server => {
                tokio::spawn(async {
                    let accepted = accept_async(theirs).await.expect("accepted");
                    Opened::new(accepted).serve(WsConsumer::new(obey)).await
                });
                let opened = WebSocketClient::to(uri).connect_over(ours).await;
                Ok(opened.expect("a socket"))
            }
        }
    }

    async fn try_sse(&self, request: impl IntoRequest) -> Result<SseReader, Response> {
        AsyncBackend::try_sse(&OverDuplex::new(obey), request).await
    }

    async fn http(&self, request: impl IntoRequest) -> Response {
        AsyncBackend::http(&OverDuplex::new(obey), request).await
    }
}

#[tokio::test(start_paused = true)]
async fn connections_of_tungstenite_keep_the_same_contract() {
    for adapted in [Adapted::Client, Adapted::Server] {
        messages_return_in_order_and_unchanged(&adapted).await;
        each_end_of_a_consumer_has_its_status(&adapted).await;
        a_close_is_echoed_with_its_reason(&adapted).await;
        a_ping_is_answered_behind_messages(&adapted).await;
    }
}
