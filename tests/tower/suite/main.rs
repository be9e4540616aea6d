//! The library beside axum, tower and tower-http: their services and layers inside an application,
//! and an application inside axum.

#![allow(missing_docs)]

mod crates;
mod files;
mod http2;
mod inside;
mod layers;
mod memory;
mod services;
mod sockets;
mod stopping;
mod support;
