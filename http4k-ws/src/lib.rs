//! http4k's WebSocket API in Rust: **a server is a function.**
//!
//! HTTP is `Request -> Response`. A WebSocket is `Request -> Option<WsConsumer>`, where a [`WsConsumer`] is
//! `WebSocket -> ()`. [`routes!`] routes both by path in one declaration and joins them in a
//! [`PolyHandler`], which is served on one port and tested with no server at all.
//!
//! ```
//! use http4k_ws::prelude::*;
//!
//! async fn greet(mut ws: WebSocket, name: String) -> WsResult {
//!     ws.send(format!("hello {name}")).await?;
//!     while let Some(message) = ws.recv().await? {
//!         ws.send(message).await?;
//!     }
//!     Ok(())
//! }
//!
//! let app = routes! {
//!     GET "/"      => http(|| "hiya world"),
//!     "/ws/<name>" => ws(greet(ws, name)),
//! };
//!
//! assert_eq!(app.test_http("/").body(), "hiya world");
//!
//! let mut client = app.test_ws("/ws/bob");
//! client.send("anybody there?").unwrap();
//! let said: Vec<_> = client.received().take(2).map(|message| message.unwrap()).collect();
//! assert_eq!(said, ["hello bob", "anybody there?"]);
//! ```
//!
//! # What is where
//!
//! - **Values**: [`Request`], [`Response`] and [`Body`], read and refined by [`RequestExt`] and
//!   [`ResponseExt`]; [`WsMessage`] and [`WsStatus`]; [`UriTemplate`].
//! - **Functions**: [`HttpHandler`], [`WsHandler`], [`WsConsumer`]; what wraps them is a [`Filter`], a
//!   [`WsFilter`] or a [`PolyFilter`].
//! - **Stock filters**: [`Cors`], [`basic_auth`], [`subprotocols`], [`catch_failures`], [`report_sockets`],
//!   [`print_traffic`], [`tap`]; bounds for one route are [`session`], [`max_body`], [`body_stall`] and
//!   [`min_body_rate`].
//! - **A socket**: [`WebSocket`] has `recv` and `send`, is a `Stream` and a `Sink`, and takes callbacks;
//!   [`WsSender`] sends from anywhere; [`SessionConfig`] bounds it, [`SlowConsumer`] says what happens to
//!   messages that the peer takes too slowly, [`WsMetrics`] is told what happens.
//! - **Typed messages**: `#[derive(Message)]` makes `WebSocket<In, Out>` carry a serde type; what can't be
//!   read is a [`LensFailure`].
//! - **Routes**: [`routes!`], whose table the compiler checks.
//! - **Serving**: [`Serve`], [`RunningServer`], [`ShutdownReport`]; [`ServerConfig`] bounds everything a peer may do;
//!   [`OriginPolicy`] says whose pages may open a socket.
//! - **Clients**: [`WsClient`] is kept by [`TestWsClient`] in memory and by [`BlockingWebSocket`] over the
//!   network; their asynchronous twin is a [`WebSocket`], from [`PolyHandler::connect_ws`] and
//!   [`WebSocketClient::connect`]; [`WebSocketClient::non_blocking`] calls back,
//!   [`Reconnecting`] goes on when a connection does not. [`HttpClient`] is an [`HttpHandler`], with a blocking twin.
//! - **Tests**: [`PolyHandler::test_ws`] and [`PolyHandler::test_http`], for every other application by
//!   [`Offline`]; [`with_seed`] brings back an interleaving. [`World`] and [`contract_test`] make one test
//!   run in memory and over the network. A [`Transcript`] is a session as a text, [`Recorded`] at the client
//!   or by [`record`] at the server, replayed as a test, and approved in a file.
//!
//! # Cargo features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `macros` | yes | [`routes!`] and the derives |
//! | `json` | yes | JSON messages and bodies |
//! | `server` | yes | serving an application on a port |
//! | `client` | yes | WebSockets and HTTP requests to other servers |
//! | `http2` | no | HTTP/2, and WebSockets over it, on the same port: `Http2Config` |
//! | `tls` | no | `wss` and `https`: `ServerTls` and `ClientTls`, by rustls with ring |
//! | `native-roots` | no | `ClientTls::with_native_roots`, which trusts what the operating system trusts |
//! | `tracing` | no | a span for each socket, with its number, route and end, in the place of lines of `log` |
//! | `msgpack` | no | messages and bodies in MessagePack |
//! | `cbor` | no | messages and bodies in CBOR |
//! | `testing` | no | virtual time for the in-memory clients |

// Every line of `log` is then an event of `tracing`.
#[cfg(feature = "tracing")]
extern crate tracing as log;

#[cfg(feature = "client")]
mod client;
mod contract;
mod filter;
mod handler;
mod lens;
#[cfg(feature = "macros")]
mod macros;
mod message;
mod panics;
mod routing;
#[cfg(feature = "server")]
mod server;
mod setters;
#[cfg(any(
    all(feature = "server", not(feature = "http2")),
    all(any(feature = "server", feature = "client"), not(feature = "tls"))
))]
mod switched_off;
mod testing;
#[cfg(all(feature = "tls", any(feature = "server", feature = "client")))]
mod tls;
mod transcript;
#[cfg(any(feature = "server", feature = "client"))]
mod wire;

#[doc(hidden)]
pub mod __private;

#[cfg(feature = "client")]
pub use client::{
    BlockingHttpClient, BlockingReconnectingWebSocket, BlockingWebSocket, CallbackWebSocket,
    ConnectError, HttpClient, HttpClientError, OpeningHandshake, ReconnectEvent, ReconnectEvents,
    ReconnectPolicy, Reconnecting, ReconnectingSender, ReconnectingWebSocket, WebSocketClient,
    WhenFull,
};
pub use contract::*;
pub use filter::*;
pub use handler::*;
pub use lens::*;
#[cfg(feature = "macros")]
pub use macros::*;
pub use message::*;
pub use routing::{
    Candidate, Explanation, Link, Methods, Protocol, Question, Route, RouteError, RouteTable,
    Routes, Verdict,
};
#[cfg(feature = "http2")]
pub use server::Http2Config;
#[cfg(feature = "server")]
pub use server::{RunningServer, Serve, Server, ServerConfig, ShutdownReport};
#[cfg(all(feature = "client", not(feature = "tls")))]
pub use switched_off::ClientTls;
#[cfg(all(feature = "server", not(feature = "http2")))]
pub use switched_off::Http2Config;
#[cfg(all(feature = "server", not(feature = "tls")))]
pub use switched_off::ServerTls;
pub use testing::*;
#[cfg(all(feature = "tls", any(feature = "server", feature = "client")))]
pub use tls::*;
pub use transcript::*;

pub use bytes::Bytes;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

/// The names that a first handler, a first filter and their test need.
pub mod prelude {
    pub use http::header::CONTENT_TYPE;
    pub use http::{Method, StatusCode};
    pub use serde::{Deserialize, Serialize};

    #[cfg(feature = "server")]
    pub use crate::Serve;
    pub use crate::{
        Body, BodyError, Cookie, Filter, Form, FromRequest, Header, HttpHandler, IntoRequest,
        IntoResponse, LensFailure, Message, Next, Offline, Path, PolyFilter, PolyHandler, Query,
        Request, RequestExt, Response, ResponseExt, SendError, WebSocket, With, WsClient,
        WsConsumer, WsError, WsFilter, WsHandler, WsMessage, WsNext, WsResponse, WsResult,
        WsSender, WsStatus,
    };
    #[cfg(feature = "client")]
    pub use crate::{HttpClient, WebSocketClient};
    #[cfg(feature = "json")]
    pub use crate::{Json, JsonExt};
    #[cfg(feature = "macros")]
    pub use crate::{PathParam, routes};
}

#[cfg(all(doctest, feature = "macros", feature = "server"))]
#[doc = include_str!("../../README.md")]
struct Readme;
