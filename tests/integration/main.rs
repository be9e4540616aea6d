//! The library from outside, by subject.

mod server;
