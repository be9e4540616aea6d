//! The wakeups of a session, its consumer, and others that hold the socket.

use std::sync::Mutex;

use futures_util::future::join;
use tokio::sync::oneshot;

use super::*;

/// The rest of the task is polled before the session, and not again unless it is woken.
#[tokio::test]
async fn a_holder_beside_the_session_in_its_task_is_woken() {
    let (pass_on, passed_on) = oneshot::channel();
    let pass_on = Arc::new(Mutex::new(Some(pass_on)));
    let app = move |ws: WebSocket| {
        let pass_on = pass_on.lock().unwrap().take().expect("one socket");
        pass_on.send(ws).expect("the holder waits");
    };
    let (client, connection) = connection(app, ServerConfig::default());
    let holder = async {
        let mut ws = passed_on.await.expect("a socket");
        let mut received = Vec::new();
        while let Some(message) = ws.recv().await.expect("any message") {
            ws.send(message.clone()).await.expect("an open socket");
            received.push(message);
        }
        received
    };
    let server = tokio::spawn(join(holder, connection));
    within(async {
        let mut client = client.await;
        for text in ["a", "b", "c"] {
            client.send(text).await.expect("an open socket");
            assert_eq!(client.recv().await.expect("a message"), Some(text.into()));
        }
        client.close(WsStatus::NORMAL);
        let (received, ()) = server.await.expect("no panic");
        assert_eq!(received, ["a", "b", "c"]);
    })
    .await;
}
