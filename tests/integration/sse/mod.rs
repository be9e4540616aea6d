//! Server-sent events.

mod naive;
mod parse;
mod source;
mod testing;
