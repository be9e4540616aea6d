//! Calls over a connection that is replaced when it ends.

use std::sync::Arc;

use super::Reconnecting;
use super::reconnector::Reconnector;
use crate::calls::{CallClient, CallDriver, Calls};

impl Reconnecting {
    /// Starts to connect in a task of the current tokio runtime, and returns a client of the calls
    /// of `C` immediately.
    ///
    /// When a connection ends, open calls fail with
    /// [`Disconnected`](crate::calls::CallError::Disconnected). They are never sent again, because
    /// the server may have run them. A call that is made without a connection waits for the next.
    /// When the policy gives up, calls fail. The outbox is not used.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// A server that closes behind each call:
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::calls::{CallError, CallSocket, Calls, Reply};
    /// use http4k_ws::client::reconnect::{ReconnectPolicy, Reconnecting};
    /// use http4k_ws::handler::IntoPolyHandler;
    /// use http4k_ws::prelude::*;
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Leave;
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Hello;
    ///
    /// #[derive(Calls)]
    /// enum Door {
    ///     Leave(Leave, Reply<()>),
    ///     Hello(Hello, Reply<String>),
    /// }
    ///
    /// async fn door(ws: CallSocket<Door>) -> WsResult {
    ///     let sender = ws.sender();
    ///     ws.serve_calls(|call| async {
    ///         match call {
    ///             Door::Leave(..) => {
    ///                 sender.close(WsStatus::RESTART);
    ///                 std::future::pending().await
    ///             }
    ///             Door::Hello(_, reply) => reply.send("hello".to_owned()),
    ///         }
    ///     })
    ///     .await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = door.into_poly_handler();
    /// let client = Reconnecting::over(move || {
    ///     let app = app.clone();
    ///     async move { app.connect_ws("/").await }
    /// })
    /// .with_policy(ReconnectPolicy::default().with_base(Duration::from_millis(1)))
    /// .calls::<Door>();
    ///
    /// assert_eq!(client.call(Hello).await?, "hello");
    /// let failed = client.call(Leave).await.unwrap_err();
    /// assert_eq!(failed, CallError::Disconnected(WsStatus::RESTART));
    /// assert_eq!(client.call(Hello).await?, "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn calls<C: Calls>(self) -> CallClient<C> {
        let (client, driver) = CallClient::unconnected();
        let driver = Arc::new(driver);
        let (mut reconnector, _events) = self.reconnector();
        reconnector.carried = Some(Arc::clone(&driver));
        tokio::spawn(run(reconnector, driver));
        client
    }
}

async fn run(reconnector: Reconnector, driver: Arc<CallDriver>) {
    let state = Arc::clone(&reconnector.state);
    let mut running = std::pin::pin!(reconnector.run());
    tokio::select! {
        biased;
        status = driver.close_requested() => {
            state.close(status);
            running.await;
        }
        () = &mut running => {}
    }
    driver.finish(&state.closed().await);
}
