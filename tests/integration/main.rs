//! The library from outside, by subject.

mod agreement;
mod client;
mod contract;
mod http2;
mod layers;
mod lens;
#[path = "../shared/masked.rs"]
mod masked;
mod message;
mod prose;
mod rfc6455;
mod rfc8441;
mod rfc9112;
mod routing;
mod server;
mod session;
mod sse;
mod testing;
mod tls;
mod transcript;
mod values;
