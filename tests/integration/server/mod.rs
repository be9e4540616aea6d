//! A server on a real port, spoken to in raw bytes.

mod frames;
mod handshake;
mod http;
pub(crate) mod peer;
mod pipeline;
mod serve;
#[cfg(unix)]
mod signals;
mod stop;
mod streams;
