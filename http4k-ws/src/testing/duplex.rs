//! The client of a socket whose bytes travel through a pipe in memory.

use super::driver::{Driver, driven};
use super::runtime::TestRuntime;
use crate::session::WebSocket;

/// A client of [`OverDuplex`](crate::testing::contract::OverDuplex): everything that travels on a network is written and read,
/// and there is no port, and no waiting.
///
/// It behaves as a [`TestWsClient`](crate::testing::TestWsClient), and shares its clock.
#[derive(Debug)]
pub struct DuplexWsClient {
    driver: Driver,
}

driven!(DuplexWsClient);

impl DuplexWsClient {
    /// A client of the socket that `connect` opens, in the runtime of this thread.
    pub(crate) fn connect<E: Send + 'static>(
        connect: impl Future<Output = Result<WebSocket, E>> + Send + 'static,
    ) -> Result<Self, E> {
        let runtime = TestRuntime::of_this_thread();
        let socket = runtime.run(connect)?;
        let driver = Driver::new(runtime, socket);
        Ok(Self { driver })
    }
}
