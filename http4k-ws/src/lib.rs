//! http4k's WebSocket API in Rust: **a server is a function.**
//!
//! HTTP is `Request -> Response`. A WebSocket is `Request -> Option<WsConsumer>`, and a
//! [`WsConsumer`] is `WebSocket -> ()`. [`routes!`] routes both by path in one declaration and
//! joins them in a [`PolyHandler`], which is served on one port and tested without a server.
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
//! let said: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
//! assert_eq!(said, ["hello bob", "anybody there?"]);
//! ```
//!
//! The [`guide`] has a chapter for each subject, and pages for users of axum and of http4k.
//!
//! # Modules
//!
//! The root has the names of a first program, and [`prelude`] imports them. Everything else has its
//! address in one module:
//!
//! | module | contents |
//! |---|---|
//! | [message] | requests, responses, bodies, socket messages and URI templates, with their extension traits |
//! | [lens] | typed views of a message: queries, headers, cookies, forms, paths, bodies and socket messages |
//! | [session] | one open socket: [`WebSocket`], its sender, its bounds, its events |
//! | [sse] | server-sent events: responses whose body keeps sending |
//! | [handler] | functions over messages: [`HttpHandler`], [`WsHandler`], [`WsConsumer`], [`PolyHandler`] |
//! | [routing] | the route table: links, listings and explanations, and the builder behind [`routes!`] |
//! | [filter] | the stock filters, for every protocol |
//! | [topics] | publish and subscribe, in one process or over an engine, with the feature `json` |
//! | [calls] | requests with typed replies over a socket, with the feature `json` |
//! | [server] | an application on a port, with the bounds of everything that a peer may do |
//! | [client] | sockets and requests to other servers, and sockets that reconnect |
//! | [tls] | the errors of TLS, and your own configuration of rustls, with the feature of that name |
//! | [document] | AsyncAPI and OpenAPI documents from the route table, with the feature `schema` |
//! | [testing] | in-memory clients, contract tests and transcripts |
//! | [tower] | tower services and layers inside an application, with the feature of that name |
//!
//! # Cargo features
//!
//! Those with a star are on by default.
//!
//! | feature | what it adds |
//! |---|---|
//! | macros\* | [`routes!`] and the derives |
//! | json\* | JSON messages and bodies |
//! | server\* | serving an application on a port |
//! | client\* | WebSockets and HTTP requests to other servers |
//! | deflate\* | compressed messages, by permessage-deflate: [`Deflate`](session::Deflate) |
//! | http2 | HTTP/2, and WebSockets over it, on the same port: `Http2Config` |
//! | tls | `wss` and `https`: `ServerTls` and `ClientTls`, by rustls with ring |
//! | native-roots | `ClientTls::with_native_roots`, which trusts what the operating system trusts |
//! | tracing | a span for each socket, with its number, route and end, in the place of lines of `log` |
//! | msgpack | messages and bodies in MessagePack |
//! | cbor | messages and bodies in CBOR |
//! | multipart | forms with files: [`Multipart`](lens::Multipart), and `#[part]` in `#[derive(FromRequest)]` |
//! | tower | tower services and layers inside an application, and an application as a service |
//! | cookie-session | sessions in an encrypted cookie: `filter::sessions` |
//! | redis | topics over Redis or Valkey, for several processes: `topics::engine::redis` |
//! | schema | the schemas of types, and documents from the route table: `document` |
//! | testing | virtual time for the in-memory clients |
//!
// As in `doc_link`, whose macros do not exist up here.
#![cfg_attr(feature = "macros", doc = "[`routes!`]: macro@crate::routes")]
#![cfg_attr(not(feature = "macros"), doc = "[`routes!`]: #cargo-features")]
#![cfg_attr(not(feature = "server"), doc = "[server]: #cargo-features")]
#![cfg_attr(not(feature = "client"), doc = "[client]: #cargo-features")]
#![cfg_attr(not(feature = "json"), doc = "[topics]: #cargo-features")]
#![cfg_attr(not(feature = "json"), doc = "[calls]: #cargo-features")]
#![cfg_attr(not(feature = "tower"), doc = "[tower]: #cargo-features")]
#![cfg_attr(not(feature = "schema"), doc = "[document]: #cargo-features")]
#![cfg_attr(
    not(all(feature = "tls", any(feature = "server", feature = "client"))),
    doc = "[tls]: #cargo-features"
)]
#![cfg_attr(
    not(all(
        feature = "macros",
        feature = "json",
        feature = "server",
        feature = "client"
    )),
    doc = "[`guide`]: #cargo-features"
)]
// docs.rs shows the feature that an item needs. The attribute is unstable.
#![cfg_attr(docsrs, feature(doc_cfg))]

// Every line of `log` is then an event of `tracing`.
#[cfg(feature = "tracing")]
extern crate tracing as log;

mod approval;
#[cfg(feature = "json")]
pub mod calls;
#[cfg(feature = "client")]
pub mod client;
pub mod describe;
mod doc_link;
#[cfg(feature = "schema")]
pub mod document;
pub mod filter;
#[cfg(all(
    feature = "macros",
    feature = "json",
    feature = "server",
    feature = "client"
))]
pub mod guide;
pub mod handler;
mod ids;
pub mod lens;
#[cfg(feature = "macros")]
mod macros;
pub mod message;
mod panics;
mod random;
pub mod routing;
#[cfg(feature = "server")]
pub mod server;
pub mod session;
mod setters;
pub mod sse;
#[cfg(any(
    not(feature = "deflate"),
    not(feature = "multipart"),
    all(feature = "server", not(feature = "http2")),
    all(any(feature = "server", feature = "client"), not(feature = "tls"))
))]
mod switched_off;
pub mod testing;
mod timer;
#[cfg(all(feature = "tls", any(feature = "server", feature = "client")))]
pub mod tls;
#[cfg(feature = "json")]
pub mod topics;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(any(feature = "server", feature = "client"))]
pub mod tungstenite;
#[cfg(any(feature = "server", feature = "client"))]
mod wire;

#[doc(hidden)]
pub mod __private;

pub use ::{bytes, http};

#[doc(inline)]
pub use handler::{
    Filter, HttpHandler, Next, PolyFilter, PolyHandler, WsConsumer, WsFilter, WsHandler, WsNext,
    WsResponse,
};
#[doc(inline)]
pub use lens::Message;
#[cfg(all(feature = "macros", feature = "server", feature = "client"))]
pub use macros::contract_test;
#[cfg(feature = "macros")]
pub use macros::{FromRequest, Message, PathParam};
#[doc(inline)]
pub use message::{
    Body, FromRequest, IntoRequest, IntoResponse, Request, Response, WsMessage, WsStatus,
};
#[cfg(feature = "server")]
#[doc(inline)]
pub use server::Serve;
#[doc(inline)]
pub use session::{SendError, WebSocket, WsError, WsResult, WsSender};
#[doc(inline)]
pub use sse::{Sse, SseResult};

pub use ::http::{Method, StatusCode};

/// The names that a first handler, a first filter and their test need.
///
/// The extension traits come without their names: their methods are in scope, and a bound or an
/// implementation imports the trait from its module.
pub mod prelude {
    pub use serde::{Deserialize, Serialize};

    #[cfg(feature = "server")]
    pub use crate::Serve;
    #[cfg(feature = "json")]
    pub use crate::lens::json::{Json, JsonExt as _};
    pub use crate::lens::{Path, Query, With as _};
    pub use crate::message::{RequestExt as _, ResponseExt as _};
    #[cfg(feature = "macros")]
    pub use crate::routes;
    pub use crate::routing::Link as _;
    pub use crate::testing::{Offline as _, SseClient as _, WsClient as _};
    pub use crate::{
        Body, Filter, FromRequest, HttpHandler, IntoRequest as _, IntoResponse, Message, Method,
        Next, PolyFilter as _, PolyHandler, Request, Response, StatusCode, WebSocket, WsConsumer,
        WsError, WsFilter, WsHandler, WsMessage, WsNext, WsResponse, WsResult, WsSender, WsStatus,
    };
}

#[cfg(all(doctest, feature = "macros", feature = "server"))]
#[doc = include_str!("../README.md")]
struct Readme;
