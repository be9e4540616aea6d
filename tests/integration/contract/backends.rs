//! The backends in which each behaviour is tested.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use http4k_ws::message::OriginPolicy;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::contract::{Backend as _, OverDuplex, OverNetwork};
use http4k_ws::testing::{InMemory, SseClient, WsClient};
use http4k_ws::{IntoRequest, PolyHandler, Response};

/// An application at some place, and the way its clients reach it.
pub(crate) trait Backend {
    type Client: WsClient;

    type Stream: SseClient;

    fn start(app: PolyHandler, config: SessionConfig) -> Self;

    fn connect(&self, request: impl IntoRequest) -> Self::Client;

    fn try_connect(&self, request: impl IntoRequest) -> Result<Self::Client, Response>;

    fn sse(&self, request: impl IntoRequest) -> Self::Stream;

    fn try_sse(&self, request: impl IntoRequest) -> Result<Self::Stream, Response>;

    fn http(&self, request: impl IntoRequest) -> Response;

    /// Advances virtual time; a real clock advances by itself.
    fn pass(client: &mut Self::Client, time: Duration);
}

/// Defines a backend of these tests from one of the library.
macro_rules! backend {
    ($(#[$doc:meta])* $name:ident($($holder:tt)*), $of:ty, $start:expr, $pass:expr) => {
        $(#[$doc])*
        pub(crate) struct $name($($holder)* $of);

        impl Backend for $name {
            type Client = <$of as http4k_ws::testing::contract::Backend>::Client;
            type Stream = <$of as http4k_ws::testing::contract::Backend>::Stream;

            fn start(app: PolyHandler, config: SessionConfig) -> Self {
                let start: fn(PolyHandler, SessionConfig) -> $($holder)* $of = $start;
                Self(start(app, config))
            }

            fn connect(&self, request: impl IntoRequest) -> Self::Client {
                self.0.ws(request)
            }

            fn try_connect(&self, request: impl IntoRequest) -> Result<Self::Client, Response> {
                self.0.try_ws(request)
            }

            fn sse(&self, request: impl IntoRequest) -> Self::Stream {
                self.0.sse(request)
            }

            fn try_sse(&self, request: impl IntoRequest) -> Result<Self::Stream, Response> {
                self.0.try_sse(request)
            }

            fn http(&self, request: impl IntoRequest) -> Response {
                self.0.http(request)
            }

            fn pass(client: &mut Self::Client, time: Duration) {
                let pass: fn(&mut Self::Client, Duration) = $pass;
                pass(client, time);
            }
        }
    };
}

/// Returns a server configuration that admits pages of every origin, in every backend.
fn within(session: SessionConfig) -> ServerConfig {
    ServerConfig::default()
        .with_session(session)
        .with_origins(OriginPolicy::any())
}

backend! {
    /// The application in memory.
    Memory(), InMemory,
    |app, config| InMemory::new(app).with_config(within(config)),
    |client, time| client.advance(time)
}

backend! {
    /// The application on a real port. The server runs until the tests end: a client may outlive
    /// its
    /// backend, as in memory, and a server that stops would close the client's socket.
    Network(&'static), OverNetwork,
    |app, config| Box::leak(Box::new(OverNetwork::with_config(app, within(config)))),
    |_client, _time| {}
}

backend! {
    /// The application over pipes of bytes.
    Duplex(), OverDuplex,
    |app, config| OverDuplex::with_config(app, within(config)),
    |client, time| client.advance(time)
}

/// Returns the application's next report, and panics if none arrives before the deadline.
pub(super) fn next_report<T: std::fmt::Debug>(from: &Receiver<T>) -> T {
    match from.recv_timeout(Duration::from_secs(30)) {
        Ok(report) => report,
        Err(RecvTimeoutError::Timeout) => panic!("no report within 30 s"),
        Err(RecvTimeoutError::Disconnected) => panic!("every sender of reports is gone"),
    }
}

/// Defines a test per backend for each behaviour, a function `fn behaviour<B: Backend>()`.
macro_rules! on_every_backend {
    ($($(#[$doc:meta])* fn $name:ident<$backend:ident>() $body:block)*) => {
        $($(#[$doc])* fn $name<$backend: crate::contract::backends::Backend>() $body)*

        mod memory {
            $(#[test] fn $name() { super::$name::<crate::contract::backends::Memory>(); })*
        }

        mod duplex {
            $(#[test] fn $name() { super::$name::<crate::contract::backends::Duplex>(); })*
        }

        mod network {
            $(#[test] fn $name() { super::$name::<crate::contract::backends::Network>(); })*
        }
    };
}
pub(crate) use on_every_backend;
