//! The two worlds a behaviour is shown in.

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use http4k_ws::{
    BlockingWebSocket, PolyHandler, ServerConfig, SessionConfig, TestWsClient, WebSocketClient,
    WsClient,
};

/// Where an application lives, and how its clients reach it.
pub(super) trait World {
    type Client: WsClient;

    fn start(app: PolyHandler, config: SessionConfig) -> Self;

    fn connect(&self, path: &str) -> Self::Client;

    /// Lets time pass; a real clock passes by itself.
    fn pass(client: &mut Self::Client, time: Duration);
}

/// In memory.
pub(super) struct Memory {
    app: PolyHandler,
    config: SessionConfig,
}

impl World for Memory {
    type Client = TestWsClient;

    fn start(app: PolyHandler, config: SessionConfig) -> Self {
        Self { app, config }
    }

    fn connect(&self, path: &str) -> TestWsClient {
        self.app.test_ws_with(path, self.config.clone())
    }

    fn pass(client: &mut TestWsClient, time: Duration) {
        client.advance(time);
    }
}

/// Over a real port.
pub(super) struct Network(SocketAddr);

impl World for Network {
    type Client = BlockingWebSocket;

    fn start(app: PolyHandler, config: SessionConfig) -> Self {
        let server = app
            .as_server("127.0.0.1:0")
            .with_config(ServerConfig::default().with_session(config))
            .with_threads(1)
            .start()
            .expect("a server");
        let address = server.addr();
        // It serves until the tests end: a client may outlive its world, as in memory, and a server that
        // stops would close its socket.
        std::mem::forget(server);
        Self(address)
    }

    fn connect(&self, path: &str) -> BlockingWebSocket {
        WebSocketClient::blocking(format!("ws://{}{path}", self.0)).expect("a socket")
    }

    fn pass(_client: &mut BlockingWebSocket, _time: Duration) {}
}

/// What the application tells the test, waited for with a deadline.
pub(super) fn told<T: std::fmt::Debug>(from: &Receiver<T>) -> T {
    match from.recv_timeout(Duration::from_secs(5)) {
        Ok(told) => told,
        Err(RecvTimeoutError::Timeout) => panic!("nothing was told within 5 s"),
        Err(RecvTimeoutError::Disconnected) => panic!("nobody is left to tell anything"),
    }
}

/// Makes a test for each world of each behaviour, a function `fn behaviour<W: World>()`.
macro_rules! in_both_worlds {
    ($($(#[$doc:meta])* fn $name:ident<$world:ident>() $body:block)*) => {
        $($(#[$doc])* fn $name<$world: crate::contract::worlds::World>() $body)*

        mod memory {
            $(#[test] fn $name() { super::$name::<crate::contract::worlds::Memory>(); })*
        }

        mod network {
            $(#[test] fn $name() { super::$name::<crate::contract::worlds::Network>(); })*
        }
    };
}
pub(super) use in_both_worlds;
