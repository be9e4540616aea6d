//! The library from outside, by subject.

mod client;
mod contract;
mod layers;
mod routing;
mod server;
