//! The library from outside, by subject.

mod client;
mod contract;
mod routing;
mod server;
