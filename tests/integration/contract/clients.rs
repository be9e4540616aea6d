//! A client's view of a socket that the application ends.

use http4k_ws::SendError;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::testing::contract::Backend as _;

use super::backends::{Backend, on_every_backend};

/// Sends its name, sends one message back, and ends.
async fn brief(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(name).await?;
    echo_once(&mut ws).await
}

async fn echo_once(ws: &mut WebSocket) -> WsResult {
    if let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

async fn once(mut ws: WebSocket) -> WsResult {
    echo_once(&mut ws).await
}

async fn long_living(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(name).await?;
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Literals win over `<name>`, in any order.
fn app() -> PolyHandler {
    routes! {
        "/<name>" => ws(brief(ws, name)),
        "/bin" => ws(once(ws)),
        "/echo" => ws(once(ws)),
        "/long-living/<name>" => ws(long_living(ws, name)),
    }
}

fn connect<B: Backend>(path: &str) -> B::Client {
    B::start(app(), SessionConfig::default()).connect(path)
}

fn all(client: &mut impl WsClient) -> Vec<WsMessage> {
    let messages = client.received();
    messages
        .map(|message| message.expect("an end with 1000"))
        .collect()
}

on_every_backend! {
    fn case_17_text_comes_back<B>() {
        let mut client = connect::<B>("/bob");
        client.send("hello").expect("open");
        assert_eq!(all(&mut client), ["bob", "hello"]);
    }

    /// A message is in memory as a whole: streamed bodies of messages do not exist here.
    fn cases_4_5_18_and_19_bytes_come_back_as_they_are<B>() {
        let mut client = connect::<B>("/bin");
        // Two kilobytes that are not UTF-8.
        let bytes: Vec<u8> = (0..2048_u32).map(|byte| (byte * 7 % 256) as u8 | 0x80).collect();
        assert!(std::str::from_utf8(&bytes).is_err());
        client.send(bytes.clone()).expect("open");
        assert_eq!(all(&mut client), [WsMessage::new_binary(bytes)]);
    }

    fn case_21_sending_after_the_end_is_refused<B>() {
        let mut client = connect::<B>("/bob");
        client.send("hello").expect("open");
        assert_eq!(client.received().take(3).count(), 2);
        assert_eq!(client.send("more"), Err(SendError::Closed(WsStatus::NORMAL)));
        assert_eq!(client.received().next(), None);
    }

    fn case_41_a_socket_that_echoes_once_ends<B>() {
        let mut client = connect::<B>("/echo");
        client.send("hello").expect("open");
        assert_eq!(all(&mut client), ["hello"]);
    }

    fn a_client_may_connect_after_another_closed<B>() {
        let backend = B::start(app(), SessionConfig::default());
        for greeting in ["hello", "hi"] {
            let mut client = backend.connect("/long-living/bob");
            client.send(greeting).expect("open");
            let texts: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
            assert_eq!(texts, ["bob", greeting]);
            client.close(WsStatus::NORMAL);
            assert_eq!(client.closed(), Some(WsStatus::NORMAL));
        }
    }
}

#[test]
fn case_9_a_server_that_stops_closes_its_sockets() {
    let (tell, statuses) = std::sync::mpsc::channel();
    let app = move |ws: WebSocket| {
        let tell = tell.clone();
        ws.on_close(move |status| tell.send(status).expect("the test listens"));
    };
    let backend = http4k_ws::testing::contract::OverNetwork::new(app);
    let mut client = backend.ws("/");
    drop(backend);
    let deadline = std::time::Duration::from_secs(30);
    assert_eq!(statuses.recv_timeout(deadline), Ok(WsStatus::GOING_AWAY));
    assert_eq!(client.closed(), Some(WsStatus::GOING_AWAY));
}
