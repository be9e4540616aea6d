//! The library from outside, by subject.

mod contract;
mod message;
mod routing;
mod server;
