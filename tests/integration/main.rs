//! The library from outside, by subject.

mod contract;
mod server;
