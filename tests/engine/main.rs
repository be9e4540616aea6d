//! The engine of a socket: its session, its frames and their compression. Beside `integration`, so
//! that both build in parts.

mod adapter;
mod callers;
mod decoder;
mod deflate;
mod idle;
#[path = "../shared/masked.rs"]
mod masked;
mod mutations;
mod openings;
mod peer;
mod requests;
mod sessions;
