//! A guide in chapters: one page per subject, with programs that compile.
//!
//! | chapter | subject |
//! |---|---|
//! | [the first program](crate) | a route, a socket and their test, on the front page |
//! | [routing](crate::routing) | paths, precedence, blocks, mounts and links; [`routes!`] has the grammar |
//! | [sockets](crate::session) | a WebSocket from its handshake to its close |
#![cfg_attr(
    feature = "deflate",
    doc = "| [compression](compression) | compressed messages: settings, memory, security and proxies |"
)]
//! | [streams](crate::sse) | server-sent events, from the request to the end of the stream |
//! | [topics](crate::topics) | publish and subscribe, in one process or several, and what is guaranteed |
//! | [calls](crate::calls) | requests with typed replies over a socket |
//! | [lenses](crate::lens) | typed values of requests, responses and socket messages |
//! | [pages](pages) | pages, redirects, cookies, downloads and uploads |
//! | [filters](crate::filter) | code that runs before handlers, for one protocol or for both |
//! | [authentication](authentication) | credentials, users as arguments, tickets, and login pages |
#![cfg_attr(
    feature = "cookie-session",
    doc = "| [sessions](crate::filter::sessions) | sessions in an encrypted cookie, their keys, and a store |"
)]
#![cfg_attr(
    feature = "schema",
    doc = "| [documents](crate::document) | AsyncAPI and OpenAPI from the route table, and a test of the contract |"
)]
//! | [testing](crate::testing) | clients in memory, contract tests and transcripts |
//! | [the server](crate::server) | an application on a port, with its bounds and defaults |
//! | [listeners](listeners) | ports, Unix sockets, several at once, and those of another process |
//! | [proxies](proxies) | the client, scheme and host behind nginx, HAProxy, Caddy and clouds |
//! | [observing](observing) | ids of requests, traces over several servers, metrics and the access log |
//! | [performance](performance) | what a message and a request cost, how to measure it, and the settings |
//! | [clients](crate::client) | sockets and requests to other servers, and reconnection |
//! | [event sources](crate::client::event_source) | streams of events from other servers, over several connections |
#![cfg_attr(
    feature = "tower",
    doc = "| [tower](crate::tower) | services and layers of tower, and an application inside axum |"
)]
//! | [diagnostics](diagnostics) | every message of the macros, with its cause and its cure |
//! | [Coming from axum](from_axum) | axum's names in this library, and a program |
//! | [Coming from http4k](from_http4k) | http4k's names in Rust, and what differs |
//!
//! # Dependencies
//!
//! The programs of the guide need these lines, and the feature that a chapter names:
//!
//! ```toml
//! [dependencies]
//! http4k-ws = { version = "0.1", features = ["testing"] }
//! serde = { version = "1", features = ["derive"] }
//! tokio = { version = "1", features = ["macros", "rt-multi-thread", "sync", "time"] }
//! futures-util = "0.3"    # calls
//! tower-service = "0.3"   # tower
//! ```
//!
//! The derives of serde are in the prelude, and the code that they write names the crate `serde`.
//! The feature `testing` gives tests a virtual clock; a service that is deployed enables it among
//! its `dev-dependencies` only.
//!
//! # Tasks
//!
//! | task | place |
//! |---|---|
//! | share state between handlers | an argument of the table, named in the call: [the same program](from_axum#the-same-program) |
//! | log users in | [authentication](authentication), `filter::sessions`, and the example `login` |
//! | serve static files | [static files](pages#static-files), and the example `static_site` |
//! | accept uploads | [uploads](pages#uploads), and the example `upload` |
//! | test without a port | [requests and sockets](crate::testing#requests-and-sockets) |
//! | deploy behind nginx, HAProxy or Caddy | [proxies](proxies) |
//! | start an application of my own | the folder `examples/template`, with tests and a Dockerfile |
//! | count requests and sockets | [metrics](observing#metrics) |
//! | scale out to several servers | [topics](crate::topics) on an engine: [operation](crate::topics#operation) |
//! | move from axum, one route at a time | [moving step by step](from_axum#moving-step-by-step) |
//! | translate a program of http4k | [the same program](from_http4k#the-same-program) |
//! | understand a message of the compiler | [diagnostics](diagnostics) |
//!
//! [`routes!`]: macro@crate::routes

#[doc = include_str!("docs/authentication.md")]
pub mod authentication {}

#[cfg(feature = "deflate")]
#[doc = include_str!("docs/compression.md")]
pub mod compression {}

#[cfg(feature = "server")]
#[doc = include_str!("docs/listeners.md")]
pub mod listeners {}

#[cfg(feature = "server")]
#[doc = include_str!("docs/proxies.md")]
pub mod proxies {}

#[doc = include_str!("docs/observing.md")]
pub mod observing {}

#[doc = include_str!("docs/performance.md")]
pub mod performance {}

#[doc = include_str!("docs/diagnostics.md")]
pub mod diagnostics {}

#[doc = include_str!("docs/pages.md")]
pub mod pages {}

#[doc = include_str!("docs/from_axum.md")]
pub mod from_axum {}

#[doc = include_str!("docs/from_http4k.md")]
pub mod from_http4k {}
