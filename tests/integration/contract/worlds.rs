//! The two worlds a behaviour is shown in.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use http4k_ws::{PolyHandler, SessionConfig, TestWsClient, WsClient};

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
    };
}
pub(super) use in_both_worlds;
