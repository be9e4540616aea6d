//! http4k's WebSocket API in Rust.

#[cfg(feature = "client")]
mod client;
mod filter;
mod handler;
mod lens;
#[cfg(feature = "macros")]
mod macros;
mod message;
mod routing;
#[cfg(feature = "server")]
mod server;
mod testing;
#[cfg(any(feature = "server", feature = "client"))]
mod wire;

#[doc(hidden)]
pub mod __private;

#[cfg(feature = "client")]
pub use client::{BlockingWebSocket, ConnectError, OpeningHandshake, WebSocketClient};
pub use filter::*;
pub use handler::*;
pub use lens::*;
#[cfg(feature = "macros")]
pub use macros::*;
pub use message::*;
pub use routing::{
    Candidate, Explanation, Methods, Protocol, Question, Route, RouteError, RouteTable, Routes,
    Verdict,
};
#[cfg(feature = "server")]
pub use server::{RunningServer, Serve, Server, ServerConfig};
pub use testing::*;

pub use bytes::Bytes;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

/// What most programs use.
pub mod prelude {
    pub use http::header::CONTENT_TYPE;
    pub use http::{Method, StatusCode};
    pub use serde::{Deserialize, Serialize};

    #[cfg(feature = "server")]
    pub use crate::Serve;
    #[cfg(feature = "client")]
    pub use crate::WebSocketClient;
    #[cfg(feature = "macros")]
    pub use crate::routes;
    pub use crate::{
        Body, BodyError, IntoRequest, IntoResponse, LensFailure, Message, Next, Offline,
        PolyHandler, Request, RequestExt, Response, ResponseExt, SendError, WebSocket, WsClient,
        WsConsumer, WsError, WsMessage, WsNext, WsResponse, WsResult, WsSender, WsStatus,
    };
    #[cfg(feature = "json")]
    pub use crate::{Json, JsonExt};
}

#[cfg(all(doctest, feature = "macros", feature = "server"))]
#[doc = include_str!("../../README.md")]
struct Readme;
