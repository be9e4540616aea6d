//! A server on a real port, tested with raw bytes.

mod addresses;
mod budget;
mod deadlines;
#[cfg(unix)]
mod descriptors;
mod expecting;
mod handshake;
mod hosts;
mod http;
mod leaving;
mod limits;
pub(crate) mod peer;
mod pipeline;
mod refusals;
mod serve;
#[cfg(unix)]
mod signals;
#[cfg(target_os = "linux")]
mod slow_readers;
mod stop;
mod streams;
